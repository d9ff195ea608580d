"""The town's partners: which relying parties check cards, for which services, and which of the two codes they ask for.

The rule here: a partner is the name of an organisation and nothing else: no account, no person, no count of what it
checks. It asks for the residence code, unless one of the few reasons of `IdentityReason` holds. What hangs at its
counter is printing/poster.py; why it is so is docs/decisions/0050.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.credential.keys import PublicKey
from cardservice.credential.personal import InvalidName, check_name
from cardservice.domain import audit, key_rotation, published
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Conflict, NotFound, Refused
from cardservice.domain.key_rotation import KeyNotActive
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.keystore import Purpose
from cardservice.storage import models
from cardservice.terms import CardCode, IdentityReason, Service

NAME_LIMIT = 60
_MISLEADING = "@<>"
"""What belongs to the address of a person or to markup, and to the name of no organisation."""
_NUMBERED = str.maketrans("°№", "oo")
"""The signs of "School n° 3" and "№ 3": no part of a person's name, which `check_name` is made for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What a relying party checks; `reason` goes with the identity code and with no other."""

    services: frozenset[Service]
    code: CardCode = CardCode.RESIDENCE
    reason: IdentityReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A relying party as the town lists it."""

    id: int
    name: str
    checks: Checks


class PartnerNameRefused(Refused):
    """The name is none that an organisation could have here; `code` and `character` as `InvalidName` has them."""

    def __init__(self, code: str, character: str | None = None) -> None:
        super().__init__(f"The name of a partner has 1 to {NAME_LIMIT} visible characters. Write it another way.")
        self.code, self.character = code, character


class PartnerNameTaken(Conflict):
    """Names differ in more than capitals and accents' encoding."""

    def __init__(self) -> None:
        super().__init__("A partner of this name is listed already. Change that one, or choose another name.")


class NothingToCheck(Refused):
    """A relying party that checks cards for no service is none."""

    def __init__(self) -> None:
        super().__init__("A partner checks cards for at least one service. Choose what it offers.")


class ReasonMissing(Refused):
    """The identity code says a name, so whoever asks for it says why."""

    def __init__(self) -> None:
        super().__init__("The identity code is asked for with a reason only. Choose one, or the residence code.")


class PartnerNotFound(NotFound):
    """There is no partner of that number any more."""

    def __init__(self) -> None:
        super().__init__("There is no such partner. Look at the list of partners.")


def everybody(session: Session) -> list[Partner]:
    """Return all partners, in the order of their names."""
    return [_shown(row) for row in session.scalars(select(models.Partner).order_by(models.Partner.name_key))]


def get(session: Session, partner_id: int) -> Partner:
    """Return the partner of that number, or raise `PartnerNotFound`."""
    return _shown(_row(session, partner_id))


def by_name(session: Session, name: str) -> Partner:
    """Return the partner of that name, capitals aside, or raise `PartnerNotFound`."""
    row = _named(session, unicodedata.normalize("NFC", name).strip())
    if row is None:
        raise PartnerNotFound
    return _shown(row)


def add(session: Session, name: str, checks: Checks, *, actor: Actor, now: datetime) -> Partner:
    """List a relying party. Raises `PartnerNameRefused`, `PartnerNameTaken`, `NothingToCheck` or `ReasonMissing`."""
    last = audit.newest(session)
    row = models.Partner(id=(last.sequence if last else 0) + 1)
    _write(session, row, name, checks)
    session.add(row)
    return _written(session, row, Action.PARTNER_ADDED, actor, now)


def change(session: Session, partner_id: int, name: str, checks: Checks, *, actor: Actor, now: datetime) -> Partner:
    """List it as it is now. Raises `PartnerNotFound`, and what `add` raises."""
    row = _row(session, partner_id)
    _write(session, row, name, checks)
    return _written(session, row, Action.PARTNER_CHANGED, actor, now)


def remove(session: Session, partner_id: int, *, actor: Actor, now: datetime) -> None:
    """Take it off the list; it can still check cards, as anybody can. Raises `PartnerNotFound`."""
    row = _row(session, partner_id)
    session.delete(row)
    audit.record(session, actor, Action.PARTNER_REMOVED, f"partner:{partner_id}", now=now)


def checked_name(typed: str) -> str:
    """Return a name with single spaces and in composed form, as it is kept. Raises `PartnerNameRefused`."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if len(name) > NAME_LIMIT:
        raise PartnerNameRefused("too-long")
    if found := next((character for character in name if character in _MISLEADING), None):
        raise PartnerNameRefused("bad-character", f"U+{ord(found):04X} {unicodedata.name(found)}")
    try:
        check_name(name.translate(_NUMBERED))
    except InvalidName as wrong:
        raise PartnerNameRefused(wrong.code, wrong.character) from None
    return name


def anchor(session: Session) -> PublicKey:
    """Return the anchor that partners compare: it signed the newest trust list, or will sign the first.

    Raises:
        KeyNotActive: the town has no anchor yet.
    """
    signed = next((last.key_id for last in published.newest(session) if last.name == TRUST_LIST), None)
    key = key_rotation.get(session, signed) if signed else key_rotation.active(session, Purpose.ANCHOR)
    if key is None:
        raise KeyNotActive(Purpose.ANCHOR)
    return PublicKey.from_cose_key(key.public_key)


def _write(session: Session, row: models.Partner, typed: str, checks: Checks) -> None:
    """Fill a row, after everything that may be wrong was looked for."""
    name = checked_name(typed)
    if not checks.services:
        raise NothingToCheck
    if checks.code is CardCode.IDENTITY and checks.reason is None:
        raise ReasonMissing
    known = _named(session, name)
    if known is not None and known is not row:
        raise PartnerNameTaken
    row.name, row.name_key = name, name.casefold()
    row.services = " ".join(service for service in Service if service in checks.services)
    row.code = checks.code.value
    row.reason = checks.reason.value if checks.reason and checks.code is CardCode.IDENTITY else None


def _named(session: Session, name: str) -> models.Partner | None:
    return session.scalars(select(models.Partner).where(models.Partner.name_key == name.casefold())).first()


def _row(session: Session, partner_id: int) -> models.Partner:
    row = session.get(models.Partner, partner_id)
    if row is None:
        raise PartnerNotFound
    return row


def _written(session: Session, row: models.Partner, action: Action, actor: Actor, now: datetime) -> Partner:
    session.flush()
    audit.record(session, actor, action, f"partner:{row.id}", now=now)
    return _shown(row)


def _shown(row: models.Partner) -> Partner:
    checks = Checks(
        services=frozenset(Service(word) for word in row.services.split()),
        code=CardCode(row.code),
        reason=IdentityReason(row.reason) if row.reason else None,
    )
    return Partner(id=row.id, name=row.name, checks=checks)
