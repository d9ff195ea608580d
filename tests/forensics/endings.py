"""Every way in which a registration ends, and the trouble that each of them gives on its way.

What is done here goes through the domain's own doors; what goes wrong is told to the log as the service tells it.
"""

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from canaries import Canary
from sqlalchemy.exc import IntegrityError
from town_hall import NOON, SHOWN, TownHall

from cardservice.domain import correction, drafts, issuance, parked_forms, pick_up, revocation
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.parked_forms import TypedForm
from cardservice.domain.registration import Registration
from cardservice.printing import media
from cardservice.printing.card_face import CardFace
from cardservice.printing.wording import wording
from cardservice.storage.models import Draft
from cardservice.storage.session import engine
from cardservice.terms import RevocationReason

log = logging.getLogger("cardservice.forensics")
others = logging.getLogger("somebody.elses.library")
statements = logging.getLogger("sqlalchemy.engine")

LATE = NOON.replace(hour=23, minute=30)
Ending = Callable[[TownHall, Actor, Canary], object]


def handed_over(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    card = _issued(hall, clerk, canary)
    printed(card)
    hall.hand_over(card.card_number, clerk)


def printed_twice(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    draft_id = hall.register(clerk, canary.registration)
    printed(hall.issue(draft_id, clerk))
    with hall.reading() as session:
        again = issuance.reprint(session, draft_id, actor=clerk, now=NOON, day_keys=hall.day_keys)
    printed(again)
    hall.hand_over(again.card_number, clerk)


def discarded(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    draft_id = hall.register(clerk, canary.registration)
    with hall.transaction() as session:
        drafts.discard(session, draft_id, actor=clerk, now=NOON)


def spoilt(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    card = _issued(hall, clerk, canary)
    with hall.transaction() as session:
        issuance.spoil(session, card.card_number, RevocationReason.DAMAGED, actor=clerk, now=NOON)


def corrected(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """A mistake is seen on the printed card; the answers go into a second draft, which is left to the night."""
    card = _issued(hall, clerk, canary)
    with hall.transaction() as session:
        correction.correct(
            session, card.card_number, actor=clerk, now=NOON, day_keys=hall.day_keys, token_bytes=hall.token_bytes
        )


def revoked_before_hand_over(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    card = _issued(hall, clerk, canary)
    with hall.transaction() as session:
        revocation.revoke(session, card.card_number, RevocationReason.LOST, actor=clerk, now=NOON)


def refused(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """A correction that cannot stand on a card; nobody tries again."""
    draft_id = hall.register(clerk, canary.registration)
    wrong = replace(canary.registration, name=canary.registration.name + "\u202e")
    with pytest.raises(Exception, match="another look") as told, hall.transaction() as session:
        drafts.change(session, draft_id, wrong, actor=clerk, now=NOON, day_keys=hall.day_keys)
    log.error("refused", exc_info=told.value)


def key_unplugged(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """The key is gone between intent and signature, and the draft is left like that."""

    class Unplugged:
        key_id, algorithm = hall.issuing.key.key_id, hall.issuing.key.algorithm

        def sign(self, message: bytes) -> bytes:
            raise OSError("the key does not answer")

    good, hall.issuing = hall.issuing, replace(hall.issuing, key=Unplugged())
    with pytest.raises(OSError, match="does not answer") as told:
        _issued(hall, clerk, canary)
    hall.issuing = good
    log.error("broken", exc_info=told.value)


def left(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """Nobody goes on with it: it ends when it was idle for an hour."""
    hall.register(clerk, canary.registration)


def left_at_night(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """It ends with its day."""
    hall.register(clerk, canary.registration, now=LATE)


def never_fetched(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """Kept for pick-up: it ends after fourteen days."""
    draft_id = hall.register(clerk, canary.registration)
    hall.issue(draft_id, clerk)
    with hall.transaction() as session:
        pick_up.keep(session, draft_id, actor=clerk, now=NOON, day_keys=hall.day_keys)


ENDINGS: tuple[Ending, ...] = (
    handed_over,
    printed_twice,
    discarded,
    spoilt,
    corrected,
    revoked_before_hand_over,
    refused,
    key_unplugged,
    left,
    left_at_night,
    never_fetched,
)


def killed(hall: TownHall, clerk: Actor, canaries: Sequence[Canary]) -> None:
    """A worker dies by SIGKILL in the middle of its work: of its registrations, all but the last are committed."""
    child = multiprocessing.get_context("fork").Process(target=_until_killed, args=(hall, clerk, canaries))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


def _until_killed(hall: TownHall, clerk: Actor, canaries: Sequence[Canary]) -> None:
    # A connection of the parent's must not be used, nor closed.
    ours = engine(hall.engine.url.render_as_string(hide_password=False))
    hall = TownHall(ours, hall.kit, day_keys=hall.day_keys, token_bytes=hall.token_bytes, keys=hall.keys)
    for canary in canaries[:-1]:
        hall.register(clerk, canary.registration)
    with hall.transaction() as session:
        drafts.open_draft(
            session,
            canaries[-1].registration,
            evidence=SHOWN,
            actor=clerk,
            now=NOON,
            day_keys=hall.day_keys,
            token_bytes=hall.token_bytes,
        )
        os.kill(os.getpid(), signal.SIGKILL)


def trouble(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """What a bad day brings: each of these repeats, by default, what it was given."""
    others.warning("could not read %s", canary.registration.name)
    try:
        date.fromisoformat(canary.registration.name)
    except ValueError as told:
        log.error("broken", exc_info=told)
    _typed_when_the_session_was_over(hall, clerk, canary)
    statements.setLevel(logging.DEBUG)
    with pytest.raises(IntegrityError) as told:
        _stored_twice(hall, clerk, canary)
    statements.setLevel(logging.NOTSET)
    log.error("broken", exc_info=told.value)


def _typed_when_the_session_was_over(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    """The form is parked, and found again after signing in."""
    name, second = canary.texts
    typed = TypedForm("/registrations/new", (("name", name), ("name_second", second)))
    with hall.transaction() as session:
        form_id = parked_forms.park(
            session,
            typed,
            staff_id=clerk.staff_id or 0,
            now=NOON,
            day_keys=hall.day_keys,
            token_bytes=hall.token_bytes,
        )
    with hall.transaction() as session:
        parked_forms.use(session, form_id or "", actor=clerk, now=NOON)


def _stored_twice(hall: TownHall, clerk: Actor, canary: Canary) -> None:
    with hall.transaction() as session:
        draft = drafts.open_draft(
            session,
            canary.registration,
            evidence=SHOWN,
            actor=clerk,
            now=NOON,
            day_keys=hall.day_keys,
            token_bytes=bytes,
        )
        session.expunge(draft)
        session.add(Draft(**{column.name: getattr(draft, column.name) for column in Draft.__table__.columns}))
        session.flush()


def printed(card: IssuedCard) -> bytes:
    """The card as its printer gets it."""
    codes = {"identity_code": card.identity_code, "residence_code": card.residence_code}
    return media.pdf([_face(card.registration, **codes)], media.CR80)


def sheet(kept: Sequence[Registration]) -> bytes:
    """Ten cards on a page, as they look before they are issued."""
    return media.pdf([_face(one) for one in kept], media.A4)


def _face(kept: Registration, **codes: str) -> CardFace:
    return CardFace(
        town="Vila Aberta",
        name=kept.name,
        name_second=kept.name_second,
        birth_date=kept.birth_date or "",
        language=kept.language,
        language_second=kept.language_second,
        portrait=kept.portrait_print,
        card_number="7K2M-9QXD-41RT",
        valid_until=NOON.date(),
        wording=wording(("en", "fr")),
        **codes,
    )


def _issued(hall: TownHall, clerk: Actor, canary: Canary) -> IssuedCard:
    return hall.issue(hall.register(clerk, canary.registration), clerk)
