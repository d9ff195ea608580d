"""The words of the field as people read them: enums, problem codes and audit actions → sentences in their language.

Code and database keep the short words of terms.py; only here do they become language. A value without words is a
mistake that tests/web/test_languages.py finds.
"""

from collections.abc import Iterable

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cardservice.domain.partners import NAME_LIMIT
from cardservice.domain.passwords import LONGEST, SHORTEST
from cardservice.domain.prefill import WhyNotFilled
from cardservice.domain.reading_back import WhyNotRead
from cardservice.domain.registration import FieldProblem
from cardservice.domain.renewal import WhyNot
from cardservice.printing.optional_lines import LONGEST as LONGEST_LINE
from cardservice.printing.portrait import MAX_BYTES, Refusal
from cardservice.terms import (
    CardCode,
    CardState,
    DraftState,
    IdentityReason,
    JobState,
    PrintState,
    RevocationReason,
    Service,
    StaffRole,
)

ROLES: dict[StaffRole, LazyString] = {
    StaffRole.CLERK: _("Clerk"),
    StaffRole.SUPERVISOR: _("Supervisor"),
    StaffRole.ADMINISTRATOR: _("Administrator"),
    StaffRole.AUDITOR: _("Auditor"),
}
ROLE_DUTIES: dict[StaffRole, LazyString] = {
    StaffRole.CLERK: _("Clerk: registers residents and hands over cards"),
    StaffRole.SUPERVISOR: _("Supervisor: does the same, approves registrations and publishes lists"),
    StaffRole.ADMINISTRATOR: _("Administrator: looks after staff and keys, and sees no registration"),
    StaffRole.AUDITOR: _("Auditor: reads the audit and changes nothing"),
}
DRAFT_STATES: dict[DraftState, LazyString] = {
    DraftState.EVIDENCE: _("Papers missing"),
    DraftState.SECOND_LOOK: _("Waiting for a second look"),
    DraftState.ANSWERS: _("Answers to be typed"),
    DraftState.OPEN: _("Being filled in"),
    DraftState.WAITING: _("Waiting for approval"),
    DraftState.APPROVED: _("Approved"),
}
CARD_STATES: dict[CardState, LazyString] = {
    CardState.INTENT: _("Being made"),
    CardState.SIGNED: _("Ready to hand over"),
    CardState.ACTIVE: _("Active"),
    CardState.SUSPENDED: _("Suspended"),
    CardState.REVOKED: _("Revoked"),
    CardState.REPLACED: _("Replaced by a new card"),
    CardState.EXPIRED: _("Expired"),
}
KINDS_OF_STATE = {
    CardState.INTENT: "wait",
    CardState.SIGNED: "wait",
    CardState.ACTIVE: "good",
    CardState.SUSPENDED: "wait",
    CardState.REVOKED: "bad",
    CardState.REPLACED: "over",
    CardState.EXPIRED: "over",
}
REASONS: dict[RevocationReason, LazyString] = {
    RevocationReason.LOST: _("Lost"),
    RevocationReason.STOLEN: _("Stolen"),
    RevocationReason.DAMAGED: _("Damaged or unreadable"),
    RevocationReason.WITHDRAWN: _("The holder gives it back"),
    RevocationReason.ISSUED_IN_ERROR: _("Issued in error"),
    RevocationReason.NOT_HANDED_OVER: _("Never handed over"),
}
PRINT_STATES: dict[PrintState | None, LazyString] = {
    None: _("To print"),
    PrintState.QUEUED: _("In a job"),
    PrintState.SENDING: _("Being sent to the printer"),
    PrintState.SENT: _("Printed: look at it"),
    PrintState.TAKEN_BACK: _("Taken back: look at the printer"),
    PrintState.CAME_OUT: _("Printed, to hand over"),
    PrintState.AGAIN: _("To print again"),
}
JOB_STATES: dict[JobState, LazyString] = {
    JobState.RUNNING: _("Printing"),
    JobState.STOPPED: _("Stopped"),
    JobState.PRINTER_GONE: _("The printer takes nothing"),
}
PAPERS: dict[str, LazyString] = {
    "cr80": _("PDF for a card printer"),
    "a4": _("PDF of A4 sheets, ten cards each"),
    "letter": _("PDF of Letter sheets, ten cards each"),
    "a4-fold": _("PDF of one card on an A4 sheet, to fold"),
}
BLANKS: dict[str, LazyString] = {"cr80": _("Blank cards for card printers")}
KEY_PURPOSES: dict[str, LazyString] = {
    "card": _("Signs cards"),
    "status": _("Signs status lists"),
    "anchor": _("Anchor: signs the trust list"),
    "audit": _("Signs audit checkpoints"),
}
KEY_STATES: dict[str, LazyString] = {
    "announced": _("Announced"),
    "active": _("In use"),
    "retired": _("Retired"),
    "compromised": _("Compromised"),
}
SERVICES: dict[Service, LazyString] = {
    Service.LIBRARY: _("Library"),
    Service.POOL: _("Swimming pool"),
    Service.CLINIC: _("Clinic"),
    Service.SCHOOL_MEALS: _("School meals"),
    Service.SPORTS: _("Sports"),
    Service.MUSEUM: _("Museum"),
    Service.COUNCIL: _("Residents' council"),
}
CARD_CODES: dict[CardCode, LazyString] = {
    CardCode.RESIDENCE: _("The small code on the front, which says no name"),
    CardCode.IDENTITY: _("The large code on the back, which says the name and the birth date"),
}
IDENTITY_REASONS: dict[IdentityReason, LazyString] = {
    IdentityReason.RECORD: _("A record is kept there in the name of the holder"),
    IdentityReason.AGE: _("Age decides what is given there"),
    IdentityReason.ONCE_EACH: _("Everybody takes part there once"),
    IdentityReason.HANDED_TO_ONE: _("What is handed over there is for one person only"),
}
KINDS_OF_KEY_STATE = {"announced": "wait", "active": "good", "retired": "over", "compromised": "bad"}

# By the field of a registration and the code that domain/registration.py gives. What a field is called is in the words.
_NAME_PROBLEMS: dict[str, LazyString] = {
    "blank": _("Enter the name as it should be on the card"),
    "too-long": _("The name is too long for a card. Ask which part of it should be there"),
    "bad-character": _("The name contains %(character)s, which is not part of a name. Type the name again"),
    "no-letter": _("The name has no letter in it"),
    "spaces": _("The name has spaces in the wrong places. Type it again"),
    "not-normalised": _("The name was typed in an unusual way. Type it again"),
}
_BIRTH_DATE_PROBLEMS: dict[str, LazyString] = {
    "not-a-date": _("There is no such day. Check the day, the month and the year"),
    "in-the-future": _("The birth date is in the future"),
    "too-long-ago": _("The birth date is too long ago. Check the year"),
}
_LANGUAGE_PROBLEMS: dict[str, LazyString] = {
    "blank": _("Choose the language of this name"),
    "missing": _("Choose the language of this name"),
    "not-a-language": _("Choose the language of this name"),
}
FIELD_PROBLEMS: dict[str, dict[str, LazyString]] = {
    "name": _NAME_PROBLEMS,
    "name_second": _NAME_PROBLEMS,
    "birth_date": _BIRTH_DATE_PROBLEMS,
    "language": _LANGUAGE_PROBLEMS,
    "language_second": _LANGUAGE_PROBLEMS,
}
_PARTNER_NAME_PROBLEMS: dict[str, LazyString] = {
    "blank": _("Enter the name of the organisation"),
    "too-long": _("Use at most %(limit)s characters", limit=NAME_LIMIT),
    "bad-character": _("The name contains %(character)s, which is not part of a name. Type the name again"),
    "no-letter": _("The name has no letter in it"),
}
OTHER_PROBLEM = _("Check this answer and type it again")


def partner_name_problem(code: str, character: str | None) -> str:
    """What to say beside the name of a partner that was refused."""
    said = str(_PARTNER_NAME_PROBLEMS.get(code, OTHER_PROBLEM))
    return said.replace("%(character)s", (character or "").removesuffix(" unnamed"))


def problem(found: FieldProblem) -> str:
    """What to say beside a field for a problem that the domain found."""
    words = FIELD_PROBLEMS.get(found.field, {}).get(found.code, OTHER_PROBLEM)
    # Unicode names no control character, and "unnamed" is a word of no language but English.
    return str(words).replace("%(character)s", (found.character or "").removesuffix(" unnamed"))


def without_typeface(characters: Iterable[str]) -> str:
    """What to say beside a name with characters, as "U+6202 CJK UNIFIED IDEOGRAPH-6202", that no typeface has."""
    listed = ", ".join(characters)
    if " CJK " not in listed:
        return str(_("No typeface here has %(characters)s", characters=listed))
    return str(
        _(
            "No typeface here has %(characters)s. If the name is right, whoever runs the server can add the rarer "
            "Chinese characters: make fonts-rare-han",
            characters=listed,
        )
    )


PASSWORD_PROBLEMS: dict[str, LazyString] = {
    "too-short": _("Use at least %(limit)s characters: four or five words that do not belong together", limit=SHORTEST),
    "too-long": _("Use at most %(limit)s characters", limit=LONGEST),
    "is-the-name": _("The password must not contain the name"),
    "too-common": _("This password is one of the first that others would try. Choose another one"),
}


def password_problem(code: str) -> str:
    """What to say beside a password that was refused."""
    return str(PASSWORD_PROBLEMS.get(code, OTHER_PROBLEM))


PICTURE_PROBLEMS: dict[Refusal, LazyString] = {
    Refusal.TOO_LARGE: _("The file is larger than %(limit)s MB. Choose a smaller picture", limit=MAX_BYTES // 2**20),
    Refusal.NOT_A_PICTURE: _("The file is not a picture that can be read. Choose a JPEG, PNG or WebP file"),
    Refusal.ANIMATED: _("The picture moves. Choose one still picture"),
    Refusal.TOO_MANY_PIXELS: _("The picture has too many pixels. Choose a smaller one"),
    Refusal.TOO_SMALL: _("The picture is too small to print. Choose a larger one"),
    Refusal.DAMAGED: _("The picture is damaged and cannot be read to its end. Choose another one"),
    Refusal.EMPTY: _("Nothing can be seen on the picture: it is all one colour. Is the camera covered? Take it again"),
}


OLD_CARD_PROBLEMS: dict[WhyNot, LazyString] = {
    WhyNot.NOT_A_CARD: _("This is not a card's code. Scan the large code on the back of the card"),
    WhyNot.MALFORMED: _("The code was not read whole. Scan it again, or choose a picture of it"),
    WhyNot.RESIDENCE_CODE: _("This is the code on the front, which says no name. Turn the card over and scan the back"),
    WhyNot.OTHER_TOWN: _("This is another town's card. Register the resident as for the first time"),
    WhyNot.FORGED: _("This town did not sign this card. Keep calm, renew nothing from it, and ask a supervisor"),
    WhyNot.COMPROMISED: _("This card was signed with a key that others may have. Register the resident anew"),
    WhyNot.REVOKED: _("This card was revoked or replaced. Register the resident anew"),
    WhyNot.SUSPENDED: _(
        "This card is suspended. If it is the resident's own, reinstate it first: find it by its number"
    ),
    WhyNot.NOT_HANDED_OVER: _("This card was never handed over. Finish or cancel it from the start page"),
    WhyNot.NOT_KNOWN: _("The register no longer knows this card: it expired too long ago. Register the resident anew"),
    WhyNot.CANNOT_TELL: _("The lists of this town are missing or out of date. Publish them, then scan again"),
}


def old_card_problem(why: WhyNot) -> str:
    """What to say beside a card that cannot be renewed from its code."""
    return str(OLD_CARD_PROBLEMS[why])


NOT_READ_PROBLEMS: dict[WhyNotRead, LazyString] = {
    WhyNotRead.NOT_A_CARD: _("This is not a card's code. Scan one of the two codes of the printed card"),
    WhyNotRead.MALFORMED: _("The code was not read whole. Scan it again; if it fails twice, print the card again"),
    WhyNotRead.OTHER_TOWN: _("This is another town's card, so it cannot be handed over here"),
    WhyNotRead.FORGED: _("This town did not sign this card. Keep it, hand nothing over, and ask a supervisor"),
    WhyNotRead.OTHER_CARD: _(
        "This is another card, not the one of this registration. Put it back, and look for the one with this number"
    ),
    WhyNotRead.NOT_KNOWN: _("The register does not know this card. Keep it, hand nothing over, and ask a supervisor"),
    WhyNotRead.HANDED_OVER: _("This card was handed over before. There is nothing left to do with it"),
    WhyNotRead.ENDED: _("This card was revoked. Destroy it; if somebody waits for it, register them anew"),
    WhyNotRead.NOT_AS_SIGNED: _("This is not what was signed for this card. Keep it, and print the card again"),
    WhyNotRead.CANNOT_TELL: _("The lists of this town are missing or out of date. Publish them, then scan again"),
}


def not_read(why: WhyNotRead) -> str:
    """What to say beside a card that cannot be handed over from its code."""
    return str(NOT_READ_PROBLEMS[why])


NOT_FILLED_PROBLEMS: dict[WhyNotFilled, LazyString] = {
    WhyNotFilled.NOT_A_FORM: _("This is not the code of a form. Scan the resident's form, or type the answers"),
    WhyNotFilled.OTHER_VERSION: _("This desk cannot read this version of the form. Type the answers with the resident"),
    WhyNotFilled.OTHER_TOWN: _("This form is for another town. Type the answers with the resident"),
    WhyNotFilled.DAMAGED: _("The code was not read whole. Scan it again, or type the answers"),
    WhyNotFilled.TOO_LONG: _("This is too long for the code of a form. Scan it again, or type the answers"),
    WhyNotFilled.ANSWERS: _("Something in this form cannot stand on a card. Type the answers with the resident"),
}


def not_filled(why: WhyNotFilled) -> str:
    """What to say beside a code that fills no form."""
    return str(NOT_FILLED_PROBLEMS[why])


_LINE_PROBLEMS: dict[str, LazyString] = {
    "too-long": _("Use at most %(limit)s characters", limit=LONGEST_LINE),
    "bad-character": _("The line contains %(character)s, which cannot be printed. Type it again"),
}


def line_problem(code: str, character: str | None) -> str:
    """What to say beside a line that a holder asked to have printed."""
    return str(_LINE_PROBLEMS.get(code, OTHER_PROBLEM)).replace("%(character)s", character or "")


def picture_problem(code: Refusal) -> str:
    """What to say beside a picture that was refused."""
    return str(PICTURE_PROBLEMS[code])
