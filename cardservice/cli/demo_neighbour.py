"""The demo's other town: a whole one, which the first recognises for its library, and a visitor with its card.

Nobody has to telephone here: the demo made both anchors itself. How two town halls do it is docs/federation.md.
"""

import secrets
from pathlib import Path

from cardservice.cli import city_kit, town
from cardservice.cli.context import until_the_end
from cardservice.cli.demo_desk import Desk, utc_now
from cardservice.cli.town import Town
from cardservice.domain import recognition, staff
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.kit_folder import ANCHOR
from cardservice.domain.registration import Registration
from cardservice.terms import StaffRole
from cardservice.web import decided

FOLDER = "neighbour"
SERVICE = "library"
_VISITOR = Registration(name="Inês Duarte", birth_date="19790612", language="por")


def visit(ours: Town, out: Path, passphrase: str, *, algorithm: str) -> IssuedCard:
    """Make the other town below `out`, let the first recognise it, and return the card of a visitor.

    The first town's trust list says so once it is published.
    """
    desk = _open(out / FOLDER, passphrase, algorithm)
    card = desk.make_card(_VISITOR)
    desk.town.publish(desk.keys, now=utc_now())
    kit = desk.town.settings.kit_folder
    with ours.transaction() as session:
        recognition.recognise(
            session,
            city_kit.fetch(str(kit)),
            anchor=(kit / ANCHOR).read_bytes(),
            services=(SERVICE,),
            address=None,
            town=decided.publisher(ours.settings),
            actor=CONSOLE,
            now=utc_now(),
        )
    return card


def _open(folder: Path, passphrase: str, algorithm: str) -> Desk:
    config = town.config_for(
        name="Outra Margem",
        training="training = true",
        issuer="https://id.outra-margem.example",
        algorithm=algorithm,
        https="https = false",
        second_factor="second_factor = false",
        passphrase_file='passphrase_file = "../passphrase.txt"',  # noqa: S106 - where it is, not what it is
    )
    made, keys = town.create(folder, config, lambda _: passphrase, now=utc_now())
    until_the_end(made)
    with made.transaction() as session:
        member = staff.add(session, "clara", StaffRole.CLERK, secrets.token_urlsafe(12), actor=CONSOLE, now=utc_now())
        clerk = Actor(name=member.name, role=member.role, staff_id=member.id)
    return Desk(town=made, keys=keys, day_keys=made.day_keys(), clerk=clerk)
