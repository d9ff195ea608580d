"""Codes that people read aloud and type: random symbols of Crockford's base 32, and two that catch mistakes.

The two check symbols are a Reed-Solomon code over GF(32): words of up to 31 symbols differ in at least three places, so
that every one or two wrong symbols and every two exchanged ones are seen, and of random strings one in 1,024 passes.
Card numbers and slip codes are made of it; why not ISO 7064: docs/decisions/0012-card-numbers.md.
"""

import unicodedata
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O or U."""
CHECK_SYMBOLS = 2
LONGEST = 31
"""Symbols, the two included: in a longer word two mistakes could cancel each other."""
BITS_A_SYMBOL = 5
_GROUP = 4
_SEPARATORS = " -–—.·/_\t\n\r"
_READ_AS = str.maketrans("OIL", "011")

# GF(32) by the primitive polynomial x^5 + x^2 + 1: powers of its generator, twice round.
_POWER = [1]
for _ in range(61):
    _double = _POWER[-1] << 1
    _POWER.append(_double ^ 0b100101 if _double & 32 else _double)
_LOG = {value: exponent for exponent, value in enumerate(_POWER[:31])}


class Mistyped(ValueError):
    """What was typed is not of this kind, whatever exists."""


def draw(length: int, token_bytes: Callable[[int], bytes]) -> str:
    """Return a new code of `length` symbols, check symbols included."""
    count = length - CHECK_SYMBOLS
    drawn = int.from_bytes(token_bytes((BITS_A_SYMBOL * count + 7) // 8), "big")
    values = [drawn >> BITS_A_SYMBOL * place & 31 for place in range(count)]
    return "".join(ALPHABET[value] for value in values + _check_values(values))


def symbols_in(text: str) -> int:
    """How many symbols were typed, without what separates them."""
    return sum(symbol not in _SEPARATORS for symbol in text)


def normalise(text: str, length: int) -> str:
    """Return the code that was typed or read out, in capitals without separators. Raises `Mistyped`.

    O is read as 0, I and L as 1; digits of other scripts and full-width letters are taken for what they are.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(_western(symbol) for symbol in plain if symbol not in _SEPARATORS).translate(_READ_AS)
    if len(plain) != length or any(symbol not in ALPHABET for symbol in plain):
        raise Mistyped
    values = [ALPHABET.index(symbol) for symbol in plain]
    if values[-CHECK_SYMBOLS:] != _check_values(values[:-CHECK_SYMBOLS]):
        raise Mistyped
    return plain


def grouped(code: str) -> str:
    """Return a code as it is printed, in groups of four: XXXX-XXXX-XXXX."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


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
