"""What is done is done to what was seen: a page that is older than the draft does nothing to it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy.orm import undefer
from town_hall import NOON, REGISTRATION, SHOWN, TownHall

from cardservice.domain import approval, as_shown, beginning, drafts, issuance, second_look
from cardservice.domain.actor import Actor
from cardservice.domain.approval import NotBeforeYou
from cardservice.domain.as_shown import ChangedMeanwhile
from cardservice.domain.draft_contents import Contents
from cardservice.domain.drafts import DraftNotFound
from cardservice.domain.evidence import Evidence
from cardservice.domain.registration import Registration
from cardservice.storage.models import Draft
from cardservice.terms import AcceptedFor, DraftState, RefusedFor

OTHER = replace(REGISTRATION, name="Karima al-Haddad")
THIRD = replace(REGISTRATION, name="Amina Benali")
TOO_LITTLE = replace(SHOWN, kinds=("passport",), residency=0, is_met=False, refused_for=RefusedFor.RESIDENCY)
TWO_KINDS = replace(TOO_LITTLE, kinds=("passport", "bill"))
FORM = "0f" * 16
Step = Callable[["Counter", str | None], object]


@dataclass
class Counter:
    """A registration, the clerk who makes it, and the supervisor who looks at it."""

    hall: TownHall
    clerk: Actor
    supervisor: Actor
    id: str = ""

    def begin(self, registered: Registration | None = REGISTRATION, evidence: Evidence = SHOWN) -> None:
        with self.hall.transaction() as session:
            self.id = drafts.open_draft(
                session,
                registered,
                evidence=evidence,
                actor=self.clerk,
                now=NOON,
                day_keys=self.hall.day_keys,
                token_bytes=os.urandom,
            ).id

    def open(self) -> str:
        """Open a page: the mark that it has."""
        with self.hall.reading() as session:
            draft = session.get_one(Draft, self.id, options=[undefer(Draft.ciphertext)])
            return as_shown.mark(as_shown.nonce_of(draft), os.urandom)

    @property
    def kept(self) -> Contents:
        with self.hall.reading() as session:
            return drafts.contents(session.get_one(Draft, self.id), day_keys=self.hall.day_keys)

    @property
    def state(self) -> DraftState:
        with self.hall.reading() as session:
            return session.get_one(Draft, self.id).state

    def type(self, marked: str | None, registered: Registration = OTHER) -> None:
        with self.hall.transaction() as session:
            drafts.change(session, self.id, registered, marked=marked, **self.by(self.clerk))

    def show(self, marked: str | None, shown: Evidence = TWO_KINDS) -> None:
        with self.hall.transaction() as session:
            second_look.show(session, self.id, shown, marked=marked, **self.by(self.clerk))

    def ask(self) -> None:
        with self.hall.transaction() as session:
            second_look.ask(session, self.id, actor=self.clerk, now=NOON)

    def accept(self, marked: str | None) -> None:
        with self.hall.transaction() as session:
            second_look.accept(session, self.id, AcceptedFor.OTHER_KIND, marked=marked, **self.by(self.supervisor))

    def decline(self, marked: str | None) -> None:
        with self.hall.transaction() as session:
            second_look.decline(session, self.id, marked=marked, **self.by(self.supervisor))

    def refuse(self, marked: str | None) -> None:
        with self.hall.transaction() as session:
            second_look.refuse(session, self.id, RefusedFor.POINTS, marked=marked, **self.by(self.clerk))

    def submit(self, marked: str | None) -> None:
        with self.hall.transaction() as session:
            approval.submit(session, self.id, marked=marked, actor=self.clerk, now=NOON)

    def approve(self, marked: str | None) -> None:
        with self.hall.transaction() as session:
            approval.approve(session, self.id, marked=marked, actor=self.supervisor, now=NOON)

    def issue(self, marked: str | None) -> str:
        return issuance.issue(
            self.hall.transaction,
            self.id,
            marked=marked,
            issuing=self.hall.issuing,
            token_bytes=os.urandom,
            **self.by(self.clerk),
        ).card_number

    def discard(self, marked: str | None) -> None:
        with self.hall.transaction() as session:
            drafts.discard(session, self.id, marked=marked, actor=self.clerk, now=NOON)

    def by(self, actor: Actor) -> dict[str, object]:
        return {"actor": actor, "now": NOON, "day_keys": self.hall.day_keys}


@pytest.fixture
def counter(town_hall: TownHall, clerk: Actor, supervisor: Actor) -> Counter:
    return Counter(town_hall, clerk, supervisor)


class TestAMark:
    def test_is_of_one_sealing_and_no_other(self) -> None:
        nonce, other = os.urandom(12), os.urandom(12)
        marked = as_shown.mark(nonce, os.urandom)

        assert as_shown.is_of(marked, nonce)
        assert not as_shown.is_of(marked, other)

    def test_of_two_pages_of_one_draft_are_two(self) -> None:
        nonce = os.urandom(12)
        one, other = (as_shown.mark(nonce, os.urandom) for _ in range(2))

        assert len({one, other, one[8:], other[8:]}) == 4
        assert as_shown.is_of(other, nonce)

    def test_is_short_and_has_nothing_of_the_nonce_in_it(self) -> None:
        nonce = os.urandom(12)
        marked = as_shown.mark(nonce, os.urandom)

        assert len(marked) == 24
        assert not [place for place in range(10) if nonce[place : place + 3].hex() in marked]

    @pytest.mark.parametrize("odd", ["", "x" * 24, "0" * 23, "0" * 24, "0" * 26, "Ａ" * 24, "0f" * 12 + "\n"])
    def test_is_not_anything_else(self, odd: str) -> None:
        assert not as_shown.is_of(odd, os.urandom(12))

    def test_is_over_with_the_next_save_of_the_same_answers_too(self, counter: Counter) -> None:
        counter.begin()
        before = counter.open()

        counter.type(None, REGISTRATION)

        with counter.hall.reading() as session:
            draft = session.get_one(Draft, counter.id, options=[undefer(Draft.ciphertext)])
            assert not as_shown.is_of(before, as_shown.nonce_of(draft))


# Whatever is done to a registration, each with what has to be there for it.
TYPED: dict[str, Step] = {"answers": Counter.type, "papers": Counter.show, "an end": Counter.refuse}
LOOKED_AT: dict[str, Step] = {
    "asking": Counter.submit,
    "approving": Counter.approve,
    "issuing": Counter.issue,
    "discarding": Counter.discard,
    "accepting": Counter.accept,
    "declining": Counter.decline,
}
EVERYTHING = TYPED | LOOKED_AT


def prepared(counter: Counter, what: str) -> None:
    counter.begin(evidence=TOO_LITTLE if what in {"accepting", "declining", "an end", "papers"} else SHOWN)
    if what == "approving":
        counter.submit(None)
    if what in {"accepting", "declining"}:
        counter.ask()


def changed_by_another_page(counter: Counter, what: str) -> None:
    """A clerk types another name, and brings it to where it was."""
    counter.type(None, THIRD)
    if what == "approving":
        counter.submit(None)
    if what in {"accepting", "declining"}:
        counter.ask()


@pytest.mark.parametrize("what", EVERYTHING)
class TestEveryStep:
    def test_is_done_to_what_the_page_shows(self, counter: Counter, what: str) -> None:
        prepared(counter, what)

        EVERYTHING[what](counter, counter.open())

    def test_is_not_done_to_what_it_does_not_show(self, counter: Counter, what: str) -> None:
        prepared(counter, what)
        older = counter.open()
        changed_by_another_page(counter, what)
        before = counter.kept, counter.state

        with pytest.raises(ChangedMeanwhile) as refused:
            EVERYTHING[what](counter, older)

        assert refused.value.draft_id == counter.id
        assert (counter.kept, counter.state) == before
        EVERYTHING[what](counter, counter.open())

    def test_is_not_done_without_a_mark_of_the_page(self, counter: Counter, what: str) -> None:
        prepared(counter, what)
        before = counter.kept, counter.state

        for made_up in ("", "0" * 24):
            with pytest.raises(ChangedMeanwhile):
                EVERYTHING[what](counter, made_up)

        assert (counter.kept, counter.state) == before

    def test_without_a_page_is_done(self, counter: Counter, what: str) -> None:
        prepared(counter, what)

        EVERYTHING[what](counter, None)


class TestTheSameThing:
    @pytest.mark.parametrize("what", ["answers", "papers"])
    def test_sent_twice_is_saved_once(self, counter: Counter, what: str) -> None:
        prepared(counter, what)
        marked = counter.open()
        TYPED[what](counter, marked)
        kept, page = counter.kept, counter.open()

        TYPED[what](counter, marked)

        assert counter.kept == kept
        counter.discard(page)

    def test_of_two_windows_is_no_conflict_and_takes_nothing_back(self, counter: Counter) -> None:
        counter.begin()
        one, other = counter.open(), counter.open()
        counter.type(one)
        counter.submit(None)
        counter.approve(None)

        counter.type(other)

        assert counter.state is DraftState.APPROVED

    @pytest.mark.parametrize("what", ["asking", "approving", "issuing"])
    def test_pressed_twice_is_done_once(self, counter: Counter, what: str) -> None:
        prepared(counter, what)
        marked = counter.open()

        first, second = (LOOKED_AT[what](counter, marked) for _ in range(2))

        assert first == second

    def test_is_not_what_a_third_window_has_saved_over(self, counter: Counter) -> None:
        counter.begin()
        page = counter.open()
        counter.type(page, OTHER)
        counter.type(counter.open(), THIRD)

        with pytest.raises(ChangedMeanwhile):
            counter.type(page, OTHER)


class TestAPage:
    def test_is_not_in_conflict_with_itself(self, counter: Counter) -> None:
        counter.begin()
        page = counter.open()
        counter.type(page, OTHER)

        counter.type(page, THIRD)

        assert counter.kept.registration == THIRD

    def test_is_in_conflict_with_a_supervisor_who_decided_since(self, counter: Counter) -> None:
        counter.begin(evidence=TOO_LITTLE)
        page = counter.open()
        counter.show(page, TWO_KINDS)
        counter.ask()
        counter.decline(None)
        declined = counter.kept

        counter.show(page, TWO_KINDS)
        with pytest.raises(ChangedMeanwhile):
            counter.show(page, TOO_LITTLE)
        with pytest.raises(ChangedMeanwhile):
            counter.refuse(page)

        assert counter.kept == declined

    def test_that_began_a_registration_changes_it_until_another_page_does(self, counter: Counter) -> None:
        def send(shown: Evidence) -> str:
            with counter.hall.transaction() as session:
                return beginning.with_papers(session, FORM, shown, letters={}, **counter.by(counter.clerk)).id

        def end() -> None:
            with counter.hall.transaction() as session:
                beginning.refuse(session, FORM, None, **counter.by(counter.clerk))

        counter.id = send(TOO_LITTLE)
        assert send(TWO_KINDS) == counter.id
        counter.type(counter.open())

        with pytest.raises(ChangedMeanwhile):
            send(SHOWN)
        with pytest.raises(ChangedMeanwhile):
            end()
        assert send(TWO_KINDS) == counter.id

    def test_of_all_answers_that_is_older_than_the_card_ends_no_card(self, counter: Counter) -> None:
        counter.begin()
        page = counter.open()
        number = counter.issue(page)

        with pytest.raises(ChangedMeanwhile):
            counter.discard(page)

        assert counter.issue(page) == number


class TestAnApproval:
    def test_of_what_was_taken_back_says_that_it_does_not_wait(self, counter: Counter) -> None:
        counter.begin()
        counter.submit(None)
        page = counter.open()
        counter.type(None)

        with pytest.raises(NotBeforeYou) as refused:
            counter.approve(page)

        assert isinstance(refused.value, DraftNotFound)
        assert str(refused.value) != str(DraftNotFound())
