"""How long a card is good, and who is a child: the two things that a birth date decides.

The rule here: where a part of a birth date is not known, somebody is as old as they may be, so that nobody is sent away
for a caretaker whom they need not have (docs/decisions/0070). What may stand on a card as a birth date is
credential/personal.py's.
"""

from dataclasses import dataclass
from datetime import date

from cardservice.credential.personal import earliest_birth
from cardservice.domain.calendar import years_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """For how many years the town's cards are good: fewer for a child, whose face and name change sooner."""

    years: int
    child_years: int = 1
    """At most `years`: issuer keys are kept for as long as the longest card."""
    child_age: int = 0
    """Whoever is younger is a child; 0: nobody is."""

    def is_child(self, birth_date: str, *, today: date) -> bool:
        """Return whether the age is below that of a child for certain. Raises `InvalidBirthDate`.

        Who was born on 29 February is a year older on 1 March.
        """
        return years_later(earliest_birth(birth_date), self.child_age) > today

    def end(self, birth_date: str, *, issued_on: date) -> date:
        """Return the first day on which a card issued on this one is no longer valid. Raises `InvalidBirthDate`."""
        child = self.is_child(birth_date, today=issued_on)
        return years_later(issued_on, self.child_years if child else self.years)

    def longest(self, issued_on: date) -> date:
        """Return the same for the card that is good for the longest time."""
        return years_later(issued_on, self.years)
