"""A small town that is nowhere, for trying a verifier out: its lists, and a card for each answer that people must know.

Its keys are derived from a public label when they are needed. They are kept nowhere and belong to nobody: anybody can
make them, so no real trust list may ever name them, and a card of this town is "unknown city" everywhere but with the
samples' own lists. Everything comes out the same again, byte for byte. The pictures are drawn in web/kit_samples.py.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from cardservice.credential import qr_text
from cardservice.credential.claims import CardClaims, StatusReference
from cardservice.credential.cose import sign1
from cardservice.credential.errors import Reason
from cardservice.credential.keys import Algorithm, PublicKey, raw_signature
from cardservice.credential.status_list import StatusList
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedIssuer, TrustedKey, TrustList

TOWN, CITY, STRANGER = "https://sample.example", "https://city.sample.example", "https://unknown.sample.example"
AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
"""When the samples are checked: by then the expired card is expired, and the lists are fresh."""
RECOGNISED_FOR = ("library",)

_LABEL = b"cardservice sample key, which belongs to nobody: "
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_REPEATABLE = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_SIZE = 1 << 17
_REVOKED = 66_166
_YEAR = timedelta(days=365)
_PUBLISHED = AT - timedelta(hours=3)
_NAMES = {TOWN: {"en": "Sample Town", "fr": "Ville modèle"}, CITY: {"en": "Sample City", "fr": "Cité modèle"}}


@dataclass(frozen=True, slots=True)
class Sample:
    """One code of the samples, and the answer that a verifier with their lists gives at `AT`."""

    name: str
    text: str
    reason: Reason


class SampleKey:
    """A signer that anybody can make: its private key is a digest of its public label (RFC 6979 signatures)."""

    def __init__(self, label: str) -> None:
        number = int.from_bytes(hashlib.sha256(_LABEL + label.encode()).digest(), "big")
        self._private = ec.derive_private_key(number % (_P256_ORDER - 1) + 1, ec.SECP256R1())
        self.public = PublicKey.from_cryptography(self._private.public_key())
        self.algorithm, self.key_id = Algorithm.ES256, self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """Sign as `credential.keys.Signer` says."""
        return raw_signature(self._private.sign(message, _REPEATABLE))


def every_key() -> list[SampleKey]:
    """Return every key of the samples: none of them may be on a real trust list."""
    own = [_card_key(issuer) for issuer in (TOWN, CITY, STRANGER)]
    return [_anchor(), *own, *(_status_key(issuer) for issuer in (TOWN, CITY))]


def kit() -> dict[str, bytes]:
    """Return the signed lists with which the samples are checked, by name."""
    trust_list = TrustList(
        publisher=TOWN,
        sequence=1,
        issued_at=_seconds(_PUBLISHED),
        next_update=_seconds(_PUBLISHED + timedelta(days=90)),
        issuers=(_issuer(TOWN), _issuer(CITY, recognised_for=RECOGNISED_FOR)),
    )
    return {
        "trust-list.cwt": trust_list.seal(_anchor()),
        "anchor.cose": _anchor().public.to_cose_key(),
        "status/1.cwt": _status_list(TOWN, [_REVOKED]).seal(_status_key(TOWN)),
        "status/2.cwt": _status_list(CITY, []).seal(_status_key(CITY)),
    }


def codes(portrait: bytes) -> tuple[Sample, ...]:
    """Return a code for each answer. `portrait` is a drawn WebP picture of nobody, as on a card."""
    good = _card(TOWN, portrait)
    over = good._replace(issued_at=_day(AT - 2 * _YEAR), expires_at=_day(AT - timedelta(days=14)))
    ended = good._replace(status=StatusReference(_uri(TOWN), _REVOKED))
    forged = sign1(good.encode(), _card_key(TOWN)).replace(b"Amina", b"Emina")
    return (
        Sample("good-identity", _sealed(good), Reason.VALID),
        Sample("good-residence", _sealed(good.residence()), Reason.VALID),
        Sample("expired", _sealed(over), Reason.EXPIRED),
        Sample("revoked", _sealed(ended), Reason.REVOKED),
        Sample("foreign", _sealed(_card(CITY, portrait)), Reason.VALID),
        Sample("unknown-city", _sealed(_card(STRANGER, portrait)), Reason.UNKNOWN_ISSUER),
        Sample("forged", qr_text.pack(forged, good), Reason.BAD_SIGNATURE),
    )


def _anchor() -> SampleKey:
    return SampleKey(f"anchor of {TOWN}")


def _card_key(issuer: str) -> SampleKey:
    return SampleKey(f"card key of {issuer}")


def _status_key(issuer: str) -> SampleKey:
    return SampleKey(f"status key of {issuer}")


def _uri(issuer: str) -> str:
    return f"{issuer}/status/1"


def _sealed(claims: CardClaims) -> str:
    return qr_text.seal(claims, _card_key(claims.issuer))


def _card(issuer: str, portrait: bytes) -> CardClaims:
    return CardClaims(
        issuer=issuer,
        card_number="7K3M9QX2R4P9",
        issued_at=_day(AT - timedelta(days=30)),
        expires_at=_day(AT + 2 * _YEAR - timedelta(days=30)),
        status=StatusReference(_uri(issuer), 77_123),
        name="Amina Sample",
        language="eng",
        birth_date="19900405",
        name_second="أمينة مثال",
        language_second="ara",
        portrait=portrait,
    )


def _issuer(issuer: str, *, recognised_for: tuple[str, ...] = ()) -> TrustedIssuer:
    made = ((_card_key(issuer), KeyPurpose.CARD), (_status_key(issuer), KeyPurpose.STATUS))
    return TrustedIssuer(
        issuer=issuer,
        names=_NAMES[issuer],
        keys=tuple(
            TrustedKey(
                key=key.public,
                purpose=purpose,
                state=KeyState.ACTIVE,
                not_before=_day(AT - 5 * _YEAR),
                not_after=_day(AT + 5 * _YEAR),
            )
            for key, purpose in made
        ),
        status_lists=(_uri(issuer),),
        recognised_for=recognised_for,
    )


def _status_list(issuer: str, invalid: list[int]) -> StatusList:
    return StatusList.build(
        uri=_uri(issuer),
        size=_SIZE,
        invalid=invalid,
        sequence=1,
        issued_at=_seconds(_PUBLISHED),
        expires_at=_seconds(_PUBLISHED + timedelta(days=14)),
        ttl=12 * 3600,
        lowest_trust_sequence=1,
    )


def _seconds(time: datetime) -> int:
    return int(time.timestamp())


def _day(time: datetime) -> int:
    """The start of the UTC day: a card's times are whole days."""
    return _seconds(time.replace(hour=0))
