"""`cardverify`: check a card without a network, for people and for scripts.

The exit status and the JSON fields are an interface that others script against. Whatever a card says is written so that
a terminal shows it and never obeys it.
"""

import argparse
import json
import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import NoReturn

from cardservice.scan import FILE_LIMIT, CannotScan, is_picture, qr_texts
from cardservice.verify import CredentialError, Kit, KitMemory, KitNotFound, Outcome, Reason, Verdict, verify

EXIT_STATUS = {Outcome.VALID: 0, Outcome.NOT_VALID: 1, Outcome.CANNOT_TELL: 2}
WRONG_USAGE = 64
_WORST_FIRST = (Outcome.NOT_VALID, Outcome.CANNOT_TELL, Outcome.VALID)
_TEXT_LIMIT = 1024 * 1024  # bytes of one code; the verifier refuses a fraction of it
_CODE_LIMIT = 1000  # lines of text
_SERVICE = re.compile("[a-z][a-z-]{0,31}")
_PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".pdf")

DESCRIPTION = "Check a card without a network. Reads standard input, a code a line, if nothing is named."
EPILOG = """\
Exit status: 0 valid, 1 not valid, 2 cannot tell (a list is missing or out of date), 64 wrong usage.
Example: zbarimg -q --raw card.png | cardverify --kit vila-aberta/"""

ANSWERS = {
    Reason.VALID: "VALID. This is a card of {issuer}.",
    Reason.EXPIRED: "NOT VALID. This card of {issuer} has expired.",
    Reason.NOT_YET_VALID: "NOT VALID. This card of {issuer} is not valid yet.",
    Reason.REVOKED: "NOT VALID. {issuer} has revoked or suspended this card.",
    Reason.BAD_SIGNATURE: "NOT VALID. The code was altered or forged: its signature is wrong.",
    Reason.UNKNOWN_ISSUER: "NOT VALID. The card is not from a town that this kit recognises.",
    Reason.UNKNOWN_KEY: "NOT VALID. The code names a town that this kit knows, but that town's keys did not sign it.",
    Reason.KEY_COMPROMISED: "NOT VALID. Its key fell into other hands. A holder of such a card is given a new one.",
    Reason.KEY_NOT_VALID_THEN: "NOT VALID. It is signed with a key of {issuer} that was not in use at that time.",
    Reason.NOT_A_CARD: "NOT VALID. This is not the code of a card.",
    Reason.MALFORMED: "NOT VALID. The code is damaged, or was never the code of a card.",
    Reason.STATUS_STALE: "CANNOT TELL. The lists in this kit are out of date. Fetch new ones.",
    Reason.STATUS_MISSING: "CANNOT TELL. The kit has no list that tells about this card. Fetch the lists again.",
    Reason.CLOCK_WRONG: "CANNOT TELL. The clock of this machine is wrong: the lists are newer than its date.",
    Reason.NOT_RECOGNISED: "NOT VALID HERE. The card is good, but {issuer} is not recognised here for: {service}.",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how it is right; argparse itself would leave with 2, which means cannot tell."""
        self.exit(WRONG_USAGE, f"{self.prog}: {_printable(message)}\nTry: {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one card; return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        kit = _load_kit(options.kit, options.anchor, options.memory)
        texts = _texts(options.code)
    except (KitNotFound, CannotScan) as error:
        parser.error(str(error))
    except (OSError, CredentialError) as error:
        parser.error(f"cannot use a file that was named: {error}")
    now = options.at or datetime.now(UTC)
    verdicts = _best_first([verify(text, kit, now=now, service=options.service) for text in texts])
    try:
        _say(_as_json(verdicts, kit) if options.json else _in_words(verdicts, kit, options.service))
    except OSError as error:
        parser.error(f"cannot write the answer: {error.strerror}")
    return min((_WORST_FIRST.index(verdict.verdict), EXIT_STATUS[verdict.verdict]) for verdict in verdicts)[1]


def _say(answer: str) -> None:
    """Print the answer. A reader that left early has heard enough: the exit status says the same."""
    if sys.stdout is None:  # closed by whoever started us
        return
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        print(answer, flush=True)
    except OSError as error:
        # What is left in the buffer goes nowhere, or Python would try it again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cardverify",
        usage="cardverify --kit FOLDER [--for SERVICE] [--at TIME] [--json] [TEXT | PICTURE.png | CARD.pdf | -]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # --a would be another option, or none, once there are more of them
    )
    parser.add_argument("--kit", required=True, type=Path, metavar="FOLDER", help="the folder of signed lists")
    parser.add_argument(
        "--for",
        dest="service",
        type=_service,
        metavar="SERVICE",
        help="what the card is shown for, such as library; a city that is not recognised for it is refused",
    )
    parser.add_argument(
        "--at", type=_time, metavar="TIME", help="check as of this time (ISO 8601; UTC if it names no zone)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--anchor", type=Path, metavar="FILE", help="the town's anchor key; default: the kit's own")
    parser.add_argument("--memory", type=Path, metavar="FILE", help="remember the lists here, and refuse older ones")
    parser.add_argument(
        "code", nargs="?", default="-", metavar="TEXT | PICTURE | -", help="what to check; - is standard input"
    )
    return parser


def _service(text: str) -> str:
    if not _SERVICE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a service such as library or school-meals")
    return text


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 2026-11-22 or 2026-11-22T12:00Z") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _load_kit(folder: Path, anchor: Path | None, memory: Path | None) -> Kit:
    remembered = KitMemory.from_bytes(memory.read_bytes()) if memory is not None and memory.exists() else None
    kit = Kit.load(folder, anchor=None if anchor is None else anchor.read_bytes(), remembered=remembered)
    if memory is not None and (now_known := kit.remember(remembered)) is not None:
        written = memory.with_name(memory.name + ".new")
        written.write_bytes(now_known.to_bytes())
        written.replace(memory)
    return kit


def _texts(code: str) -> list[str]:
    """The text of every code there is to check: given as it is, in a file, on a picture, or from standard input."""
    if code == "-":
        data = b"" if sys.stdin is None else sys.stdin.buffer.read(FILE_LIMIT + 1)
    elif _is_file(code):
        with Path(code).open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
    elif code.endswith(_PICTURE_SUFFIXES):
        raise CannotScan(f"There is no file {_printable(code)}.")
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
        raise CannotScan(f"These are more than {_CODE_LIMIT} lines. Check fewer at a time.")
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


def _as_json(verdicts: list[Verdict], kit: Kit) -> str:
    answer = verdicts[0].as_dict()
    if len(verdicts) > 1:
        answer["also"] = [verdict.as_dict() for verdict in verdicts[1:]]
    if kit.problems:
        answer["kit_problems"] = [{"file": problem.file, "why": problem.why} for problem in kit.problems]
    # JSON escapes every control character but this one, which some terminals obey.
    return json.dumps(answer).replace("\x7f", "\\u007f")


def _in_words(verdicts: list[Verdict], kit: Kit, service: str | None) -> str:
    lines = [line for verdict in verdicts for line in (*_card_lines(verdict, service), "")]
    first = verdicts[0]
    lines.append(f"Trust list: {_age(first.trust_list_age_s)}. Status list: {_age(first.status_list_age_s)}.")
    lines += [f"Not used: {_printable(problem.file)}: {problem.why}." for problem in kit.problems]
    return "\n".join(lines)


def _card_lines(verdict: Verdict, service: str | None) -> list[str]:
    lines = [ANSWERS[verdict.reason].format(issuer=_printable(verdict.issuer_name or ""), service=service)]
    facts = {
        "Name": verdict.name,
        "In another script": verdict.name_second,
        "Born": verdict.birth_date,
        "Card number": _grouped(verdict.card_number),
        "Valid until": None if verdict.claims is None else _long_date(verdict.claims.valid_until),
        "Recognised for": ", ".join(verdict.recognised_for),
    }
    lines += [f"  {label:<18}{_printable(fact)}" for label, fact in facts.items() if fact]
    if verdict.verdict is Outcome.VALID:
        lines.append(_what_to_do(verdict))
    return lines


def _what_to_do(verdict: Verdict) -> str:
    if verdict.code == "residence":
        return "The residence code does not say whose card it is."
    portrait = ", and the picture in the code with both" if verdict.portrait else ""
    return f"Compare the name with the card and the face with the person{portrait}."


def _grouped(number: str | None) -> str | None:
    """A card number as it is printed; another city's may look otherwise."""
    if number is None or len(number) != 12:
        return number
    return "-".join((number[:4], number[4:8], number[8:]))


def _long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "none that can be used"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} old"
    return "new"


def _printable(text: str) -> str:
    """Text for a terminal: what would control it or turn its direction is shown as an escape."""
    return "".join(character if _is_harmless(character) else _escape(character) for character in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _is_harmless(character: str) -> bool:
    if character in "\u200c\u200d":
        return True  # joiners, without which some scripts are misspelt
    return unicodedata.category(character) not in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


if __name__ == "__main__":
    sys.exit(main())
