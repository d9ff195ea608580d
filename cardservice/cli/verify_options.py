"""The options with which every way of checking is told its kit, and the kit that they name."""

import argparse
import re
from pathlib import Path

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


def kit_of(options: argparse.Namespace) -> Kit:
    """Load the kit that the options name, and remember it where they say so.

    Raises KitNotFound, CredentialError for a file that is no key or no memory, OSError.
    """
    kit, remembered = load_kit(options)
    memory: Path | None = options.memory
    if memory is not None and (now_known := kit.remember(remembered)) is not None:
        written = memory.with_name(memory.name + ".new")
        written.write_bytes(now_known.to_bytes())
        written.replace(memory)
    return kit


def load_kit(options: argparse.Namespace) -> tuple[Kit, KitMemory | None]:
    """Return the kit and what was remembered before. Raises as `kit_of`."""
    memory: Path | None = options.memory
    remembered = KitMemory.from_bytes(memory.read_bytes()) if memory is not None and memory.exists() else None
    return Kit.load(options.kit, anchor=anchor_of(options), remembered=remembered), remembered


def anchor_of(options: argparse.Namespace) -> bytes | None:
    """Return the pinned anchor's bytes. Raises OSError."""
    return None if options.anchor is None else options.anchor.read_bytes()
