"""The organisations whose letters count as evidence: by name, from when to when, and how many letters a month.

The rule here: an organisation is a name and nothing else, and of its letters there is one count, of the present month.
No draft says whose letter was shown. What a letter is worth is evidence.py; why it is so, docs/decisions/0034.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cardservice.domain import audit, partners
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, month_of
from cardservice.domain.errors import Conflict, NotFound, Refused
from cardservice.storage import models
from cardservice.storage.models import LetterCount
from cardservice.terms import PaperFault

NAME_LIMIT = partners.NAME_LIMIT
MOST_LETTERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """From when to when an organisation's letters count, and how many a month; 0: as many as come."""

    begins_on: date
    ends_on: date | None = None
    letters_a_month: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation as the town lists it, on a day."""

    id: int
    name: str
    standing: Standing
    letters: int
    """How many of its letters counted this month."""
    fault: PaperFault | None
    """Why a letter of it does not count today; None: it does."""


class OrganisationNameTaken(Conflict):
    """Names differ in more than capitals and accents' encoding."""

    def __init__(self) -> None:
        super().__init__("An organisation of this name is listed already. Change that one, or choose another name.")


class StandingRefused(Refused):
    """It would end before it begins, or count an impossible number of letters."""

    def __init__(self, field: str) -> None:
        super().__init__("The days or the number of letters cannot be so. Write them another way.")
        self.field = field


class LettersNoMore(Conflict):
    """Somebody else's letter was the last of the month, or the organisation's time is over."""

    def __init__(self) -> None:
        super().__init__("Letters of this organisation do not count any more today. Look at the papers again.")


class OrganisationNotFound(NotFound):
    """There is no organisation of that number any more."""

    def __init__(self) -> None:
        super().__init__("There is no such organisation. Look at the list of organisations.")


def everybody(session: Session, *, now: datetime) -> list[Organisation]:
    """Return all organisations, in the order of their names."""
    month = month_of(day_of(now))
    counted = select(LetterCount.organisation_id, LetterCount.count.label("letters")).where(LetterCount.month == month)
    letters = {row.organisation_id: row.letters for row in session.execute(counted)}
    rows = session.scalars(select(models.Organisation).order_by(models.Organisation.name_key))
    return [_listed(row, letters.get(row.id, 0), day_of(now)) for row in rows]


def get(session: Session, organisation_id: int, *, now: datetime) -> Organisation:
    """Return the organisation of that number, or raise `OrganisationNotFound`."""
    count = session.get(LetterCount, (organisation_id, month_of(day_of(now))))
    return _listed(_row(session, organisation_id), count.count if count else 0, day_of(now))


def add(session: Session, name: str, standing: Standing, *, actor: Actor, now: datetime) -> None:
    """List an organisation. Raises `PartnerNameRefused`, `OrganisationNameTaken` or `StandingRefused`."""
    last = audit.newest(session)
    row = models.Organisation(id=(last.sequence if last else 0) + 1)
    _write(session, row, name, standing)
    session.add(row)
    session.flush()
    audit.record(session, actor, Action.ORGANISATION_ADDED, f"organisation:{row.id}", now=now)


def change(
    session: Session, organisation_id: int, name: str, standing: Standing, *, actor: Actor, now: datetime
) -> None:
    """List it as it is now. Raises `OrganisationNotFound`, and what `add` raises."""
    row = _row(session, organisation_id)
    _write(session, row, name, standing)
    session.flush()
    audit.record(session, actor, Action.ORGANISATION_CHANGED, f"organisation:{row.id}", now=now)


def remove(session: Session, organisation_id: int, *, actor: Actor, now: datetime) -> None:
    """Take it off the list, with its count. Raises `OrganisationNotFound`."""
    row = _row(session, organisation_id)
    session.execute(delete(LetterCount).where(LetterCount.organisation_id == row.id))
    session.delete(row)
    session.flush()
    audit.record(session, actor, Action.ORGANISATION_REMOVED, f"organisation:{organisation_id}", now=now)


def count_letter(session: Session, organisation_id: int, *, now: datetime) -> None:
    """Count a letter that was shown and counts, and forget the counts of other months.

    Raises `OrganisationNotFound`, and `LettersNoMore` where its letters have ceased to count meanwhile.
    """
    if get(session, organisation_id, now=now).fault is not None:
        raise LettersNoMore
    month = month_of(day_of(now))
    session.execute(delete(LetterCount).where(LetterCount.month != month))
    if counted := session.get(LetterCount, (organisation_id, month)):
        counted.count += 1
    else:
        session.add(LetterCount(organisation_id=organisation_id, month=month, count=1))
    session.flush()


def forget_letters(session: Session, *, now: datetime) -> int:
    """Delete the counts of months that are over, and return how many there were."""
    over = delete(LetterCount).where(LetterCount.month < month_of(day_of(now)))
    return session.execute(over).rowcount  # type: ignore[attr-defined, no-any-return]


def _write(session: Session, row: models.Organisation, typed: str, standing: Standing) -> None:
    name = partners.checked_name(typed)
    if standing.ends_on is not None and standing.ends_on < standing.begins_on:
        raise StandingRefused("ends_on")
    if not 0 <= standing.letters_a_month <= MOST_LETTERS:
        raise StandingRefused("letters_a_month")
    named = select(models.Organisation).where(models.Organisation.name_key == name.casefold())
    known = session.scalars(named).first()
    if known is not None and known is not row:
        raise OrganisationNameTaken
    row.name, row.name_key = name, name.casefold()
    row.begins_on, row.ends_on, row.letters_a_month = standing.begins_on, standing.ends_on, standing.letters_a_month


def _row(session: Session, organisation_id: int) -> models.Organisation:
    row = session.get(models.Organisation, organisation_id)
    if row is None:
        raise OrganisationNotFound
    return row


def _listed(row: models.Organisation, letters: int, today: date) -> Organisation:
    standing = Standing(begins_on=row.begins_on, ends_on=row.ends_on, letters_a_month=row.letters_a_month)
    return Organisation(
        id=row.id, name=row.name, standing=standing, letters=letters, fault=_fault(standing, letters, today)
    )


def _fault(standing: Standing, letters: int, today: date) -> PaperFault | None:
    if not standing.begins_on <= today <= (standing.ends_on or today):
        return PaperFault.NOT_NOW
    enough = standing.letters_a_month and letters >= standing.letters_a_month
    return PaperFault.ENOUGH_LETTERS if enough else None
