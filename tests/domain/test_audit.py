"""The audit: one chained entry for every change, codes and ids only; what was done to it afterwards is found.

A cut-off end is checkpoints' business: test_checkpoints.py, and a thousand manipulations at once with it."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session
from town_hall import NOON, TownHall

from cardservice.domain import audit, cards, revocation
from cardservice.domain.actor import CONSOLE, SERVICE, Actor
from cardservice.domain.audit import Action, AuditNotWritten, ChainBroken
from cardservice.domain.issuance import IssuedCard
from cardservice.storage.models import AuditEntry
from cardservice.terms import CardState, RevocationReason

ENTRIES = 40


def digest_of(entry: AuditEntry) -> bytes:
    """What somebody at the database, who knows how, writes as the digest."""
    return audit.digest_of(audit.Link(*(getattr(entry, name) for name in audit.Link._fields)))


@pytest.fixture
def chain(session: Session) -> Session:
    """A chain of forty entries by different people on different days."""
    for number in range(ENTRIES):
        actor = (CONSOLE, SERVICE)[number % 2]
        audit.record(session, actor, Action.CARD_SUSPENDED, f"card:{number}", now=NOON + timedelta(days=number))
    return session


class TestRecord:
    def test_counts_without_a_gap_and_keeps_the_day_only(self, chain: Session) -> None:
        entries = chain.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()

        assert [entry.sequence for entry in entries] == list(range(1, ENTRIES + 1))
        assert entries[0].day == NOON.date()
        assert {entry.actor for entry in entries} == {"console", "service"}

    @pytest.mark.parametrize("subject", ["Ana Sofia", "card:", "card:a b", "card:é", "card:" + "x" * 48, "card:x\n"])
    def test_refuses_what_is_not_a_kind_and_an_id(self, session: Session, subject: str) -> None:
        with pytest.raises(ValueError, match="kind and an id"):
            audit.record(session, CONSOLE, Action.CARD_REVOKED, subject, now=NOON)

    def test_stops_the_change_when_it_cannot_be_written(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card().card_number
        with town_hall.transaction() as session:
            session.execute(text("ALTER TABLE audit_entries RENAME TO unwritable"))
        try:
            with (
                pytest.raises((OperationalError, AuditNotWritten, ProgrammingError)),
                town_hall.transaction() as session,
            ):
                revocation.revoke(session, number, RevocationReason.LOST, actor=clerk, now=NOON)
        finally:
            with town_hall.transaction() as session:
                session.execute(text("ALTER TABLE unwritable RENAME TO audit_entries"))

        assert town_hall.card(number).state is CardState.ACTIVE

    def test_is_not_blamed_for_a_database_that_cannot_be_written(self, town_hall: TownHall, clerk: Actor) -> None:
        if town_hall.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL has another word for a transaction that only reads")

        with town_hall.reading() as session, pytest.raises(OperationalError):
            audit.record(session, clerk, Action.TOWN_CLOSED, "town:closed", now=NOON)


class TestEntries:
    def test_are_read_newest_first_and_in_pages(self, chain: Session) -> None:
        first = [entry.sequence for entry in audit.entries(chain, limit=3)]
        following = [entry.sequence for entry in audit.entries(chain, before=first[-1], limit=2)]

        assert (first, following) == ([40, 39, 38], [37, 36])


class TestCountByDay:
    def test_counts_each_action_on_each_day_since_one(self, session: Session) -> None:
        done = [(0, Action.CARD_SIGNED), (5, Action.CARD_SIGNED), (5, Action.CARD_SIGNED), (5, Action.CARD_REVOKED)]
        for day, action in [*done, (6, Action.CARD_HANDED_OVER)]:
            audit.record(session, CONSOLE, action, "card:1", now=NOON + timedelta(days=day))
        first, last = ((NOON + timedelta(days=day)).date() for day in (5, 6))
        asked = [Action.CARD_SIGNED, Action.CARD_HANDED_OVER]

        found = audit.count_by_day(session, asked, since=first)

        assert found == {(first, "card.signed"): 2, (last, "card.handed over"): 1}
        assert audit.count_by_day(session, asked, since=last + timedelta(days=1)) == {}
        assert len(audit.count_by_day(session, asked, since=NOON.date())) == 3


class TestVerifyChain:
    def test_accepts_what_was_written(self, chain: Session) -> None:
        last = audit.verify_chain(chain)

        assert last is not None
        assert last.sequence == ENTRIES

    def test_that_is_left_in_the_middle_leaves_no_cursor_to_be_closed_later(self, chain: Session) -> None:
        """Closed by the garbage collector, in the middle of another question, it would wait for itself for ever."""
        if chain.get_bind().dialect.name != "postgresql":
            pytest.skip("SQLite keeps no cursor on a server")
        entries = audit.links(chain)

        assert next(entries).sequence == 1
        assert chain.scalar(text("SELECT count(*) FROM pg_cursors")) == 0

    def test_accepts_an_empty_chain(self, session: Session) -> None:
        assert audit.verify_chain(session) is None

    @pytest.mark.parametrize(
        "change",
        [
            {"day": (NOON - timedelta(days=1)).date()},
            {"actor": "staff:1"},
            {"action": "card.revoked"},
            {"subject": "card:other"},
            {"digest": bytes(32)},
            {"previous": bytes(32)},
        ],
    )
    def test_finds_an_edit_of_any_field(self, chain: Session, change: dict[str, object]) -> None:
        chain.execute(update(AuditEntry).where(AuditEntry.sequence == 7).values(change))

        with pytest.raises(ChainBroken) as caught:
            audit.verify_chain(chain)

        assert caught.value.sequence == 7

    def test_finds_an_edit_whose_own_digest_was_computed_anew(self, chain: Session) -> None:
        seventh, eighth = chain.get_one(AuditEntry, 7), chain.get_one(AuditEntry, 8)
        seventh.subject = "card:other"
        seventh.digest = eighth.previous = digest_of(seventh)
        chain.flush()

        with pytest.raises(ChainBroken, match="entry 8 was edited"):
            audit.verify_chain(chain)

    def test_finds_an_edit_that_the_next_entry_does_not_follow(self, chain: Session) -> None:
        seventh = chain.get_one(AuditEntry, 7)
        seventh.subject = "card:other"
        seventh.digest = digest_of(seventh)
        chain.flush()

        with pytest.raises(ChainBroken, match="entry 8 does not follow"):
            audit.verify_chain(chain)

    def test_finds_a_last_entry_that_follows_nothing(self, chain: Session) -> None:
        last = chain.get_one(AuditEntry, ENTRIES)
        last.previous = bytes(32)
        last.digest = digest_of(last)
        chain.flush()

        with pytest.raises(ChainBroken, match=f"entry {ENTRIES} does not follow"):
            audit.verify_chain(chain)

    def test_finds_every_deletion_but_that_of_the_end(self, chain: Session) -> None:
        for sequence in range(1, ENTRIES):
            with chain.begin_nested() as attempt:
                chain.execute(delete(AuditEntry).where(AuditEntry.sequence == sequence))
                with pytest.raises(ChainBroken, match=f"entry {sequence} is missing"):
                    audit.verify_chain(chain)
                attempt.rollback()

    def test_finds_entries_that_changed_places(self, chain: Session) -> None:
        chance = random.Random(3)
        for _ in range(20):
            one, other = chance.sample(range(1, ENTRIES + 1), 2)
            with chain.begin_nested() as attempt:
                for sequence, to in ((one, 1000), (other, one), (1000, other)):
                    chain.execute(update(AuditEntry).where(AuditEntry.sequence == sequence).values(sequence=to))
                with pytest.raises(ChainBroken):
                    audit.verify_chain(chain)
                attempt.rollback()


class TestEveryStateChange:
    def test_has_exactly_one_entry(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        number = make_card(CardState.REVOKED).card_number

        with town_hall.transaction() as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)).all()
            actions = [entry.action for entry in entries if entry.subject == f"card:{number}"]
            assert actions == ["card.intent", "card.signed", "card.handed over", "card.revoked"]
            assert cards.get(session, number).state is CardState.REVOKED
            audit.verify_chain(session)

    def test_names_nobody(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        make_card()

        with town_hall.transaction() as session:
            written = " ".join(f"{e.actor} {e.action} {e.subject}" for e in session.scalars(select(AuditEntry)))
        assert "Karim" not in written
        assert "clerk one" not in written
