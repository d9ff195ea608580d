"""Which passwords a staff member may choose: long enough, not the name, not what everybody chooses (ASVS 6.2).

No rule about kinds of characters: length is what counts.
"""

from cardservice.domain.errors import Refused

SHORTEST, LONGEST = 12, 128

# The heart of what people choose when twelve characters are asked for. Compared without capitals, digits and signs
# at both ends, so that "Password2026!" is among them.
_COMMON = """
    password passwordpassword passwort motdepasse contrasena contraseña senha parola qwerty qwertyuiop qwertzuiop
    azerty azertyuiop asdfghjkl asdfghjklöä letmein welcome welcometo administrator administrador administrateur
    admin adminadmin iloveyou iloveyouforever abcdefghijkl abcdefghijklm changeme changemenow changemeplease default
    secret secretsecret topsecret dragon football baseball sunshine princess superman batman trustno monkey master
    cardservice townhall municipality residentcard correcthorsebatterystaple supervisor
"""
_ENDS = "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_FEWEST_DIFFERENT = 4
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


def check(password: str, *, name: str) -> None:
    """Raise `PasswordRefused` unless the password may be used by the staff member of that name."""
    if len(password) < SHORTEST:
        raise PasswordRefused("too-short")
    if len(password) > LONGEST:
        raise PasswordRefused("too-long")
    plain = password.casefold()
    if len(name) > 3 and name.casefold() in plain:
        raise PasswordRefused("is-the-name")
    heart = plain.strip(_ENDS)
    if not heart or heart in _COMMON.split() or len(set(plain)) < _FEWEST_DIFFERENT:
        raise PasswordRefused("too-common")
