"""The words of the field, as enums: what a value may be called in code, database, screens and documents.

Values are stored and sent as they stand here, so a member may be added and never renamed.
The words of signed content (algorithms, key states, reason codes) live beside it, in credential and verify.
"""

from enum import StrEnum


class StaffRole(StrEnum):
    """What a staff member may do. Each role is declared on every route it may use; none contains another."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class DraftState(StrEnum):
    """Where a registration stands before a card number exists."""

    EVIDENCE = "evidence missing"
    SECOND_LOOK = "waiting for a second look"
    ANSWERS = "answers missing"
    OPEN = "open"
    WAITING = "waiting for approval"
    APPROVED = "approved"


class Shows(StrEnum):
    """What a paper shows of the person who brings it, beside a name."""

    PHOTO = "photo"
    BIRTH_DATE = "birth-date"


class PaperFault(StrEnum):
    """Why a paper that was shown does not count."""

    UNDATED = "undated"
    LATER = "dated later than today"
    TOO_OLD = "too old"
    EXPIRED = "expired too long ago"
    NOT_ACCREDITED = "not accredited"
    NOT_NOW = "accredited at another time"
    ENOUGH_LETTERS = "enough letters this month"
    NOT_A_CHILD = "only for a child"


class RefusedFor(StrEnum):
    """Why a registration came to nothing. Counted by month, kept with nobody."""

    IDENTITY = "identity"
    RESIDENCY = "residency"
    POINTS = "points"
    PHOTO = "photo"
    BIRTH_DATE = "birth date"
    TOO_OLD = "paper too old"
    EXPIRED = "paper expired"
    NOT_ACCREDITED = "letter not accredited"
    SECOND_LOOK = "second look"


class AcceptedFor(StrEnum):
    """Why a supervisor accepts papers that the policy does not."""

    OTHER_KIND = "paper of another kind"
    NO_NEWER = "no newer paper"
    TOGETHER = "papers together"
    KNOWN = "known to a service"


class CardState(StrEnum):
    """Where a card stands. Which state may follow which is one table in domain/lifecycle.py."""

    INTENT = "intent"
    SIGNED = "signed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REPLACED = "replaced"
    EXPIRED = "expired"


class PrintState(StrEnum):
    """Where a signed card stands between the queue and the hand. A card that was never in a job has none.

    TAKEN_BACK: it was sent, and the spooler ended the job that it was in: what has not come out by now never will.
    """

    QUEUED = "queued"
    SENDING = "being sent"
    SENT = "sent"
    TAKEN_BACK = "taken back"
    CAME_OUT = "came out"
    AGAIN = "to print again"


class CameOut(StrEnum):
    """What somebody saw at the printer."""

    WELL = "well"
    BADLY = "badly"
    NOT = "not at all"


class JobState(StrEnum):
    """Whether a print job goes on by itself."""

    RUNNING = "running"
    STOPPED = "stopped"
    PRINTER_GONE = "printer gone"


class BlankUse(StrEnum):
    """What happens to blanks. Stored by day and kind of blank."""

    RECEIVED = "received"
    ISSUED = "issued"
    SPOILT = "spoilt"
    MISSING = "missing"
    FOUND = "found"
    COUNTED = "counted"


class RevocationReason(StrEnum):
    """Why a card was revoked. Counted by month, never kept with the card."""

    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    WITHDRAWN = "withdrawn"
    ISSUED_IN_ERROR = "issued in error"
    NOT_HANDED_OVER = "not handed over"


class Service(StrEnum):
    """What a card opens, as the town's screens and posters know it; trust lists may name others of the same form."""

    LIBRARY = "library"
    POOL = "pool"
    CLINIC = "clinic"
    SCHOOL_MEALS = "school-meals"
    SPORTS = "sports"
    MUSEUM = "museum"
    COUNCIL = "council"


class CardCode(StrEnum):
    """The two codes of a card: the front says no name, the back says name, birth date and shows the portrait."""

    RESIDENCE = "residence"
    IDENTITY = "identity"


class IdentityReason(StrEnum):
    """Why a relying party may ask for the identity code. There is no other reason."""

    RECORD = "record in a name"
    AGE = "age"
    ONCE_EACH = "once each"
    HANDED_TO_ONE = "handed to one person"
