"""Base45 (RFC 9285): bytes as the alphabet of a QR code's alphanumeric mode, and back.

Strict: no white space is trimmed and no letter is folded, so that one text means one sequence of bytes.

Every group of two bytes is a lane of one big integer, so that one operation works on all groups at once. A loop
in Python takes as long as the signature check that follows it; this takes a fifth of that.
"""

from functools import lru_cache

from cardservice.credential.errors import NotACard

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_OUTSIDE = 255
_VALUES = bytes(ALPHABET.index(code) if code in ALPHABET else _OUTSIDE for code in range(256))
_SYMBOLS = ALPHABET.ljust(256, b"?")

# A lane of five bytes holds a 16-bit value times a 22-bit reciprocal, or an 11-bit one times a 27-bit one.
_LANE = 5
_RECIPROCAL_2025 = -(-(1 << 32) // 2025)  # value * reciprocal >> 32 is value // 2025 for every 16-bit value
_RECIPROCAL_45 = -(-(1 << 32) // 45)  # and this one value // 45 for every value below 2025


class NotBase45(NotACard):
    """The text is not Base45: a character outside the alphabet, an impossible length, or a group above its range."""


def encode(data: bytes) -> str:
    """Return `data` in Base45: three characters for two bytes, two for a last odd one."""
    pairs = len(data) // 2
    spread = bytearray(_LANE * pairs)
    spread[::_LANE] = data[1 : 2 * pairs : 2]
    spread[1::_LANE] = data[0 : 2 * pairs : 2]
    values = int.from_bytes(spread, "little")
    lowest = _lowest_bytes(_LANE, pairs)
    third = (values * _RECIPROCAL_2025 >> 32) & lowest
    rest = values - 2025 * third
    second = (rest * _RECIPROCAL_45 >> 32) & lowest
    first = rest - 45 * second

    digits = bytearray((first + (second << 8) + (third << 16)).to_bytes(_LANE * pairs, "little"))
    del digits[4::_LANE], digits[3 :: _LANE - 1]  # the two bytes of a lane that hold no digit
    if len(data) % 2:
        digits += bytes((data[-1] % 45, data[-1] // 45))
    return digits.translate(_SYMBOLS).decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes that `text` stands for.

    Raises NotBase45.
    """
    if not text.isascii():
        raise NotBase45("a character outside the alphabet")
    digits = text.encode("ascii").translate(_VALUES)
    if _OUTSIDE in digits:
        raise NotBase45("a character outside the alphabet")
    groups, rest = divmod(len(digits), 3)
    if rest == 1:
        raise NotBase45("a length that no bytes have")
    values = _group_values(digits, groups)
    if values[::3].count(0) != groups:
        raise NotBase45("a group of three characters above 65,535")
    data = bytearray(values)
    del data[::3]
    if rest:
        last = digits[-2] + 45 * digits[-1]
        if last > 255:
            raise NotBase45("a last group of two characters above 255")
        data.append(last)
    return bytes(data)


def _group_values(digits: bytes, groups: int) -> bytes:
    """The value of every group of three digits, in as many bytes as the group has."""
    lanes = int.from_bytes(digits[: 3 * groups], "big")
    lowest = _lowest_bytes(3, groups)
    total = (lanes >> 16 & lowest) + 45 * (lanes >> 8 & lowest) + 2025 * (lanes & lowest)
    return total.to_bytes(3 * groups, "big")


@lru_cache(maxsize=32)  # the cards of a town are nearly all of a few sizes
def _lowest_bytes(lane: int, lanes: int) -> int:
    """A mask of the lowest byte of every lane."""
    return int.from_bytes((b"\xff" + bytes(lane - 1)) * lanes, "little")
