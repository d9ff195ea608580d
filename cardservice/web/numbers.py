"""The numbers for the council, for everybody: a page with charts, and the same numbers as a file of open data.

Nobody signs in and nobody is noticed. What is published, and what is hidden, is domain/numbers.py; the columns of the
file are docs/numbers.md.
"""

import hashlib

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from cardservice.domain import numbers
from cardservice.domain.numbers import ENDED, EXPIRED, HANDED_OVER, REFUSED_TOTAL, Month
from cardservice.web import charts, dates, desk
from cardservice.web.access import public
from cardservice.web.number_words import MEASURES
from cardservice.web.remembered import remembered

bp = Blueprint("numbers", __name__)

State = tuple[str, int, int]
KEPT = "public, max-age=3600"
"""By whoever stands between, for an hour: the file changes once a month."""
CSV = "text/csv; charset=utf-8; header=present"  # RFC 4180
MONTHS_SHOWN = 12
TABLES = (
    (HANDED_OVER, ("issued", HANDED_OVER, "first", "renewed", "not-handed-over")),
    (ENDED, (ENDED, "renewed", *(name for name in numbers.MEASURES if name.startswith("revoked-")))),
    (EXPIRED, (EXPIRED,)),
    (REFUSED_TOTAL, (REFUSED_TOTAL, *(name for name in numbers.MEASURES if name.startswith("refused-")))),
)
"""What is drawn, and what stands in the table beside it."""


@bp.get("/numbers")
@public
def show() -> ResponseReturnValue:
    """The last finished months, drawn and in tables."""
    months = _finished()[1][-MONTHS_SHOWN:]
    drawn = [(name, measures, charts.chart(_of(name, months))) for name, measures in TABLES]
    return render_template(
        "numbers/numbers.html", months=months, drawn=drawn, measures=MEASURES, to_come=numbers.next_to_come(desk.now())
    )


@bp.get("/numbers.csv")
@public
def table() -> ResponseReturnValue:
    """Every finished month as a table: the same bytes for whoever asks, and more of them with every month."""
    state, months = _finished()
    text = remembered("numbers.csv", state, lambda: numbers.to_csv(months).encode())
    answer = Response(text, content_type=CSV)
    answer.headers["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    answer.headers["Cache-Control"] = KEPT
    answer.set_etag(hashlib.sha256(text).hexdigest())
    answer.make_conditional(request)
    return answer


def _finished() -> tuple[State, list[Month]]:
    """The finished months, worked out once for a state of the counters: who asks a thousand times has it once."""
    with desk.reading() as session:
        state = numbers.state(session, now=desk.now())
        return state, remembered("numbers", state, lambda: numbers.finished_months(session, now=desk.now()))


def _of(measure: str, months: list[Month]) -> list[tuple[str, int | None]]:
    return [(dates.month(one.month), one.numbers[measure].count) for one in months]
