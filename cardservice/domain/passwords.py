"""Which passwords a staff member may choose: long enough, not the name, not what others would try (ASVS 6.2).

No rule about kinds of characters: length is what counts. What others would try is a list that is carried along, so that
no password is ever shown to another host (docs/decisions/0041-common-passwords.md), and the words of this office.
"""

import gzip
import re
import unicodedata
from functools import cache
from pathlib import Path

from cardservice.domain.errors import Refused

SHORTEST, LONGEST = 12, 128

LIST = Path(__file__).with_name("common_passwords.txt.gz")
# What people here have before their eyes, and the first words of other languages (ASVS 6.1.2; docs/security.md).
OFFICE = (
    "cardservice", "citizenship", "municipality", "administrator", "administration", "supervisor", "residentcard",
    "resident", "townhall", "cityhall", "auditor", "council", "welcome", "clerk", "admin", "cards", "card", "desk",
    "town", "hall", "city", "administrateur", "superviseur", "municipalité", "citoyenneté", "habitant", "bienvenue",
    "mairie", "commune", "guichet", "carte", "ville", "administrador", "supervisor", "municipalidad", "ayuntamiento",
    "ciudadanía", "bienvenido", "câmara", "cidadania", "tarjeta", "cartão", "ciudad", "bürgermeister", "willkommen",
    "verwaltung", "rathaus", "bürger", "karte", "stadt", "passwort", "motdepasse", "contraseña", "contrasena",
    "password", "senha", "parola", "secret", "changeme", "بطاقة", "بلدية", "مدينة", "مرحبا",
)  # fmt: skip
_ENDS = "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_FEWEST_DIFFERENT = 4
# What must be left of a password when the words of the office are taken away: less is no secret of its own.
_FEWEST_OWN = 6
_WORDS = {
    "too-short": f"The password has fewer than {SHORTEST} characters. Take four or five words that are strangers.",
    "too-long": f"The password has more than {LONGEST} characters. Choose a shorter one.",
    "is-the-name": "The password contains the sign-in name. Choose another one.",
    "too-common": "This password is one of the first that others would try. Choose another one.",
}


class PasswordRefused(Refused):
    """`code` is one of too-short, too-long, is-the-name, too-common."""

    def __init__(self, code: str) -> None:
        super().__init__(_WORDS[code])
        self.code = code


def check(password: str, *, name: str, town: str = "") -> None:
    """Raise `PasswordRefused` unless the password may be used by the staff member of that name, in that town."""
    if len(password) < SHORTEST:
        raise PasswordRefused("too-short")
    if len(password) > LONGEST:
        raise PasswordRefused("too-long")
    plain = _plain(password)
    if len(name) > 3 and _plain(name) in plain:
        raise PasswordRefused("is-the-name")
    if _is_common(plain) or not _has_words_of_its_own(plain, town):
        raise PasswordRefused("too-common")


@cache
def common() -> frozenset[str]:
    """The passwords that others would try: from twelve characters on as they are, shorter ones without what is around
    the word in them, all without capitals.
    """
    return frozenset(gzip.decompress(LIST.read_bytes()).decode().removesuffix("\n").split("\n"))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _is_common(plain: str) -> bool:
    """Whether it is in the list, as it is, without digits and signs around it, or said several times over."""
    heart = plain.strip(_ENDS)
    return not heart or len(set(plain)) < _FEWEST_DIFFERENT or not common().isdisjoint({plain, heart, _once(heart)})


def _once(heart: str) -> str:
    """The word that a text repeats: "dragondragon" is "dragon"."""
    return heart[: (heart + heart).index(heart, 1)]


def _has_words_of_its_own(plain: str, town: str) -> bool:
    words = {*OFFICE, *(word for word in re.split(r"\W+", _plain(town)) if len(word) > 2)}
    own = re.sub("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), "", plain)
    return own == plain or sum(letter not in _ENDS for letter in own) >= _FEWEST_OWN
