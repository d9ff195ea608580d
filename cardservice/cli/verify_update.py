"""`cardverify update`: fetch the newest kit from anywhere, and keep the old one if anything is wrong with it."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cardservice.cli.verify_lock import Busy, alone
from cardservice.cli.verify_options import anchor_of
from cardservice.cli.verify_sources import BadAddress, FromFolder, FromWeb, is_address
from cardservice.cli.verify_words import CannotWrite, Parser, long_date, printable, say
from cardservice.verify import CredentialError, Kit, Updated, UpdateError, UpdateRefused, in_groups, update_kit

REFUSED, NOT_NOW = 1, 2

DESCRIPTION = "Fetch the newest kit, check all of it, and only then put it in place of the one in FOLDER."
EPILOG = """\
ADDRESS is the kit's address on the web, or a folder: a mirror's, or a USB stick's. It need not be trusted.
The first time, the anchor's fingerprint is shown. Compare it with the poster, or with the town hall by telephone.
Exit status: 0 the kit is as new as what is offered, 1 refused (somebody should look), 2 not now (try again
later), 64 wrong usage. In all cases but 0 the kit is kept as it was.
Example: cardverify update --from https://vila-aberta.example/kit/ vila-aberta/"""


def main(arguments: Sequence[str]) -> int:
    """Update one kit; return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        anchor = anchor_of(options)
        source = (
            FromWeb(options.source, secure=options.pages)
            if is_address(options.source)
            else FromFolder(Path(options.source))
        )
    except BadAddress as error:
        parser.error(f"--from: {error}")
    except OSError as error:
        parser.error(f"cannot use a file that was named: {error}")
    try:
        with alone(options.folder, wait=False):
            updated = update_kit(options.folder, source.fetch, names=source.names(), anchor=anchor, pages=options.pages)
    except CredentialError:
        parser.error("--anchor: this file is no key")
    except (UpdateError, OSError, Busy) as error:
        print(_shown(str(error)), file=sys.stderr)
        return REFUSED if isinstance(error, UpdateRefused) else NOT_NOW
    try:
        say(_in_words(updated, now=datetime.now(UTC), quiet=options.quiet), end="")
    except CannotWrite as error:
        parser.error(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="cardverify update",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--from", dest="source", required=True, metavar="ADDRESS", help="where the newest kit is")
    parser.add_argument("--anchor", type=Path, metavar="FILE", help="the anchor that must have signed it, or announced")
    parser.add_argument("--pages", action="store_true", help="copy the rest of the kit too, to serve it as a mirror")
    parser.add_argument("--quiet", action="store_true", help="say nothing when all is as usual, for a timer")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the kit that cards are checked with")
    return parser


def _in_words(updated: Updated, *, now: datetime, quiet: bool) -> str:
    lines = []
    if updated.kit.anchor is not None and (updated.first_use or updated.anchor_new):
        lines += _about_anchor(in_groups(updated.kit.anchor.fingerprint), updated)
    if updated.changed and not quiet:
        lines.append(f"Updated: {_names(updated.changed)}.")
    if updated.removed:
        lines.append(f"Removed: {_names(updated.removed)}.")
    if not (updated.changed or updated.removed or quiet):
        lines.append("Nothing new.")
    # What somebody should know of is said to a timer too.
    lines += [f"Not used: {printable(problem.file)}: {problem.why}." for problem in updated.not_used]
    lines += _about_age(updated.kit, int(now.timestamp()), quiet=quiet)
    return "".join(line + "\n" for line in lines)


def _names(changed: Sequence[str]) -> str:
    """The signed files by name, and how many others."""
    signed = [name for name in changed if name.endswith((".cwt", ".cose")) and not name.startswith("samples/")]
    others = len(changed) - len(signed)
    return ", ".join([*signed, *([f"{others} other files" if others > 1 else "1 other file"] if others else [])])


def _about_anchor(fingerprint: str, updated: Updated) -> list[str]:
    if updated.anchor_changed:
        return ["The town has a new anchor, as the old one announced. Its fingerprint is", f"  {fingerprint}"]
    if updated.anchor_pinned:
        return ["This kit is signed by the anchor that you named:", f"  {fingerprint}"]
    return [
        "This is the first time. The kit is signed by the anchor with the fingerprint",
        f"  {fingerprint}",
        "Compare it with the poster, or with the town hall by telephone, before you rely on it.",
    ]


def _about_age(kit: Kit, now: int, *, quiet: bool) -> list[str]:
    oldest = min(kit.status_lists.values(), key=lambda one: one.issued_at, default=None)
    if oldest is None:
        return ["There is no status list at present: cards cannot be checked with this kit."]
    if now >= oldest.expires_at:
        return ["What is offered is out of date: cards on it cannot be checked. Ask the town, or try another mirror."]
    if quiet:
        return []
    signed, until = (datetime.fromtimestamp(time, UTC) for time in (oldest.issued_at, oldest.expires_at))
    return [f"Lists of {signed:%A}, {long_date(signed)}, {signed:%H:%M} UTC, good until {long_date(until)}."]


def _shown(message: str) -> str:
    return "\n".join(printable(line) for line in message.split("\n"))
