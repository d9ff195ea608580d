"""Applicants who can be recognised anywhere: distinct in every field, in every form in which bytes may keep them.

All canaries of one form begin alike. A search runs once through the data for each such beginning and reads who it is
from what follows, so that five hundred applicants cost no more than one. What is compressed (a page of a PDF, a signed
code) is opened and searched as well.
"""

import base64
import itertools
import json
import os
import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from PIL import Image, ImageDraw

from cardservice.credential.base45 import decode as from_base45
from cardservice.credential.errors import CredentialError
from cardservice.domain import slip_codes
from cardservice.domain.registration import Registration

LATIN, CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшщэюя"
MARK, MARK_SECOND = "Zqxjkvwy", "Жщюфэхцы"
"""The beginning of every canary, and turned round its end: so a canary that is reversed begins with it too."""
FIRST_BIRTHDAY = date(1900, 1, 1)
BIRTHDAYS = 40 * 365
_SLIP_MARK = b"\x9a\xd3\x5c\xe6\x71"
"""The end of a slip code's 17 random bytes, which makes the first eight of its symbols the same for all."""
_SHORTEST_BEGINNING = 6
_KNOWN_BY = 128
"""As many bytes after the common beginning tell one applicant from another, in the longest form too."""
_OVERLAP = 4_096
_PIECE = 32 << 20
_DATE = re.compile(rb'19[0-3]\d(?:\d{4}"|-\d\d-\d\d)')
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_BASE45 = re.compile(rb"[0-9A-Z $%*+\-./:]{150,4096}")
_INFLATED, _A_TASTE = 1 << 18, 256

Form = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Canary:
    """One applicant, and what would give them away."""

    registration: Registration
    texts: tuple[str, str]
    pictures: tuple[bytes, bytes]
    slip_chance: bytes

    def token_bytes(self, count: int) -> bytes:
        """Randomness for the card of this applicant: that of the slip code is known beforehand, and begins alike."""
        return self.slip_chance if count == len(self.slip_chance) else os.urandom(count)

    @property
    def slip_codes(self) -> tuple[str, str]:
        """The slip code as it is kept in the draft, and as it is printed."""
        code = slip_codes.draw(self.token_bytes)
        return code, slip_codes.grouped(code)

    @property
    def birth_date(self) -> str:
        return self.registration.birth_date or ""


def make(count: int) -> list[Canary]:
    """Return applicants who are nobody else's: every call has its own, because a server's log outlives a test."""
    chance = random.Random(os.urandom(16))
    birthdays = chance.sample(range(BIRTHDAYS), count)
    return [_one(chance, FIRST_BIRTHDAY + timedelta(days=day)) for day in birthdays]


def _one(chance: random.Random, birthday: date) -> Canary:
    name = MARK + "".join(chance.choices(LATIN, k=12)) + MARK[::-1]
    second = MARK_SECOND + "".join(chance.choices(CYRILLIC, k=12)) + MARK_SECOND[::-1]
    picture, code = (MARK.encode() + chance.randbytes(30) + MARK[::-1].encode() for _ in range(2))
    registration = Registration(
        name=name,
        name_second=second,
        birth_date=f"{birthday:%Y%m%d}",
        language="eng",
        language_second="rus",
        portrait_print=_jpeg_with(picture),
        portrait_code=b"RIFF" + (12 + len(code)).to_bytes(4, "little") + b"WEBPVP8 " + code,
    )
    return Canary(registration, (name, second), (picture, code), chance.randbytes(12) + _SLIP_MARK)


def _jpeg_with(remark: bytes) -> bytes:
    """A picture that can be printed, with the remark in its COM segment (ITU-T T.81, B.2.4.5)."""
    return PLAIN_JPEG[:2] + b"\xff\xfe" + (2 + len(remark)).to_bytes(2, "big") + remark + PLAIN_JPEG[2:]


def _plain_jpeg() -> bytes:
    file = BytesIO()
    drawn = Image.new("RGB", (96, 120), "#c9d6df")
    # Something has to be on it: a photograph of one colour is refused.
    ImageDraw.Draw(drawn).ellipse((28, 24, 68, 72), fill="#a9714b")
    drawn.save(file, "JPEG")
    return file.getvalue()


PLAIN_JPEG = _plain_jpeg()


def _from(place: int) -> Form:
    """Base64 of data that begins at `place` (from 0 to 2) in a group of three: what does not depend on neighbours."""

    def form(data: bytes) -> bytes:
        whole = (place + len(data)) // 3 * 3 - place
        return base64.b64encode(bytes(place) + data[:whole])[4 if place else 0 :]

    return form


OF_BYTES: dict[str, Form] = {
    "plain": lambda data: data,
    "reversed": lambda data: data[::-1],
    "hexadecimal": lambda data: data.hex().encode(),
    "hexadecimal in capitals": lambda data: data.hex().upper().encode(),
    **{f"base64 from place {place}": _from(place) for place in range(3)},
}
OF_TEXTS: dict[str, Callable[[str], bytes]] = {
    **{f"UTF-8, {form}": lambda text, of=of: of(text.encode()) for form, of in OF_BYTES.items()},
    "UTF-16 LE": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.encode("utf-16-be"),
    "UTF-16 BE, hexadecimal": lambda text: text.encode("utf-16-be").hex().encode(),
    "UTF-16 BE, hexadecimal in capitals": lambda text: text.encode("utf-16-be").hex().upper().encode(),
    "back to front": lambda text: text[::-1].encode(),
    "in capitals": lambda text: text.upper().encode(),
    "in small letters": lambda text: text.lower().encode(),
    "as JSON": lambda text: json.dumps(text).strip('"').encode(),
    "as JSON, hexadecimal": lambda text: json.dumps(text).strip('"').encode().hex().encode(),
    "in an address": lambda text: quote(text).encode(),
}


BACKWARDS = frozenset({"UTF-8, reversed", "back to front"})


def forms_of(canary: Canary) -> dict[str, bytes]:
    """Every form of everything of an applicant that is more than a date, by the names of field and form."""
    names = zip(("name", "second name"), canary.texts, strict=True)
    slips = zip(("slip code", "slip code in groups"), canary.slip_codes, strict=True)
    pictures = zip(("portrait", "portrait in the code"), canary.pictures, strict=True)
    return {
        **{f"{field}: {form}": of(text) for field, text in names for form, of in OF_TEXTS.items()},
        # The end of a slip code is chance and its check, so nothing is the same for all of them backwards.
        **{
            f"{field}: {form}": of(text)
            for field, text in slips
            for form, of in OF_TEXTS.items()
            if form not in BACKWARDS
        },
        **{f"{field}: {form}": of(picture) for field, picture in pictures for form, of in OF_BYTES.items()},
    }


class Search:
    """Knows again which applicants are in a file."""

    def __init__(self, canaries: list[Canary]) -> None:
        self._born = {canary.birth_date.encode(): number for number, canary in enumerate(canaries)}
        self._beginnings: dict[bytes, dict[bytes, int]] = {}
        """By what all of one form begin with: whose each way of going on is."""
        forms = [forms_of(canary) for canary in canaries]
        for kind in forms[0]:
            ways = [form[kind] for form in forms]
            beginning = _common(ways)
            assert len(beginning) >= _SHORTEST_BEGINNING, kind
            owners = self._beginnings.setdefault(beginning, {})
            owners |= {way[: len(beginning) + _KNOWN_BY]: number for number, way in enumerate(ways)}
        self._lengths = {beginning: {len(way) for way in owners} for beginning, owners in self._beginnings.items()}

    def found(self, files: Iterable[Path]) -> set[int]:
        """Return the positions of the canaries of which any form is in any of the files."""
        return {number for file in files for piece in pieces(file) for number in self.found_in(piece)}

    def found_in(self, data: bytes) -> set[int]:
        """Return the positions of the canaries that are in the data, or in anything that is compressed in it."""
        hits = set(self._plain(data))
        for opened in _opened(data):
            hits.update(self._plain(opened))
        return hits

    def _plain(self, data: bytes) -> Iterator[int]:
        for beginning, owners in self._beginnings.items():
            at = data.find(beginning)
            while at >= 0:
                ways = (data[at : at + length] for length in self._lengths[beginning])
                yield from (owners[way] for way in ways if way in owners)
                at = data.find(beginning, at + 1)
        for written in _DATE.findall(data):
            number = self._born.get(written.replace(b"-", b"").rstrip(b'"'))
            if number is not None:
                yield number


def _common(ways: list[bytes]) -> bytes:
    """What all of them begin with, which is what the first and the last in order begin with."""
    first, last = min(ways), max(ways)
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=True))
    return first[: len(list(same))]


def files_in(*folders: Path) -> list[Path]:
    """Return every file under the folders that can be read, and the folders' own paths where they are files."""
    trees = [[folder] if folder.is_file() else sorted(folder.rglob("*")) for folder in folders]
    return [path for tree in trees for path in tree if path.is_file()]


def pieces(file: Path) -> Iterator[bytes]:
    """What is written in a file, without its holes. A server may have taken the file away since it was listed."""
    try:
        opened = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        at, size = 0, os.fstat(opened).st_size
        while at < size:
            try:
                at = os.lseek(opened, at, os.SEEK_DATA)
            except OSError:
                return
            end = os.lseek(opened, at, os.SEEK_HOLE)
            while at < end:
                yield os.pread(opened, min(_PIECE, end - at) + _OVERLAP, at)
                at = min(at + _PIECE, end)
    finally:
        os.close(opened)


def _opened(data: bytes) -> Iterator[bytes]:
    """Whatever can be inflated: pages of PDFs, and the signed codes, whose text is Base45 over zlib."""
    view = memoryview(data)
    for begins in _ZLIB.finditer(data):
        yield from _inflated(view[begins.start() : begins.start() + _INFLATED])
    for run in _BASE45.finditer(data):
        try:
            yield from _inflated(from_base45(run[0].decode()))
        except CredentialError:
            continue


def _inflated(data: bytes | memoryview) -> Iterator[bytes]:
    opening = zlib.decompressobj()
    try:
        first = opening.decompress(data[:_A_TASTE], _A_TASTE)
        yield first + opening.decompress(opening.unconsumed_tail + bytes(data[_A_TASTE:]), _INFLATED)
    except zlib.error:
        return
