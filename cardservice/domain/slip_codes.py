"""Slip codes: with one, whoever holds a card's slip ends that card at the public page, and can do nothing else.

The rule here: the code exists on the slip, and sealed in the draft until hand-over; the register keeps its SHA-256
alone. 26 random symbols are 130 bits, which nobody guesses or computes back, so that the digest needs neither salt nor
cost. The two check symbols are those of card numbers: docs/decisions/0025-the-slip-code.md.
"""

import hashlib
from collections.abc import Callable

from cardservice.domain import check_symbols
from cardservice.domain.check_symbols import grouped as grouped
from cardservice.domain.errors import Refused

LENGTH = 28


class SlipCodeMistyped(Refused):
    """What was typed cannot be a slip code, whatever cards there are."""

    def __init__(self) -> None:
        super().__init__(f"This is not a slip code: a symbol of the {LENGTH} is missing or wrong. Read it again.")


def draw(token_bytes: Callable[[int], bytes]) -> str:
    """Return a new slip code."""
    return check_symbols.draw(LENGTH, token_bytes)


def normalise(text: str) -> str:
    """Return the code that was typed or scanned, in capitals without separators. Raises `SlipCodeMistyped`."""
    try:
        return check_symbols.normalise(text, LENGTH)
    except check_symbols.Mistyped:
        raise SlipCodeMistyped from None


def digest(code: str) -> bytes:
    """Return what the register keeps of a normalised code: its SHA-256, 32 bytes."""
    return hashlib.sha256(code.encode("ascii")).digest()
