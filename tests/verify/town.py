"""A town for tests and measurements: keys made on the spot, cards, lists and kits. Nothing here is a secret.

A key is derived from its label, so that every run has the same keys and none is kept in the tree.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardservice.credential import qr_text
from cardservice.credential.claims import DAY, CardClaims, StatusReference, start_of_day
from cardservice.credential.keys import Algorithm, PublicKey, raw_signature
from cardservice.credential.status_list import StatusList
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedIssuer, TrustedKey, TrustList
from cardservice.verify import Kit, KitMemory

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MIDNIGHT = start_of_day(TODAY)
MORNING = MIDNIGHT + 9 * 3600
YEAR = 365 * DAY
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_REPEATABLE = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979: every run signs alike
PORTRAIT = b"RIFF\xec\x01\x00\x00WEBPVP8 " + hashlib.shake_256(b"portrait").digest(484)


class TestKey:
    """A signer whose private key comes from its label."""

    __test__ = False

    def __init__(self, label: str, algorithm: Algorithm = Algorithm.ES256) -> None:
        seed = hashlib.sha256(b"cardservice test key: " + label.encode()).digest()
        self._private: ec.EllipticCurvePrivateKey | Ed25519PrivateKey
        if algorithm is Algorithm.ES256:
            self._private = ec.derive_private_key(int.from_bytes(seed) % (P256_ORDER - 1) + 1, ec.SECP256R1())
        else:
            self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = PublicKey.from_cryptography(self._private.public_key())
        self.algorithm, self.key_id = algorithm, self.public.key_id

    def sign(self, message: bytes) -> bytes:
        """Sign as `cose.Signer` says."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        return raw_signature(self._private.sign(message, _REPEATABLE))


@cache
def key_of(label: str, algorithm: Algorithm) -> TestKey:
    """A key of a town's, derived once: a card or a list that is signed asks for it each time."""
    return TestKey(label, algorithm)


def trusted(key: TestKey, purpose: KeyPurpose = KeyPurpose.CARD, **changes: object) -> TrustedKey:
    """An entry of a trust list: active since a year ago, for ten years, unless changed."""
    entry = TrustedKey(
        key=key.public,
        purpose=purpose,
        state=KeyState.ACTIVE,
        not_before=MIDNIGHT - YEAR,
        not_after=MIDNIGHT + 9 * YEAR,
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Town:
    """One municipality with its keys, and what it publishes. Change a field with `dataclasses.replace`."""

    issuer: str = "https://vila-aberta.example"
    algorithm: Algorithm = Algorithm.ES256
    names: dict[str, str] = field(default_factory=lambda: {"pt": "Vila Aberta", "en": "Vila Aberta"})

    @property
    def uri(self) -> str:
        """Where its first status list is published."""
        return f"{self.issuer}/status/1"

    @property
    def anchor(self) -> TestKey:
        """The key that signs trust lists."""
        return key_of(f"anchor of {self.issuer}", self.algorithm)

    @property
    def card_key(self) -> TestKey:
        """The key that signs cards."""
        return key_of(f"card key of {self.issuer}", self.algorithm)

    @property
    def status_key(self) -> TestKey:
        """The key that signs status lists."""
        return key_of(f"status key of {self.issuer}", self.algorithm)

    def claims(self, **changes: object) -> CardClaims:
        """An identity card of a resident, issued today for two years."""
        card = CardClaims(
            issuer=self.issuer,
            card_number="7K3M9QX2R4P9",
            issued_at=MIDNIGHT,
            expires_at=MIDNIGHT + 2 * YEAR,
            status=StatusReference(uri=self.uri, index=77_123),
            name="Amina Example",
            language="eng",
            birth_date="19900405",
            portrait=PORTRAIT,
        )
        return card._replace(**changes)  # type: ignore[arg-type]

    def text(self, claims: CardClaims | None = None, *, key: TestKey | None = None) -> str:
        """The QR text of a card."""
        return qr_text.seal(claims or self.claims(), key or self.card_key)

    def entry(self, *keys: TrustedKey, **changes: object) -> TrustedIssuer:
        """Its entry in a trust list: its own card and status keys, unless others are given."""
        entry = TrustedIssuer(
            issuer=self.issuer,
            names=self.names,
            keys=keys or (trusted(self.card_key), trusted(self.status_key, KeyPurpose.STATUS)),
            status_lists=(self.uri,),
        )
        return replace(entry, **changes)  # type: ignore[arg-type]

    def trust_list(self, *issuers: TrustedIssuer, **changes: object) -> TrustList:
        """Its trust list of this morning: with itself alone, unless issuers are given."""
        trust_list = TrustList(
            publisher=self.issuer,
            sequence=5,
            issued_at=MORNING,
            next_update=MORNING + 90 * DAY,
            issuers=issuers or (self.entry(),),
        )
        return replace(trust_list, **changes)  # type: ignore[arg-type]

    def status_list(self, invalid: Iterable[int] = (), *, size: int = 1 << 17, **changes: object) -> StatusList:
        """Its status list of this morning."""
        status_list = StatusList.build(
            uri=self.uri,
            size=size,
            invalid=invalid,
            sequence=7,
            issued_at=MORNING,
            expires_at=MORNING + 14 * DAY,
            ttl=12 * 3600,
            lowest_trust_sequence=5,
        )
        return replace(status_list, **changes)  # type: ignore[arg-type]

    def files(self, trust_list: TrustList | None = None, *status_lists: StatusList) -> dict[str, bytes]:
        """The files of its kit."""
        lists = status_lists or (self.status_list(),)
        return {
            "trust-list.cwt": (trust_list or self.trust_list()).seal(self.anchor),
            "anchor.cose": self.anchor.public.to_cose_key(),
            **{f"status/{place}.cwt": item.seal(self.status_key) for place, item in enumerate(lists, 1)},
        }

    def kit(
        self, trust_list: TrustList | None = None, *status_lists: StatusList, remembered: KitMemory | None = None
    ) -> Kit:
        """Its kit, loaded."""
        return Kit.from_files(self.files(trust_list, *status_lists), remembered=remembered)
