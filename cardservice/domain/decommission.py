"""The end of a town: nothing is left that could issue a card, and every card in a pocket verifies until it expires.

The rule here: every step may be taken again, so that an end which was interrupted goes on where it stopped. The lists
are published a last time for as long as the longest card lives; then card and status keys are retired in a last trust
list, so that nobody who kept a copy of one can sign later. What is done to files is cli/decommission.py
(docs/decisions/0031-the-end-of-a-town.md).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cardservice.credential.keys import Signer
from cardservice.domain import audit, key_rotation, lifecycle, publication, retention, staff
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import Conflict
from cardservice.domain.key_rotation import Stage
from cardservice.domain.publication import Beside, Town
from cardservice.domain.retention import Ending, Transaction
from cardservice.keystore import Purpose
from cardservice.storage.models import AuditEntry, Card, Draft
from cardservice.terms import CardState

SUBJECT = "town:closed"
_NEVER_IN_A_HAND = (CardState.INTENT, CardState.SIGNED)


class TownClosed(Conflict):
    """The town has ended: its keys are destroyed, and nothing can be issued or revoked any more."""

    def __init__(self) -> None:
        super().__init__(
            "This town was closed: its keys are destroyed, so nothing can be served, signed or ended any more. Its "
            "cards verify with the last kit until they expire. `cardservice what-we-hold` and `cardservice audit "
            "verify` still answer."
        )


def is_closed(session: Session) -> bool:
    """Tell whether the end of the town is in its audit."""
    return bool(session.scalar(select(func.count()).where(AuditEntry.action == str(Action.TOWN_CLOSED))))


def check_open(session: Session) -> None:
    """Return if the town goes on. Raises `TownClosed`."""
    if is_closed(session):
        raise TownClosed


def needed_keys(session: Session) -> list[Purpose]:
    """Return the purposes whose keys the end still needs: all four, less what an interrupted one has done."""
    if is_closed(session):
        return [Purpose.AUDIT]
    return [purpose for purpose in Purpose if key_rotation.active(session, purpose) is not None]


def close(
    transaction: Transaction,
    out: Path,
    *,
    town: Town,
    status_key: Signer | None,
    anchor_key: Signer,
    beside: Beside = publication.nothing,
    actor: Actor,
    now: datetime,
    token_bytes: Callable[[int], bytes],
) -> None:
    """End the town, but for its files. Harmless when it has ended; must not be called inside a transaction.

    Raises what publishing raises: `AnchorNeeded`, `KeyNotActive`, `TimeWentBack`, OSError.
    """
    with transaction() as session:
        if is_closed(session):
            return
        _end_what_is_in_work(session, actor=actor, now=now)
        staff.close_every_account(session, actor=actor, now=now)
        days = _days(session, town, now)
        lists_are_out = key_rotation.active(session, Purpose.STATUS) is None
    last = replace(town, status_days=days, trust_days=days)
    publish = partial(
        publication.publish, transaction, out, town=last, anchor_key=anchor_key, beside=beside, actor=actor, now=now,
        token_bytes=token_bytes,
    )  # fmt: skip
    if not lists_are_out:
        publish(status_key=status_key)
    with transaction() as session:
        for purpose in (Purpose.CARD, Purpose.STATUS):
            key_rotation.retire_for_good(session, purpose, actor=actor, now=now)
    # Without a status key this is the trust list alone; the status lists of a moment ago stay, signed while they could.
    publish(status_key=None)
    with transaction() as session:
        audit.record(session, actor, Action.TOWN_CLOSED, SUBJECT, now=now)


def _end_what_is_in_work(session: Session, *, actor: Actor, now: datetime) -> None:
    """End every draft by the one function that does, and every card that nobody has."""
    for draft in session.scalars(select(Draft)).all():
        retention.end_draft(session, draft, Ending.TOWN_CLOSED, actor=actor, now=now)
    for card in session.scalars(select(Card).where(Card.state.in_(_NEVER_IN_A_HAND))).all():
        lifecycle.move(session, card, CardState.REVOKED, actor=actor, now=now)


def _days(session: Session, town: Town, now: datetime) -> int:
    """Return for how many days the last lists are good: no card of any key lives longer than its key is believed.

    The keys and not the cards' rows, because after a restore there may be cards that the register does not know.
    """
    keys = key_rotation.of_purpose(session, Purpose.CARD)
    last = max((key.not_after for key in keys if key.state != Stage.COMPROMISED), default=day_of(now))
    return max((last - day_of(now)).days + 1, town.status_days)
