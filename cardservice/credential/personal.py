"""What may stand on a card about its holder: the limits and checks that forms and issuing share.

A name is one field, of one word or many, in any script. It is refused for what would mislead or break a reader, never
for what a programmer thinks names look like. The rules are stricter than the verifier's: another city's card is read as
it is. An error carries a code and, where it helps, the character; its message names no person.
"""

import re
import unicodedata
from datetime import date

NAME_LIMIT = 128  # characters
PORTRAIT_LIMIT = 600  # bytes of WebP; 500 make a face that a person recognises
LANGUAGE_LENGTH = 3  # letters of an ISO 639-3 code
OLDEST_AGE = 150  # years

_REFUSED_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "So", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"  # needed between letters in Persian and in the scripts of India; elsewhere nobody sees them
# By the first word of their letters' Unicode names: the scripts whose letters join, and those that stack them.
_JOINING_SCRIPTS = re.compile(
    "(ADLAM|ARABIC|HANIFI|MANDAIC|MONGOLIAN|NKO|SYRIAC"
    "|BENGALI|DEVANAGARI|GUJARATI|GURMUKHI|KANNADA|MALAYALAM|MEETEI|NEWA|ORIYA|SINHALA|SYLOTI|TAMIL|TELUGU"
    "|BALINESE|CHAKMA|JAVANESE|KHMER|MYANMAR|SUNDANESE|TIBETAN) "
)
# Letters and marks that nobody sees (Unicode's Default_Ignorable_Code_Point; what is of category C is refused anyway).
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# What chooses between forms of the letter before it: Chinese characters as Japanese names have them, and Mongolian.
_SELECTORS = {
    re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]"): "CJK UNIFIED IDEOGRAPH-",
    re.compile("[\u180b-\u180d\u180f]"): "MONGOLIAN LETTER ",
}
_MOST_MARKS = 8
"""On one letter: Tibetan and Hebrew names need four or five; more than these are drawn over what is above and below."""
_STRETCH = "\u0640"  # Arabic's tatweel is counted among the letters, and is a dash by itself
_SKIN_TONES = range(0x1F3FB, 0x1F400)


class InvalidPersonalData(ValueError):
    """A value that may not stand on a card; `code` says why."""

    def __init__(self, code: str, character: str | None = None) -> None:
        super().__init__(code if character is None else f"{code}: {character}")
        self.code, self.character = code, character


class InvalidName(InvalidPersonalData):
    """`code` is blank, too-long, spaces, not-normalised, bad-character or no-letter."""


class InvalidBirthDate(InvalidPersonalData):
    """`code` is not-a-date, in-the-future or too-long-ago."""


class InvalidLanguage(InvalidPersonalData):
    """`code` is not-a-language."""


class InvalidPortrait(InvalidPersonalData):
    """`code` is too-large or not-webp."""


def check_name(text: str) -> None:
    """Return if `text` may stand on a card as a name: 1 to 128 characters, NFC, single spaces, nothing invisible.

    At least one letter, and at most eight marks on each.

    Raises InvalidName; `character` is the offending one as "U+202E RIGHT-TO-LEFT OVERRIDE".
    """
    if not text.strip():
        raise InvalidName("blank")
    if len(text) > NAME_LIMIT:
        raise InvalidName("too-long")
    for place, character in enumerate(text):
        if not _may_stand_in_name(text, place, character):
            raise InvalidName("bad-character", f"U+{ord(character):04X} {unicodedata.name(character, 'unnamed')}")
    if text != " ".join(text.split()):
        raise InvalidName("spaces")
    if not unicodedata.is_normalized("NFC", text):
        raise InvalidName("not-normalised")
    if not any(unicodedata.category(character).startswith("L") for character in text.replace(_STRETCH, "")):
        raise InvalidName("no-letter")


def _may_stand_in_name(text: str, place: int, character: str) -> bool:
    if character in _JOINERS:
        return _takes_joiners(text[place - 1 : place]) and _takes_joiners(text[place + 1 : place + 2])
    for selector, letters in _SELECTORS.items():
        if selector.match(character):
            return place > 0 and unicodedata.name(text[place - 1], "").startswith(letters)
    if character in _UNSEEN or ord(character) in _SKIN_TONES:
        return False
    if _is_mark(character) and place >= _MOST_MARKS and all(map(_is_mark, text[place - _MOST_MARKS : place])):
        return False
    return unicodedata.category(character) not in _REFUSED_CATEGORIES


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _takes_joiners(character: str) -> bool:
    """Whether it is a letter of such a script, or a mark on one: in Devanagari a joiner follows the virama.

    Between Latin letters a joiner would make two names of what looks like one. Nothing, as before a name, is no letter.
    """
    if not character or unicodedata.category(character)[0] not in "LM":
        return False
    return _JOINING_SCRIPTS.match(unicodedata.name(character, "")) is not None


def check_birth_date(text: str, today: date) -> None:
    """Return if `text` is a birth date YYYYMMDD, of which the day, or month and day, may be 00 for unknown.

    Raises InvalidBirthDate.
    """
    earliest = earliest_birth(text)
    if earliest > today:
        raise InvalidBirthDate("in-the-future")
    if earliest.year < today.year - OLDEST_AGE:
        raise InvalidBirthDate("too-long-ago")


def earliest_birth(text: str) -> date:
    """Return the first day that fits a birth date YYYYMMDD: what an age is counted from where a part is not known.

    Raises InvalidBirthDate (not-a-date).
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        raise InvalidBirthDate("not-a-date")
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if day and not month:
        raise InvalidBirthDate("not-a-date")
    try:
        return date(year, month or 1, day or 1)
    except ValueError:
        # The cause is left out: some causes hold the value.
        raise InvalidBirthDate("not-a-date") from None


def check_language(code: str) -> None:
    """Return if `code` has the form of an ISO 639-3 language: three small letters. Raises InvalidLanguage."""
    if len(code) != LANGUAGE_LENGTH or not (code.isascii() and code.isalpha() and code.islower()):
        raise InvalidLanguage("not-a-language")


def check_portrait(picture: bytes) -> None:
    """Return if `picture` may stand in an identity code: WebP within the limit. Raises InvalidPortrait."""
    if len(picture) > PORTRAIT_LIMIT:
        raise InvalidPortrait("too-large")
    if picture[:4] != b"RIFF" or picture[8:12] != b"WEBP":
        raise InvalidPortrait("not-webp")
