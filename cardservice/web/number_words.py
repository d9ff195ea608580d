"""The words of what is counted: the numbers for the council, and waiting times.

As in words.py, the short words of the domain become language only here; one without words is a mistake that
tests/web/test_numbers.py finds.
"""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cardservice.domain import numbers, waiting
from cardservice.domain.waiting_times import LATER, LONGER

MEASURES: dict[str, LazyString] = {
    numbers.ISSUED: _("Cards issued"),
    numbers.HANDED_OVER: _("Cards handed over"),
    numbers.FIRST: _("New cards"),
    numbers.RENEWED: _("Cards renewed"),
    numbers.NOT_HANDED_OVER: _("Cards never handed over"),
    numbers.ENDED: _("Cards that ended early"),
    "revoked-lost": _("Lost"),
    "revoked-stolen": _("Stolen"),
    "revoked-damaged": _("Damaged or unreadable"),
    "revoked-given-back": _("The holder gives it back"),
    "revoked-issued-in-error": _("Issued in error"),
    numbers.EXPIRED: _("Cards expired"),
    numbers.REFUSED_TOTAL: _("Registrations refused"),
    numbers.REFUSED_OTHERWISE: _("Refused for another reason"),
    "refused-identity": _("Too few papers that say who somebody is"),
    "refused-residency": _("No paper that shows that somebody lives here"),
    "refused-points": _("Too few papers altogether"),
    "refused-photo": _("No paper with a photo"),
    "refused-birth-date": _("No paper with the birth date"),
    "refused-too-old": _("A paper was too old"),
    "refused-expired": _("A paper had expired too long ago"),
    "refused-not-accredited": _("A letter of an organisation that is not on the list"),
    "refused-second-look": _("Not accepted after a second look"),
}
BUCKETS: dict[str, LazyString] = {
    "under-5": _("Under 5 minutes"),
    "under-10": _("5 to 10 minutes"),
    "under-15": _("10 to 15 minutes"),
    "under-30": _("15 to 30 minutes"),
    "under-60": _("30 to 60 minutes"),
    LONGER: _("An hour or more"),
    LATER: _("Fetched on another day"),
}
WAITS: dict[str, LazyString] = dict(
    zip(
        waiting.WAITS,
        (_("Under 15 minutes"), BUCKETS["under-30"], BUCKETS["under-60"], BUCKETS[LONGER]),
        strict=True,
    )
)
