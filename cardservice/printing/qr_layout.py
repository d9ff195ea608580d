"""What of a QR symbol depends on its version only, as whole matrices; made once for a version.

Which modules are patterns, how blocks are cut, the Reed–Solomon generators and the mask functions are `qrcode`'s own
(ISO/IEC 18004 as tables). A matrix is one big integer, a column after the other as the bits go into it, most
significant bit first. Columns are filled up to whole bytes with what is neither dark nor light, so that a shift never
wraps into a module.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from operator import itemgetter

from qrcode import base, constants, util
from qrcode.main import QRCode

LEVEL = constants.ERROR_CORRECT_M

_MASKS = range(8)
_MASK_PERIOD = 12  # the least common multiple of what rows and columns are divided by

_Modules = Sequence[Sequence[bool | None]]


@dataclass(frozen=True, slots=True)
class Direction:
    """Along rows or along columns: how far a shift moves by one module, and which modules have one more ahead.

    `changes` is, for each mask, where it makes a module and the next one differ that were alike.
    """

    step: int
    with_next: int
    changes: tuple[int, ...]

    def differing(self, matrix: int) -> int:
        """Where a module and the next one differ."""
        return (matrix ^ (matrix << self.step)) & self.with_next


@dataclass(frozen=True, slots=True)
class Block:
    """Which data bytes it takes, and what each of them adds to its check bytes."""

    data: slice
    check_count: int
    remainders: list[list[int]]


@dataclass(frozen=True, slots=True)
class Layout:
    """All that depends on the version only. Masks already hold the fixed patterns: matrix = data XOR mask."""

    size: int
    stride: int
    count_bits: int
    data_bytes: int
    blocks: list[Block]
    interleave: Callable[[bytes], tuple[int, ...]]
    place: Callable[[str], tuple[str, ...]]
    trial: list[int]
    final: list[int]
    modules: int
    across: Direction
    down: Direction


@cache
def layout_of(version: int) -> Layout:
    """The layout of a version, 1 to 40, at error correction M."""
    size = side_of(version)
    stride = (size + 7) // 8 * 8  # three or seven more, as no size is a multiple of four
    blocks = base.rs_blocks(version, LEVEL)
    bit_count = 8 * sum(block.total_count for block in blocks)
    # Without type information `qrcode` scores the masks; with it the symbol is drawn.
    blank = _patterns(version, size, 0, trial=True)
    drawn = [_patterns(version, size, mask, trial=False) for mask in _MASKS]
    # Bits beyond the last are light: modules that are left over, fixed patterns, and what fills a column up.
    place_of = {cell: i for i, cell in enumerate(_data_order(blank, size)) if i < bit_count}
    places = [place_of.get((row, column)) for column in range(size) for row in range(stride)]

    data = [[module is None for module in row] for row in blank]
    here = joined(data)
    flips = [joined(_flips(mask, size)) & here for mask in _MASKS]
    trial = [flip | joined(blank) for flip in flips]

    return Layout(
        size=size,
        stride=stride,
        count_bits=count_bits(version),
        data_bytes=sum(block.data_count for block in blocks),
        blocks=_blocks(blocks),
        interleave=itemgetter(*_interleaved(blocks)),
        place=itemgetter(*_slices(places, bit_count)),
        trial=trial,
        final=[flip | joined(fixed) for flip, fixed in zip(flips, drawn, strict=True)],
        modules=_integer(size, lambda *_: True),
        across=_direction(stride, _integer(size, lambda _, column: column < size - 1), trial),
        down=_direction(1, _integer(size, lambda row, _: row < size - 1), trial),
    )


def _direction(step: int, with_next: int, masks: list[int]) -> Direction:
    return Direction(step, with_next, tuple((mask ^ (mask << step)) & with_next for mask in masks))


def side_of(version: int) -> int:
    """Modules a side (ISO/IEC 18004, 5.3.1)."""
    return version * 4 + 17


def count_bits(version: int) -> int:
    """How many bits say the number of characters, alphanumeric (ISO/IEC 18004, 7.4.1)."""
    return 9 if version < 10 else 11 if version < 27 else 13


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


def joined(modules: _Modules) -> int:
    """A matrix, given by its rows, as one integer; what is None is light."""
    fill = "0" * (-len(modules) % 8)
    columns = zip(*modules, strict=True)
    return int("".join(["".join(["1" if module else "0" for module in column]) + fill for column in columns]), 2)


def _slices(places: Sequence[int | None], zeros: int) -> list[slice]:
    """Bits at these places as few slices of a text; None is one of the zeros that begin at `zeros`.

    Up or down a column every second bit follows, or every one where the column beside it is a fixed pattern.
    """
    slices: list[slice] = []
    first = last = step = 0
    for place in places:
        at = place if place is not None else last + 1 if last >= zeros else zeros
        if not slices or (at - last != step and first != last) or (place is None) != (last >= zeros):
            first, step = at, 1
            slices.append(slice(0))
        elif first == last:
            step = at - first
        last = at
        slices[-1] = slice(first, last + step if last + step >= 0 else None, step)
    return slices


def _blocks(blocks: list[base.RSBlock]) -> list[Block]:
    longest, start, cut = max(block.data_count for block in blocks), 0, []
    for block in blocks:
        check_count, stop = block.total_count - block.data_count, start + block.data_count
        cut.append(
            Block(slice(start, stop), check_count, _remainders(check_count, longest)[longest - block.data_count :])
        )
        start = stop
    return cut


def _interleaved(blocks: list[base.RSBlock]) -> list[int]:
    """Which codeword comes when: the first of every block, then the second, check bytes after all data (7.6)."""
    ranges, start = [], 0
    for count in (*(block.data_count for block in blocks), *(block.total_count - block.data_count for block in blocks)):
        ranges.append(range(start, start + count))
        start += count
    columns = [*zip_longest(*ranges[: len(blocks)]), *zip_longest(*ranges[len(blocks) :])]
    return [place for column in columns for place in column if place is not None]


def _integer(size: int, dark: Callable[[int, int], bool]) -> int:
    return joined([[dark(row, column) for column in range(size)] for row in range(size)])


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
