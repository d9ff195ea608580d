"""A mistake on the printed card: the card ends and its answers come back, both or neither."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from town_hall import DAY, JPEG, NOON, REGISTRATION, WEBP, TownHall

from cardservice.domain import approval, correction, drafts, pick_up, print_parts, print_queue, retention
from cardservice.domain.actor import Actor
from cardservice.domain.drafts import DraftGone, DraftNotFound
from cardservice.domain.issuance import IssuedCard, NotIssued
from cardservice.domain.lifecycle import MoveRefused
from cardservice.domain.registration import Registration
from cardservice.storage.models import AuditEntry, BlankCount, Card, Draft, LedgerEntry
from cardservice.storage.models import Counter as Counted
from cardservice.terms import CardState, DraftState

HOUR = timedelta(hours=1)


class PowerCut(BaseException):
    """The process dies here."""


@pytest.fixture
def issued(town_hall: TownHall, clerk: Actor) -> IssuedCard:
    return town_hall.issue(town_hall.register(clerk), clerk)


def correct(town_hall: TownHall, card_number: str, actor: Actor, *, now: object = NOON) -> str:
    with town_hall.transaction() as session:
        return correction.correct(
            session,
            card_number,
            actor=actor,
            now=now,
            day_keys=town_hall.day_keys,
            token_bytes=town_hall.token_bytes,
        ).id


def answers(town_hall: TownHall, draft_id: str, actor: Actor) -> Registration:
    with town_hall.reading() as session:
        return drafts.read(session, draft_id, actor=actor, now=NOON, day_keys=town_hall.day_keys)


class TestCorrect:
    def test_gives_all_answers_and_the_photo_back(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        said = replace(REGISTRATION, replaces=make_card().card_number)
        issued = town_hall.issue(town_hall.register(clerk, said), clerk)

        draft_id = correct(town_hall, issued.card_number, clerk)

        assert answers(town_hall, draft_id, clerk) == said
        assert (said.portrait_print, said.portrait_code) == (JPEG, WEBP)

    def test_knows_which_letters_were_counted(self, town_hall: TownHall, clerk: Actor) -> None:
        """Or the same letter, unticked and ticked on the way to the right card, would be counted once more."""
        draft_id = town_hall.register(clerk)
        with town_hall.transaction() as session:
            draft = drafts.get(session, draft_id, actor=clerk, now=NOON)
            kept = drafts.contents(draft, day_keys=town_hall.day_keys)
            counted = replace(kept, letters=("shelter-letter",))
            drafts.put(session, draft, counted, actor=clerk, now=NOON, day_keys=town_hall.day_keys)
        issued = town_hall.issue(draft_id, clerk)

        again = correct(town_hall, issued.card_number, clerk)

        with town_hall.reading() as session:
            sealed = drafts.contents(session.get_one(Draft, again), day_keys=town_hall.day_keys)
        assert sealed == counted

    def test_ends_the_card_for_good(self, town_hall: TownHall, clerk: Actor, issued: IssuedCard) -> None:
        correct(town_hall, issued.card_number, clerk)
        town_hall.publish(now=NOON + HOUR)

        card = town_hall.card(issued.card_number)
        assert (card.state, card.place.invalid, card.draft_id) == (CardState.REVOKED, True, None)
        assert town_hall.verdict(issued.identity_code, now=NOON + HOUR).reason == "revoked"

    def test_leads_to_a_new_card_with_another_number_place_and_slip(
        self, town_hall: TownHall, clerk: Actor, issued: IssuedCard
    ) -> None:
        draft_id = correct(town_hall, issued.card_number, clerk)
        with town_hall.transaction() as session:
            right = replace(REGISTRATION, name="Karim al-Hadad")
            drafts.change(session, draft_id, right, actor=clerk, now=NOON, day_keys=town_hall.day_keys)

        again = town_hall.issue(draft_id, clerk)
        town_hall.hand_over(again.card_number, clerk)

        assert again.card_number != issued.card_number
        assert again.slip_code != issued.slip_code
        assert town_hall.card(again.card_number).position != town_hall.card(issued.card_number).position
        verdict = town_hall.verdict(again.identity_code)
        assert (verdict.reason, verdict.name) == ("valid", "Karim al-Hadad")
        assert verdict.portrait == WEBP

    def test_tells_audit_counters_and_ledger_what_spoiling_tells_and_a_new_registration(
        self, town_hall: TownHall, clerk: Actor, issued: IssuedCard
    ) -> None:
        before = _left(town_hall)

        correct(town_hall, issued.card_number, clerk)

        assert _left(town_hall) - before == Counter(
            [
                "audit draft.opened",
                "audit card.revoked",
                "audit draft.ended by spoiling",
                "counter draft.opened",
                "counter card.revoked",
                "counter card.revoked: issued in error",
                "ledger draft spoilt",
            ]
        )

    def test_counts_the_blank_of_a_printed_card_as_spoilt(
        self, town_hall: TownHall, clerk: Actor, issued: IssuedCard
    ) -> None:
        with town_hall.transaction() as session:
            draft_id = town_hall.card(issued.card_number).draft_id or ""
            paper = print_queue.OnPaper(printer="evolis", blank="cr80")
            print_parts.claim_one(session, draft_id, paper, None, actor=clerk, now=NOON, day_keys=town_hall.day_keys)
            print_parts.sent_one(session, issued.card_number, spooled="")

        correct(town_hall, issued.card_number, clerk)

        with town_hall.reading() as session:
            assert list(session.scalars(select(BlankCount.what))) == ["spoilt"]

    def test_does_not_let_anybody_wait_longer(self, town_hall: TownHall, clerk: Actor, issued: IssuedCard) -> None:
        later = NOON + 10 * DAY
        first = town_hall.card(issued.card_number).draft_id or ""
        with town_hall.transaction() as session:
            pick_up.keep(session, first, actor=clerk, now=NOON, day_keys=town_hall.day_keys)
        town_hall.publish(now=later)

        draft_id = correct(town_hall, issued.card_number, clerk, now=later)

        with town_hall.reading() as session:
            draft = session.get_one(Draft, draft_id)
            assert (draft.key_day, pick_up.latest_day(draft)) == (later.date(), (NOON + 14 * DAY).date())

    def test_asks_for_a_second_look_where_the_first_was_approved(
        self, town_hall: TownHall, clerk: Actor, supervisor: Actor
    ) -> None:
        town_hall.issuing = replace(town_hall.issuing, four_eyes=True)
        draft_id = town_hall.register(clerk)
        with town_hall.transaction() as session:
            approval.submit(session, draft_id, actor=clerk, now=NOON)
            approval.approve(session, draft_id, actor=supervisor, now=NOON)
        issued = town_hall.issue(draft_id, clerk)

        again = correct(town_hall, issued.card_number, clerk)

        with town_hall.reading() as session:
            draft = session.get_one(Draft, again)
            assert (draft.state, draft.approver_id) == (DraftState.OPEN, None)


class TestRefusals:
    def test_are_for_whoever_may_not_open_the_answers(
        self, town_hall: TownHall, other_clerk: Actor, issued: IssuedCard
    ) -> None:
        with pytest.raises(DraftNotFound):
            correct(town_hall, issued.card_number, other_clerk)

        assert town_hall.card(issued.card_number).state is CardState.SIGNED

    def test_are_for_a_card_in_a_hand(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        with pytest.raises(MoveRefused):
            correct(town_hall, make_card().card_number, clerk)

    def test_are_for_a_second_click(self, town_hall: TownHall, clerk: Actor, issued: IssuedCard) -> None:
        correct(town_hall, issued.card_number, clerk)

        with pytest.raises(MoveRefused):
            correct(town_hall, issued.card_number, clerk)

        assert _rows(town_hall, Draft) == 1

    def test_are_for_a_card_that_was_never_signed(
        self, town_hall: TownHall, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft_id = town_hall.register(clerk)
        monkeypatch.setattr("cardservice.domain.signing.sign", _power_cut)
        with pytest.raises(PowerCut):
            town_hall.issue(draft_id, clerk)
        with town_hall.reading() as session:
            number = session.scalars(select(Card.number)).one()

        with pytest.raises(NotIssued):
            correct(town_hall, number, clerk)

    def test_are_for_answers_whose_key_is_gone(self, town_hall: TownHall, clerk: Actor, issued: IssuedCard) -> None:
        town_hall.day_keys.destroy_before((NOON + DAY).date())

        with pytest.raises(DraftGone):
            correct(town_hall, issued.card_number, clerk)

        assert town_hall.card(issued.card_number).state is CardState.SIGNED


class TestAPowerCut:
    @pytest.mark.parametrize("between", ["the draft and the card's end", "both and the commit"])
    def test_leaves_the_card_as_it_was_and_one_draft(
        self, town_hall: TownHall, clerk: Actor, issued: IssuedCard, monkeypatch: pytest.MonkeyPatch, between: str
    ) -> None:
        before, first = _left(town_hall), town_hall.card(issued.card_number).draft_id or ""
        ends = retention.end_draft

        def cut(*args: object, **keywords: object) -> None:
            if between != "the draft and the card's end":
                ends(*args, **keywords)  # type: ignore[arg-type]
            raise PowerCut

        monkeypatch.setattr(retention, "end_draft", cut)
        with pytest.raises(PowerCut):
            correct(town_hall, issued.card_number, clerk)
        monkeypatch.undo()

        assert town_hall.card(issued.card_number).state is CardState.SIGNED
        assert (_rows(town_hall, Draft), _left(town_hall)) == (1, before)
        assert answers(town_hall, first, clerk) == REGISTRATION
        town_hall.hand_over(issued.card_number, clerk)


def _power_cut(*_args: object, **_keywords: object) -> None:
    raise PowerCut


def _rows(town_hall: TownHall, table: type) -> int:
    with town_hall.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _left(town_hall: TownHall) -> Counter[str]:
    """What audit, counters and ledger say, without whose it was."""
    with town_hall.reading() as session:
        left = Counter(f"audit {action}" for action in session.scalars(select(AuditEntry.action)))
        left.update({f"counter {one.name}": one.count for one in session.scalars(select(Counted))})
        left.update({f"ledger {one.rule}": one.count for one in session.scalars(select(LedgerEntry))})
        return left
