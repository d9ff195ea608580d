"""The kit as files: put in place whole or not at all, and what lies beside the signed lists.

A file is written under another name, read back, compared, and renamed over the old one, so that a reader at any moment
finds the old file or the new one. What the signed lists say is publication.py; reading a kit is verify/kit.py.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from cardservice.credential.keys import PublicKey
from cardservice.domain.errors import Unavailable

TRUST_LIST = "trust-list.cwt"
ANCHOR = "anchor.cose"
JWKS = "jwks.json"
README = "README.txt"

_README = """{town}: what is needed to check its cards
{underline}

This folder is the kit. Anybody may copy it, mirror it or carry it on a stick: it names no cardholder, and
checking a card with it tells nobody.

  {trust_list}  who issues cards, with which keys (COSE_Sign1, signed by the anchor key)
  status/N.cwt    which cards are not valid (IETF Token Status List, COSE_Sign1)
  {anchor}     the anchor key (COSE_Key). Compare its fingerprint with the town hall's before the first use.
  {jwks}       the card keys for other verifiers (RFC 7517)

Check a card:  cardverify --kit THIS-FOLDER card.png
Fetch the kit anew at least every {days} days: with older lists the answer is "cannot tell".
"""


class NotReadBack(Unavailable):
    """What was read back is not what was written: the disk or the share under the kit folder is failing."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} could not be read back as it was written, and was not replaced. Check the disk.")
        self.name = name


def place(path: Path, content: bytes) -> None:
    """Replace a file as one step that survives a loss of power. Raises `NotReadBack`, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if fresh.read_bytes() != content:
            raise NotReadBack(path.name)
        fresh.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def found(path: Path) -> bytes | None:
    """Return what is published at this place already."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def beside(names: Mapping[str, str], card_keys: Iterable[PublicKey], *, status_days: int) -> dict[str, bytes]:
    """Return the files for people and for other people's verifiers, by name."""
    town = " / ".join(dict.fromkeys(names.values()))
    jwks = {"keys": [key.to_jwk() for key in card_keys]}
    readme = _README.format(
        town=town, underline="=" * len(town), trust_list=TRUST_LIST, anchor=ANCHOR, jwks=JWKS, days=status_days
    )
    return {JWKS: json.dumps(jwks, indent=2).encode() + b"\n", README: readme.encode()}
