"""What six keyboard layouts make of the keys that a scanner presses.

A scanner presses the keys of a US keyboard; the operating system turns them into characters by its own layout. Here is,
for every key that Base45 needs, what comes out of it: without and with Shift. A dead key gives "Dead".
"""

from typing import NamedTuple

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_US_OTHERS = {"Minus": "-_", "Equal": "=+", "Period": ".>", "Slash": "/?", "Semicolon": ";:", "Space": "  "}
_DEAD = "\0"


class Press(NamedTuple):
    """One key as a scanner presses it."""

    code: str
    shift: bool


def _layout(digits: str, others: dict[str, str], letters: dict[str, str] | None = None) -> dict[Press, str]:
    """`digits`: what the keys 0 to 9 give, then the same with Shift. `letters`: those that are elsewhere."""
    made = {}
    for letter in LETTERS:
        plain = (letters or {}).get(letter, letter.lower())
        made[Press(f"Key{letter}", False)], made[Press(f"Key{letter}", True)] = plain, plain.upper()
    for digit in range(10):
        made[Press(f"Digit{digit}", False)], made[Press(f"Digit{digit}", True)] = digits[digit], digits[10 + digit]
    for code, pair in {**_US_OTHERS, **others}.items():
        made[Press(code, False)], made[Press(code, True)] = pair[0], pair[1]
    return made


LAYOUTS = {
    "US": _layout("0123456789)!@#$%^&*(", {}),
    "UK": _layout('0123456789)!"£$%^&*(', {}),
    "DE": _layout(
        '0123456789=!"§$%&/()',
        {"Minus": "ß?", "Equal": _DEAD * 2, "Period": ".:", "Slash": "-_", "Semicolon": "öÖ"},
        {"Y": "z", "Z": "y"},
    ),
    "FR": _layout(
        "à&é\"'(-è_ç0123456789",
        {"Minus": ")°", "Equal": "=+", "Period": ":/", "Slash": "!§", "Semicolon": "mM"},
        {"Q": "a", "A": "q", "W": "z", "Z": "w", "M": ","},
    ),
    "ES": _layout(
        '0123456789=!"·$%&/()',
        {"Minus": "'?", "Equal": "¡¿", "Period": ".:", "Slash": "-_", "Semicolon": "ñÑ"},
    ),
    "IT": _layout(
        '0123456789=!"£$%&/()',
        {"Minus": "'?", "Equal": "ì^", "Period": ".:", "Slash": "-_", "Semicolon": "òÒ"},
    ),
}

_PRESSES = {character: press for press, character in LAYOUTS["US"].items()}


def presses(text: str) -> list[Press]:
    """The keys that a scanner presses for a text in Base45."""
    return [_PRESSES[character] for character in text]


Event = tuple[str, bool, str]
"""A key as the browser hears it: its code, whether Shift is held, and what the layout makes of it."""


def events(text: str, layout: str) -> list[Event]:
    """What the browser hears of a text on a system with that layout."""
    made = [(press, LAYOUTS[layout][press]) for press in presses(text)]
    return [(press.code, press.shift, "Dead" if character == _DEAD else character) for press, character in made]
