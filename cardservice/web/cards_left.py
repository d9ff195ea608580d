"""How many cards can still be printed today, in words for everybody: in tens, and as of the last quarter of an hour.

Whoever asks every second must not learn when a card was printed (docs/decisions/0084-what-public-pages-tell.md). The
desk itself is told the number.
"""

from datetime import timedelta

from flask_babel import gettext
from sqlalchemy.orm import Session

from cardservice.domain import waiting
from cardservice.web import decided, desk, printers
from cardservice.web.remembered import remembered

AS_OF = timedelta(minutes=15)


def in_words(session: Session) -> str | None:
    """What everybody may know; None where nobody counts blanks."""
    now, settings = desk.now(), desk.settings()
    box = remembered(
        "blanks in the box",
        int(now.timestamp() // AS_OF.total_seconds()),
        lambda: waiting.in_box(session, printers.blanks(settings), now=now),
    )
    if box is None:
        return None
    hours = decided.visiting_hours(settings)
    return _words(waiting.roughly(box, waiting.spoken_for(session, hours=hours, now=now)))


def _words(at_least: int) -> str:
    if at_least == 0:
        return str(gettext("none"))
    if at_least == 1:
        return str(gettext("only a few"))
    return str(gettext("%(number)s or more", number=at_least))
