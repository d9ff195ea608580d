"""Verifying and sealing one identity card with a portrait of 500 bytes, on one thread."""

from collections.abc import Callable

import claim169
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.measure import Result, compare
from cardservice.credential import qr_text
from cardservice.credential.keys import Algorithm, PublicKey, raw_signature
from cardservice.verify import Outcome, verify
from tests.verify.town import NOON, PORTRAIT, Town

ECDSA = ec.ECDSA(hashes.SHA256())


def verify_es256() -> Result:
    """The whole verification against the signature check alone."""
    return compare(_verification(Town()), _bare_p256(), peer_name="bare P-256 check of cryptography", goal=1.7)


def verify_es256_against_claim169() -> Result:
    """The same against claim169, which only decodes the card and checks the signature."""
    town = Town()
    text, point = town.text(), b"\x04" + town.card_key.public.coordinates
    peer = lambda: claim169.decode_with_ecdsa_p256(text, point)  # noqa: E731
    return compare(_verification(town), peer, peer_name="claim169 0.3.0", goal=2.7, at_least=True)


def verify_eddsa() -> Result:
    """The whole verification against the signature check alone, with Ed25519."""
    return compare(
        _verification(Town(algorithm=Algorithm.EDDSA)), _bare_ed25519(), peer_name="bare Ed25519 check", goal=1.6
    )


def seal_es256() -> Result:
    """Claims to QR text against the signature alone."""
    claims = Town().claims()
    private = ec.generate_private_key(ec.SECP256R1())
    message, signer = claims.encode(), _Signer(private)
    return compare(
        lambda: qr_text.seal(claims, signer),
        lambda: private.sign(message, ECDSA),
        peer_name="bare P-256 signature of cryptography",
        goal=4,
    )


class _Signer:
    """A key as a key folder holds it once it is unlocked."""

    algorithm = Algorithm.ES256

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.key_id = PublicKey.from_cryptography(private.public_key()).key_id

    def sign(self, message: bytes) -> bytes:
        """Sign as `keys.Signer` says."""
        return raw_signature(self._private.sign(message, ECDSA))


def _verification(town: Town) -> Callable[[], object]:
    text, kit = town.text(), town.kit()
    assert len(PORTRAIT) == 500
    assert verify(text, kit, now=NOON).verdict is Outcome.VALID
    return lambda: verify(text, kit, now=NOON)


def _bare_p256() -> Callable[[], object]:
    private = ec.generate_private_key(ec.SECP256R1())
    public, message = private.public_key(), Town().claims().encode()
    signature = private.sign(message, ECDSA)
    return lambda: public.verify(signature, message, ECDSA)


def _bare_ed25519() -> Callable[[], object]:
    private = Ed25519PrivateKey.generate()
    public, message = private.public_key(), Town().claims().encode()
    signature = private.sign(message)
    return lambda: public.verify(signature, message)
