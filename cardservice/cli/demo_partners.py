"""The partners that a demo lists: one that needs no name, and one that does."""

from datetime import datetime

from cardservice.cli.town import Town
from cardservice.domain import partners
from cardservice.domain.actor import CONSOLE
from cardservice.domain.partners import Checks
from cardservice.terms import CardCode, IdentityReason, Service

LENDS = Checks(services=frozenset({Service.LIBRARY}))
HEALS = Checks(services=frozenset({Service.CLINIC}), code=CardCode.IDENTITY, reason=IdentityReason.RECORD)


def list_all(town: Town, *, now: datetime) -> None:
    """List them, as an administrator would on the desk."""
    with town.transaction() as session:
        partners.add(session, "Harbour library", LENDS, actor=CONSOLE, now=now)
        partners.add(session, "Clinic of the old town", HEALS, actor=CONSOLE, now=now)
