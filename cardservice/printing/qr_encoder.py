"""QR symbols, alphanumeric at error correction M: module for module those of `qrcode`, some fifty times faster.

Which modules are patterns, how blocks are cut, the Reed–Solomon generators and the mask functions are `qrcode`'s own
(ISO/IEC 18004 as tables); only the work is done on whole matrices at a time: a matrix is one big integer, a row after
the other, most significant bit first, with one empty column between rows so that a shift never wraps into a module.
`qrcode` stays the reference in the tests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from operator import itemgetter

from qrcode import base, constants, util
from qrcode.main import QRCode

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LEVEL = constants.ERROR_CORRECT_M
VERSIONS = range(1, 41)

_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_PAIR_BITS = {a + b: f"{_VALUE[a] * 45 + _VALUE[b]:011b}" for a in ALPHABET for b in ALPHABET}
_LAST_BITS = {char: f"{value:06b}" for char, value in _VALUE.items()}
_MODE_BITS = "0010"
_PADDING = b"\xec\x11"
_MASKS = range(8)
_MASK_PERIOD = 12  # the least common multiple of what rows and columns are divided by

_Modules = Sequence[Sequence[bool | None]]


class TooLongForQr(ValueError):
    """More characters than the largest symbol holds at this level."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} characters are more than a QR code holds.")


def encode(text: str) -> tuple[int, tuple[str, ...]]:
    """The smallest symbol for a text in the QR alphanumeric alphabet: version, and rows of "0" and "1"."""
    version = smallest_version(len(text))
    layout = _layout(version)
    bits = _interleaved(text, layout)
    upright = int("".join(layout.place(bits)), 2)
    turned = int("".join(layout.place_turned(bits)), 2)
    best = min(
        _MASKS, key=lambda mask: _penalty(upright ^ layout.trial[mask], turned ^ layout.trial_turned[mask], layout)
    )
    modules = f"{upright ^ layout.final[best]:0{layout.size * layout.stride}b}"
    return version, tuple(modules[i : i + layout.size] for i in range(0, len(modules), layout.stride))


def smallest_version(length: int) -> int:
    """The smallest version that holds so many characters. Raises TooLongForQr."""
    for version in VERSIONS:
        needed = len(_MODE_BITS) + _count_bits(version) + length // 2 * 11 + length % 2 * 6
        if needed <= util.BIT_LIMIT_TABLE[LEVEL][version]:
            return version
    raise TooLongForQr(length)


def _count_bits(version: int) -> int:
    return 9 if version < 10 else 11 if version < 27 else 13


@dataclass(frozen=True, slots=True)
class _Layout:
    """All that depends on the version only. Masks already hold the fixed patterns: matrix = data XOR mask."""

    size: int
    stride: int
    count_bits: int
    blocks: list[base.RSBlock]
    place: Callable[[str], tuple[str, ...]]
    place_turned: Callable[[str], tuple[str, ...]]
    trial: list[int]
    trial_turned: list[int]
    final: list[int]
    modules: int
    with_right: int
    with_ten_right: int

    @property
    def data_bytes(self) -> int:
        return sum(block.data_count for block in self.blocks)


@cache
def _layout(version: int) -> _Layout:
    size = version * 4 + 17
    stride = size + 1
    blocks = base.rs_blocks(version, LEVEL)
    bit_count = 8 * sum(block.total_count for block in blocks)
    # Without type information `qrcode` scores the masks; with it the symbol is drawn.
    blank = _patterns(version, size, 0, trial=True)
    drawn = [_patterns(version, size, mask, trial=False) for mask in _MASKS]
    # A bit beyond the last is a module that holds no data: the interleaved bits end in one "0" for all of these.
    place_of = {cell: min(i, bit_count) for i, cell in enumerate(_data_order(blank, size))}

    data = [[module is None for module in row] for row in blank]
    data_upright, data_turned = _joined(data), _joined(_turned(data))
    flips = [_flips(mask, size) for mask in _MASKS]

    cells = [(row, column) for row in range(size) for column in range(stride)]
    return _Layout(
        size=size,
        stride=stride,
        count_bits=_count_bits(version),
        blocks=blocks,
        place=itemgetter(*(place_of.get((row, column), bit_count) for row, column in cells)),
        place_turned=itemgetter(*(place_of.get((column, row), bit_count) for row, column in cells)),
        trial=[_joined(flip) & data_upright | _joined(blank) for flip in flips],
        trial_turned=[_joined(_turned(flip)) & data_turned | _joined(_turned(blank)) for flip in flips],
        final=[_joined(flip) & data_upright | _joined(fixed) for flip, fixed in zip(flips, drawn, strict=True)],
        modules=_integer(size, lambda *_: True),
        with_right=_integer(size, lambda _, column: column < size - 1),
        with_ten_right=_integer(size, lambda _, column: column < size - 10),
    )


def _patterns(version: int, size: int, mask: int, *, trial: bool) -> list[list[bool | None]]:
    """The fixed patterns as `qrcode` sets them; None where data go."""
    code = QRCode(version=version, error_correction=LEVEL, border=0)
    code.modules_count = size
    code.modules = [[None] * size for _ in range(size)]
    for row, column in ((0, 0), (size - 7, 0), (0, size - 7)):
        code.setup_position_probe_pattern(row, column)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(trial, mask)
    if version >= 7:
        code.setup_type_number(trial)
    modules: list[list[bool | None]] = code.modules
    return modules


def _data_order(patterns: list[list[bool | None]], size: int) -> list[tuple[int, int]]:
    """The modules that take data, in the order in which they take it (ISO/IEC 18004, 7.7.3)."""
    order = []
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for row in range(size - 1, -1, -1) if upwards else range(size):
            order += [(row, column) for column in (right, right - 1) if patterns[row][column] is None]
        upwards = not upwards
    return order


def _flips(mask: int, size: int) -> list[list[bool]]:
    """Where this mask turns a module over: the same again after twelve rows, and after twelve columns."""
    flips = util.mask_func(mask)
    square = [[flips(row, column) for column in range(_MASK_PERIOD)] for row in range(_MASK_PERIOD)]
    often = size // _MASK_PERIOD + 1
    return [(square[row % _MASK_PERIOD] * often)[:size] for row in range(size)]


def _turned(modules: _Modules) -> _Modules:
    return list(zip(*modules, strict=True))


def _joined(modules: _Modules) -> int:
    """A matrix as one integer; what is None is light."""
    return int("".join(["".join(["1" if module else "0" for module in row]) + "0" for row in modules]), 2)


def _integer(size: int, dark: Callable[[int, int], bool]) -> int:
    return _joined([[dark(row, column) for column in range(size)] for row in range(size)])


def _interleaved(text: str, layout: _Layout) -> str:
    """All codewords of the symbol as bits, and the one "0" for modules that hold none."""
    data = _data(text, layout)
    data_blocks, check_blocks, start = [], [], 0
    for block in layout.blocks:
        part = data[start : start + block.data_count]
        data_blocks.append(part)
        check_blocks.append(_check_bytes(part, block.total_count - block.data_count))
        start += block.data_count
    columns = [*zip_longest(*data_blocks), *zip_longest(*check_blocks)]
    codewords = bytes(byte for column in columns for byte in column if byte is not None)
    return f"{int.from_bytes(codewords, 'big'):0{len(codewords) * 8}b}0"


def _data(text: str, layout: _Layout) -> bytes:
    bits = [_MODE_BITS, f"{len(text):0{layout.count_bits}b}"]
    bits += [_PAIR_BITS[text[i : i + 2]] for i in range(0, len(text) - 1, 2)]
    if len(text) % 2:
        bits.append(_LAST_BITS[text[-1]])
    joined = "".join(bits)
    room = layout.data_bytes * 8
    joined += "0" * min(4, room - len(joined))
    joined += "0" * (-len(joined) % 8)
    data = int(joined, 2).to_bytes(len(joined) // 8, "big")
    missing = layout.data_bytes - len(data)
    return data + (_PADDING * (missing // 2 + 1))[:missing]


@cache
def _remainders(count: int) -> list[int]:
    """What each leading byte leaves when divided by the generator of so many check bytes."""
    generator = base.Polynomial([1], 0)
    for i in range(count):
        generator = generator * base.Polynomial([1, base.gexp(i)], 0)
    table = []
    for factor in range(256):
        products = [
            base.gexp(base.glog(term) + base.glog(factor)) if factor and term else 0 for term in list(generator)[1:]
        ]
        table.append(int.from_bytes(bytes(products), "big"))
    return table


def _check_bytes(data: bytes, count: int) -> bytes:
    table, shift = _remainders(count), 8 * (count - 1)
    below_top = (1 << shift) - 1
    remainder = 0
    for byte in data:
        remainder = ((remainder & below_top) << 8) ^ table[(remainder >> shift) ^ byte]
    return remainder.to_bytes(count, "big")


def _penalty(upright: int, turned: int, layout: _Layout) -> int:
    """How hard a masked symbol is to read, by the four rules of ISO/IEC 18004, 7.8.3, as `qrcode` counts them."""
    across, same_right = _row_penalty(upright, layout)
    down, _ = _row_penalty(turned, layout)
    same_below = ~(upright ^ (upright << layout.stride))
    squares = (same_right & (same_right << layout.stride) & same_below).bit_count()
    imbalance = abs(upright.bit_count() / layout.size**2 * 100 - 50)
    return across + down + 3 * squares + int(imbalance / 5) * 10


def _row_penalty(matrix: int, layout: _Layout) -> tuple[int, int]:
    """Rules 1 (five alike in a row, and each more) and 3 (what looks like a finder), and where neighbours are alike."""
    same_right = ~(matrix ^ (matrix << 1)) & layout.with_right
    two = same_right & (same_right << 1)
    five = two & (two << 2)
    long_runs = five.bit_count() + 2 * (five & ~(five >> 1)).bit_count()
    light = ~matrix & layout.modules
    finder = matrix & (light << 1) & (matrix << 2) & (matrix << 3) & (matrix << 4) & (light << 5) & (matrix << 6)
    four_light = light & (light << 1) & (light << 2) & (light << 3)
    finders = finder & (four_light << 7) & layout.with_ten_right
    finders_after = four_light & (finder << 4) & layout.with_ten_right
    return long_runs + 40 * (finders.bit_count() + finders_after.bit_count()), same_right
