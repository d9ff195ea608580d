"""What a town decided, in the words of the rooms that act on it: settings become values of domain and printing.

The desk and the command line issue, publish and print by the same decisions, so that there is one translation of them.
"""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from cardservice.credential.keys import Signer
from cardservice.domain import kit_folder, publication
from cardservice.domain.actor import Actor
from cardservice.domain.card_numbers import LENGTH, grouped
from cardservice.domain.issuance import IssuedCard, Issuing
from cardservice.domain.publication import Published
from cardservice.domain.registration import Registration
from cardservice.domain.retention import Transaction
from cardservice.printing.card_face import CardFace
from cardservice.printing.wording import wording
from cardservice.settings import Settings

NO_NUMBER_YET = grouped("•" * LENGTH)


def issuing(settings: Settings, key: Signer) -> Issuing:
    """How cards are issued, and the key that signs them."""
    return Issuing(
        issuer=settings.town.issuer,
        status_uri=settings.status_uri,
        validity_years=settings.card.validity_years,
        four_eyes=settings.desk.four_eyes,
        key=key,
    )


def publisher(settings: Settings) -> publication.Town:
    """What the signed lists say of the town, and how long they are good."""
    town, lists = settings.town, settings.lists
    return publication.Town(
        issuer=town.issuer,
        names=dict(town.names) or {town.languages[0]: town.name},
        status_uri=settings.status_uri,
        status_days=lists.status_days,
        ttl=lists.ttl_hours * 3600,
        trust_days=lists.trust_days,
    )


def publish(
    settings: Settings,
    transaction: Transaction,
    *,
    status_key: Signer | None,
    anchor_key: Signer | None,
    audit_key: Signer | None,
    actor: Actor,
    now: datetime,
    out: Path | None = None,
) -> Published:
    """Sign the lists with the keys at hand and write the kit to `out`, by default the town's own.

    Where the audit key is at hand, the audit's signed end is laid into the town's folder, for somebody outside to keep.
    """
    done = publication.publish(
        transaction,
        out or settings.kit_folder,
        town=publisher(settings),
        status_key=status_key,
        anchor_key=anchor_key,
        audit_key=audit_key,
        actor=actor,
        now=now,
    )
    if done.checkpoint is not None:
        kit_folder.place(settings.checkpoint_file, done.checkpoint)
    return done


def face_before_issuing(settings: Settings, registration: Registration, *, valid_until: date) -> CardFace:
    """A card's face while the answers are checked: no number and no codes yet."""
    return CardFace(
        town=settings.town.name,
        name=registration.name,
        name_second=registration.name_second,
        birth_date=registration.birth_date,
        language=registration.language,
        language_second=registration.language_second,
        portrait=registration.portrait_print,
        card_number=NO_NUMBER_YET,
        valid_until=valid_until,
        wording=wording(settings.town.languages),
        colour=settings.printing.colour,
    )


def face(settings: Settings, card: IssuedCard) -> CardFace:
    """A card's face as it is printed."""
    return replace(
        face_before_issuing(settings, card.registration, valid_until=card.valid_until),
        card_number=grouped(card.card_number),
        identity_code=card.identity_code,
        residence_code=card.residence_code,
    )
