"""A mark of a draft as a page showed it, so that what is done is done to what was seen.

The rule here: a mark says nothing of what is in the draft, and nothing is kept of the pages that were opened. Every
save seals anew with a random nonce, so a mark of the nonce is over with the next save, whoever makes it. Whoever acts
on a draft compares in the same transaction. docs/decisions/0087-done-to-what-was-seen.md
"""

import re
from collections.abc import Callable
from hashlib import sha256

from cardservice.day_keys import NONCE_BYTES
from cardservice.domain.draft_contents import Contents
from cardservice.domain.errors import Conflict
from cardservice.domain.in_flight import InFlight
from cardservice.storage.models import Draft

_OWN_BYTES, _DIGEST_BYTES = 4, 8
_MARK = re.compile(r"[0-9a-f]{24}")


class ChangedMeanwhile(Conflict):
    """The draft is not as the page showed it: somebody has saved it since."""

    def __init__(self, draft_id: str) -> None:
        super().__init__("This registration was changed after the page was opened. Look at it as it is now.")
        self.draft_id = draft_id


def nonce_of(draft: Draft | InFlight) -> bytes:
    """Return what is other after each save of a draft that was fetched to be opened."""
    return draft.ciphertext[:NONCE_BYTES]


def mark(nonce: bytes, token_bytes: Callable[[int], bytes]) -> str:
    """Return a mark for one page: no other page has the same, of this draft or of another."""
    return _mark(nonce, token_bytes(_OWN_BYTES))


def is_of(marked: str, nonce: bytes) -> bool:
    """Tell whether a mark was made of this nonce."""
    return _MARK.fullmatch(marked) is not None and marked == _mark(nonce, bytes.fromhex(marked)[:_OWN_BYTES])


def check(draft: Draft | InFlight, marked: str | None) -> None:
    """Raise `ChangedMeanwhile` unless the draft is as the page showed it; `marked`: None where there is no page."""
    if marked is not None and not is_of(marked, nonce_of(draft)):
        raise ChangedMeanwhile(draft.id)


def is_there_already(draft: Draft, kept: Contents, marked: str | None, *, is_same: bool) -> bool:
    """Tell whether a typed form, sent from a page that is older than the draft, asks for what is saved already.

    Raises `ChangedMeanwhile` where it would undo what another page has saved.
    """
    if marked is None or is_of(marked, nonce_of(draft)):
        return False
    if not is_same and marked != kept.saved_by:
        raise ChangedMeanwhile(draft.id)
    return is_same


def _mark(nonce: bytes, own: bytes) -> str:
    return (own + sha256(own + nonce).digest()[:_DIGEST_BYTES]).hex()
