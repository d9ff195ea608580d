"""QR symbols at error correction M: module for module those of `qrcode`, over a hundred times faster.

The work is done on whole matrices at a time, as qr_layout has them. `qrcode` stays the reference in the tests. A card's
codes are alphanumeric from end to end; a web address is cut where `qrcode` would cut it.
"""

from collections.abc import Callable
from functools import reduce
from operator import getitem, xor

from PIL import Image
from qrcode import util

from cardservice.printing.qr_layout import LEVEL, Direction, Layout, count_bits, layout_of

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VERSIONS = range(1, 41)

_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_PAIR_BITS = {(a, b): f"{_VALUE[a] * 45 + _VALUE[b]:011b}" for a in ALPHABET for b in ALPHABET}
_LAST_BITS = {char: f"{value:06b}" for char, value in _VALUE.items()}
_MODE_BITS = "0010"
_PADDING = b"\xec\x11"
_SHORTEST_RUN = 20
"""Digits or capital letters in a row that are worth a part of their own: `qrcode`'s own measure."""


class TooLongForQr(ValueError):
    """More characters than the largest symbol holds at this level."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} characters are more than a QR code holds.")


def encode(text: str) -> tuple[int, bytes]:
    """The smallest symbol for a text in the QR alphanumeric alphabet: its version, and its rows, one after the other.

    One bit a module, 1 for dark; each row is filled up to whole bytes with light.
    """
    version = smallest_version(len(text))
    layout = layout_of(version)
    return version, _drawn(f"{_MODE_BITS}{len(text):0{layout.count_bits}b}{_alphanumeric(text)}", layout)


def encode_address(address: str) -> tuple[int, bytes]:
    """The smallest symbol for any text, made for a web address, as `encode` gives it. Raises TooLongForQr."""
    parts = [
        (part.mode, len(part), _CONTENT_BITS[part.mode](part.data))
        for part in util.optimal_data_chunks(address, minimum=_SHORTEST_RUN)
    ]
    for version in VERSIONS:
        bits = "".join(
            f"{mode:04b}{length:0{util.length_in_bits(mode, version)}b}{content}" for mode, length, content in parts
        )
        if len(bits) <= util.BIT_LIMIT_TABLE[LEVEL][version]:
            return version, _drawn(bits, layout_of(version))
    raise TooLongForQr(len(address))


def smallest_version(length: int) -> int:
    """The smallest version that holds so many characters. Raises TooLongForQr."""
    for version in VERSIONS:
        needed = len(_MODE_BITS) + count_bits(version) + length // 2 * 11 + length % 2 * 6
        if needed <= util.BIT_LIMIT_TABLE[LEVEL][version]:
            return version
    raise TooLongForQr(length)


def _drawn(content: str, layout: Layout) -> bytes:
    """The rows of the symbol that holds these bits, which fit."""
    data = int("".join(layout.place(_bits(content, layout))), 2)
    best = _easiest(data, layout)
    columns = (data ^ layout.final[best]).to_bytes(layout.size * layout.stride // 8, "big")
    return Image.frombytes("1", (layout.size, layout.size), columns).transpose(Image.Transpose.TRANSPOSE).tobytes()


def _bits(content: str, layout: Layout) -> str:
    """The bits of the symbol in the order in which modules take them, and "0" for as many modules as hold none."""
    data = _data(content, layout)
    check = [
        # Division is linear: the remainder is the sum of what each byte leaves.
        reduce(xor, map(getitem, block.remainders, data[block.data])).to_bytes(block.check_count, "big")
        for block in layout.blocks
    ]
    codewords = bytes(layout.interleave(data + b"".join(check)))
    return f"{int.from_bytes(codewords, 'big'):0{len(codewords) * 8}b}" + "0" * (2 * layout.stride)


def _data(content: str, layout: Layout) -> bytes:
    room = layout.data_bytes * 8
    content += "0" * min(4, room - len(content))
    content += "0" * (-len(content) % 8)
    data = int(content, 2).to_bytes(len(content) // 8, "big")
    missing = layout.data_bytes - len(data)
    return data + (_PADDING * (missing // 2 + 1))[:missing]


def _alphanumeric(text: str) -> str:
    bits = "".join(map(_PAIR_BITS.__getitem__, zip(text[::2], text[1::2], strict=False)))
    return bits + _LAST_BITS[text[-1]] if len(text) % 2 else bits


def _digits(digits: bytes) -> str:
    """Three digits take ten bits, two take seven, one takes four."""
    threes = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "".join(f"{int(three):0{3 * len(three) + 1}b}" for three in threes)


_CONTENT_BITS: dict[int, Callable[[bytes], str]] = {
    util.MODE_NUMBER: _digits,
    util.MODE_ALPHA_NUM: lambda text: _alphanumeric(text.decode()),
    util.MODE_8BIT_BYTE: lambda text: "".join([f"{byte:08b}" for byte in text]),
}


def _easiest(data: int, layout: Layout) -> int:
    """The mask under which the symbol is easiest to read, by the four rules of ISO/IEC 18004, 7.8.3, as in `qrcode`."""
    across, down = layout.across.differing(data), layout.down.differing(data)
    penalties = [
        _penalty(data ^ trial, across ^ mask_across, down ^ mask_down, layout)
        for trial, mask_across, mask_down in zip(layout.trial, layout.across.changes, layout.down.changes, strict=True)
    ]
    return penalties.index(min(penalties))


def _penalty(matrix: int, differing_across: int, differing_down: int, layout: Layout) -> int:
    """How hard a masked symbol is to read; the other two are where its modules differ from the next ones."""
    light = matrix ^ layout.modules
    across, same_right = _line_penalty(matrix, light, differing_across, layout.across)
    down, same_below = _line_penalty(matrix, light, differing_down, layout.down)
    squares = (same_right & (same_right << layout.down.step) & same_below).bit_count()
    imbalance = abs(matrix.bit_count() / layout.size**2 * 100 - 50)
    return across + down + 3 * squares + int(imbalance / 5) * 10


def _line_penalty(matrix: int, light: int, differing: int, along: Direction) -> tuple[int, int]:
    """Rules 1 (five alike in a line, and each more) and 3 (like a finder), and where neighbours are alike.

    Nothing here crosses the end of a line: `differing` and what is alike hold no module that has none ahead, and beyond
    a line there is neither dark nor light.
    """
    step = along.step
    alike = differing ^ along.with_next
    three_alike = alike & (alike << step)
    three_later = three_alike << 2 * step
    five_alike = three_alike & three_later
    long_runs = 3 * five_alike.bit_count() - 2 * (five_alike & (five_alike << step)).bit_count()
    # Dark, light, dark, dark, dark, light, dark: a finder's middle; four light ones before or after it count.
    changing = differing & (differing << step)
    finder = matrix & changing & three_later & (changing << 4 * step)
    four_light = light & three_alike & (alike << 2 * step)
    finders = (finder & (four_light << 7 * step)).bit_count() + (four_light & (finder << 4 * step)).bit_count()
    return long_runs + 40 * finders, alike
