"""A key's fingerprint as twelve words that two people can say to each other by telephone.

Nothing is decided here: two officials compare words, and who trusts whom is decided elsewhere. The words are those of
BIP-39, because its lists were made so that no two words begin with the same four letters (docs/decisions/0048).
"""

import unicodedata
from functools import cache

from mnemonic import Mnemonic

LANGUAGES = {"en": "english", "fr": "french", "es": "spanish", "pt": "portuguese"}
"""The languages that have a list, by their ISO 639-1 code, with the list's name. Others get English."""

WORDS = 12
_BITS = 11  # of a word: a list has 2,048
_DIGITS = 64  # of a SHA-256 thumbprint


def words(fingerprint: str, language: str) -> tuple[str, ...]:
    """Return the twelve words for the first 132 bits of a fingerprint, the most significant bits first.

    `fingerprint` is a SHA-256 COSE key thumbprint in 64 hexadecimal digits (`PublicKey.fingerprint`). Raises ValueError
    where it is not.
    """
    if len(fingerprint) != _DIGITS:
        raise ValueError("a fingerprint has 64 hexadecimal digits")
    bits = int.from_bytes(bytes.fromhex(fingerprint)) >> _DIGITS * 4 - WORDS * _BITS
    listed = word_list(language)
    return tuple(listed[bits >> _BITS * place & len(listed) - 1] for place in reversed(range(WORDS)))


@cache
def word_list(language: str) -> tuple[str, ...]:
    """Return the 2,048 words of a language, in the order of their numbers and in composed form (NFC)."""
    listed = Mnemonic(LANGUAGES.get(language, LANGUAGES["en"])).wordlist
    return tuple(unicodedata.normalize("NFC", word) for word in listed)
