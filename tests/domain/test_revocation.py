"""Revoking, suspending, reinstating: what the register does, and what a verifier says after the next publication."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from town_hall import NOON, TownHall

from cardservice.domain import cards, lifecycle, revocation, slip_codes, statistics
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.card_numbers import CardNumberMistyped, grouped
from cardservice.domain.cards import CardNotFound
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.lifecycle import MoveRefused
from cardservice.domain.revocation import CardAlreadyRevoked, SlipCodeUnknown
from cardservice.domain.slip_codes import SlipCodeMistyped
from cardservice.storage.models import AuditEntry, Card, Counter, Draft
from cardservice.terms import CardState, RevocationReason

HOUR = timedelta(hours=1)


def revoke_by_slip(town_hall: TownHall, slip_code: str) -> Card:
    with town_hall.transaction() as session:
        return revocation.revoke_by_slip(session, slip_code, now=NOON)


def revoke(town_hall: TownHall, number: str, reason: RevocationReason = RevocationReason.LOST) -> None:
    with town_hall.transaction() as session:
        revocation.revoke(session, number, reason, actor=CONSOLE, now=NOON)


class TestRevoke:
    @pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.SUSPENDED])
    def test_ends_a_card_for_good(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        issued = make_card(state)

        revoke(town_hall, grouped(issued.card_number))
        town_hall.publish(now=NOON + HOUR)

        card = town_hall.card(issued.card_number)
        assert (card.state, card.place.invalid, card.revoke_month) == (CardState.REVOKED, True, "2026-11")
        assert town_hall.verdict(issued.identity_code, now=NOON + HOUR).reason == "revoked"
        assert town_hall.verdict(issued.residence_code, now=NOON + HOUR).reason == "revoked"

    def test_says_when_a_card_was_revoked_before(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card(CardState.REVOKED).card_number

        with pytest.raises(CardAlreadyRevoked, match="2026-11"):
            revoke(town_hall, number)

    def test_takes_the_draft_of_a_card_that_was_not_handed_over(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card(CardState.SIGNED).card_number

        revoke(town_hall, number)

        assert (town_hall.card(number).state, town_hall.card(number).draft_id) == (CardState.REVOKED, None)
        with town_hall.reading() as session:
            assert session.scalar(select(func.count()).select_from(Draft)) == 0

    def test_counts_the_reason_and_keeps_it_nowhere_else(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        for _ in range(10):
            revoke(town_hall, make_card().card_number, RevocationReason.STOLEN)

        with town_hall.reading() as session:
            assert statistics.month(session, "2026-11")["card.revoked: stolen"] == 10
            assert not [entry for entry in session.scalars(select(AuditEntry)) if "stolen" in entry.action]

    @pytest.mark.parametrize(("number", "error"), [("0" * 12, CardNotFound), ("0" * 11 + "1", CardNumberMistyped)])
    def test_needs_a_card(self, town_hall: TownHall, number: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            revoke(town_hall, number)

    def test_has_one_winner_of_sixty_four_at_once(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card().card_number
        together = threading.Barrier(64)

        def press(_button: int) -> bool:
            together.wait(30)
            try:
                revoke(town_hall, number)
            except CardAlreadyRevoked:
                return False
            return True

        with ThreadPoolExecutor(64) as pool:
            won = sum(pool.map(press, range(64)))

        assert won == 1
        with town_hall.reading() as session:
            entries = select(func.count()).where(AuditEntry.action == "card.revoked")
            assert session.scalar(entries) == 1


class TestRevokeBySlip:
    @pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.SUSPENDED, CardState.SIGNED])
    def test_ends_the_card_of_the_slip_and_no_other(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        issued, other = make_card(state), make_card()

        ended = revoke_by_slip(town_hall, slip_codes.grouped(issued.slip_code).lower())

        assert (ended.number, ended.state, ended.draft_id) == (issued.card_number, CardState.REVOKED, None)
        assert town_hall.card(other.card_number).state is CardState.ACTIVE

    def test_is_counted_as_lost_and_audited_as_the_holder(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        issued = make_card()

        revoke_by_slip(town_hall, issued.slip_code)

        with town_hall.reading() as session:
            last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
            assert last is not None
            assert (last.actor, last.action) == ("holder", "card.revoked")
            assert session.get_one(Counter, ("2026-11", "card.revoked: lost")).count == 1

    @pytest.mark.parametrize("state", [CardState.REVOKED, CardState.REPLACED, CardState.EXPIRED])
    def test_is_harmless_for_a_card_that_has_ended(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        issued = make_card()
        with town_hall.transaction() as session:
            lifecycle.move(session, cards.get(session, issued.card_number), state, actor=CONSOLE, now=NOON)

        assert revoke_by_slip(town_hall, issued.slip_code).state is state

    def test_knows_mistyped_from_unknown(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        make_card()

        with pytest.raises(SlipCodeUnknown):
            revoke_by_slip(town_hall, slip_codes.draw(os.urandom))
        with pytest.raises(SlipCodeMistyped):
            revoke_by_slip(town_hall, "1" + "0" * 27)

    def test_leaves_no_way_back_to_the_code_after_hand_over(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        issued = make_card()

        assert town_hall.card(issued.card_number).slip_digest == slip_codes.digest(issued.slip_code)
        with town_hall.reading() as session:
            assert session.scalar(select(func.count()).select_from(Draft)) == 0


class TestSuspend:
    def test_is_taken_back_by_reinstating(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        issued = make_card(CardState.SUSPENDED)
        said = []
        for hours, step in ((1, None), (2, revocation.reinstate), (3, revocation.suspend), (4, revocation.reinstate)):
            if step is not None:
                with town_hall.transaction() as session:
                    step(session, grouped(issued.card_number), actor=clerk, now=NOON)
            town_hall.publish(now=NOON + hours * HOUR)
            said.append(town_hall.verdict(issued.identity_code, now=NOON + hours * HOUR).reason.value)

        assert said == ["revoked", "valid", "revoked", "valid"]

    @pytest.mark.parametrize("state", [CardState.SIGNED, CardState.SUSPENDED, CardState.REVOKED])
    def test_is_for_active_cards(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        issued = make_card(state)

        with pytest.raises(MoveRefused), town_hall.transaction() as session:
            revocation.suspend(session, issued.card_number, actor=clerk, now=NOON)


class TestReinstate:
    @pytest.mark.parametrize("state", [CardState.SIGNED, CardState.ACTIVE, CardState.REVOKED])
    def test_is_for_suspended_cards(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        """A signed card must not become active past its hand-over: its draft would stay."""
        issued = make_card(state)

        with pytest.raises(MoveRefused), town_hall.transaction() as session:
            revocation.reinstate(session, issued.card_number, actor=clerk, now=NOON)

        assert town_hall.card(issued.card_number).state is state
