"""Evidence by points in config.toml: what is needed, and what each kind of paper is worth (docs/evidence.md).

Section [evidence] with its [[evidence.paper]]. What papers come to is domain/evidence.py's; here only the file is
checked, and that its papers can ever be enough: papers only help, so all of them together show it.
"""

import difflib
from operator import attrgetter
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from cardservice.setting_kinds import Flag, Language, Section, Whole, like
from cardservice.terms import Shows

Kind = Annotated[str, like("[a-z0-9][a-z0-9-]{0,39}", "a short name like health-card")]
Version = Annotated[str, like("[A-Za-z0-9][A-Za-z0-9.-]{0,19}", "a short name like 2026-11 or council-3")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
Points = Annotated[Whole, Field(ge=0, le=20)]
Days = Annotated[Whole, Field(ge=1, le=36_500)]


class PaperSettings(Section):
    """One kind of paper."""

    kind: Kind
    names: dict[Language, Words] = Field(default_factory=dict)
    identity: Points = 0
    residency: Points = 0
    shows: frozenset[Shows] = frozenset()
    days_old: Days | None = None
    expired_days: Days | None = None
    accredited: Flag = False
    child_only: Flag = False

    @model_validator(mode="after")
    def _has_words_and_is_worth_something(self) -> Self:
        if self.kind not in EXAMPLE_KINDS and not self.names:
            close = difflib.get_close_matches(self.kind, EXAMPLE_KINDS, n=1, cutoff=0.7)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise ValueError(f"{self.kind} is a kind of your own: say in names what it is called{hint}")
        if not (self.identity or self.residency or self.shows):
            raise ValueError(f"{self.kind} is worth nothing: give it points, or say what it shows")
        return self


def _paper(kind: str, *shows: Shows, **rules: Any) -> dict[str, Any]:
    return {"kind": kind, "shows": frozenset(shows), **rules}


_PHOTO, _BIRTH = Shows.PHOTO, Shows.BIRTH_DATE
_EXAMPLE: tuple[dict[str, Any], ...] = (
    _paper("passport", _PHOTO, _BIRTH, identity=3, expired_days=1825),
    _paper("identity-card", _PHOTO, _BIRTH, identity=3, expired_days=1825),
    _paper("consular-card", _PHOTO, _BIRTH, identity=3, expired_days=1095),
    _paper("old-card", _PHOTO, _BIRTH, identity=3, expired_days=365),
    _paper("driving-licence", _PHOTO, _BIRTH, identity=2, expired_days=1825),
    _paper("birth-certificate", _BIRTH, identity=2),
    _paper("referee", _PHOTO, identity=2, accredited=True),
    _paper("caretaker", _PHOTO, identity=1, child_only=True),
    _paper("photo-card", _PHOTO, identity=1),
    _paper("health-card", identity=1),
    _paper("lease", residency=1),
    _paper("bill", residency=1, days_old=90),
    _paper("office-letter", residency=1, days_old=90),
    _paper("pay-slip", residency=1, days_old=90),
    _paper("school-letter", residency=1, days_old=365),
    _paper("clinic-letter", residency=1, days_old=90),
    _paper("shelter-letter", residency=1, days_old=30, accredited=True),
    _paper("association-letter", residency=1, days_old=90, accredited=True),
    _paper("host-declaration", residency=1, days_old=30),
)
EXAMPLE_KINDS = frozenset(paper["kind"] for paper in _EXAMPLE)
"""The kinds that have words in every language of the desk."""
EXAMPLE = tuple(PaperSettings(**paper) for paper in _EXAMPLE)
EXAMPLE_VERSION = "example-2"
_kind = attrgetter("kind")
_IN_ORDER = sorted(EXAMPLE, key=_kind)


class Evidence(Section):
    """The policy: its version, how much is needed, and the papers."""

    version: Version = EXAMPLE_VERSION
    points: Points = 4
    identity: Points = 3
    residency: Points = 1
    shows: frozenset[Shows] = frozenset(Shows)
    complaints: dict[Language, Words] = Field(default_factory=dict)
    paper: tuple[PaperSettings, ...] = Field(default=EXAMPLE, min_length=1, max_length=60)

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        kinds = [paper.kind for paper in self.paper]
        if twice := sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            raise ValueError(f"evidence.paper: {', '.join(twice)} stands there twice; each kind counts once")
        if lacks := self._lacks():
            for_a_child = any(paper.child_only for paper in self.paper)
            who = "nobody but a child" if for_a_child else "nobody"
            together = "All papers together that count for an adult" if for_a_child else "All papers together"
            raise ValueError(f"evidence: {who} could ever have a card. {together} {'; '.join(lacks)}")
        return self

    @model_validator(mode="after")
    def _is_what_its_version_says(self) -> Self:
        """A registration keeps the version that it met: two policies of one version could not be told apart."""
        amounts = (self.points, self.identity, self.residency, self.shows)
        is_example = amounts == (4, 3, 1, frozenset(Shows)) and sorted(self.paper, key=_kind) == _IN_ORDER
        if self.version == EXAMPLE_VERSION and not is_example:
            raise ValueError(
                f"evidence.version: this is not {EXAMPLE_VERSION} as it is shipped. Give your policy a version of its "
                "own, and another one with every change"
            )
        return self

    def _lacks(self) -> list[str]:
        papers = [paper for paper in self.paper if not paper.child_only]
        identity = sum(paper.identity for paper in papers)
        residency = sum(paper.residency for paper in papers)
        shown = frozenset[Shows]().union(*(paper.shows for paper in papers))
        given = [
            ("points", self.points, identity + residency),
            ("points of identity", self.identity, identity),
            ("points of residency", self.residency, residency),
        ]
        lacks = [f"give {have} {what}, and {needed} are needed" for what, needed, have in given if have < needed]
        return lacks + [f"show no {one}, which is asked for" for one in sorted(self.shows - shown)]
