"""zlib streams (RFC 1950) that every reader can open: made without stored blocks, opened within limits.

MOSIP's PixelPass reader crashes on a stored block, which zlib picks when the input does not shrink, and a portrait
does not. So such a stream is written here instead: one block of fixed Huffman codes (RFC 1951 §3.2.6) whose only
back-reference is the longest repetition a card has, its issuer's URI, with which the status list's URI begins.
"""

import zlib

from cardservice.credential.errors import Malformed, NotACard

COMPRESSED_LIMIT = 4 * 1024  # bytes; more than the largest QR code holds
INFLATED_LIMIT = 64 * 1024  # bytes

_HEADER = b"\x78\xda"  # as zlib's best level writes it
_HEADERS = (_HEADER, b"\x78\x9c", b"\x78\x5e", b"\x78\x01")
_LONGEST_MATCH, _LONGEST_DISTANCE = 258, 32 * 1024


class NotZlib(NotACard):
    """The bytes do not begin like a zlib stream."""


def compress(data: bytes, *, repeated: bytes) -> bytes:
    """Return `data` as a zlib stream of Huffman blocks. `repeated` is a part of it that occurs twice."""
    stream = zlib.compress(data, 9)
    if stream[2] & 0b111 in (_FINAL_FIXED, _FINAL_DYNAMIC):
        return stream
    return _HEADER + _fixed_block(data, repeated) + zlib.adler32(data).to_bytes(4, "big")


def decompress(stream: bytes) -> bytes:
    """Return what `stream` holds.

    Raises NotZlib, or Malformed where it is damaged, goes on after its end, or is larger than the limits.
    """
    if stream[:2] not in _HEADERS:
        raise NotZlib("not a zlib stream")
    if len(stream) > COMPRESSED_LIMIT:
        raise Malformed("more compressed data than a code holds")
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(stream, INFLATED_LIMIT + 1)
    except zlib.error:
        raise Malformed("a damaged zlib stream") from None
    if len(data) > INFLATED_LIMIT:
        raise Malformed("more data than a card may have")
    if not inflater.eof or inflater.unused_data:
        raise Malformed("a zlib stream that is cut short, or goes on after its end")
    return data


_FINAL_FIXED, _FINAL_DYNAMIC = 0b011, 0b101  # the first three bits, least significant first: final, then the type


def _literal_code(byte: int) -> str:
    return f"{0x30 + byte:08b}" if byte < 144 else f"{0x190 + byte - 144:09b}"


_LITERALS = [_literal_code(byte) for byte in range(256)]
_END_OF_BLOCK = "0000000"


def _fixed_block(data: bytes, repeated: bytes) -> bytes:
    """`data` as one final block of fixed Huffman codes, as a string of bits in the order in which they are sent."""
    first = data.find(repeated)
    second = data.find(repeated, first + len(repeated))
    bits = ["110"]  # final; type 01, least significant bit first
    if 3 <= len(repeated) <= _LONGEST_MATCH and 0 <= first < second and second - first <= _LONGEST_DISTANCE:
        bits += map(_LITERALS.__getitem__, data[:second])
        bits += (_length_code(len(repeated)), _distance_code(second - first))
        data = data[second + len(repeated) :]
    bits += map(_LITERALS.__getitem__, data)
    bits.append(_END_OF_BLOCK)
    sent = "".join(bits)
    return int(sent[::-1], 2).to_bytes(-(-len(sent) // 8), "little")


def _length_code(length: int) -> str:
    """The code of a match of 3 to 258 bytes: symbol 257 to 285, then extra bits (RFC 1951 §3.2.5)."""
    if length == _LONGEST_MATCH:
        return _length_symbol(285)
    offset = length - 3
    extra = max(offset.bit_length() - 3, 0)
    symbol = 257 + 4 * extra + (offset >> extra)
    return _length_symbol(symbol) + _extra_bits(offset, extra)


def _length_symbol(symbol: int) -> str:
    return f"{symbol - 256:07b}" if symbol < 280 else f"{0xC0 + symbol - 280:08b}"


def _distance_code(distance: int) -> str:
    """The code of a distance of 1 to 32,768 bytes: five bits, then extra bits (RFC 1951 §3.2.5)."""
    offset = distance - 1
    extra = max(offset.bit_length() - 2, 0)
    return f"{2 * extra + (offset >> extra):05b}" + _extra_bits(offset, extra)


def _extra_bits(offset: int, count: int) -> str:
    """The lowest `count` bits, which are sent least significant first."""
    return "".join(str(offset >> place & 1) for place in range(count))
