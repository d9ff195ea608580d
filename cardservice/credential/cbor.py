"""CBOR as signed content may use it: one way to write a value, and no second way to read it.

Read here: integers, byte and text strings, arrays, maps, true, false and null, each in its shortest form (RFC 8949
§4.2.1). Refused: indefinite lengths, longer forms, duplicate keys, tags, floats, other simple values, trailing data,
too deep, too many. The order of a map's keys is free, because other issuers' cards are read too; ours are in order.

Why a reader of our own: cbor2 accepts duplicates and indefinite lengths and builds objects for tags, and to prove its
answer by encoding it again takes as long as this reader (docs/decisions/0020-one-strict-cbor-reader.md).
"""

import struct
from typing import Any

import cbor2

from cardservice.credential.errors import Malformed

DEPTH_LIMIT = 6  # arrays and maps inside each other
ITEM_LIMIT = 64  # elements of one array, or entries of one map

# The first initial byte of each major type (RFC 8949 §3.1); unsigned integers begin at 0.
_NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = 0x20, 0x40, 0x60, 0x80, 0xA0, 0xC0
_CONSTANTS = {0xF4: False, 0xF5: True, 0xF6: None}
# By initial byte of the major types 0 to 5: how to read the argument that follows, its bytes, and its smallest value.
_LONG_FORMS = {
    major << 5 | code: (struct.Struct(form).unpack_from, 1 << code - 24, smallest)
    for major in range(6)
    for code, form, smallest in ((24, ">B", 24), (25, ">H", 1 << 8), (26, ">I", 1 << 16), (27, ">Q", 1 << 32))
}


def encode(value: object) -> bytes:
    """Return `value` in deterministic CBOR (RFC 8949 §4.2.1)."""
    return cbor2.dumps(value, canonical=True)


def encode_in_order(value: object) -> bytes:
    """Return the same for a value whose maps are in order already (RFC 8949 §4.2.1), in half the time."""
    return cbor2.dumps(value)


def decode(data: bytes, *, items: int = ITEM_LIMIT) -> Any:
    """Return the one value that `data` is, of int, bytes, str, list, dict, bool and None.

    Raises Malformed.
    """
    try:
        value, end = _item(data, 0, DEPTH_LIMIT, items)
    except (IndexError, struct.error):
        raise Malformed("CBOR that ends too early") from None
    except UnicodeDecodeError:
        # The cause is left out: it holds the text.
        raise Malformed("a text that is not UTF-8") from None
    if end != len(data):
        raise Malformed("bytes after the CBOR value, or too few")
    return value


def _item(data: bytes, at: int, depth: int, items: int) -> tuple[Any, int]:
    """Read the item at `at`; return it and where it ends. Where a string is cut short, that is beyond the data.

    Kinds are told apart by comparing the initial byte, not by taking it apart, and the commonest come first: a card has
    some forty items, and a verification waits for each of them.
    """
    initial = data[at]
    at += 1
    argument = initial & 0x1F
    if argument > 23:
        argument, at = _long_argument(data, at, initial)
    if initial < _ARRAY:
        if initial < _BYTES:
            return (argument if initial < _NEGATIVE else -1 - argument), at
        end = at + argument
        return (data[at:end] if initial < _TEXT else data[at:end].decode()), end
    if initial >= _TAG:
        if initial not in _CONSTANTS:
            raise Malformed("a tag or an unknown simple value")
        return _CONSTANTS[initial], at
    if not depth or argument > items:
        raise Malformed("CBOR too deep, or with too many items")
    return (_array if initial < _MAP else _map)(data, at, argument, depth - 1, items)


def _array(data: bytes, at: int, length: int, depth: int, items: int) -> tuple[list[Any], int]:
    values = []
    for _ in range(length):
        value, at = _item(data, at, depth, items)
        values.append(value)
    return values, at


def _map(data: bytes, at: int, length: int, depth: int, items: int) -> tuple[dict[int | str, Any], int]:
    entries: dict[int | str, Any] = {}
    for _ in range(length):
        key: Any = data[at]
        if key < 24:  # nearly every key is a small number
            at += 1
        elif key < _BYTES or _TEXT <= key < _ARRAY:
            key, at = _item(data, at, depth, items)
        else:
            raise Malformed("a map key that is neither a number nor a text")
        entries[key], at = _item(data, at, depth, items)
    if len(entries) != length:
        raise Malformed("a map that names one key twice")
    return entries, at


def _long_argument(data: bytes, at: int, initial: int) -> tuple[int, int]:
    """The argument that follows its initial byte in 1, 2, 4 or 8 bytes, and where it ends."""
    form = _LONG_FORMS.get(initial)
    if form is None:
        raise Malformed("an indefinite length, a tag, a float, or a reserved form")
    read, size, smallest = form
    (argument,) = read(data, at)
    if argument < smallest:
        raise Malformed("a number in more bytes than it needs")
    return argument, at + size
