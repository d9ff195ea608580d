"""Passkeys of staff: added, and asked to answer a challenge (W3C Web Authentication level 2).

The rule here: an answer counts only for the one address of the desk, with the person verified by their device, for a
challenge that nobody answered before, and with a sign count that grew. A wrong answer writes nothing. What an answer
is checked by is the library `webauthn`; that a challenge is young is the desk's business (web/challenges.py).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cardservice.domain import second_factors, staff
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import Refused
from cardservice.storage.models import Passkey, SpentChallenge, Staff

CHALLENGE_BYTES = 32
CHALLENGE_LIVES = timedelta(minutes=5)
LABEL_LIMIT = 40
_ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_VERIFIED = UserVerificationRequirement.REQUIRED


class PasskeyRefused(Refused):
    """The same whatever is wrong with an answer, and for an account that is closed."""

    def __init__(self) -> None:
        super().__init__("The passkey was not accepted. Try again, or use another way to sign in.")


class LabelRefused(Refused):
    """What a passkey is called must be short and readable."""

    def __init__(self) -> None:
        super().__init__(f"A passkey's label has 1 to {LABEL_LIMIT} visible characters.")


@dataclass(frozen=True, slots=True)
class Site:
    """The desk as a passkey knows it: its host name, its whole origin, and the town's name for people."""

    host: str
    origin: str
    name: str


def creation_options(session: Session, staff_id: int, challenge: bytes, *, site: Site) -> str:
    """Return what a browser needs to make a passkey (JSON). Raises `StaffNotFound`."""
    member = staff.get(session, staff_id)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_name=member.name,
        user_id=_handle(staff_id),
        challenge=challenge,
        timeout=_milliseconds(CHALLENGE_LIVES),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
        exclude_credentials=_descriptors(session, staff_id),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json(options)


def request_options(session: Session, challenge: bytes, *, site: Site, staff_id: int | None = None) -> str:
    """Return what a browser needs to ask for a passkey: anybody's, or one of a staff member's (JSON)."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=_milliseconds(CHALLENGE_LIVES),
        allow_credentials=None if staff_id is None else _descriptors(session, staff_id),
        user_verification=_VERIFIED,
    )
    return options_to_json(options)


def add(
    session: Session,
    staff_id: int,
    answer: str,
    label: str,
    *,
    challenge: bytes,
    site: Site,
    actor: Actor,
    now: datetime,
) -> Passkey:
    """Add the passkey that a browser made (its answer as JSON).

    Raises:
        LabelRefused: it cannot be called that.
        PasskeyRefused: the answer is not for this desk, this challenge or this person, or the passkey is known already.
    """
    member, label = staff.get(session, staff_id), " ".join(label.split())
    if not 0 < len(label) <= LABEL_LIMIT or not label.isprintable():
        raise LabelRefused
    try:
        verified = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    except Exception:  # noqa: BLE001 - the library has many ways to fail over what a stranger wrote; all mean no
        raise PasskeyRefused from None
    if _by_credential(session, verified.credential_id) is not None:
        raise PasskeyRefused
    _spend(session, challenge, now=now)
    passkey = Passkey(
        staff_id=staff_id,
        credential_id=verified.credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        label=label,
        added_on=day_of(now),
    )
    session.add(passkey)
    second_factors.changed(session, member, Action.PASSKEY_ADDED, actor=actor, now=now)
    return passkey


def check(
    session: Session, answer: str, *, challenge: bytes, site: Site, now: datetime, staff_id: int | None = None
) -> Staff:
    """Return whose passkey gave this answer (JSON); where `staff_id` is given it must be theirs.

    Raises:
        PasskeyRefused: whatever is wrong with it.
    """
    passkey, handle = _named_in(session, answer)
    member = session.get(Staff, passkey.staff_id)
    if member is None or member.disabled or staff_id not in (None, member.id):
        raise PasskeyRefused
    if handle not in (None, _handle(member.id)):
        raise PasskeyRefused
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception:  # noqa: BLE001 - as above
        raise PasskeyRefused from None
    _spend(session, challenge, now=now)
    passkey.sign_count = verified.new_sign_count
    session.flush()
    return member


def forget_spent(session: Session, *, now: datetime) -> None:
    """Delete the digests of challenges that are too old to be answered again."""
    session.execute(delete(SpentChallenge).where(SpentChallenge.spent_at < now - 2 * CHALLENGE_LIVES))


def _named_in(session: Session, answer: str) -> tuple[Passkey, bytes | None]:
    """The passkey that an answer names, and the user handle that came with it."""
    try:
        fields = json.loads(answer)
        credential_id = base64url_to_bytes(fields["rawId"])
        handle = fields["response"].get("userHandle")
        told = base64url_to_bytes(handle) if handle else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise PasskeyRefused from None
    passkey = _by_credential(session, credential_id)
    if passkey is None:
        raise PasskeyRefused
    return passkey, told


def _by_credential(session: Session, credential_id: bytes) -> Passkey | None:
    return session.scalars(select(Passkey).where(Passkey.credential_id == credential_id)).first()


def _spend(session: Session, challenge: bytes, *, now: datetime) -> None:
    digest = hashlib.sha256(challenge).digest()
    if session.get(SpentChallenge, digest) is not None:
        raise PasskeyRefused
    session.add(SpentChallenge(digest=digest, spent_at=now))
    session.flush()


def _descriptors(session: Session, staff_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=passkey.credential_id)
        for passkey in second_factors.passkeys_of(session, staff_id)
    ]


def _handle(staff_id: int) -> bytes:
    """What a passkey remembers of its owner: the number of the account, never the name (WebAuthn §14.6.1)."""
    return staff_id.to_bytes(8, "big")


def _milliseconds(time: timedelta) -> int:
    return int(time.total_seconds() * 1000)
