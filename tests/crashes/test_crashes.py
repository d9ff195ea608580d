"""The process is killed at every point of THREATS §7, on both databases; the next start puts everything right.

The child that dies is a process of its own (crash_child.py), the kill is SIGKILL at a named point (crash_points.py).
What it signed and printed is compared with the register. C22 to C26 are not kills and are tested where they happen:
full disk, lost connection, clock, audit and unplugged key in domain/test_issuance.py, test_audit.py and the state
machine.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from multiprocessing import forkserver
from pathlib import Path

import pytest
from crash_child import CLERK, PASSPHRASE, Place, live, records
from crash_points import POINTS
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from town_hall import TownHall

from cardservice.credential.keys import Algorithm
from cardservice.domain import audit, issuance, retention
from cardservice.domain.audit import ChainBroken
from cardservice.keystore import KeyFolder, Purpose
from cardservice.storage.models import Card, Draft, IssuerKey, Publication, StatusIndex
from cardservice.terms import CardState, StaffRole
from cardservice.verify import Kit, Outcome, verify

TIMES = 50 if os.environ.get("CARDSERVICE_LONG") else 2
WAIT_SECONDS = 60
A_POINT = [(journey, point) for journey in POINTS if journey != "naive" for point in POINTS[journey]]

# A process without threads, from which every child is forked: what a child replaces, no other process sees.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["crash_points"])


@pytest.fixture(scope="module", autouse=True)
def _imported_once() -> None:
    """The process that forks starts with our path: without it, what it should import once every child would import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        forkserver.ensure_running()


@pytest.fixture
def place(engine: Engine, tmp_path: Path) -> Iterator[Place]:
    """A town that is open, with its keys in a folder, and one clerk."""
    made = Place(engine.url.render_as_string(hide_password=False), tmp_path)
    hall = TownHall(engine, made.kit, day_keys=made.day_keys())
    folder = KeyFolder(made.folder / "keys")
    hall.keys = {purpose: folder.create(purpose, Algorithm.ES256, PASSPHRASE) for purpose in Purpose}
    hall.open()
    hall.hire(CLERK.name, StaffRole.CLERK)
    engine.dispose()
    return made


class TestKilled:
    @pytest.mark.parametrize(("journey", "point"), A_POINT)
    def test_at_any_point_loses_nothing_and_invents_nothing(self, place: Place, journey: str, point: str) -> None:
        burnt: set[tuple[int, int]] = set()
        for _ in range(TIMES):
            _before(place, journey)

            _kill(place, journey, point)

            burnt = _check_after_start(place, burnt)
            place = _go_on(place, journey)
            burnt = _check_after_start(place, burnt)

    def test_is_what_happens_when_a_card_is_signed_before_it_is_stored(self, place: Place) -> None:
        """The control: the naive order, killed at the same moment, is caught by the same check."""
        _kill(place, "naive", "C3 signed")

        hall = place.hall()
        assert _complaints(place, hall, set()) == ["a signature without a row"]
        hall.engine.dispose()


class TestTwoPublishers:
    def test_at_once_publish_one_after_the_other(self, place: Place) -> None:
        """C15: each publication has its own sequence, and the folder ends with the newest of every list."""
        together = [processes.Process(target=live, args=(place, "publishing", None)) for _ in range(4)]
        for child in together:
            child.start()
        for child in together:
            child.join(WAIT_SECONDS)

        assert [child.exitcode for child in together] == [0] * 4
        hall = place.hall()
        kit = Kit.load(place.kit)
        with hall.reading() as session:
            sequences = sorted(
                session.scalars(select(Publication.sequence).where(Publication.name == "trust-list.cwt"))
            )
        assert sequences == [1, 2, 3, 4, 5]
        assert kit.trust_list is not None
        assert kit.trust_list.sequence == 5
        assert {one.sequence for one in kit.status_lists.values()} == {5}
        assert _complaints(place, hall, set()) == []
        hall.engine.dispose()


def _before(place: Place, journey: str) -> None:
    """What has to be there: the night's work is on drafts in every state."""
    hall = place.hall()
    if journey == "housekeeping":
        hall.register(CLERK, now=place.now)
        hall.issue(hall.register(CLERK, now=place.now), CLERK, now=place.now)
        hall.register(CLERK, now=place.now)
    hall.publish(now=place.now)
    hall.engine.dispose()


def _kill(place: Place, journey: str, point: str) -> None:
    child = processes.Process(target=live, args=(place, journey, point))
    child.start()
    child.join(WAIT_SECONDS)
    assert child.exitcode == -signal.SIGKILL, f"the child did not come to {point}"


def _check_after_start(place: Place, burnt: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Start as the service does, then look at everything. Returns the places that may never be used again."""
    hall = place.hall()
    issuance.recover(hall.transaction, now=place.now)
    retention.housekeeping(hall.transaction, now=place.now, day_keys=hall.day_keys)

    assert _complaints(place, hall, burnt) == []
    with hall.reading() as session:
        assert not session.scalars(select(Card).where(Card.state == CardState.INTENT)).all()
        used = {(row.list_number, row.position) for row in session.scalars(select(StatusIndex))}
        _check_printed(place, hall, session)
    hall.engine.dispose()
    return used


def _complaints(place: Place, hall: TownHall, burnt: set[tuple[int, int]]) -> list[str]:
    """Everything that a crash must never leave behind."""
    found = []
    with hall.reading() as session:
        cards = session.scalars(select(Card)).all()
        known = {card.number: card for card in cards}
        for message in records(place.signed):
            signed = [number for number in known if number.encode() in message]
            if not signed:
                found.append("a signature without a row")
            elif known[signed[0]].state is CardState.INTENT:
                found.append("a signature without an end")
        places = [(card.list_number, card.position) for card in cards]
        if len(set(places)) < len(places) or not burnt <= {
            (row.list_number, row.position) for row in session.scalars(select(StatusIndex))
        }:
            found.append("a place used twice or forgotten")
        try:
            audit.verify_chain(session)
        except ChainBroken as broken:
            found.append(str(broken))
        found += _complaints_of_the_kit(place, session)
        if place.url.startswith("sqlite"):
            (said,) = session.connection().exec_driver_sql("PRAGMA integrity_check").fetchone() or ("nothing",)
            found += [] if said == "ok" else [f"integrity_check says {said}"]
    return found


def _complaints_of_the_kit(place: Place, session: Session) -> list[str]:
    """Files are whole, and no key signs that verifiers cannot know (T25)."""
    kit = Kit.load(place.kit)
    found = [f"{problem.file}: {problem.why}" for problem in kit.problems]
    trusted = (
        {key.key.key_id.hex() for issuer in kit.trust_list.issuers for key in issuer.keys} if kit.trust_list else set()
    )
    active = session.scalars(
        select(IssuerKey.key_id).where(IssuerKey.state == "active", IssuerKey.purpose.in_(["card", "status"]))
    )
    return found + [f"active key {key_id} is not published" for key_id in active if key_id not in trusted]


def _check_printed(place: Place, hall: TownHall, session: Session) -> None:
    """What is on paper is what a reprint gives; what is in a hand verifies, what was burnt does not."""
    kit = Kit.load(place.kit)
    for record in records(place.printed):
        number, _, code = record.decode().partition(" ")
        card = session.get(Card, number)
        assert card is not None
        if card.draft is not None:
            again = issuance.reprint(session, card.draft.id, actor=CLERK, now=place.now, day_keys=hall.day_keys)
            assert again.identity_code == code
        if card.state is CardState.ACTIVE:
            assert verify(code, kit, now=place.now).verdict is Outcome.VALID


def _go_on(place: Place, journey: str) -> Place:
    """I22: every draft that is left comes to a card in a hand, and what was interrupted can be done again."""
    hall = place.hall()
    with hall.reading() as session:
        left = list(session.scalars(select(Draft.id)))
    for draft_id in left:
        number = hall.issue(draft_id, CLERK, now=place.now).card_number
        hall.hand_over(number, CLERK, now=place.now)
        assert hall.card(number).state is CardState.ACTIVE
    hall.engine.dispose()

    # A rotation takes a list period, and the one that was killed may have taken one before.
    wait = hall.town.list_period if journey == "rotating" else timedelta()
    again = replace(place, now=place.now + wait)
    live(again, journey, None)
    after = replace(again, now=again.now + wait)
    hall = after.hall()
    hall.publish(now=after.now)
    assert not list(place.kit.rglob(".*.new")), "half a file was left in the kit"
    hall.engine.dispose()
    return after
