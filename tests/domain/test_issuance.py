"""From a draft to a card in a hand: in order, once, and without losing a card when it is interrupted anywhere."""

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, REGISTRATION, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.credential.qr_text import open_text
from cardservice.domain import approval, audit, drafts, issuance, key_rotation, lifecycle, signing
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.age import Validity
from cardservice.domain.calendar import seconds_of
from cardservice.domain.drafts import DraftGone, DraftNotFound
from cardservice.domain.issuance import IssuedCard, IssuingInterrupted, NotIssued, VerifierRefused
from cardservice.domain.key_rotation import KeyBeginsLater, KeyEndsTooEarly, KeyNotActive, KeyNotPublished
from cardservice.domain.lifecycle import MoveRefused, NoIntent
from cardservice.domain.status_places import NoStatusListPublished
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import AuditEntry, Card, Draft, IssuerKey, Publication, StatusIndex
from cardservice.terms import CardState, RevocationReason
from cardservice.verify import lint

LEFT_OF_A_CARD = {
    "number", "list_number", "position", "state", "key_id", "issue_month", "expiry_month", "revoke_month", "draft_id",
    "slip_digest",
}  # fmt: skip


class PowerCut(BaseException):
    """The process dies here: nothing catches it, no `finally` of ours may depend on it."""


class TestIssue:
    @pytest.mark.parametrize("algorithm", list(Algorithm))
    def test_makes_a_card_that_verifies_offline(self, town_hall: TownHall, clerk: Actor, algorithm: Algorithm) -> None:
        if algorithm is Algorithm.EDDSA:
            _use_card_key(town_hall, SigningKey.generate(Purpose.CARD, algorithm))
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        identity = town_hall.verdict(issued.identity_code)
        residence = town_hall.verdict(issued.residence_code)

        assert (identity.reason, identity.name, identity.birth_date) == ("valid", "Karim al-Haddad", "1992-02-29")
        assert (identity.name_second, identity.portrait) == ("كريم الحدّاد", REGISTRATION.portrait_code)
        assert (residence.reason, residence.name, residence.portrait) == ("valid", None, None)
        assert identity.card_number == residence.card_number == issued.card_number
        assert identity.expires == (issued.valid_until + DAY).isoformat()

    def test_counts_whole_days_and_no_time(self, town_hall: TownHall, clerk: Actor) -> None:
        late = datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)
        town_hall.publish(now=late)
        town_hall.issuing = replace(town_hall.issuing, validity=Validity(years=1))
        issued = town_hall.issue(town_hall.register(clerk, now=late), clerk, now=late)

        claims = open_text(issued.identity_code).open(town_hall.keys[Purpose.CARD].public)

        assert (claims.issued_at, claims.expires_at) == (seconds_of(date(2028, 2, 29)), seconds_of(date(2029, 3, 1)))
        assert (issued.issued_on, issued.valid_until) == (date(2028, 2, 29), date(2029, 2, 28))

    def test_keeps_only_what_the_design_lists(self, town_hall: TownHall, clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        card = town_hall.card(issued.card_number)

        assert {column.name for column in Card.__table__.columns} == LEFT_OF_A_CARD
        assert (card.issue_month, card.expiry_month, card.state) == ("2026-11", "2028-11", CardState.SIGNED)

    def test_returns_the_same_card_when_it_is_asked_again(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        first = town_hall.issue(draft_id, clerk)
        again = town_hall.issue(draft_id, clerk, now=NOON + timedelta(minutes=3))

        assert again == first
        assert _count(town_hall, Card) == 1

    def test_makes_one_card_of_sixty_four_requests_at_once(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        together = threading.Barrier(64)

        def press(_button: int) -> IssuedCard:
            together.wait(30)
            return town_hall.issue(draft_id, clerk)

        with ThreadPoolExecutor(64) as pool:
            made = list(pool.map(press, range(64)))

        assert {card.identity_code for card in made} == {made[0].identity_code}
        assert (_count(town_hall, Card), _count(town_hall, StatusIndex)) == (1, 1)
        actions = Counter(_actions(town_hall))
        assert (actions["card.intent"], actions["card.signed"]) == (1, 1)

    def test_is_not_for_others(self, town_hall: TownHall, clerk: Actor, other_clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)

        with pytest.raises(DraftNotFound):
            town_hall.issue(draft_id, other_clerk)

    def test_draws_again_where_a_number_is_taken(self, town_hall: TownHall, clerk: Actor) -> None:
        first = town_hall.issue(town_hall.register(clerk), clerk)
        places = iter(range(1, 9))
        numbers = iter([bytes(7), bytes(7), b"\x01" * 7])

        def chance(count: int) -> bytes:
            return next(numbers) if count == 7 else next(places).to_bytes(count)

        made = []
        for _ in range(2):
            draft_id = town_hall.register(clerk)
            made.append(_issue_with(town_hall, draft_id, clerk, chance))

        assert made[0].card_number == "0" * 12
        assert len({first.card_number, *(card.card_number for card in made)}) == 3

    def test_waits_for_the_lists_to_be_published(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        with town_hall.transaction() as session:
            for publication in session.scalars(select(Publication)):
                session.delete(publication)

        with pytest.raises(NoStatusListPublished):
            town_hall.issue(draft_id, clerk)

        assert _count(town_hall, Card) == 0

    def test_refuses_a_key_that_is_in_no_published_list(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        with town_hall.transaction() as session:
            session.get_one(IssuerKey, town_hall.keys[Purpose.CARD].key_id.hex()).published_at = None

        with pytest.raises(KeyNotPublished):
            town_hall.issue(draft_id, clerk)

    def test_refuses_another_key_than_the_active_one(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        for key in (SigningKey.generate(Purpose.CARD, Algorithm.ES256), town_hall.keys[Purpose.STATUS]):
            town_hall.issuing = replace(town_hall.issuing, key=key)

            with pytest.raises(KeyNotActive):
                town_hall.issue(draft_id, clerk)

    def test_makes_no_card_that_outlives_its_key(self, town_hall: TownHall, clerk: Actor) -> None:
        """I7: the key is believed for three years, cards are valid for two."""
        last_day = NOON.replace(year=2027)
        issued = town_hall.issue(town_hall.register(clerk, now=last_day), clerk, now=last_day)
        too_late = town_hall.register(clerk, now=last_day + DAY)

        with pytest.raises(KeyEndsTooEarly):
            town_hall.issue(too_late, clerk, now=last_day + DAY)

        last_noon = datetime(2029, 11, 21, 12, tzinfo=UTC)
        town_hall.publish(now=last_noon)
        assert issued.valid_until == last_noon.date()
        assert town_hall.verdict(issued.identity_code, now=last_noon).reason == "valid"

    def test_makes_no_card_that_is_older_than_its_key(self, town_hall: TownHall, clerk: Actor) -> None:
        """A verifier refuses it for ever, so a clock that is behind must not make one."""
        yesterday = NOON - DAY
        draft_id = town_hall.register(clerk, now=yesterday)

        with pytest.raises(KeyBeginsLater):
            town_hall.issue(draft_id, clerk, now=yesterday)

    def test_keeps_the_key_and_the_months_of_the_signature_and_not_of_the_intent(
        self, town_hall: TownHall, clerk: Actor
    ) -> None:
        """Between the two the key was exchanged and the clock set right: the row says what the card says."""
        month_end, month_begin = NOON.replace(day=30), NOON.replace(month=12, day=1)
        draft_id = town_hall.register(clerk, now=month_begin)
        first = town_hall.issuing

        class Unplugged:
            key_id, algorithm = first.key.key_id, first.key.algorithm

            def sign(self, message: bytes) -> bytes:
                raise OSError("the key does not answer")

        town_hall.issuing = replace(first, key=Unplugged())
        with pytest.raises(OSError, match="does not answer"):
            town_hall.issue(draft_id, clerk, now=month_end)

        _use_card_key(town_hall, SigningKey.generate(Purpose.CARD, Algorithm.ES256))
        other = town_hall.issuing.key.key_id.hex()
        issued = town_hall.issue(draft_id, clerk, now=month_begin)

        card = town_hall.card(issued.card_number)
        assert (card.key_id, card.issue_month, card.expiry_month) == (other, "2026-12", f"{issued.valid_until:%Y-%m}")
        assert open_text(issued.identity_code).key_id == bytes.fromhex(other)

    def test_says_when_the_machine_was_restarted(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        town_hall.day_keys.destroy_before(date(2027, 1, 1))

        with pytest.raises(DraftGone):
            town_hall.issue(draft_id, clerk)


class TestLint:
    """Our own verifier is asked before and after signing; what it refuses is burnt, and nothing of it leaves."""

    def _break(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        def refuse(*_args: object, **_keywords: object) -> None:
            raise lint.UnfitToIssue("broken on purpose")

        monkeypatch.setattr(lint, name, refuse)

    @pytest.mark.parametrize("check", ["check_claims", "check_text"])
    def test_burns_what_the_verifier_refuses(
        self, town_hall: TownHall, clerk: Actor, monkeypatch: pytest.MonkeyPatch, check: str
    ) -> None:
        draft_id = town_hall.register(clerk)
        with monkeypatch.context() as broken:
            self._break(broken, check)
            with pytest.raises(VerifierRefused, match="malformed"):
                town_hall.issue(draft_id, clerk)

        with town_hall.reading() as session:
            (card,) = session.scalars(select(Card))
            assert (card.state, card.place.invalid, card.draft_id) == (CardState.REVOKED, True, None)
        assert town_hall.issue(draft_id, clerk).card_number != card.number

    def test_never_signs_what_the_verifier_refuses(
        self, town_hall: TownHall, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signed: list[object] = []
        monkeypatch.setattr(signing, "sign", lambda *args: signed.append(args))
        self._break(monkeypatch, "check_claims")

        with pytest.raises(VerifierRefused):
            town_hall.issue(town_hall.register(clerk), clerk)

        assert signed == []

    def test_finds_claims_that_became_wrong_without_repeating_them(
        self, town_hall: TownHall, clerk: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft_id = town_hall.register(clerk)
        hostile = replace(REGISTRATION, name="Canary\u202ename")
        with town_hall.transaction() as session:
            drafts.seal(session.get_one(Draft, draft_id), drafts.Contents(hostile), day_keys=town_hall.day_keys)

        with pytest.raises(VerifierRefused, match="bad-character") as caught:
            town_hall.issue(draft_id, clerk)

        assert "Canary" not in str(caught.value)
        assert caught.value.__suppress_context__

    @pytest.mark.parametrize("wrong", [1, 2])
    def test_refuses_a_signer_one_of_whose_signatures_is_wrong(
        self, town_hall: TownHall, clerk: Actor, wrong: int
    ) -> None:
        key = town_hall.keys[Purpose.CARD]
        signed: list[bytes] = []

        class Faulty:
            key_id = key.key_id
            algorithm = key.algorithm

            def sign(self, message: bytes) -> bytes:
                signed.append(message)
                return key.sign(message if len(signed) != wrong else b"another message")

        town_hall.issuing = replace(town_hall.issuing, key=Faulty())

        with pytest.raises(VerifierRefused, match="bad-signature"):
            town_hall.issue(town_hall.register(clerk), clerk)


class TestInterrupted:
    """What is left when the process dies at a named point, and how the journey goes on."""

    @pytest.fixture
    def draft_id(self, town_hall: TownHall, clerk: Actor) -> str:
        return town_hall.register(clerk)

    def test_before_the_intent_is_committed_leaves_nothing(
        self, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        with pytest.raises(PowerCut):
            _issue_dying(town_hall, draft_id, clerk, at=1, before_commit=True)

        assert (_count(town_hall, Card), _count(town_hall, StatusIndex)) == (0, 0)
        assert town_hall.issue(draft_id, clerk)

    @pytest.mark.parametrize(("at", "before_commit"), [(1, False), (2, True)])
    def test_between_intent_and_signature_is_burnt_at_the_next_start(
        self, town_hall: TownHall, clerk: Actor, draft_id: str, at: int, before_commit: bool
    ) -> None:
        with pytest.raises(PowerCut):
            _issue_dying(town_hall, draft_id, clerk, at=at, before_commit=before_commit)
        with town_hall.reading() as session:
            (left,) = session.scalars(select(Card.number))
        assert town_hall.card(left).state is CardState.INTENT

        burnt = issuance.recover(town_hall.transaction, now=NOON)

        card = town_hall.card(left)
        assert burnt == 1
        assert (card.state, card.place.invalid, card.draft_id) == (CardState.REVOKED, True, None)
        assert town_hall.issue(draft_id, clerk).card_number != left

    def test_between_intent_and_signature_goes_on_when_asked_again_first(
        self, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        with pytest.raises(PowerCut):
            _issue_dying(town_hall, draft_id, clerk, at=2, before_commit=True)

        issued = town_hall.issue(draft_id, clerk)

        assert issuance.recover(town_hall.transaction, now=NOON) == 0
        assert (_count(town_hall, Card), town_hall.verdict(issued.identity_code).reason) == (1, "valid")

    def test_after_the_signature_is_committed_prints_the_same_card(
        self, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        with pytest.raises(PowerCut):
            _issue_dying(town_hall, draft_id, clerk, at=2, before_commit=False)

        assert issuance.recover(town_hall.transaction, now=NOON) == 0
        assert town_hall.issue(draft_id, clerk) == _reprint(town_hall, draft_id, clerk)

    def test_by_another_workers_start_signs_nothing(self, town_hall: TownHall, clerk: Actor, draft_id: str) -> None:
        """Worker two starts, and burns the intent, between worker one's intent and its signature."""

        def recover() -> None:
            issuance.recover(town_hall.transaction, now=NOON)

        with pytest.raises(IssuingInterrupted):
            _issue_doing(town_hall, draft_id, clerk, after=1, what=recover)

        with town_hall.reading() as session:
            assert [card.state for card in session.scalars(select(Card))] == [CardState.REVOKED]
        assert town_hall.issue(draft_id, clerk)

    def test_by_another_request_that_signs_first_returns_its_card(
        self, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        first: list[IssuedCard] = []

        issued = _issue_doing(
            town_hall, draft_id, clerk, after=1, what=lambda: first.append(town_hall.issue(draft_id, clerk))
        )

        assert [issued] == first

    @pytest.mark.parametrize("change", ["DELETE FROM cards", "UPDATE cards SET state = 'revoked', draft_id = NULL"])
    def test_by_somebody_who_changes_the_register_underneath_signs_nothing_that_is_kept(
        self, town_hall: TownHall, clerk: Actor, draft_id: str, monkeypatch: pytest.MonkeyPatch, change: str
    ) -> None:
        real = lifecycle.sign

        def changed(session: Session, *args: Any, **keywords: Any) -> None:
            session.execute(text(change))
            real(session, *args, **keywords)

        with monkeypatch.context() as broken:
            broken.setattr(lifecycle, "sign", changed)
            with pytest.raises(NoIntent):
                town_hall.issue(draft_id, clerk)

        assert _states(town_hall) == [CardState.INTENT]

    def test_by_another_version_of_the_program_burns_nothing(
        self, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        older = b'{"registration": {}, "signed": null}'
        with town_hall.transaction() as session:
            draft = session.get_one(Draft, draft_id)
            draft.ciphertext = town_hall.day_keys.seal(draft_id, draft.key_day, older)

        for _ in range(2):
            with pytest.raises(DraftGone):
                town_hall.issue(draft_id, clerk)

        assert _states(town_hall) == []

    def test_by_a_key_that_is_unplugged_keeps_the_intent(
        self, town_hall: TownHall, clerk: Actor, draft_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def unplugged(*_args: object) -> tuple[str, str]:
            raise OSError("the key is not there")

        with monkeypatch.context() as broken:
            broken.setattr(signing, "sign", unplugged)
            with pytest.raises(OSError, match="not there"):
                town_hall.issue(draft_id, clerk)

        assert town_hall.issue(draft_id, clerk)
        assert _count(town_hall, Card) == 1

    def test_by_a_lint_after_somebody_burnt_the_intent_stays_burnt_once(
        self, town_hall: TownHall, clerk: Actor, draft_id: str
    ) -> None:
        issued = town_hall.issue(draft_id, clerk)

        issuance._burn(town_hall.transaction, issued.card_number, actor=clerk, now=NOON)

        assert town_hall.card(issued.card_number).state is CardState.SIGNED


class TestTheDatabase:
    def test_when_its_disk_is_full_leaves_nothing_half_done(self, town_hall: TownHall, clerk: Actor) -> None:
        """T26: issued until nothing more can be written, and on when there is space again."""
        engine = town_hall.engine
        if engine.dialect.name != "sqlite":
            pytest.skip("the disk of a PostgreSQL server is not ours to fill")
        with town_hall.reading() as session:
            pages = session.scalar(text("PRAGMA page_count")) + 6

        def limit(connection: sqlite3.Connection, _entry: object) -> None:
            connection.execute(f"PRAGMA max_page_count={pages}")

        def issue_until_it_fails() -> None:
            for _ in range(500):
                town_hall.issue(town_hall.register(clerk), clerk)

        engine.dispose()
        event.listen(engine, "connect", limit)
        with pytest.raises(OperationalError, match="full"):
            issue_until_it_fails()
        event.remove(engine, "connect", limit)
        engine.dispose()
        issuance.recover(town_hall.transaction, now=NOON)

        assert town_hall.issue(town_hall.register(clerk), clerk)
        with town_hall.reading() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            audit.verify_chain(session)
            for card in session.scalars(select(Card)):
                assert card.state is (CardState.SIGNED if card.draft_id else CardState.REVOKED)

    def test_when_it_goes_away_at_the_last_moment_keeps_the_intent(self, town_hall: TownHall, clerk: Actor) -> None:
        """C23: the connection is cut after the signature was made and before it is committed."""
        if town_hall.engine.dialect.name != "postgresql":
            pytest.skip("SQLite has no connection that could be cut")
        draft_id, begun = town_hall.register(clerk), 0

        @contextmanager
        def cut() -> Iterator[Session]:
            nonlocal begun
            begun += 1
            with town_hall.transaction() as session:
                yield session
                if begun == 2:
                    session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        with pytest.raises(OperationalError):
            _issue_through(town_hall, cut, draft_id, clerk)

        with town_hall.reading() as session:
            assert [card.state for card in session.scalars(select(Card))] == [CardState.INTENT]
        assert town_hall.verdict(town_hall.issue(draft_id, clerk).identity_code).reason == "valid"


def _states(town_hall: TownHall) -> list[CardState]:
    with town_hall.reading() as session:
        return list(session.scalars(select(Card.state)))


class TestReprint:
    def test_is_the_same_to_the_last_byte(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        issued = town_hall.issue(draft_id, clerk)

        assert _reprint(town_hall, draft_id, clerk) == issued

    def test_needs_a_card(self, town_hall: TownHall, clerk: Actor) -> None:
        with pytest.raises(NotIssued):
            _reprint(town_hall, town_hall.register(clerk), clerk)

    def test_is_gone_after_hand_over(self, town_hall: TownHall, clerk: Actor) -> None:
        draft_id = town_hall.register(clerk)
        town_hall.hand_over(town_hall.issue(draft_id, clerk).card_number, clerk)

        with pytest.raises(DraftNotFound):
            _reprint(town_hall, draft_id, clerk)

    def test_shows_nothing_of_the_holder_in_a_traceback(self, town_hall: TownHall, clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        assert "Karim" not in repr(issued)
        assert issued.identity_code not in repr(issued)


class TestHandOver:
    def test_leaves_a_row_that_names_nobody(self, town_hall: TownHall, clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        town_hall.hand_over(issued.card_number, clerk)

        card = town_hall.card(issued.card_number)
        assert (card.state, card.draft_id, card.place.invalid) == (CardState.ACTIVE, None, False)
        assert _count(town_hall, Draft) == 0

    def test_may_be_done_by_a_colleague(self, town_hall: TownHall, clerk: Actor, other_clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        town_hall.hand_over(issued.card_number, other_clerk)

        assert town_hall.card(issued.card_number).state is CardState.ACTIVE

    def test_does_nothing_the_second_time(self, town_hall: TownHall, clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)
        town_hall.hand_over(issued.card_number, clerk)
        before = _actions(town_hall)

        town_hall.hand_over(issued.card_number, clerk)

        assert _actions(town_hall) == before

    @pytest.mark.parametrize("state", [CardState.SUSPENDED, CardState.REVOKED])
    def test_does_not_bring_a_card_back(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard], state: CardState
    ) -> None:
        issued = make_card(state)

        with pytest.raises(MoveRefused):
            town_hall.hand_over(issued.card_number, clerk)

        assert town_hall.card(issued.card_number).state is state

    def test_stops_where_the_draft_cannot_be_read(self, town_hall: TownHall, clerk: Actor) -> None:
        """Nobody would know which card this one replaces: the card is spoilt and made anew instead."""
        issued = town_hall.issue(town_hall.register(clerk), clerk)
        town_hall.day_keys.destroy_before(date(2027, 1, 1))

        with pytest.raises(DraftGone):
            town_hall.hand_over(issued.card_number, clerk)

        assert town_hall.card(issued.card_number).state is CardState.SIGNED


class TestSpoil:
    def test_revokes_the_card_and_erases_the_draft(self, town_hall: TownHall, clerk: Actor) -> None:
        issued = town_hall.issue(town_hall.register(clerk), clerk)

        _spoil(town_hall, issued.card_number, clerk)

        card = town_hall.card(issued.card_number)
        assert (card.state, card.place.invalid, _count(town_hall, Draft)) == (CardState.REVOKED, True, 0)

    def test_is_not_for_a_card_in_a_hand(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        issued = make_card()

        with pytest.raises(MoveRefused):
            _spoil(town_hall, issued.card_number, clerk)

        assert town_hall.card(issued.card_number).state is CardState.ACTIVE


class TestMessages:
    def test_tell_what_to_do_next(self) -> None:
        for error in (NotIssued(), IssuingInterrupted(), VerifierRefused("x"), approval.NotApproved()):
            assert str(error).count(".") >= 2 or "(" in str(error)


def _issue_with(town_hall: TownHall, draft_id: str, actor: Actor, token_bytes: Callable[[int], bytes]) -> IssuedCard:
    return _issue_through(town_hall, town_hall.transaction, draft_id, actor, token_bytes)


def _issue_through(
    town_hall: TownHall,
    transaction: Callable[[], AbstractContextManager[Session]],
    draft_id: str,
    actor: Actor,
    token_bytes: Callable[[int], bytes] = os.urandom,
) -> IssuedCard:
    return issuance.issue(
        transaction, draft_id, actor=actor, now=NOON, day_keys=town_hall.day_keys, issuing=town_hall.issuing,
        token_bytes=token_bytes,
    )  # fmt: skip


def _issue_dying(town_hall: TownHall, draft_id: str, actor: Actor, *, at: int, before_commit: bool) -> IssuedCard:
    """Issue, and die in the transaction of that number (1 intent, 2 proof, 3 signature), before or after its commit."""
    begun = 0

    @contextmanager
    def dying() -> Iterator[Session]:
        nonlocal begun
        begun += 1
        with town_hall.transaction() as session:
            yield session
            if before_commit and begun == at:
                raise PowerCut
        if begun == at:
            raise PowerCut

    return _issue_through(town_hall, dying, draft_id, actor)


def _issue_doing(
    town_hall: TownHall, draft_id: str, actor: Actor, *, after: int, what: Callable[[], object]
) -> IssuedCard:
    """Issue, and let somebody else do something after the transaction of that number."""
    begun = 0

    @contextmanager
    def overtaken() -> Iterator[Session]:
        nonlocal begun
        begun += 1
        mine = begun
        with town_hall.transaction() as session:
            yield session
        if mine == after:
            what()

    return _issue_through(town_hall, overtaken, draft_id, actor)


def _use_card_key(town_hall: TownHall, key: SigningKey) -> None:
    later = NOON
    with town_hall.transaction() as session:
        key_rotation.announce(session, Purpose.CARD, key.public, validity_years=2, actor=CONSOLE, now=later)
    town_hall.publish()
    with town_hall.transaction() as session:
        key_rotation.activate(session, key.key_id.hex(), wait=timedelta(), actor=CONSOLE, now=later)
    town_hall.publish()
    town_hall.issuing = replace(town_hall.issuing, key=key)


def _reprint(town_hall: TownHall, draft_id: str, actor: Actor) -> IssuedCard:
    with town_hall.reading() as session:
        return issuance.reprint(session, draft_id, actor=actor, now=NOON, day_keys=town_hall.day_keys)


def _spoil(town_hall: TownHall, card_number: str, actor: Actor) -> None:
    with town_hall.transaction() as session:
        issuance.spoil(session, card_number, RevocationReason.DAMAGED, actor=actor, now=NOON)


def _count(town_hall: TownHall, table: type) -> int:
    with town_hall.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _actions(town_hall: TownHall) -> list[str]:
    with town_hall.reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)))
