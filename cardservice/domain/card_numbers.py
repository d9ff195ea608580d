"""Card numbers: twelve symbols that can be read over a telephone, random, with two that catch mistakes.

Ten random symbols of Crockford's base 32 (50 bits; no I, L, O or U) and two check symbols: a Reed-Solomon code over
GF(32) whose words differ in at least three places, so that every one or two wrong symbols and every two exchanged
ones are seen. Why not ISO 7064: docs/decisions/0012-card-numbers.md.
"""

import unicodedata
from collections.abc import Callable

from cardservice.domain.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_RANDOM_SYMBOLS = 10
_RANDOM_BYTES = 7
_SEPARATORS = " -–—.·/_\t\n\r"
_READ_AS = str.maketrans("OIL", "011")

# GF(32) by the primitive polynomial x^5 + x^2 + 1: powers of its generator, twice round.
_POWER = [1]
for _ in range(61):
    _double = _POWER[-1] << 1
    _POWER.append(_double ^ 0b100101 if _double & 32 else _double)
_LOG = {value: exponent for exponent, value in enumerate(_POWER[:31])}


class CardNumberMistyped(Refused):
    """What was typed cannot be a card number, whatever cards there are."""

    def __init__(self) -> None:
        super().__init__(f"This is not a card number: a symbol of the {LENGTH} is missing or wrong. Read it again.")


def draw(token_bytes: Callable[[int], bytes]) -> str:
    """Return a new number: it tells nothing about its holder or the order of issue."""
    drawn = int.from_bytes(token_bytes(_RANDOM_BYTES), "big")
    values = [drawn >> 5 * place & 31 for place in range(_RANDOM_SYMBOLS)]
    return "".join(ALPHABET[value] for value in values + _check_values(values))


def normalise(text: str) -> str:
    """Return the number that was typed or read out, in capitals without separators. Raises CardNumberMistyped.

    O is read as 0, I and L as 1; digits of other scripts and full-width letters are taken for what they are.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(_western(symbol) for symbol in plain if symbol not in _SEPARATORS).translate(_READ_AS)
    if len(plain) != LENGTH or any(symbol not in ALPHABET for symbol in plain):
        raise CardNumberMistyped
    values = [ALPHABET.index(symbol) for symbol in plain]
    if values[_RANDOM_SYMBOLS:] != _check_values(values[:_RANDOM_SYMBOLS]):
        raise CardNumberMistyped
    return plain


def grouped(number: str) -> str:
    """Return the number as it is printed: XXXX-XXXX-XXXX."""
    return "-".join(number[start : start + 4] for start in range(0, LENGTH, 4))


def _check_values(values: list[int]) -> list[int]:
    """Return the remainder by (x - a)(x - a²) = x² + (a + a²)x + a³, symbol by symbol."""
    high = low = 0
    for value in values:
        lead = value ^ high
        high = low ^ _times(lead, _POWER[1] ^ _POWER[2])
        low = _times(lead, _POWER[3])
    return [high, low]


def _times(left: int, right: int) -> int:
    return _POWER[_LOG[left] + _LOG[right]] if left and right else 0


def _western(symbol: str) -> str:
    digit = unicodedata.decimal(symbol, None)
    return symbol if digit is None else str(digit)
