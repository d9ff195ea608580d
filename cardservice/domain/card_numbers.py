"""Card numbers: twelve symbols that can be read over a telephone, random, with two that catch mistakes.

Ten random symbols (50 bits) and the two check symbols of check_symbols.py: docs/decisions/0012-card-numbers.md.
"""

from collections.abc import Callable

from cardservice.domain import check_symbols
from cardservice.domain.check_symbols import ALPHABET as ALPHABET
from cardservice.domain.check_symbols import grouped as grouped
from cardservice.domain.errors import Refused

LENGTH = 12


class CardNumberMistyped(Refused):
    """What was typed cannot be a card number, whatever cards there are."""

    def __init__(self) -> None:
        super().__init__(f"This is not a card number: a symbol of the {LENGTH} is missing or wrong. Read it again.")


def draw(token_bytes: Callable[[int], bytes]) -> str:
    """Return a new number: it tells nothing about its holder or the order of issue."""
    return check_symbols.draw(LENGTH, token_bytes)


def is_one(text: str) -> bool:
    """Whether somebody typed the number of a card, with its check character."""
    try:
        return bool(normalise(text))
    except CardNumberMistyped:
        return False


def normalise(text: str) -> str:
    """Return the number that was typed or read out, in capitals without separators. Raises `CardNumberMistyped`."""
    try:
        return check_symbols.normalise(text, LENGTH)
    except check_symbols.Mistyped:
        raise CardNumberMistyped from None
