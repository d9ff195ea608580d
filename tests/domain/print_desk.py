"""One clerk's queue of cards to print, by short ways, for the tests of the queue and of its parts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from town_hall import NOON, TownHall

from cardservice.domain import audit, print_parts, print_queue
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.print_parts import Before, Part
from cardservice.domain.print_queue import Job, OnPaper
from cardservice.storage.models import PrintedCard
from cardservice.terms import CameOut, CardState

SHEET = OnPaper(printer="hall", blank="ten-up", places=10)
CARDS = OnPaper(printer="evolis", blank="cr80")
LATER = NOON + timedelta(minutes=3)


@dataclass
class Desk:
    """One clerk's queue, by short ways."""

    hall: TownHall
    clerk: Actor

    def sign(self, count: int) -> list[IssuedCard]:
        return [self.hall.make_card(self.clerk, CardState.SIGNED) for _ in range(count)]

    def begin(self, cards: list[IssuedCard], paper: OnPaper = SHEET) -> str:
        with self.hall.transaction() as session:
            numbers = [card.card_number for card in cards]
            return print_queue.begin(
                session, numbers, paper, actor=self.clerk, now=NOON, token_bytes=self.hall.token_bytes
            ).id

    def claim(self, job_id: str, part: int | None = None, now: datetime = NOON) -> Part | None:
        with self.hall.transaction() as session:
            return print_parts.claim(session, job_id, now=now, day_keys=self.hall.day_keys, part=part)

    def send(self, job_id: str) -> list[Part]:
        """Send everything, as a worker does."""
        parts = []
        while part := self.claim(job_id):
            with self.hall.transaction() as session:
                print_parts.sent(session, part, spooled=f"hall-{part.number}")
            parts.append(part)
        return parts

    def answer(self, job_id: str, seen: dict[str, CameOut], now: datetime = NOON) -> set[str]:
        with self.hall.transaction() as session:
            return print_queue.answer(session, job_id, seen, actor=self.clerk, now=now)

    def job(self, job_id: str, now: datetime = NOON) -> Job:
        with self.hall.reading() as session:
            return print_queue.job(session, job_id, actor=self.clerk, now=now)

    def one(self, card: IssuedCard, seen: CameOut | None = None, times: int | None = None) -> str:
        """Print one card; `seen` of the last print, which was the one with this number. Returns what to take back."""
        with self.hall.transaction() as session:
            draft_id = self.hall.card(card.card_number).draft_id
            assert draft_id is not None
            row = session.get(PrintedCard, card.card_number)
            before = None if seen is None or row is None else Before(seen, row.times if times is None else times)
            return print_parts.claim_one(
                session, draft_id, CARDS, before, actor=self.clerk, now=NOON, day_keys=self.hall.day_keys
            )

    def waiting(self) -> list[str]:
        with self.hall.reading() as session:
            queue = print_queue.to_print(session, actor=self.clerk, now=NOON)
        return [one.card_number for one in queue if one.waiting]

    def said(self) -> list[tuple[str, str]]:
        """What the audit says of printing: action and number."""
        with self.hall.reading() as session:
            entries = reversed(audit.entries(session, limit=100))
            return [
                (one.action, one.subject)
                for one in entries
                if one.action in {Action.CARD_PRINTED, Action.CARD_REPRINTED, Action.CARD_CAME_OUT_BADLY,
                                  Action.CARD_DID_NOT_COME_OUT}
            ]  # fmt: skip
