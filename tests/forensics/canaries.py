"""Applicants who can be recognised anywhere: distinct names and portraits, and every form in which bytes may keep them.

A scan reads whole files and looks for every form of every canary at once.
"""

import base64
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cardservice.domain.registration import Registration

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MARK = "Zqxjkvwy"
"""The beginning of every canary: what is looked for first, because there are few forms of it."""
AROUND = 300


@dataclass(frozen=True)
class Canary:
    """One applicant, and what would give them away."""

    registration: Registration
    forms: frozenset[bytes]


def make(number: int, *, run: bytes) -> Canary:
    """Return the `number`-th applicant of a run; every run has its own, because a server's log outlives a test."""
    chance = random.Random(run + number.to_bytes(4, "big"))
    name, second = (MARK + "".join(chance.choices(LETTERS, k=14)) for _ in range(2))
    picture, code = (MARK.encode() + chance.randbytes(30) + MARK.encode() for _ in range(2))
    registration = Registration(
        name=name,
        name_second=second,
        birth_date=f"19{chance.randrange(40, 99)}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}",
        language="eng",
        language_second="fra",
        portrait_print=b"\xff\xd8\xff\xe0" + picture + b"\xff\xd9",
        portrait_code=b"RIFF" + (12 + len(code)).to_bytes(4, "little") + b"WEBPVP8 " + code,
    )
    forms = {form for text in (name, second) for form in _forms_of_text(text)}
    return Canary(registration, frozenset(forms | _forms_of_bytes(picture) | _forms_of_bytes(code)))


def found(canaries: Iterable[Canary], files: Iterable[Path]) -> set[int]:
    """Return the positions of the canaries of which any form is in any of the files."""
    owners = [(form, number) for number, canary in enumerate(canaries) for form in canary.forms]
    marks, hits = _forms_of_text(MARK) | _forms_of_bytes(MARK.encode()), set()
    for file in files:
        data = _read(file)
        around = b"\n".join(data[max(0, at - AROUND) : at + AROUND] for mark in marks for at in _everywhere(mark, data))
        hits |= {number for form, number in owners if form in around}
    return hits


def _read(file: Path) -> bytes:
    """A server may have taken a file away since it was listed."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _everywhere(mark: bytes, data: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def files_in(*folders: Path) -> list[Path]:
    """Return every file under the folders that can be read, and the folders' own paths where they are files."""
    trees = [[folder] if folder.is_file() else sorted(folder.rglob("*")) for folder in folders]
    return [path for tree in trees for path in tree if path.is_file()]


def _forms_of_text(text: str) -> set[bytes]:
    plain = {text.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")}
    return plain | {text.upper().encode()} | _forms_of_bytes(text.encode())


def _forms_of_bytes(data: bytes) -> set[bytes]:
    return {data, data[::-1], data.hex().encode(), data.hex().upper().encode()} | _in_base64(data)


def _in_base64(data: bytes) -> set[bytes]:
    """What is the same in base64 wherever in the encoded text the data begins and ends."""
    forms = set()
    for shift in range(3):
        whole = (shift + len(data)) // 3 * 3 - shift
        encoded = base64.b64encode(b"\0" * shift + data[:whole])
        forms.add(encoded[4:] if shift else encoded)
    return forms
