"""The text of a QR code: Base45( zlib( COSE_Sign1( claims ) ) ), in both directions (docs/card-format.md)."""

from typing import NamedTuple

from cardservice.credential import base45, deflate
from cardservice.credential.claims import CardClaims, issuer_of
from cardservice.credential.cose import Sign1, parse_sign1, sign1
from cardservice.credential.errors import Malformed, NotACard
from cardservice.credential.keys import PublicKey, Signer

TEXT_LIMIT = -(-deflate.COMPRESSED_LIMIT // 2) * 3  # characters


class SealedCard(NamedTuple):
    """A card's text taken apart, its signature not yet checked."""

    message: Sign1

    @property
    def key_id(self) -> bytes | None:
        """The key that says it signed: where to look, not what to believe."""
        return self.message.key_id

    @property
    def issuer_hint(self) -> str | None:
        """The issuer that the unchecked payload names. Raises Malformed."""
        return issuer_of(self.message.payload)

    def open(self, key: PublicKey) -> CardClaims:
        """Return what the card says, which `key` signed.

        Raises BadSignature, and NotACard or Malformed where what was signed is no card.
        """
        return CardClaims.decode(self.message.open(key))


def seal(claims: CardClaims, signer: Signer) -> str:
    """Return the text of the QR code for `claims`, signed."""
    return pack(sign1(claims.encode(), signer), claims)


def pack(message: bytes, claims: CardClaims) -> str:
    """Return the text of the QR code for a message that was signed elsewhere."""
    return base45.encode(deflate.compress(message, repeated=claims.issuer.encode()))


def open_text(text: str) -> SealedCard:
    """Take the text of a QR code apart.

    Raises NotACard where it is something else, Malformed where it breaks a rule of the format.
    """
    if len(text) > TEXT_LIMIT:
        raise Malformed("more text than a code holds")
    message = parse_sign1(deflate.decompress(base45.decode(text)), cwt_tag=True)
    if message.content_type is not None:
        raise NotACard("a signed message of another type")
    return SealedCard(message)
