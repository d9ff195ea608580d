"""What a town decided, in the words of the rooms that act on it: settings become values of domain and printing.

The desk and the command line issue, publish and print by the same decisions, so that there is one translation of them.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from cardservice.credential.keys import PublicKey, Signer
from cardservice.domain import checkpoints, publication
from cardservice.domain.actor import Actor
from cardservice.domain.age import Validity
from cardservice.domain.card_numbers import LENGTH, grouped
from cardservice.domain.checkpoints import Checkpoint, CopyNotLaid
from cardservice.domain.evidence import Paper, Policy
from cardservice.domain.issuance import IssuedCard, Issuing
from cardservice.domain.publication import Published
from cardservice.domain.registration import Registration
from cardservice.domain.retention import Transaction
from cardservice.domain.visiting_hours import VisitingHours
from cardservice.keystore import SigningKey
from cardservice.printing import themes
from cardservice.printing.card_face import CardFace
from cardservice.printing.crest import Crest, CrestRefused
from cardservice.printing.optional_lines import OptionalLine
from cardservice.printing.slip import SlipFace
from cardservice.printing.slip_wording import spoken
from cardservice.printing.wording import wording
from cardservice.settings import Settings
from cardservice.web import kit_pages, kit_readme

log = logging.getLogger("cardservice.decided")

NO_NUMBER_YET = grouped("•" * LENGTH)


def issuing(settings: Settings, key: Signer) -> Issuing:
    """How cards are issued, and the key that signs them."""
    return Issuing(
        issuer=settings.town.issuer,
        status_uri=settings.status_uri,
        validity=validity(settings),
        four_eyes=settings.desk.four_eyes,
        cards_a_day=settings.desk.cards_a_day,
        key=key,
    )


def policy(settings: Settings) -> Policy:
    """The town's policy for evidence; where nobody is a child, without the papers that count for a child only."""
    asked, nobody = settings.evidence, settings.card.child_age == 0
    listed = [paper for paper in asked.paper if not (paper.child_only and nobody)]
    papers = tuple(Paper(**paper.model_dump(exclude={"names"})) for paper in listed)
    return Policy(**asked.model_dump(exclude={"paper", "complaints"}), papers=papers)


def validity(settings: Settings) -> Validity:
    """How long cards are good, and below which age somebody is a child."""
    card = settings.card
    return Validity(years=card.validity_years, child_years=card.validity_years_child, child_age=card.child_age)


def visiting_hours(settings: Settings) -> VisitingHours:
    """When visits can be booked, and for how many."""
    asked = settings.visits
    return VisitingHours(
        zone=asked.time_zone,
        hours=asked.spans,
        closed=frozenset(asked.closed),
        minutes=asked.minutes,
        persons=asked.persons,
        walk_ins=asked.walk_ins,
        days=asked.days,
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
        training=town.training,
    )


def publish(
    settings: Settings,
    transaction: Transaction,
    *,
    status_key: Signer | None,
    anchor_key: Signer | None,
    audit_key: SigningKey | None,
    actor: Actor,
    now: datetime,
    token_bytes: Callable[[int], bytes],
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
        beside=kit_beside(settings),
        known_in=[settings.kit_folder],
        actor=actor,
        now=now,
        token_bytes=token_bytes,
    )
    if done.checkpoint is not None and audit_key is not None:
        # The lists are out: a copy that could not be laid is told, and is no reason to fail.
        with contextlib.suppress(CopyNotLaid):
            lay_checkpoint(settings, done.checkpoint, audit_key)
    return done


def kit_beside(settings: Settings) -> publication.Beside:
    """What lies in the kit beside the signed lists: the verifier's pages, samples, and a note for who mirrors it."""

    def beside(anchor: PublicKey) -> dict[str, bytes]:
        readme = kit_readme.files(
            settings.town.languages,
            town=settings.town.name,
            address=settings.kit_address,
            fingerprint=anchor.fingerprint,
            days=settings.lists.status_days,
        )
        return {**kit_pages.files(), **readme}

    return beside


def take_checkpoint(settings: Settings, session: Session, audit_key: SigningKey, *, now: datetime) -> Checkpoint:
    """Sign the audit's end as it is now and lay it where checkpoints are kept.

    Raises `ChainBroken`, also where the chain does not hold what the last checkpoint covered, and `CopyNotLaid`.
    """
    last = checkpoints.newest(session, settings.checkpoint_file)
    signed = checkpoints.sign(session, audit_key, after=[last] if last else [], now=now)
    return lay_checkpoint(settings, signed, audit_key)


def lay_checkpoint(settings: Settings, signed: bytes, audit_key: SigningKey) -> Checkpoint:
    """Put a checkpoint into the town's folder and, where there is one, into the folder of copies.

    Raises `CopyNotLaid`, once it is in the log.
    """
    checkpoint = checkpoints.opened(signed, [audit_key.public])
    try:
        checkpoints.lay(signed, checkpoint, file=settings.checkpoint_file, copies=settings.audit_copies)
    except CopyNotLaid:
        log.warning("checkpoint %d could not be laid into the folder of copies", checkpoint.sequence)
        raise
    return checkpoint


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
        theme=themes.theme(settings.printing.theme, settings.printing.colour),
        crest=crest(settings),
        mark=settings.printing.tactile_mark,
        sample=settings.town.training,
    )


def crest(settings: Settings) -> Crest | None:
    """The town's crest, where it has one. Raises CrestRefused."""
    return _crest(settings.folder / settings.printing.crest) if settings.printing.crest else None


@lru_cache(maxsize=8)
def _crest(path: Path) -> Crest:
    """Read once, at the start, like the settings that name it. Raises CrestRefused."""
    try:
        return Crest.of(path.read_bytes())
    except OSError as error:
        raise CrestRefused(f"{path.name} cannot be read: {error.strerror}") from None


def face(settings: Settings, card: IssuedCard, *, optional_lines: tuple[OptionalLine, ...] = ()) -> CardFace:
    """A card's face as it is printed, with lines that came with the request for it and are in nothing else."""
    return replace(
        face_before_issuing(settings, card.registration, valid_until=card.valid_until),
        card_number=grouped(card.card_number),
        identity_code=card.identity_code,
        residence_code=card.residence_code,
        optional_lines=optional_lines,
    )


def slip(settings: Settings, card: IssuedCard, *, language: str | None = None) -> SlipFace:
    """A card's slip: in the language that is asked for, else that of the holder's name, else the town's first."""
    said = card.registration
    return SlipFace(
        town=settings.town.name,
        card_number=grouped(card.card_number),
        valid_until=card.valid_until,
        slip_code=grouped(card.slip_code),
        address=settings.lost_address,
        language=spoken(language, said.language, said.language_second, *settings.town.languages),
        colour=settings.printing.colour,
        sample=settings.town.training,
    )
