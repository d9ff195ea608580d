"""What must hold after a crash, a full disk or a lost connection, once the service has started again.

What was signed and printed, as crash_child.py wrote it down, is compared with the register and the kit.
"""

from crash_child import CLERK, Place, records
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import TownHall

from cardservice.domain import audit, issuance, retention
from cardservice.domain.audit import ChainBroken
from cardservice.storage.models import Card, IssuerKey, StatusIndex
from cardservice.terms import CardState
from cardservice.verify import Kit, Outcome, verify


def check_after_start(place: Place, burnt: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Start as the service does, then look at everything. Returns the places that may never be used again."""
    hall = place.hall()
    issuance.recover(hall.transaction, now=place.now)
    retention.housekeeping(hall.transaction, now=place.now, day_keys=hall.day_keys)

    said = complaints(place, hall, burnt)
    assert said == [], said
    with hall.reading() as session:
        assert not session.scalars(select(Card).where(Card.state == CardState.INTENT)).all()
        used = {(row.list_number, row.position) for row in session.scalars(select(StatusIndex))}
        _check_printed(place, hall, session)
    hall.engine.dispose()
    return used


def complaints(place: Place, hall: TownHall, burnt: set[tuple[int, int]], *, of_intents: bool = True) -> list[str]:
    """Everything that a crash must never leave behind; an intent that was being signed is for the next start to end."""
    found = []
    with hall.reading() as session:
        cards = session.scalars(select(Card)).all()
        known = {card.number: card for card in cards}
        for message in records(place.signed):
            signed = [number for number in known if number.encode() in message]
            if not signed:
                found.append("a signature without a row")
            elif of_intents and known[signed[0]].state is CardState.INTENT:
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
    # One that is past its own last day signs nothing and is in no list, though nobody retired it.
    signing = IssuerKey.state == "active", IssuerKey.not_after > place.now.date()
    active = session.scalars(select(IssuerKey.key_id).where(*signing, IssuerKey.purpose.in_(["card", "status"])))
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
