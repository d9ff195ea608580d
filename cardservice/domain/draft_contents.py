"""What is sealed inside a draft, as bytes: evidence, answers, and from signing to hand-over the codes of card and slip.

Only drafts.py and issuance.py look inside, through a day key. The form may change: no draft outlives fourteen days.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Self

from cardservice.credential import cbor
from cardservice.credential.errors import Malformed
from cardservice.domain.evidence import Evidence, Missing
from cardservice.domain.registration import Registration
from cardservice.terms import AcceptedFor, PaperFault, RefusedFor, Shows

_DAYS = ("issued_on", "valid_until")


class ContentsUnreadable(Exception):
    """What was sealed was written by another version of the program, in another form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCodes:
    """The card as it was signed: what goes on paper, and is kept nowhere else."""

    card_number: str
    identity_code: str
    residence_code: str
    slip_code: str
    issued_on: date
    valid_until: date
    """The last day on which it is valid."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IssuedCard(SignedCodes):
    """A signed card, as long as it has not been handed over: everything that goes on paper."""

    registration: Registration


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a draft holds about a resident."""

    registration: Registration | None = None
    """None while only papers were looked at and nothing was typed."""
    evidence: Evidence | None = None
    signed: SignedCodes | None = None
    replaces: str | None = None
    """The number of the card to be replaced, while nothing was typed; then the registration says it."""
    language: str | None = None
    """A language to begin with, while nothing was typed: that of a family."""
    letters: tuple[str, ...] = ()
    """Kinds of which a letter was counted for its organisation, whether they are ticked still or not; never whose."""
    is_of_old_card: bool = False
    """Whether the answers are those of an old card's code, and nobody has gone through them with its holder yet."""
    photo_asked: bool = False
    """Whether the resident was asked for a photo: there is one, or they declined."""
    saved_by: str | None = None
    """The mark of the page whose form was saved last (as_shown.py): a page is not in conflict with itself."""
    is_child: bool | None = None
    """Whether the birth date was a child's, by the town's limit, when it was typed; None: none was."""

    @property
    def judged(self) -> Evidence | None:
        """What the papers come to for whoever was born on this date."""
        return self.evidence.of(is_child=self.is_child) if self.evidence else None

    @property
    def is_enough_for_a_child_only(self) -> bool:
        """Whether the papers would be enough if the birth date were a child's, and are not as it is."""
        evidence, judged = self.evidence, self.judged
        return evidence is not None and judged is not None and evidence.is_enough and not judged.is_enough

    def with_codes(self, signed: SignedCodes) -> Self:
        """Return the same contents with the signed card in them, and without what could still be cropped."""
        assert self.registration is not None  # noqa: S101 - what was signed was typed
        return replace(self, registration=replace(self.registration, photograph=None), signed=signed)

    @property
    def issued(self) -> IssuedCard | None:
        """The signed card with what was registered for it, once there is one."""
        if self.signed is None or self.registration is None:
            return None
        return IssuedCard(**_entries(self.signed), registration=self.registration)

    def to_bytes(self) -> bytes:
        """Return the plaintext to seal."""
        signed = _entries(self.signed) if self.signed else None
        if signed is not None:
            signed |= {day: signed[day].isoformat() for day in _DAYS}
        return cbor.encode(
            {
                "registration": _entries(self.registration) if self.registration else None,
                "evidence": _evidence_entries(self.evidence) if self.evidence else None,
                "signed": signed,
                "replaces": self.replaces,
                "language": self.language,
                "letters": self.letters,
                "is_of_old_card": self.is_of_old_card,
                "photo_asked": self.photo_asked,
                "saved_by": self.saved_by,
                "is_child": self.is_child,
            }
        )

    @classmethod
    def from_bytes(cls, plaintext: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises `ContentsUnreadable` for what another version of it did."""
        try:
            read = cbor.decode(plaintext)
            registration, evidence, signed = read["registration"], read["evidence"], read["signed"]
            if signed is not None:
                signed = SignedCodes(**signed | {day: date.fromisoformat(signed[day]) for day in _DAYS})
            return cls(
                registration=Registration(**registration) if registration is not None else None,
                evidence=_evidence(evidence) if evidence is not None else None,
                signed=signed,
                replaces=read["replaces"],
                language=read["language"],
                letters=tuple(read.get("letters", ())),
                is_of_old_card=read.get("is_of_old_card", False),
                photo_asked=read.get("photo_asked", True),
                saved_by=read.get("saved_by"),
                is_child=read.get("is_child"),
            )
        except (Malformed, KeyError, TypeError, ValueError):
            # The cause is left out: it may hold what was typed.
            raise ContentsUnreadable from None


def _entries(of: Registration | SignedCodes | Evidence | Missing) -> dict[str, Any]:
    return {part.name: getattr(of, part.name) for part in fields(of)}


def _evidence_entries(shown: Evidence) -> dict[str, Any]:
    return _entries(shown) | {
        "faults": dict(shown.faults),
        "missing": _entries(shown.missing) | {"shows": sorted(shown.missing.shows)},
        "of_an_adult": _evidence_entries(shown.of_an_adult) if shown.of_an_adult else None,
    }


def _evidence(read: dict[str, Any]) -> Evidence:
    words = {"refused_for": RefusedFor, "accepted_for": AcceptedFor}
    said = {name: of(read[name]) if read[name] is not None else None for name, of in words.items()}
    # Older drafts do not say what did not count, what was missing, and what it is for an adult.
    missing, adult = read.get("missing", {}), read.get("of_an_adult")
    papers = {
        "kinds": tuple(read["kinds"]),
        "faults": {kind: PaperFault(fault) for kind, fault in read.get("faults", {}).items()},
        "missing": Missing(**missing | {"shows": frozenset(map(Shows, missing.get("shows", ())))}),
        "of_an_adult": _evidence(adult) if adult is not None else None,
    }
    return Evidence(**read | said | papers)
