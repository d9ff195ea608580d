"""The process that dies: it opens the town as a worker of the service does, arms one point, and does its work.

What it signs and what it prints is written down outside the register, as the world would remember it.
"""

import functools
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from town_hall import DAY, ISSUER, NOON, REGISTRATION, TownHall, status_uri

from cardservice import key_file
from cardservice.credential import qr_text
from cardservice.credential.claims import CardClaims, StatusReference, start_of_day
from cardservice.credential.keys import Algorithm
from cardservice.day_keys import DayKeys
from cardservice.domain import key_rotation, retention
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.key_rotation import Stage
from cardservice.domain.status_places import reserve
from cardservice.keystore import KeyFolder, Purpose, SigningKey
from cardservice.storage.models import Card
from cardservice.storage.session import engine
from cardservice.terms import CardState, StaffRole

PASSPHRASE = "six words drawn by dice here"
CLERK = Actor("clerk", StaffRole.CLERK, 1)
END = b"\n--\n"


@dataclass(frozen=True)
class Place:
    """Where everything of one town is: all that a new process needs to know."""

    url: str
    folder: Path
    now: datetime = NOON

    @property
    def kit(self) -> Path:
        return self.folder / "kit"

    @property
    def signed(self) -> Path:
        """Every message that was ever signed for a card."""
        return self.folder / "signed"

    @property
    def printed(self) -> Path:
        """Every identity code that ever was on paper."""
        return self.folder / "printed"

    def day_keys(self) -> DayKeys:
        """The day keys, which outlive a worker. A table of mounts is given, so that any folder will do."""
        mounts = self.folder / "mountinfo"
        if not mounts.exists():
            mounts.write_text("1 0 0:1 / / rw - tmpfs tmpfs rw\n")
        return DayKeys.in_folder(self.folder / "day-keys", mounts=mounts)

    def hall(self, opened: Engine | None = None) -> TownHall:
        """The town as a process that starts finds it: keys by what the register says is active."""
        hall = TownHall(opened or _opened(self.url), self.kit, day_keys=self.day_keys())
        with hall.reading() as session:
            for purpose in (Purpose.CARD, Purpose.STATUS, Purpose.ANCHOR):
                active = key_rotation.active(session, purpose)
                assert active is not None
                hall.keys[purpose] = _unlocked(self.folder / "keys", active.key_id)
        hall.issuing = replace(hall.issuing, key=Recorded(hall.keys[Purpose.CARD], self.signed))
        return hall


class Recorded:
    """The card key, and what the world has seen of it: a signature exists from the moment that `sign` has run."""

    def __init__(self, key: SigningKey, where: Path) -> None:
        self._key, self._where = key, where
        self.key_id, self.algorithm = key.key_id, key.algorithm

    def sign(self, message: bytes) -> bytes:
        """Sign, and write down that it was signed."""
        append(self._where, message)
        return self._key.sign(message)


def new_key(folder: Path, purpose: Purpose) -> SigningKey:
    """Make a key in a folder, with few rounds around it: it is opened anew in every process that dies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_file, "ROUNDS", 1_000)
        return KeyFolder(folder).create(purpose, Algorithm.ES256, PASSPHRASE)


@functools.cache
def _opened(url: str) -> Engine:
    """One for a process: what is read from the register is read anew, how a question is put is known already."""
    return engine(url)


@functools.cache
def _unlocked(folder: Path, key_id: str) -> SigningKey:
    return KeyFolder(folder).unlock(bytes.fromhex(key_id), PASSPHRASE)


def append(where: Path, record: bytes) -> None:
    """Add a record to a file, in one write."""
    with where.open("ab", buffering=0) as file:
        file.write(record + END)


def records(where: Path) -> list[bytes]:
    """Read back what was appended."""
    return where.read_bytes().split(END)[:-1] if where.exists() else []


def put_on_paper(place: Place, card: IssuedCard) -> None:
    """What the printer does."""
    append(place.printed, f"{card.card_number} {card.identity_code}".encode())


def issuing(place: Place, hall: TownHall) -> None:
    """A visit: register, issue, print, hand over."""
    issued = hall.issue(hall.register(CLERK, now=place.now), CLERK, now=place.now)
    put_on_paper(place, issued)
    hall.hand_over(issued.card_number, CLERK, now=place.now)


def naive(place: Place, hall: TownHall) -> None:
    """The same in the order that loses cards: sign, then store. Here only to show that it would be seen."""
    with hall.transaction() as session:
        where = reserve(session, token_bytes=os.urandom)
        number = f"NAIVE{os.urandom(3).hex().upper()}0"[:12]
        claims = CardClaims(
            issuer=ISSUER,
            card_number=number,
            issued_at=start_of_day(place.now.date()),
            expires_at=start_of_day(place.now.date() + 700 * DAY),
            status=StatusReference(uri=status_uri(where.list_number), index=where.position),
            name=REGISTRATION.name,
        )
        qr_text.seal(claims, hall.issuing.key)
        session.add(
            Card(
                number=number,
                state=CardState.ACTIVE,
                list_number=where.list_number,
                position=where.position,
                key_id=hall.issuing.key.key_id.hex(),
                issue_month="2026-11",
                expiry_month="2028-10",
            )
        )


def housekeeping(place: Place, hall: TownHall) -> None:
    """The night after: whatever is left of the day goes."""
    retention.housekeeping(hall.transaction, now=place.now + DAY, day_keys=hall.day_keys)


def publishing(place: Place, hall: TownHall) -> None:
    """The lists, signed anew."""
    hall.publish(now=place.now)


def rotating(place: Place, hall: TownHall) -> None:
    """A new card key, from its making to the end of the old one."""
    old, later = hall.keys[Purpose.CARD], place.now + hall.town.list_period
    key = new_key(place.folder / "keys", Purpose.CARD)
    key_id = key.key_id.hex()
    with hall.transaction() as session:
        # What one that was killed has announced is withdrawn first, as the refusal of a second one says.
        for left in key_rotation.of_purpose(session, Purpose.CARD):
            if left.state == Stage.ANNOUNCED:
                key_rotation.retire(session, left.key_id, actor=CONSOLE, now=place.now)
        key_rotation.announce(session, Purpose.CARD, key.public, validity_years=2, actor=CONSOLE, now=place.now)
    hall.publish(now=place.now)
    with hall.transaction() as session:
        key_rotation.activate(session, key_id, wait=hall.town.list_period, actor=CONSOLE, now=later)
    with hall.transaction() as session:
        key_rotation.retire(session, old.key_id.hex(), actor=CONSOLE, now=later)
    hall.publish(now=later)


JOURNEYS: dict[str, Callable[[Place, TownHall], None]] = {
    journey.__name__: journey for journey in (issuing, naive, housekeeping, publishing, rotating)
}


def live(place: Place, journey: str, point: str | None) -> None:
    """Do one journey, and die at the point."""
    from crash_points import POINTS

    hall = place.hall()
    if point is not None:
        POINTS[journey][point]()
    JOURNEYS[journey](place, hall)
    hall.engine.dispose()
