"""The numbers for the council, for everybody: a page with charts, and the same numbers as a file of open data.

Nobody signs in and nobody is noticed. What is published, and what is hidden, is domain/numbers.py; the columns of the
file are docs/numbers.md.
"""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from cardservice.domain import numbers
from cardservice.domain.numbers import ENDED, EXPIRED, HANDED_OVER, REFUSED_TOTAL, Month
from cardservice.web import charts, dates, desk
from cardservice.web.access import public
from cardservice.web.number_words import MEASURES

bp = Blueprint("numbers", __name__)

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
    months = _finished()[-MONTHS_SHOWN:]
    drawn = [(name, measures, charts.chart(_of(name, months))) for name, measures in TABLES]
    return render_template(
        "numbers/numbers.html", months=months, drawn=drawn, measures=MEASURES, to_come=numbers.next_to_come(desk.now())
    )


@bp.get("/numbers.csv")
@public
def table() -> ResponseReturnValue:
    """Every finished month as a table: the same bytes for whoever asks, and more of them with every month."""
    answer = Response(numbers.to_csv(_finished()), content_type=CSV)
    answer.headers["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return answer


def _finished() -> list[Month]:
    with desk.reading() as session:
        return numbers.finished_months(session, now=desk.now())


def _of(measure: str, months: list[Month]) -> list[tuple[str, int | None]]:
    return [(dates.month(one.month), one.numbers[measure].count) for one in months]
