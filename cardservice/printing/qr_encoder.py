"""QR symbols, alphanumeric at error correction M: module for module those of `qrcode`, some fifty times faster.

Which modules are patterns, how blocks are cut, the Reed–Solomon generators and the mask functions are `qrcode`'s own
(ISO/IEC 18004 as tables); only the work is done on whole matrices at a time: a matrix is one big integer, a row after
the other, most significant bit first, with one empty column between rows so that a shift never wraps into a module.
`qrcode` stays the reference in the tests.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import zip_longest
from operator import getitem, itemgetter, xor

from qrcode import base, constants, util
from qrcode.main import QRCode

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LEVEL = constants.ERROR_CORRECT_M
VERSIONS = range(1, 41)

_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_PAIR_BITS = {(a, b): f"{_VALUE[a] * 45 + _VALUE[b]:011b}" for a in ALPHABET for b in ALPHABET}
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
    data = int("".join(layout.place(_codewords(text, layout))), 2)
    best = min(_MASKS, key=lambda mask: _penalty(data ^ layout.trial[mask], layout))
    modules = f"{data ^ layout.final[best]:0{layout.size * layout.stride}b}"
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
class _Direction:
    """How far a shift moves by one module along rows or columns, and which modules have one more, or ten, ahead."""

    step: int
    with_next: int
    with_ten: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """All that depends on the version only. Masks already hold the fixed patterns: matrix = data XOR mask."""

    size: int
    stride: int
    count_bits: int
    blocks: list[base.RSBlock]
    place: Callable[[str], tuple[str, ...]]
    trial: list[int]
    final: list[int]
    modules: int
    across: "_Direction"
    down: "_Direction"

    @property
    def data_bytes(self) -> int:
        return sum(int(block.data_count) for block in self.blocks)

    @property
    def longest_block(self) -> int:
        return max(int(block.data_count) for block in self.blocks)


@cache
def _layout(version: int) -> _Layout:
    size = version * 4 + 17
    stride = size + 1
    blocks = base.rs_blocks(version, LEVEL)
    bit_count = 8 * sum(block.total_count for block in blocks)
    # Without type information `qrcode` scores the masks; with it the symbol is drawn.
    blank = _patterns(version, size, 0, trial=True)
    drawn = [_patterns(version, size, mask, trial=False) for mask in _MASKS]
    # A bit beyond the last is a module that holds no data: the bits end in one "0" for all of these.
    codewords = _interleaved(blocks)
    place_of = dict.fromkeys(_data_order(blank, size), bit_count)
    for i, cell in enumerate(place_of):
        if i < bit_count:
            place_of[cell] = codewords[i // 8] * 8 + i % 8

    data = [[module is None for module in row] for row in blank]
    here = _joined(data)
    flips = [_joined(_flips(mask, size)) & here for mask in _MASKS]

    cells = [(row, column) for row in range(size) for column in range(stride)]
    return _Layout(
        size=size,
        stride=stride,
        count_bits=_count_bits(version),
        blocks=blocks,
        place=itemgetter(*(place_of.get((row, column), bit_count) for row, column in cells)),
        trial=[flip | _joined(blank) for flip in flips],
        final=[flip | _joined(fixed) for flip, fixed in zip(flips, drawn, strict=True)],
        modules=_integer(size, lambda *_: True),
        across=_Direction(
            1, _integer(size, lambda _, column: column < size - 1), _integer(size, lambda _, column: column < size - 10)
        ),
        down=_Direction(
            stride, _integer(size, lambda row, _: row < size - 1), _integer(size, lambda row, _: row < size - 10)
        ),
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


def _joined(modules: _Modules) -> int:
    """A matrix as one integer; what is None is light."""
    return int("".join(["".join(["1" if module else "0" for module in row]) + "0" for row in modules]), 2)


def _interleaved(blocks: list[base.RSBlock]) -> list[int]:
    """Which codeword comes when: the first of every block, then the second, check bytes after all data (7.6)."""
    ranges, start = [], 0
    for count in (*(block.data_count for block in blocks), *(block.total_count - block.data_count for block in blocks)):
        ranges.append(range(start, start + count))
        start += count
    columns = [*zip_longest(*ranges[: len(blocks)]), *zip_longest(*ranges[len(blocks) :])]
    return [place for column in columns for place in column if place is not None]


def _integer(size: int, dark: Callable[[int, int], bool]) -> int:
    return _joined([[dark(row, column) for column in range(size)] for row in range(size)])


def _codewords(text: str, layout: _Layout) -> str:
    """The bits of all blocks, then of all their check bytes, and the one "0" for modules that hold none."""
    data = _data(text, layout)
    check, start, longest = [], 0, layout.longest_block
    for block in layout.blocks:
        part, count = data[start : start + block.data_count], block.total_count - block.data_count
        check.append(_check_bytes(part, count, longest))
        start += block.data_count
    codewords = data + b"".join(check)
    return f"{int.from_bytes(codewords, 'big'):0{len(codewords) * 8}b}0"


def _data(text: str, layout: _Layout) -> bytes:
    bits = [_MODE_BITS, f"{len(text):0{layout.count_bits}b}"]
    bits += map(_PAIR_BITS.__getitem__, zip(text[::2], text[1::2], strict=False))
    if len(text) % 2:
        bits.append(_LAST_BITS[text[-1]])
    joined = "".join(bits)
    room = layout.data_bytes * 8
    joined += "0" * min(4, room - len(joined))
    joined += "0" * (-len(joined) % 8)
    data = int(joined, 2).to_bytes(len(joined) // 8, "big")
    missing = layout.data_bytes - len(data)
    return data + (_PADDING * (missing // 2 + 1))[:missing]


def _check_bytes(data: bytes, count: int, longest: int) -> bytes:
    """The remainder of a block: division is linear, so it is the sum of what each of its bytes leaves."""
    tables = _remainders(count, longest)[longest - len(data) :]
    return reduce(xor, map(getitem, tables, data)).to_bytes(count, "big")


@cache
def _remainders(count: int, longest: int) -> list[list[int]]:
    """For each place of a block, the last one last: what a byte there leaves, divided by the generator (7.5.2)."""
    generator = base.Polynomial([1], 0)
    for i in range(count):
        generator = generator * base.Polynomial([1, base.gexp(i)], 0)
    terms = list(generator)[1:]
    last = [int.from_bytes(bytes(_product(term, factor) for term in terms), "big") for factor in range(256)]
    tables, shift = [last], 8 * (count - 1)
    # One place further to the left is one more division by the generator.
    while len(tables) < longest:
        tables.append([((left << 8) & ~(255 << shift + 8)) ^ last[left >> shift] for left in tables[-1]])
    return tables[::-1]


def _product(one: int, other: int) -> int:
    return int(base.gexp(base.glog(one) + base.glog(other))) if one and other else 0


def _penalty(matrix: int, layout: _Layout) -> int:
    """How hard a masked symbol is to read, by the four rules of ISO/IEC 18004, 7.8.3, as `qrcode` counts them."""
    light = ~matrix & layout.modules
    across, same_right = _line_penalty(matrix, light, layout.across)
    down, same_below = _line_penalty(matrix, light, layout.down)
    squares = (same_right & (same_right << layout.stride) & same_below).bit_count()
    imbalance = abs(matrix.bit_count() / layout.size**2 * 100 - 50)
    return across + down + 3 * squares + int(imbalance / 5) * 10


def _line_penalty(matrix: int, light: int, along: _Direction) -> tuple[int, int]:
    """Rules 1 (five alike in a line, and each more) and 3 (like a finder), and where neighbours are alike."""
    step = along.step
    alike = ~(matrix ^ (matrix << step)) & along.with_next
    two = alike & (alike << step)
    five = two & (two << 2 * step)
    long_runs = five.bit_count() + 2 * (five & ~(five >> step)).bit_count()
    dark_next = (matrix << 2 * step) & (matrix << 3 * step) & (matrix << 4 * step)
    finder = matrix & (light << step) & dark_next & (light << 5 * step) & (matrix << 6 * step)
    two_light = light & (light << step)
    four_light = two_light & (two_light << 2 * step)
    finders = finder & (four_light << 7 * step) & along.with_ten
    finders_after = four_light & (finder << 4 * step) & along.with_ten
    return long_runs + 40 * (finders.bit_count() + finders_after.bit_count()), alike
