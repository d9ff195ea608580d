"""What `cardverify` says, in every one of its ways: the words, the JSON, the exit status.

All of these are an interface that others script against. Whatever a card or a kit says is written so that a terminal
shows it and never obeys it.
"""

import argparse
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NoReturn

from cardservice.verify import Kit, ListProblem, Outcome, Reason, Verdict

EXIT_STATUS = {Outcome.VALID: 0, Outcome.NOT_VALID: 1, Outcome.CANNOT_TELL: 2}
WRONG_USAGE = 64
_WORST_FIRST = (Outcome.NOT_VALID, Outcome.CANNOT_TELL, Outcome.VALID)

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
    Reason.SAMPLE: "SAMPLE. It was made for training in {issuer}, and is good for nothing.",
}
WOULD_BE = "It would be {answer}"
VALID_ON_A_LIST = "VALID on the list of {day}. This is a card of {issuer}."
NEWER = "A card that was revoked since then would look the same: fetch new lists."


class CannotWrite(Exception):
    """There is no room for the answer."""


class Parser(argparse.ArgumentParser):
    """Argparse that leaves with 64 for wrong usage: its own 2 means cannot tell."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how it is right."""
        self.exit(WRONG_USAGE, f"{self.prog}: {printable(message)}\nTry: {self.prog} --help\n")


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return what decides the exit status of several verdicts."""
    return min(outcomes, key=_WORST_FIRST.index)


def as_json(verdict: Verdict, *, also: Sequence[Verdict] = (), problems: Sequence[ListProblem] = ()) -> str:
    """Return one line of JSON."""
    answer = verdict.as_dict()
    if also:
        answer["also"] = [other.as_dict() for other in also]
    return json_line(answer | kit_problems(problems))


def kit_problems(problems: Sequence[ListProblem]) -> dict[str, object]:
    """Return the lists that are not used, as they stand in JSON: nothing at all where all are used."""
    if not problems:
        return {}
    return {"kit_problems": [{"file": problem.file, "why": problem.why} for problem in problems]}


def json_line(answer: object) -> str:
    """Return a value as JSON of which no terminal obeys anything: JSON escapes all controls but one."""
    return json.dumps(answer).replace("\x7f", "\\u007f")


def say(answer: str, *, end: str = "\n") -> bool:
    """Print an answer; return whether somebody still listens. A reader that left early has heard enough.

    Raises CannotWrite.
    """
    if sys.stdout is None:  # closed by whoever started us
        return True
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        print(answer, end=end, flush=True)
    except OSError as error:
        # What is left in the buffer goes nowhere, or Python would try it again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise CannotWrite(f"cannot write the answer: {error.strerror}") from error
        return False
    return True


def in_words(verdicts: Sequence[Verdict], kit: Kit, *, now: datetime, service: str | None) -> str:
    """Return what people read about the codes of one card, the most telling first."""
    lines = [line for verdict in verdicts for line in (*_card_lines(verdict, now, service), "")]
    first = verdicts[0]
    lines.append(f"Trust list: {_age(first.trust_list_age_s)}. Status list: {_age(first.status_list_age_s)}.")
    return "\n".join(lines + problem_lines(kit))


def problem_lines(kit: Kit) -> list[str]:
    """Return a line for each list that is not used."""
    return [f"Not used: {printable(problem.file)}: {problem.why}." for problem in kit.problems]


def _card_lines(verdict: Verdict, now: datetime, service: str | None) -> list[str]:
    lines = [_answer(verdict, now, service)]
    if verdict.would_be is not None:
        as_card = replace(verdict, reason=verdict.would_be, would_be=None)
        first, *others = _card_lines(as_card, now, service)
        return [*lines, WOULD_BE.format(answer=first), *others]
    facts = {
        "Name": verdict.name,
        "In another script": verdict.name_second,
        "Born": verdict.birth_date,
        "Card number": _grouped(verdict.card_number),
        "Valid until": None if verdict.claims is None else long_date(verdict.claims.valid_until),
        "Recognised for": ", ".join(verdict.recognised_for),
    }
    lines += [f"  {label:<18}{printable(fact)}" for label, fact in facts.items() if fact]
    if verdict.verdict is Outcome.VALID:
        lines.append(_what_to_do(verdict))
        lines += [] if verdict.fresh else [NEWER]
    return lines


def _answer(verdict: Verdict, now: datetime, service: str | None) -> str:
    issuer, answer, day = printable(verdict.issuer_name or ""), ANSWERS[verdict.reason], ""
    if verdict.verdict is Outcome.VALID and not verdict.fresh:
        listed = (now - timedelta(seconds=verdict.status_list_age_s or 0)).date()
        answer, day = VALID_ON_A_LIST, f"{listed:%A}, {long_date(listed)}"
    return answer.format(issuer=issuer, service=service, day=day)


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


def long_date(day: date) -> str:
    """Return a day as people write it: 22 November 2026."""
    return f"{day.day} {day:%B %Y}"


def _age(seconds: int | None) -> str:
    if seconds is None:
        return "none that can be used"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} old"
    return "new"


def printable(text: str) -> str:
    """Return text for a terminal: what would control it or turn its direction is shown as an escape."""
    return "".join(character if _is_harmless(character) else _escape(character) for character in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _is_harmless(character: str) -> bool:
    if character in "\u200c\u200d":
        return True  # joiners, without which some scripts are misspelt
    return unicodedata.category(character) not in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
