"""`cardverify`: check a card without a network, for people and for scripts.

Here is one card at a time. Its other ways are files beside this one: many at once (verify_batch.py), over HTTP for
programs in other languages (verify_serve.py), and bringing the kit up to date (verify_update.py). What all of them say
is verify_words.py; how they get their kit, verify_options.py.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from cardservice.cli.verify_options import FOR_HELP, add_kit_options, kit_of, service
from cardservice.cli.verify_words import ANSWERS as ANSWERS
from cardservice.cli.verify_words import EXIT_STATUS, CannotWrite, Parser, as_json, in_words, printable, say, worst
from cardservice.scan import FILE_LIMIT, CannotScan, is_picture, qr_texts
from cardservice.verify import CredentialError, Kit, KitNotFound, Reason, Verdict, verify

_TEXT_LIMIT = 1024 * 1024  # bytes of one code; the verifier refuses a fraction of it
_CODE_LIMIT = 1000  # lines of text
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".pdf")

USAGE = """\
cardverify --kit FOLDER [--for SERVICE] [--at TIME] [--json] [TEXT | PICTURE.png | CARD.pdf | -]
       cardverify --kit FOLDER [--for SERVICE] [--at TIME] [--json] --batch FILE
       cardverify update --help | cardverify serve --help"""
DESCRIPTION = "Check a card without a network. Reads standard input, a code a line, if nothing is named."
EPILOG = """\
Exit status: 0 valid, 1 not valid, 2 cannot tell (a list is missing or out of date), 64 wrong usage.
Example: zbarimg -q --raw card.png | cardverify --kit vila-aberta/"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one card, or do what the first word says; return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["update"]:
        from cardservice.cli.verify_update import main as update  # only then: a card should not wait for it

        return update(arguments[1:])
    if arguments[:1] == ["serve"]:
        from cardservice.cli.verify_serve import main as serve

        return serve(arguments[1:])
    return _check(arguments)


def _check(arguments: Sequence[str]) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    now = options.at or datetime.now(UTC)
    try:
        kit = kit_of(options)
        if options.batch is not None:
            from cardservice.cli.verify_batch import run

            return run(options, kit, now=now)
        return _check_one(_texts(options.code or "-"), options, kit, now)
    except (KitNotFound, CannotScan, CannotWrite) as error:
        parser.error(str(error))
    except (OSError, CredentialError) as error:
        parser.error(f"cannot use a file that was named: {error}")


def _check_one(texts: list[str], options: argparse.Namespace, kit: Kit, now: datetime) -> int:
    verdicts = _best_first([verify(text, kit, now=now, service=options.service) for text in texts])
    if options.json:
        say(as_json(verdicts[0], also=verdicts[1:], problems=kit.problems))
    else:
        say(in_words(verdicts, kit, now=now, service=options.service))
    return EXIT_STATUS[worst(verdict.verdict for verdict in verdicts)]


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="cardverify",
        usage=USAGE,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # --a would be another option, or none, once there are more of them
    )
    add_kit_options(parser)
    parser.add_argument("--for", dest="service", type=service, metavar="SERVICE", help=FOR_HELP)
    parser.add_argument(
        "--at", type=_time, metavar="TIME", help="check as of this time (ISO 8601; UTC if it names no zone)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object; with --batch, one a line")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--batch", metavar="FILE", help="check each line, an answer a line")
    what.add_argument("code", nargs="?", metavar="TEXT | PICTURE | -", help="what to check; - is standard input")
    return parser


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-22 or 2026-11-22T12:00Z") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _texts(code: str) -> list[str]:
    """The text of every code there is to check: given as it is, in a file, on a picture, or from standard input."""
    if code == "-":
        data = b"" if sys.stdin is None else sys.stdin.buffer.read(FILE_LIMIT + 1)
    elif _is_file(code):
        with Path(code).open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    elif code.endswith(_PICTURE_SUFFIXES):
        raise CannotScan(f"There is no file {printable(code)}.")
    else:
        return [code]
    if is_picture(data):
        return qr_texts(data) or [""]
    return _lines(data) or [""]


def _lines(data: bytes) -> list[str]:
    """Every line is one code, each once: so zbarimg prints them, and Base45 has no line break.

    Too much is refused. What is left out could be the card that is not valid.
    """
    if len(data) > FILE_LIMIT:
        raise CannotScan("This is too large to be the texts of cards.")
    lines = [found[0] for found in islice(re.finditer(rb"[^\r\n]+", data), _CODE_LIMIT + 1)]
    if len(lines) > _CODE_LIMIT:
        raise CannotScan(f"These are more than {_CODE_LIMIT} lines. Check fewer at a time, or use --batch.")
    return list(dict.fromkeys(line[:_TEXT_LIMIT].decode("utf-8", errors="replace") for line in lines))


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False  # too long, or impossible, for the name of a file


def _best_first(verdicts: list[Verdict]) -> list[Verdict]:
    """The identity code first. A poster in the background does not count beside a card."""
    cards = [verdict for verdict in verdicts if verdict.reason is not Reason.NOT_A_CARD]
    return sorted(cards or verdicts[:1], key=lambda verdict: verdict.code != "identity")


if __name__ == "__main__":
    sys.exit(main())
