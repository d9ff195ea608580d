"""What is hidden in a published table stays hidden from whoever computes, and knows how it was hidden."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cardservice.domain import numbers, suppression
from cardservice.domain.numbers import ENDED, FIRST, HANDED_OVER, ISSUED, NOT_HANDED_OVER, REFUSED_TOTAL, RENEWED
from cardservice.domain.suppression import Sum

REASONS = ("refused-otherwise", "refused-a", "refused-b", "refused-c")
SUMS = (*numbers.SUMS[:-1], Sum(REFUSED_TOTAL, REASONS, (*REASONS, REFUSED_TOTAL)))
REVOKED = tuple(name for name in numbers.MEASURES if name.startswith("revoked-"))
LEAVES = (FIRST, RENEWED, NOT_HANDED_OVER, *REVOKED, *REASONS)

# Around ten everything is decided; a town's own numbers are larger.
COUNTS = st.one_of(st.integers(0, 21), st.integers(0, 2_000))
TABLES = st.fixed_dictionaries(dict.fromkeys(LEAVES, COUNTS))


def table(leaves: Mapping[str, int]) -> dict[str, int]:
    """A month's whole table: the totals are sums of the leaves."""
    ended = leaves[RENEWED] + sum(leaves[name] for name in REVOKED)
    handed_over = leaves[FIRST] + leaves[RENEWED]
    return {
        **leaves,
        HANDED_OVER: handed_over,
        ISSUED: handed_over + leaves[NOT_HANDED_OVER],
        ENDED: ended,
        REFUSED_TOTAL: sum(leaves[name] for name in REASONS),
    }


def published(leaves: Mapping[str, int]) -> dict[str, int | None]:
    """What a reader is given."""
    counts = table(leaves)
    hidden = suppression.hidden(counts, SUMS)
    return {name: None if name in hidden else count for name, count in counts.items()}


class TestARandomMonth:
    @given(TABLES)
    def test_shows_no_number_under_ten(self, leaves: dict[str, int]) -> None:
        assert [count for count in published(leaves).values() if count is not None and count < 10] == []

    @given(TABLES)
    def test_gives_no_hidden_number_away_by_its_equations(self, leaves: dict[str, int]) -> None:
        shown = published(leaves)
        unknown = [name for name, count in shown.items() if count is None]

        equations = [[_times(one, name) for name in unknown] for one in SUMS]
        rank = _rank(equations)

        # A number is determined if asking for it alone adds nothing to what the equations say.
        alone = {name: [Fraction(name == other) for other in unknown] for name in unknown}
        assert [name for name in unknown if _rank([*equations, alone[name]]) == rank] == []

    @settings(max_examples=min(2_000, settings.default.max_examples))  # each asks for hundreds of towns
    @given(TABLES)
    @example(dict.fromkeys(LEAVES, 9))
    @example(dict.fromkeys(LEAVES, 0) | {FIRST: 100})
    @example(dict.fromkeys(LEAVES, 0) | {FIRST: 9, RENEWED: 19})
    @example(dict.fromkeys(LEAVES, 60) | {FIRST: 9, RENEWED: 120, "revoked-issued-in-error": 0})
    @example(dict.fromkeys(LEAVES, 40) | {NOT_HANDED_OVER: 9, RENEWED: 9})
    def test_could_be_of_a_town_where_any_hidden_number_is_another(self, leaves: dict[str, int]) -> None:
        """Also for a reader who knows the program: the other town would publish the very same."""
        shown = published(leaves)
        certain = {name for name, count in shown.items() if count is None}

        for other in _likes_of(leaves):
            certain -= {name for name in certain if table(leaves)[name] != table(other)[name]}
            if not certain:
                break

        assert certain == set()

    @given(TABLES)
    def test_hides_nothing_where_nothing_is_small(self, leaves: dict[str, int]) -> None:
        assert None not in published({name: count + 10 for name, count in leaves.items()}).values()


class TestAMonth:
    def of(self, **changed: int) -> list[str]:
        leaves = dict.fromkeys(LEAVES, 40) | {name.replace("_", "-"): count for name, count in changed.items()}
        return [name for name, count in published(leaves).items() if count is None]

    def test_hides_how_many_were_issued_with_the_few_that_were_not_handed_over(self) -> None:
        assert self.of(not_handed_over=3) == [NOT_HANDED_OVER, ISSUED]

    def test_hides_a_second_reason_beside_a_small_one(self) -> None:
        assert self.of(revoked_stolen=3) == ["revoked-stolen", "revoked-issued-in-error"]

    def test_hides_a_third_where_two_are_under_ten_together(self) -> None:
        assert self.of(revoked_stolen=3, revoked_lost=4) == [
            "revoked-lost",
            "revoked-stolen",
            "revoked-issued-in-error",
        ]

    def test_hides_one_of_any_size_beside_small_ones_so_that_nines_cannot_be_counted(self) -> None:
        assert self.of(revoked_stolen=9, revoked_lost=9) == [
            "revoked-lost",
            "revoked-stolen",
            "revoked-issued-in-error",
        ]

    def test_hides_no_other_where_the_first_to_be_given_up_is_among_them(self) -> None:
        assert self.of(revoked_issued_in_error=5, revoked_lost=5) == ["revoked-lost", "revoked-issued-in-error"]

    def test_hides_a_number_in_two_sums_in_both(self) -> None:
        assert self.of(renewed=3) == [FIRST, RENEWED, "revoked-issued-in-error"]

    def test_rather_hides_how_many_ended_than_how_many_were_renewed(self) -> None:
        assert self.of(**{name.replace("-", "_"): 1 for name in REVOKED}) == [*REVOKED, ENDED]

    def test_hides_a_total_of_which_nothing_is_left(self) -> None:
        none_refused = dict.fromkeys(("refused_otherwise", "refused_a", "refused_b", "refused_c"), 2)
        assert self.of(**none_refused) == [*REASONS, REFUSED_TOTAL]

    def test_hides_a_part_where_only_the_total_is_small(self) -> None:
        one = Sum("all", ("some", "others"), ("some", "others", "all"))

        assert suppression.hidden({"all": 3, "some": 20, "others": 30}, [one]) == {"all", "some"}


@pytest.mark.parametrize("number", range(len(numbers.SUMS)))
def test_every_sum_says_of_all_its_numbers_which_is_given_up_first(number: int) -> None:
    one = numbers.SUMS[number]

    assert sorted(one.given_up) == sorted((one.total, *one.parts))


class TestANameThatIsAddedLater:
    @given(TABLES)
    def test_shows_nothing_of_an_old_month_that_was_hidden(self, leaves: dict[str, int]) -> None:
        """It was never counted then, so it is 0: what a file of today shows, the file of yesterday has shown."""
        newer = (*SUMS[:-1], Sum(REFUSED_TOTAL, (*REASONS, "new"), (*REASONS, "new", REFUSED_TOTAL)))
        counts = table(leaves)

        before, after = suppression.hidden(counts, SUMS), suppression.hidden(counts | {"new": 0}, newer)

        assert before <= after


def _times(one: Sum, name: str) -> Fraction:
    """How often a number stands in the equation total − parts = 0."""
    return Fraction(int(name == one.total) - int(name in one.parts))


def _rank(rows: list[list[Fraction]]) -> int:
    """The rank of a matrix, by elimination."""
    left, rank = [row[:] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left = [
            [a - row[column] / pivot[column] * b for a, b in zip(row, pivot, strict=True)] if row[column] else row
            for row in left
        ]
        rank += 1
    return rank


def _likes_of(leaves: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Other towns that publish the same: some of what is hidden is moved from one number to another."""
    same = published(leaves)
    movable = [name for name in LEAVES if same[name] is None]
    for moved in _moved(leaves, movable):
        if min(moved.values()) >= 0 and published(moved) == same:
            yield moved


def _moved(leaves: Mapping[str, int], movable: list[str]) -> Iterator[dict[str, int]]:
    """One number is larger or smaller, and up to two others make up for it; renewals, by all reasons together."""
    for by in (step * sign for step in range(1, 10) for sign in (1, -1)):
        for one in movable:
            others = [name for name in movable if name != one]
            for taken in (chosen for size in range(3) for chosen in combinations(others, size)):
                yield {**leaves, one: leaves[one] + by} | {name: leaves[name] - by for name in taken}
    yield from _with_other_renewals(leaves, [name for name in REVOKED if name in movable])


def _with_other_renewals(leaves: Mapping[str, int], reasons: list[str]) -> Iterator[dict[str, int]]:
    """Any number of renewals, for which all reasons together make up, or the last, which alone may be of any size."""
    for renewed in range(2 * leaves[RENEWED] if reasons else 0):
        by = renewed - leaves[RENEWED]
        moved = {**leaves, RENEWED: renewed, FIRST: leaves[FIRST] - by}
        each, left = divmod(-by, len(reasons))
        yield moved | {name: leaves[name] + each + (place < left) for place, name in enumerate(reasons)}
        *small, last = reasons
        yield moved | {last: leaves[last] - by}
        for one in small:
            yield moved | {last: leaves[last] - by - 1, one: leaves[one] + 1}
