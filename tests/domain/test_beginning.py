"""The first page of a registration, sent twice: one draft, one letter, one refusal, and never somebody else's."""

import os
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select
from town_hall import NOON, REGISTRATION, SHOWN, TownHall

from cardservice.domain import beginning, drafts, organisations, second_look, sent_forms
from cardservice.domain.actor import Actor
from cardservice.domain.draft_contents import Contents
from cardservice.domain.drafts import AlreadyIssued, DraftNotFound
from cardservice.domain.evidence import Evidence
from cardservice.domain.organisations import LettersNoMore, Standing
from cardservice.storage.models import AuditEntry, Counter, Draft, LetterCount
from cardservice.terms import DraftState, PaperFault, RefusedFor

FORM = sent_forms.draw(os.urandom)
LETTER = replace(SHOWN, kinds=("passport", "shelter-letter"))
TOO_LITTLE = replace(SHOWN, kinds=("passport",), residency=0, is_met=False, refused_for=RefusedFor.RESIDENCY)


class Desk:
    """The papers' page of one clerk."""

    def __init__(self, hall: TownHall, clerk: Actor, shelters: tuple[int, int]) -> None:
        self.hall, self.clerk, self.shelters = hall, clerk, shelters

    def send(
        self, shown: Evidence = LETTER, *, by: Actor | None = None, asks: bool = False, shelter: int = 0
    ) -> tuple[str, DraftState]:
        letters = {kind: self.shelters[shelter] for kind in shown.kinds if kind == "shelter-letter"}
        with self.hall.transaction() as session:
            draft = beginning.with_papers(
                session, FORM, shown, letters=letters, asks=asks, actor=by or self.clerk, now=NOON,
                day_keys=self.hall.day_keys,
            )  # fmt: skip
            return draft.id, draft.state

    def show(self, shown: Evidence, *, shelter: int = 0) -> None:
        letters = {kind: self.shelters[shelter] for kind in shown.kinds if kind == "shelter-letter"}
        with self.hall.transaction() as session:
            second_look.show(
                session, FORM, shown, letters=letters, actor=self.clerk, now=NOON, day_keys=self.hall.day_keys
            )

    def refuse(self, because: RefusedFor | None = RefusedFor.RESIDENCY, *, by: Actor | None = None) -> None:
        with self.hall.transaction() as session:
            beginning.refuse(session, FORM, because, actor=by or self.clerk, now=NOON, day_keys=self.hall.day_keys)

    @property
    def letters(self) -> list[int]:
        with self.hall.reading() as session:
            counts = {row.organisation_id: row.count for row in session.scalars(select(LetterCount))}
        return [counts.get(shelter, 0) for shelter in self.shelters]

    @property
    def drafts(self) -> list[str]:
        with self.hall.reading() as session:
            return [draft.id for draft in session.scalars(select(Draft))]

    @property
    def opened(self) -> int:
        with self.hall.reading() as session:
            return len(session.scalars(select(AuditEntry).where(AuditEntry.action == "draft.opened")).all())

    @property
    def refusals(self) -> dict[str, int]:
        with self.hall.reading() as session:
            counted = select(Counter).where(Counter.name.startswith("registration.refused"))
            return {row.name: row.count for row in session.scalars(counted)}


@pytest.fixture
def counter(town_hall: TownHall, clerk: Actor, supervisor: Actor) -> Desk:
    always = Standing(begins_on=NOON.date(), letters_a_month=2)
    with town_hall.transaction() as session:
        for name in ("Night Shelter", "Shelter of the Port"):
            organisations.add(session, name, always, actor=supervisor, now=NOON)
        first, second = (one.id for one in organisations.everybody(session, now=NOON))
    return Desk(town_hall, clerk, (first, second))


class TestPapersThatAreSentTwice:
    def test_begin_one_registration_and_count_one_letter(self, counter: Desk) -> None:
        assert counter.send() == counter.send() == (FORM, DraftState.ANSWERS)

        assert (counter.drafts, counter.opened, counter.letters) == ([FORM], 1, [1, 0])

    def test_at_the_same_moment_as_well(self, counter: Desk) -> None:
        threads = [Thread(target=counter.send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert (counter.drafts, counter.opened, counter.letters) == ([FORM], 1, [1, 0])

    def test_leave_alone_what_was_typed_meanwhile(self, counter: Desk, town_hall: TownHall, clerk: Actor) -> None:
        counter.send()
        with town_hall.transaction() as session:
            drafts.change(session, FORM, REGISTRATION, actor=clerk, now=NOON, day_keys=town_hall.day_keys)
        town_hall.issue(FORM, clerk)

        assert counter.send()[0] == FORM
        with pytest.raises(AlreadyIssued):
            counter.send(SHOWN)

    def test_with_other_ticks_change_the_one_that_is_there(self, counter: Desk) -> None:
        counter.send(SHOWN)
        counter.send(LETTER)

        assert (counter.drafts, counter.letters) == ([FORM], [1, 0])

    def test_ask_for_one_second_look(self, counter: Desk) -> None:
        asked = [counter.send(TOO_LITTLE, asks=True) for _ in range(2)]

        assert asked == [(FORM, DraftState.SECOND_LOOK)] * 2

    def test_do_not_ask_again_for_what_was_declined(
        self, counter: Desk, town_hall: TownHall, supervisor: Actor
    ) -> None:
        counter.send(TOO_LITTLE, asks=True)
        with town_hall.transaction() as session:
            second_look.decline(session, FORM, actor=supervisor, now=NOON, day_keys=town_hall.day_keys)

        assert counter.send(TOO_LITTLE, asks=True) == (FORM, DraftState.EVIDENCE)

    def test_by_somebody_else_find_nothing(self, counter: Desk, other_clerk: Actor, supervisor: Actor) -> None:
        counter.send(TOO_LITTLE, asks=True)

        for other in (other_clerk, supervisor):
            with pytest.raises(DraftNotFound):
                counter.send(TOO_LITTLE, by=other)
            with pytest.raises(DraftNotFound):
                counter.refuse(by=other)

    def test_after_it_ended_begin_nothing(self, counter: Desk, town_hall: TownHall, clerk: Actor) -> None:
        counter.send()
        with town_hall.transaction() as session:
            drafts.discard(session, FORM, actor=clerk, now=NOON)

        with pytest.raises(DraftNotFound):
            counter.send()
        assert (counter.drafts, counter.opened, counter.letters) == ([], 1, [1, 0])

    def test_never_begin_a_second_one_of_the_same_id(
        self, counter: Desk, town_hall: TownHall, clerk: Actor, other_clerk: Actor
    ) -> None:
        """A form is forgotten after a day or two, and its page may be sent for ever; the audit knows the id."""
        counter.send()
        with town_hall.transaction() as session:
            drafts.discard(session, FORM, actor=clerk, now=NOON)
            sent_forms.forget_over(session, now=NOON + timedelta(days=9))

        for actor in (clerk, other_clerk):
            with pytest.raises(DraftNotFound):
                counter.send(by=actor)
        assert (counter.drafts, counter.opened) == ([], 1)


class TestALetter:
    def test_that_is_taken_away_and_shown_again_counts_once(self, counter: Desk) -> None:
        counter.send()
        for _ in range(3):
            counter.show(TOO_LITTLE)
            counter.show(LETTER)

        assert counter.letters == [1, 0]

    def test_of_the_wrong_organisation_stays_counted_there(self, counter: Desk) -> None:
        counter.send()
        counter.show(TOO_LITTLE)
        counter.show(LETTER, shelter=1)

        assert counter.letters == [1, 0]

    def test_that_came_later_counts_when_it_comes(self, counter: Desk) -> None:
        counter.send(SHOWN)
        assert counter.letters == [0, 0]

        counter.show(LETTER, shelter=1)

        assert counter.letters == [0, 1]

    @pytest.mark.parametrize("shelter", [0, 1])
    def test_leaves_the_same_in_the_draft_whoever_wrote_it(
        self, counter: Desk, town_hall: TownHall, shelter: int
    ) -> None:
        counter.send(shelter=shelter)

        with town_hall.reading() as session:
            kept = drafts.contents(session.get_one(Draft, FORM), day_keys=town_hall.day_keys)
        assert kept == Contents(evidence=LETTER, letters=("shelter-letter",), saved_by=FORM)

    def test_beyond_the_limit_begins_nothing(self, counter: Desk, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            for _ in range(2):
                organisations.count_letter(session, counter.shelters[0], now=NOON)

        with pytest.raises(LettersNoMore):
            counter.send()

        assert (counter.drafts, counter.letters) == ([], [2, 0])
        assert counter.send(shelter=1)[0] == FORM


class TestAnEndThatIsSentTwice:
    def test_counts_once_and_keeps_nothing(self, counter: Desk) -> None:
        counter.refuse()
        counter.refuse()

        assert (counter.refusals, counter.drafts) == ({"registration.refused: residency": 1}, [])

    def test_of_enough_papers_counts_nothing(self, counter: Desk) -> None:
        counter.refuse(None)

        assert counter.refusals == {}

    @pytest.mark.parametrize("because", [RefusedFor.POINTS, None])
    def test_ends_what_the_form_had_begun(self, counter: Desk, because: RefusedFor | None) -> None:
        counter.send(TOO_LITTLE, asks=True)

        counter.refuse(because)
        counter.refuse(because)

        assert (counter.refusals, counter.drafts) == ({"registration.refused: points": 1}, [])

    def test_is_not_taken_for_a_beginning(self, counter: Desk) -> None:
        counter.refuse()

        with pytest.raises(DraftNotFound):
            counter.send()


class TestAPaperThatDoesNotCount:
    def test_that_is_new_on_the_second_sending_is_put_into_the_draft(self, counter: Desk) -> None:
        counter.send(TOO_LITTLE)
        stale = replace(TOO_LITTLE, faults={"bill": PaperFault.TOO_OLD})

        counter.send(stale, asks=True)

        with counter.hall.reading() as session:
            draft = session.get_one(Draft, FORM)
            kept = drafts.contents(draft, day_keys=counter.hall.day_keys).evidence
        assert kept == stale
        assert draft.state is DraftState.SECOND_LOOK


class TestAnOldCard:
    def begin(self, hall: TownHall, clerk: Actor, number: str) -> str:
        with hall.transaction() as session:
            return beginning.with_old_card(
                session, FORM, replace(REGISTRATION, replaces=number), actor=clerk, now=NOON, day_keys=hall.day_keys
            ).id

    def test_that_is_scanned_by_a_form_sent_twice_begins_one(self, town_hall: TownHall, clerk: Actor) -> None:
        old = town_hall.make_card(clerk).card_number

        assert self.begin(town_hall, clerk, old) == self.begin(town_hall, clerk, old) == FORM
        with town_hall.reading() as session:
            assert len(session.scalars(select(Draft)).all()) == 1

    def test_of_somebody_else_never_leads_to_the_answers_of_the_first(self, town_hall: TownHall, clerk: Actor) -> None:
        first, second = (town_hall.make_card(clerk).card_number for _ in range(2))
        self.begin(town_hall, clerk, first)

        with pytest.raises(DraftNotFound):
            self.begin(town_hall, clerk, second)

    def test_does_not_take_over_a_registration_without_answers(self, counter: Desk, clerk: Actor) -> None:
        counter.send(SHOWN)
        old = counter.hall.make_card(clerk).card_number

        with pytest.raises(DraftNotFound):
            self.begin(counter.hall, clerk, old)


def test_an_id_of_another_draft_opens_nothing(town_hall: TownHall, clerk: Actor, other_clerk: Actor) -> None:
    """Whoever writes the id of a draft into a form has only what they had before."""
    theirs = town_hall.register(other_clerk)

    for actor in (clerk, other_clerk):
        with suppress(DraftNotFound), town_hall.transaction() as session:
            beginning.with_papers(
                session, theirs, SHOWN, letters={}, actor=actor, now=NOON + timedelta(minutes=1),
                day_keys=town_hall.day_keys,
            )  # fmt: skip

    with town_hall.reading() as session:
        (draft,) = session.scalars(select(Draft))
        assert (draft.id, draft.creator_id, draft.touched_at) == (theirs, other_clerk.staff_id, NOON)


class TestWhatAFormHasBegun:
    def find(self, hall: TownHall, actor: Actor, form_id: str = FORM, days: int = 0) -> second_look.Papers | None:
        with hall.reading() as session:
            return beginning.begun(
                session, form_id, actor=actor, now=NOON + timedelta(days=days), day_keys=hall.day_keys
            )

    def test_is_found_by_its_own_clerk(self, counter: Desk, town_hall: TownHall, clerk: Actor) -> None:
        assert self.find(town_hall, clerk) is None
        counter.send()

        found = self.find(town_hall, clerk)

        assert found is not None
        assert (found.draft_id, found.evidence) == (FORM, LETTER)

    def test_is_found_by_nobody_else_and_not_for_ever(
        self, counter: Desk, town_hall: TownHall, clerk: Actor, other_clerk: Actor, supervisor: Actor
    ) -> None:
        counter.send(TOO_LITTLE, asks=True)

        assert [self.find(town_hall, actor) for actor in (other_clerk, supervisor)] == [None, None]
        assert [self.find(town_hall, clerk, "nothing"), self.find(town_hall, clerk, days=1)] == [None, None]
