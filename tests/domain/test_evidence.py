"""Evidence by points: what papers come to, what is missing, and every combination of the example against its table.

The table is written by hand from docs/evidence.md, not computed from the policy.
"""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.domain import evidence, further_papers, paper_choices
from cardservice.domain.evidence import Missing, Outcome, Paper, Policy, Shown
from cardservice.settings import parse
from cardservice.terms import AcceptedFor, PaperFault, RefusedFor, Shows
from cardservice.web import decided

TODAY = date(2026, 11, 23)
EXAMPLE: Policy = decided.policy(parse({"town": {"name": "A", "issuer": "https://a.example"}}, Path()))
KINDS = [paper.kind for paper in EXAMPLE.papers]

# Who somebody is: any of these sets, with a paper that shows where they live.
SAYS_WHO = [
    {"passport"},
    {"identity-card"},
    {"consular-card"},
    {"old-card"},
    {"driving-licence", "birth-certificate"},
    {"driving-licence", "referee"},
    {"driving-licence", "caretaker"},
    {"driving-licence", "photo-card"},
    {"driving-licence", "health-card"},
    {"birth-certificate", "referee"},
    {"birth-certificate", "caretaker"},
    {"birth-certificate", "photo-card"},
]
LIVES_HERE = {
    "lease", "bill", "office-letter", "pay-slip", "school-letter", "clinic-letter", "shelter-letter",
    "association-letter", "host-declaration",
}  # fmt: skip


def shown(*kinds: str, **dates: date) -> list[Shown]:
    """Papers of these kinds, fresh and accredited."""
    return [Shown(kind=kind, organisation=None, **{"dated": TODAY, **dates}) for kind in kinds]


def outcome(*kinds: str, policy: Policy = EXAMPLE) -> Outcome:
    return evidence.evaluate(policy, shown(*kinds), today=TODAY)


def up_to_four() -> list[tuple[str, ...]]:
    return [kinds for count in range(5) for kinds in combinations(KINDS, count)]


class TestTheExample:
    def test_decides_every_combination_of_up_to_four_papers_as_its_table_says(self) -> None:
        enough_by_the_table = {
            kinds: any(who <= set(kinds) for who in SAYS_WHO) and not LIVES_HERE.isdisjoint(kinds)
            for kinds in up_to_four()
        }

        found = {kinds: outcome(*kinds).is_met for kinds in enough_by_the_table}

        assert len(found) == 5036
        assert found == enough_by_the_table
        assert sum(found.values()) == 3270

    def test_names_for_every_combination_that_is_not_enough_papers_that_fill_it(self) -> None:
        for kinds in up_to_four():
            seen = outcome(*kinds)
            sets = further_papers.would_help(EXAMPLE, seen)
            assert bool(sets) is not seen.is_met
            for more in sets:
                assert outcome(*kinds, *more).is_met
                assert not any(outcome(*kinds, *fewer).is_met for fewer in combinations(more, len(more) - 1))

    def test_has_one_reason_for_every_combination_that_is_not_enough(self) -> None:
        reasons = {kinds: evidence.refused_for(EXAMPLE, outcome(*kinds)) for kinds in up_to_four()}

        assert all((reason is None) is outcome(*kinds).is_met for kinds, reason in reasons.items())
        assert reasons[()] is RefusedFor.IDENTITY
        assert reasons["passport",] is RefusedFor.RESIDENCY
        assert reasons["birth-certificate", "health-card", "lease"] is RefusedFor.PHOTO
        assert reasons["referee", "photo-card", "lease"] is RefusedFor.BIRTH_DATE

    def test_takes_a_consular_card_of_last_year_and_a_letter_of_ten_days(self) -> None:
        letter = Shown(kind="shelter-letter", dated=TODAY - timedelta(days=10), organisation=None)
        card = Shown(kind="consular-card", expired_on=TODAY - timedelta(days=360))

        found = evidence.evaluate(EXAMPLE, [card, letter], today=TODAY)

        assert found.is_met
        assert (found.identity, found.residency, found.points, found.faults) == (3, 1, 4, {})

    def test_does_not_take_the_same_letter_after_forty_days(self) -> None:
        letter = Shown(kind="shelter-letter", dated=TODAY - timedelta(days=40), organisation=None)

        found = evidence.evaluate(EXAMPLE, [*shown("consular-card"), letter], today=TODAY)

        assert found.faults == {"shelter-letter": PaperFault.TOO_OLD}
        assert found.missing == Missing(points=1, residency=1)
        assert evidence.refused_for(EXAMPLE, found) is RefusedFor.TOO_OLD


class TestAPaper:
    @pytest.mark.parametrize(
        ("kind", "given", "fault"),
        [
            ("association-letter", {"organisation": PaperFault.NOT_ACCREDITED}, PaperFault.NOT_ACCREDITED),
            ("association-letter", {"organisation": PaperFault.ENOUGH_LETTERS}, PaperFault.ENOUGH_LETTERS),
            ("bill", {"dated": None}, PaperFault.UNDATED),
            ("bill", {"dated": TODAY + timedelta(days=1)}, PaperFault.LATER),
            ("bill", {"dated": TODAY - timedelta(days=90)}, None),
            ("bill", {"dated": TODAY - timedelta(days=91)}, PaperFault.TOO_OLD),
            ("bill", {"dated": date.min}, PaperFault.TOO_OLD),
            ("bill", {"dated": date.max}, PaperFault.LATER),
            ("lease", {"dated": date.min, "expired_on": date.min}, None),
            ("passport", {"expired_on": None}, None),
            ("passport", {"expired_on": TODAY - timedelta(days=1825)}, None),
            ("passport", {"expired_on": TODAY - timedelta(days=1826)}, PaperFault.EXPIRED),
            ("passport", {"expired_on": date.max}, None),
        ],
    )
    def test_counts_by_its_rule(self, kind: str, given: dict[str, object], fault: PaperFault | None) -> None:
        one = Shown(**({"kind": kind, "dated": TODAY, "organisation": None} | given))  # type: ignore[arg-type]

        found = evidence.evaluate(EXAMPLE, [one], today=TODAY)

        assert found.faults == ({kind: fault} if fault else {})
        assert found.kinds == (() if fault else (kind,))

    def test_of_a_kind_that_the_policy_does_not_have_counts_for_nothing(self) -> None:
        assert outcome("membership-of-a-club") == outcome()
        assert EXAMPLE.paper("membership-of-a-club") is None

    def test_counts_once_however_often_it_is_shown(self) -> None:
        assert outcome("bill", "bill") == outcome("bill")


class TestAPaperForAChild:
    SHOWN = ("birth-certificate", "caretaker", "lease")

    def judged(self, *kinds: str, is_child: bool | None) -> Outcome:
        return evidence.evaluate(EXAMPLE, shown(*kinds), today=TODAY, is_child=is_child)

    @pytest.mark.parametrize("is_child", [True, None])
    def test_counts_for_a_child_and_as_long_as_nobody_knows(self, is_child: bool | None) -> None:
        assert self.judged(*self.SHOWN, is_child=is_child).is_met

    def test_does_not_count_for_an_adult(self) -> None:
        found = self.judged(*self.SHOWN, is_child=False)

        assert found.faults == {"caretaker": PaperFault.NOT_A_CHILD}
        assert found.missing == Missing(points=1, identity=1, shows=frozenset({Shows.PHOTO}))

    @pytest.mark.parametrize(("is_child", "is_named"), [(True, True), (None, True), (False, False)])
    def test_is_named_to_whom_it_would_help(self, is_child: bool | None, is_named: bool) -> None:
        found = self.judged("birth-certificate", "lease", is_child=is_child)

        assert (("caretaker",) in further_papers.would_help(EXAMPLE, found)) is is_named
        assert ("caretaker" in {paper.kind for paper in further_papers.further(EXAMPLE, found)}) is is_named
        assert ("photo-card",) in further_papers.would_help(EXAMPLE, found)

    def test_of_an_organisation_is_named_where_any_is_listed(self) -> None:
        found = self.judged("consular-card", is_child=None)

        for are_listed in (True, False):
            sets = further_papers.would_help(EXAMPLE, found, are_listed=are_listed)
            assert any("shelter-letter" in more for more in sets) is are_listed

    def test_is_no_reason_to_be_sent_away(self) -> None:
        found = self.judged(*self.SHOWN, is_child=False)

        assert evidence.refused_for(EXAMPLE, found) is RefusedFor.IDENTITY

    def test_that_is_wrong_in_itself_says_that_first(self) -> None:
        paper = Paper(kind="school-pass", identity=1, days_old=30, child_only=True)
        policy = Policy(version="1", points=1, identity=1, residency=0, shows=frozenset(), papers=(paper,))
        stale = Shown(kind="school-pass", dated=TODAY - timedelta(days=31))

        for is_child in (True, False):
            found = evidence.evaluate(policy, [stale], today=TODAY, is_child=is_child)
            assert found.faults == {"school-pass": PaperFault.TOO_OLD}

    def test_is_kept_with_what_the_papers_are_for_an_adult(self) -> None:
        kept = evidence.kept(EXAMPLE, shown(*self.SHOWN), today=TODAY, checked_by=7)

        adult = kept.of(is_child=False)
        assert (kept.is_met, kept.faults, kept.of(is_child=True), kept.of(is_child=None)) == (True, {}, kept, kept)
        assert (adult.is_met, adult.kinds) == (False, ("birth-certificate", "lease"))
        assert adult.faults == {"caretaker": PaperFault.NOT_A_CHILD}
        assert (adult.checked_by, adult.refused_for) == (7, RefusedFor.IDENTITY)

    def test_changes_nothing_of_what_a_supervisor_decided(self) -> None:
        kept = evidence.kept(EXAMPLE, shown(*self.SHOWN), today=TODAY, checked_by=7)
        accepted = replace(kept, accepted_by=9, accepted_for=AcceptedFor.TOGETHER, looked_at=True)

        adult = accepted.of(is_child=False)

        assert (adult.accepted_by, adult.accepted_for, adult.looked_at) == (9, AcceptedFor.TOGETHER, True)
        assert adult.is_enough

    def test_is_the_same_for_everybody_where_there_is_none(self) -> None:
        kept = evidence.kept(EXAMPLE, shown("passport", "lease"), today=TODAY, checked_by=7)

        assert kept.of_an_adult is None
        assert kept.of(is_child=False) is kept


class TestAPolicyOfItsOwn:
    def test_may_ask_for_more_points_than_the_two_kinds_give(self) -> None:
        papers = tuple(Paper(kind=kind, identity=1, residency=1) for kind in ("a", "b", "c"))
        policy = Policy(version="1", points=5, identity=1, residency=1, shows=frozenset(), papers=papers)

        found = outcome("a", policy=policy)

        assert found.missing == Missing(points=3)
        assert evidence.refused_for(policy, found) is RefusedFor.POINTS
        assert further_papers.would_help(policy, found) == (("b", "c"),)

    def test_that_needs_more_than_three_further_papers_names_none(self) -> None:
        papers = tuple(Paper(kind=str(number), identity=1) for number in range(5))
        policy = Policy(version="1", points=5, identity=5, residency=0, shows=frozenset(), papers=papers)

        assert further_papers.would_help(policy, outcome(policy=policy)) == ()
        assert further_papers.would_help(policy, outcome("0", "1", policy=policy)) == (("2", "3", "4"),)


class TestWhatIsKept:
    def test_is_kinds_points_version_and_who_checked(self) -> None:
        kept = evidence.kept(EXAMPLE, shown("passport", "lease"), today=TODAY, checked_by=7)

        assert (kept.version, kept.kinds, kept.identity, kept.residency) == ("example-2", ("passport", "lease"), 3, 1)
        assert (kept.is_met, kept.is_enough, kept.checked_by, kept.refused_for) == (True, True, 7, None)

    def test_is_what_did_not_count_and_why_and_what_is_missing(self) -> None:
        stale = Shown(kind="bill", dated=TODAY - timedelta(days=91))

        kept = evidence.kept(EXAMPLE, [*shown("passport"), stale], today=TODAY, checked_by=7)

        assert kept.faults == {"bill": PaperFault.TOO_OLD}
        assert kept.missing == Missing(points=1, residency=1)
        assert kept.on_counter == ("passport", "bill")
        assert replace(kept, looked_at=True).was_declined_with(("bill",))
        assert not replace(kept, looked_at=True).was_declined_with(("bill", "lease"))

    def test_says_again_why_a_paper_did_not_count(self) -> None:
        again = Shown(kind="bill", fault=PaperFault.TOO_OLD)

        assert evidence.evaluate(EXAMPLE, [again], today=TODAY).faults == {"bill": PaperFault.TOO_OLD}

    def test_counts_through_the_day_so_many_days_after_its_date(self) -> None:
        """A shelter's letter of 24 October counts for 30 days: through 23 November."""
        letter = Shown(kind="shelter-letter", dated=date(2026, 10, 24), organisation=None)

        faults = [evidence.evaluate(EXAMPLE, [letter], today=date(2026, 11, day)).faults for day in (23, 24)]

        assert faults == [{}, {"shelter-letter": PaperFault.TOO_OLD}]

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (PaperFault.ENOUGH_LETTERS, RefusedFor.NOT_ACCREDITED),
            (PaperFault.EXPIRED, RefusedFor.EXPIRED),
            (PaperFault.LATER, RefusedFor.TOO_OLD),
            (PaperFault.NOT_ACCREDITED, RefusedFor.NOT_ACCREDITED),
            (PaperFault.NOT_NOW, RefusedFor.NOT_ACCREDITED),
            (PaperFault.TOO_OLD, RefusedFor.TOO_OLD),
            (PaperFault.UNDATED, RefusedFor.TOO_OLD),
        ],
    )
    def test_says_the_fault_that_alone_was_in_the_way(self, fault: PaperFault, reason: RefusedFor) -> None:
        found = Outcome(
            identity=3, residency=0, kinds=("passport",), faults={"bill": fault}, missing=Missing(residency=1, points=1)
        )

        assert evidence.refused_for(EXAMPLE, found) is reason

    def test_says_what_is_missing_where_a_better_paper_would_not_have_been_enough(self) -> None:
        stale = Shown(kind="bill", dated=date.min)

        found = evidence.evaluate(EXAMPLE, [stale], today=TODAY)

        assert evidence.refused_for(EXAMPLE, found) is RefusedFor.IDENTITY


class TestChoices:
    def test_of_the_example_are_all_of_its_table_where_nothing_was_shown(self) -> None:
        """Nobody is sent for a passport who can come with a birth certificate and a referee."""
        sets = further_papers.would_help(EXAMPLE, outcome())

        assert {frozenset(one) for one in sets} == {
            frozenset(who | {where}) for who in SAYS_WHO for where in LIVES_HERE
        }

    def test_of_the_example_ask_once_where_somebody_lives(self) -> None:
        each, choices = paper_choices.in_each(paper_choices.as_choices(further_papers.would_help(EXAMPLE, outcome())))

        assert list(map(set, each)) == [LIVES_HERE]
        assert [list(map(set, choice)) for choice in choices] == [
            [{"passport", "identity-card", "consular-card", "old-card"}],
            [{"driving-licence"}, {"birth-certificate", "health-card"}],
            [{"driving-licence", "birth-certificate"}, {"referee", "caretaker", "photo-card"}],
        ]

    def test_that_are_one_or_none_have_no_part_of_their_own(self) -> None:
        assert paper_choices.in_each([]) == ([], [])
        assert paper_choices.in_each([(("a", "b"), ("c",))]) == ([], [[("a", "b"), ("c",)]])

    @pytest.mark.parametrize("kinds", [(), ("passport",), ("driving-licence",), ("lease",), ("passport", "lease")])
    def test_are_the_same_sets_and_each_once(self, kinds: tuple[str, ...]) -> None:
        sets = further_papers.would_help(EXAMPLE, outcome(*kinds))

        made = [set(one) for choice in paper_choices.as_choices(sets) for one in product(*choice)]

        assert sorted(map(sorted, made)) == sorted(map(sorted, sets))


@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 3), unique=True))
def test_any_sets_are_the_same_as_choices(sets: list[tuple[str, ...]]) -> None:
    made = [one for choice in paper_choices.as_choices(sets) for one in product(*choice)]

    assert sorted(made) == sorted(sets)


@given(st.sets(st.sampled_from(KINDS)), st.sets(st.sampled_from(KINDS)))
def test_papers_can_only_help(some: set[str], more: set[str]) -> None:
    before, after = outcome(*some), outcome(*(some | more))

    assert after.points >= before.points
    assert after.is_met or not before.is_met
    assert after.missing.shows <= before.missing.shows <= frozenset(Shows)
