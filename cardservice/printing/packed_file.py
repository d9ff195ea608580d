"""A finished PDF written smaller: all that is no stream goes into one packed stream, and so does the table of places.

reportlab writes every dictionary and every place as plain text, which is a fifth of the file of one card. Readers know
both since PDF 1.5 (2003). PDF 32000-1: 7.5.7 (object streams), 7.5.8 (cross-reference streams).
"""

import re
import zlib
from collections.abc import Mapping
from itertools import accumulate, pairwise

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
# Between the words of a stream's dictionary, in which no strings are.
_SPACES = re.compile(rb"\s+(?=[/\[\]<>])|(?<=[\[\]<>])\s+")
# What the trailer says that a reader needs: where the pages begin, and what kind of document it is.
_POINTERS = re.compile(rb"/(?:Root|Info) \d+ 0 R")
_FREE, _PLACED, _PACKED = 0, 1, 2


def packed(pdf: bytes, places: Mapping[int, int]) -> bytes:
    """The same document. places: where each object of `pdf` begins, by its number; its table of places comes last."""
    parts: list[bytes | memoryview] = [_HEADER]
    rows, at = {0: (_FREE, 0, 0)}, len(_HEADER)
    dictionaries: dict[int, bytes] = {}
    count, seen, table = len(places) + 1, memoryview(pdf), pdf.rindex(b"\nxref\n") + 1
    numbers = {place: number for number, place in places.items()}
    for begin, end in pairwise(sorted([*numbers, table])):
        number = numbers[begin]
        if pdf.endswith(b"endstream\nendobj\n", begin, end):
            rows[number] = (_PLACED, at, 0)
            data = pdf.index(b"stream", begin)
            head = _SPACES.sub(b"", pdf[begin:data])
            parts += [head, seen[data:end]]
            at += len(head) + end - data
        else:
            dictionaries[number] = _body(pdf[begin:end])
    for index, number in enumerate(dictionaries):
        rows[number] = (_PACKED, count, index)
    rows[count], rows[count + 1] = (_PLACED, at, 0), (_PLACED, at, 0)
    parts.append(together := _object_stream(count, dictionaries))
    at += len(together)
    rows[count + 1] = (_PLACED, at, 0)
    parts += [_table(count + 1, rows, b"".join(_POINTERS.findall(pdf, table))), b"startxref\n%d\n%%%%EOF\n" % at]
    return b"".join(parts)


def _body(whole: bytes) -> bytes:
    """An object without what says its number."""
    return whole[whole.index(b"obj") + 3 : whole.rindex(b"endobj")].strip()


def _object_stream(number: int, dictionaries: Mapping[int, bytes]) -> bytes:
    begins = accumulate((len(body) + 1 for body in dictionaries.values()), initial=0)
    index = b" ".join(b"%d %d" % pair for pair in zip(dictionaries, begins, strict=False))
    content = index + b" " + b" ".join(dictionaries.values())
    return _stream(number, b"/Type/ObjStm/N %d/First %d" % (len(dictionaries), len(index) + 1), content)


def _table(number: int, rows: Mapping[int, tuple[int, int, int]], pointers: bytes) -> bytes:
    kinds, seconds, thirds = (1 + max(column).bit_length() // 8 for column in zip(*rows.values(), strict=True))
    content = b"".join(
        kind.to_bytes(kinds, "big") + second.to_bytes(seconds, "big") + third.to_bytes(thirds, "big")
        for _, (kind, second, third) in sorted(rows.items())
    )
    head = b"/Type/XRef/Size %d/W[%d %d %d]%b" % (number + 1, kinds, seconds, thirds, pointers)
    return _stream(number, head, content)


def _stream(number: int, head: bytes, content: bytes) -> bytes:
    data = zlib.compress(content, 9)
    return b"%d 0 obj\n<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        number, head, len(data), data
    )  # fmt: skip
