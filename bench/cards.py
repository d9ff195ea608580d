"""Verifying and sealing one identity card with a portrait of 500 bytes, on one thread."""

from collections.abc import Callable

import claim169
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.measure import Result, compare
from cardservice.credential import qr_text
from cardservice.credential.keys import Algorithm
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
    claims, key = Town().claims(), Town().card_key
    private = ec.generate_private_key(ec.SECP256R1())
    message = claims.encode()
    return compare(
        lambda: qr_text.seal(claims, key),
        lambda: private.sign(message, ECDSA),
        peer_name="bare P-256 signature of cryptography",
        goal=4,
    )


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
