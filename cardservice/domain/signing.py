"""The one place where a card is signed.

The rule here: `sign` takes a permission, a permission works once, and only `prove_intent` makes one, by finding the
intent with the first question of a new transaction: a row that it can see there is committed, and outlives a crash. So
no card is in the world that the register does not know. The journey around it is issuance.py.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy.orm import Session

from cardservice.credential import qr_text
from cardservice.credential.claims import CardClaims
from cardservice.credential.keys import Signer
from cardservice.domain import in_flight
from cardservice.domain.errors import Conflict
from cardservice.domain.in_flight import InFlight
from cardservice.terms import CardState


class PermissionUsed(Conflict):
    """A permission was to sign a second card, or another card than its own."""

    def __init__(self) -> None:
        super().__init__("A card is signed once. Go back to the registration and look whether its card is there.")


class Permission:
    """Leave to sign the two codes of one card, once."""

    def __init__(self, card_number: str, *, proof: object) -> None:
        if proof is not _PROOF:
            raise TypeError("only prove_intent gives permissions")
        self.card_number = card_number
        self._unused = True

    def use_for(self, claims: CardClaims) -> None:
        """Use the permission up. Raises `PermissionUsed`."""
        if not self._unused or claims.card_number != self.card_number:
            raise PermissionUsed
        self._unused = False


_PROOF = object()


@contextmanager
def prove_intent(
    transaction: Callable[[], AbstractContextManager[Session]], draft_id: str
) -> Iterator[tuple[Session, InFlight | None, Permission | None]]:
    """Open a transaction to sign in, and ask for the draft before anything else.

    Gives its session, the draft's row, and leave to sign its card: None where no intent is committed (any more).
    """
    with transaction() as session:
        draft = in_flight.read(session, draft_id)
        card = draft.card if draft else None
        is_intent = card is not None and card.state is CardState.INTENT
        yield session, draft, Permission(card.number, proof=_PROOF) if card and is_intent else None


def sign(permission: Permission, claims: CardClaims, key: Signer) -> tuple[str, str]:
    """Return the identity code and the residence code of one card. Raises `PermissionUsed`."""
    permission.use_for(claims)
    identity, residence = (qr_text.seal(said, key) for said in (claims, claims.residence()))
    return identity, residence
