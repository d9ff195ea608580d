"""The options with which every way of checking is told its kit, and the kit that they name."""

import argparse
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from cardservice.cli.verify_lock import alone
from cardservice.verify import Kit, KitMemory

FOR_HELP = "what the card is shown for, such as library"
_SERVICE = re.compile("[a-z][a-z-]{0,31}")


def add_kit_options(parser: argparse.ArgumentParser) -> None:
    """Add what names a kit and says how far it is believed."""
    parser.add_argument("--kit", required=True, type=Path, metavar="FOLDER", help="the folder of signed lists")
    parser.add_argument("--anchor", type=Path, metavar="FILE", help="the town's anchor key; default: the kit's own")
    parser.add_argument("--memory", type=Path, metavar="FILE", help="remember the lists here, and refuse older ones")


def service(text: str) -> str:
    """Read the name of a service. Raises argparse.ArgumentTypeError."""
    if not _SERVICE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a service such as library or school-meals")
    return text


def kit_of(options: argparse.Namespace, *, unwritten: Callable[[OSError], None] | None = None) -> Kit:
    """Load the kit that the options name, and remember it where they say so.

    Where the memory cannot be written and somebody listens, `unwritten` is told, and the kit is good all the same.
    Raises KitNotFound, CredentialError for a file that is no key or no memory, OSError.
    """
    memory: Path | None = options.memory
    if memory is None:
        return _load(options)[0]
    # Another run at the same moment must not put an older memory in the place of a newer one.
    with alone(memory.parent, wait=True):
        kit, remembered = _load(options)
        try:
            if (now_known := kit.remember(remembered)) is not None:
                _write(memory, now_known.to_bytes())
        except OSError as error:
            if unwritten is None:
                raise
            unwritten(error)
    return kit


def _write(memory: Path, content: bytes) -> None:
    """Put the memory in place at once, or leave the one that is there. Raises OSError."""
    if memory.exists() and memory.read_bytes() == content:
        return  # so that a folder that may only be read will do, and a disk is not worn
    fresh = memory.with_name(f"{memory.name}.{secrets.token_hex(8)}.new")
    try:
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(memory)
    finally:
        fresh.unlink(missing_ok=True)


def _load(options: argparse.Namespace) -> tuple[Kit, KitMemory | None]:
    """Return the kit and what was remembered before. Raises as `kit_of`."""
    memory: Path | None = options.memory
    remembered = KitMemory.from_bytes(memory.read_bytes()) if memory is not None and memory.exists() else None
    return Kit.load(options.kit, anchor=anchor_of(options), remembered=remembered), remembered


def anchor_of(options: argparse.Namespace) -> bytes | None:
    """Return the pinned anchor's bytes. Raises OSError."""
    return None if options.anchor is None else options.anchor.read_bytes()
