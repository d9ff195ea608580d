"""What a supervisor sees of the desk as a whole: what waits now, cards a day, how long it takes, and refusals.

The rule here: work is counted as it is, and what is told about residents only as everybody may see it
(docs/decisions/0069-what-a-supervisor-sees.md). Nothing on this page leads to a person or to one clerk.
"""

from datetime import date, datetime, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from cardservice.domain import audit, numbers, open_work, statistics, waiting, waiting_times
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, month_of
from cardservice.domain.numbers import REFUSALS, REFUSED_OTHERWISE, REFUSED_TOTAL, Month
from cardservice.domain.open_work import Step
from cardservice.terms import StaffRole
from cardservice.web import charts, dates, desk
from cardservice.web.access import requires
from cardservice.web.charts import Chart
from cardservice.web.number_words import BUCKETS, MEASURES, WAITS

bp = Blueprint("overview", __name__)

DAYS = 30
DRAWN = {Action.CARD_HANDED_OVER: numbers.HANDED_OVER, Action.CARD_SIGNED: numbers.ISSUED}


@bp.get("/overview")
@requires(StaffRole.SUPERVISOR)
def show() -> ResponseReturnValue:
    """One page of counts."""
    now = desk.now()
    days = [day_of(now) - timedelta(days=ago) for ago in reversed(range(DAYS))]
    with desk.reading() as session:
        work = open_work.of_desk(session, now=now)
        took, waits = waiting_times.of_month(session, now=now), waiting.waits(session, now=now)
        refusals = [_month(session, month) for month in _this_and_last(now)]
        by_day = audit.count_by_day(session, DRAWN, since=days[0])
    return render_template(
        "overview/overview.html",
        work=work,
        steps=Step,
        took=took,
        buckets=BUCKETS,
        waits=waits,
        wait_words=WAITS,
        refusals=refusals,
        reasons=(REFUSED_TOTAL, *REFUSALS, REFUSED_OTHERWISE),
        measures=MEASURES,
        days=days,
        by_day=by_day,
        drawn={action: (name, _drawn(action, days, by_day)) for action, name in DRAWN.items()},
    )


def _month(session: Session, month: str) -> Month:
    """A month as it is, or will be, published."""
    return Month(month, numbers.publish(numbers.count(statistics.counted(session, month))))


def _this_and_last(now: datetime) -> tuple[str, str]:
    today = day_of(now)
    return month_of(today), month_of(today.replace(day=1) - timedelta(days=1))


def _drawn(action: Action, days: list[date], by_day: dict[tuple[date, str], int]) -> Chart:
    return charts.chart((dates.day(day), by_day.get((day, str(action)), 0)) for day in days)
