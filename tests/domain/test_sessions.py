"""Sessions of staff: rows that whatever ends them deletes, and clocks that lengthen none."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import audit, sessions, signed_in, staff
from cardservice.domain.actor import CONSOLE
from cardservice.domain.sessions import DEFAULT_LIMITS, SessionOver
from cardservice.storage.models import Staff, StaffSession
from cardservice.terms import StaffRole

ONE, TWO, THREE = b"1" * 32, b"2" * 32, b"3" * 32
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def ana(session: Session) -> Staff:
    return staff.add(session, "ana", StaffRole.CLERK, "correct unlikely horse", actor=CONSOLE, now=NOON)


@pytest.fixture
def bo(session: Session) -> Staff:
    return staff.add(session, "bo", StaffRole.CLERK, "correct unlikely horse", actor=CONSOLE, now=NOON)


def why_over(session: Session, session_id: bytes, now: datetime) -> str | None:
    try:
        signed_in.find(session, session_id, now=now, limits=DEFAULT_LIMITS)
    except SessionOver as over:
        return over.code
    return None


def rows(session: Session) -> list[StaffSession]:
    return list(session.scalars(select(StaffSession)))


class TestASession:
    def test_is_found_by_its_id_with_whose_it_is(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)

        assert signed_in.find(session, ONE, now=NOON, limits=DEFAULT_LIMITS).actor.staff_id == ana.id
        assert why_over(session, TWO, NOON) == "ended"
        assert why_over(session, b"", NOON) == "ended"

    def test_is_kept_without_its_id_an_address_or_a_browser(self, session: Session, ana: Staff) -> None:
        begun = sessions.begin(session, ana.id, ONE, now=NOON)

        columns = {column.name for column in StaffSession.__table__.columns}
        assert columns == {"digest", "staff_id", "began_at", "seen_at", "confirmed_at", "refused"}
        assert ONE not in begun.digest

    def test_ends_after_ten_idle_minutes(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)

        assert why_over(session, ONE, NOON + 10 * MINUTE) is None
        assert why_over(session, ONE, NOON + 10 * MINUTE + SECOND) == "idle"

    def test_goes_on_while_it_is_used_and_ends_after_ten_hours(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)
        for minutes in range(0, 601, 5):
            sessions.touch(session, ONE, now=NOON + minutes * MINUTE)

        assert why_over(session, ONE, NOON + 10 * HOUR) is None
        assert why_over(session, ONE, NOON + 10 * HOUR + SECOND) == "long"

    def test_of_a_closed_account_is_over_whatever_the_row_says(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)
        ana.disabled = True

        assert why_over(session, ONE, NOON) == "ended"

    def test_is_worth_a_write_once_a_minute(self, session: Session, ana: Staff) -> None:
        begun = sessions.begin(session, ana.id, ONE, now=NOON)

        assert not sessions.is_unnoted(begun.seen_at, now=NOON + 59 * SECOND)
        assert sessions.is_unnoted(begun.seen_at, now=NOON + MINUTE)

    def test_that_is_over_is_not_brought_back_by_its_use(self, session: Session) -> None:
        sessions.touch(session, ONE, now=NOON)
        sessions.confirm(session, ONE, ONE, now=NOON)

        assert rows(session) == []


class TestAClockThatGoesBack:
    def test_ends_the_sessions_that_it_leaves_in_the_future(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)

        assert why_over(session, ONE, NOON - MINUTE) is None
        assert why_over(session, ONE, NOON - MINUTE - SECOND) == "idle"

    @pytest.mark.parametrize("back", [SECOND, 59 * SECOND, MINUTE])
    def test_never_moves_the_last_use_back(self, session: Session, ana: Staff, back: timedelta) -> None:
        begun = sessions.begin(session, ana.id, ONE, now=NOON)

        sessions.touch(session, ONE, now=NOON - back)

        assert begun.seen_at == NOON

    def test_leaves_no_confirmation_recent(self, session: Session, ana: Staff) -> None:
        begun = sessions.begin(session, ana.id, ONE, now=NOON)

        assert not sessions.is_recent(begun.confirmed_at, now=NOON - 2 * MINUTE, within=5 * MINUTE)


class TestAConfirmation:
    def test_is_recent_for_a_while(self, session: Session, ana: Staff) -> None:
        begun = sessions.begin(session, ana.id, ONE, now=NOON)

        assert sessions.is_recent(begun.confirmed_at, now=NOON + 5 * MINUTE, within=5 * MINUTE)
        assert not sessions.is_recent(begun.confirmed_at, now=NOON + 5 * MINUTE + SECOND, within=5 * MINUTE)
        sessions.confirm(session, ONE, ONE, now=NOON + 6 * MINUTE)
        assert sessions.is_recent(begun.confirmed_at, now=NOON + 7 * MINUTE, within=5 * MINUTE)

    def test_refused_five_times_in_a_row_ends_the_session(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)

        assert [sessions.refuse(session, ONE) for _ in range(5)] == [False] * 4 + [True]
        session.flush()
        assert why_over(session, ONE, NOON) == "ended"
        assert sessions.refuse(session, ONE)

    def test_that_is_right_forgets_the_wrong_ones(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)
        for _ in range(4):
            sessions.refuse(session, ONE)
        sessions.confirm(session, ONE, ONE, now=NOON)

        assert not sessions.refuse(session, ONE)

    def test_gives_the_session_another_id_and_not_another_end(self, session: Session, ana: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)

        sessions.confirm(session, ONE, TWO, now=NOON + 5 * MINUTE)

        session.flush()
        assert why_over(session, ONE, NOON + 5 * MINUTE) == "ended"
        assert why_over(session, TWO, NOON + 5 * MINUTE) is None
        assert [row.began_at for row in rows(session)] == [NOON]


class TestMoreThanFive:
    def test_end_the_one_that_was_used_longest_ago(self, session: Session, ana: Staff, bo: Staff) -> None:
        sessions.begin(session, bo.id, THREE, now=NOON)
        for n in range(sessions.MOST_AT_ONCE):
            sessions.begin(session, ana.id, bytes([n]) * 32, now=NOON + n * SECOND)
        sessions.touch(session, bytes(32), now=NOON + MINUTE)

        sessions.begin(session, ana.id, ONE, now=NOON + MINUTE)

        ended = [n for n in range(sessions.MOST_AT_ONCE) if why_over(session, bytes([n]) * 32, NOON + MINUTE)]
        assert ended == [1]
        assert why_over(session, ONE, NOON + MINUTE) is None
        assert why_over(session, THREE, NOON + MINUTE) is None


class TestEnding:
    def test_one_leaves_the_others(self, session: Session, ana: Staff, bo: Staff) -> None:
        for session_id, member in ((ONE, ana), (TWO, ana), (THREE, bo)):
            sessions.begin(session, member.id, session_id, now=NOON)

        sessions.end(session, ONE)

        assert [why_over(session, each, NOON) for each in (ONE, TWO, THREE)] == ["ended", None, None]

    def test_the_others_leaves_this_one_and_everybody_elses(self, session: Session, ana: Staff, bo: Staff) -> None:
        for session_id, member in ((ONE, ana), (TWO, ana), (THREE, bo)):
            sessions.begin(session, member.id, session_id, now=NOON)

        sessions.end_others(session, ana.id, ONE, actor=CONSOLE, now=NOON)

        assert [why_over(session, each, NOON) for each in (ONE, TWO, THREE)] == [None, "ended", None]

    def test_all_of_somebody_is_audited_where_that_was_what_was_asked_for(
        self, session: Session, ana: Staff, bo: Staff
    ) -> None:
        for session_id, member in ((ONE, ana), (TWO, ana), (THREE, bo)):
            sessions.begin(session, member.id, session_id, now=NOON)

        sessions.sign_out(session, ana.id, actor=CONSOLE, now=NOON)

        assert [why_over(session, each, NOON) for each in (ONE, TWO, THREE)] == ["ended", "ended", None]
        last = audit.newest(session)
        assert last
        assert (last.action, last.subject) == ("staff.sessions ended", f"staff:{ana.id}")

    def test_everybodys_leaves_none(self, session: Session, ana: Staff, bo: Staff) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)
        sessions.begin(session, bo.id, TWO, now=NOON)

        sessions.end_everybodys(session)

        assert rows(session) == []


class TestAList:
    def test_shows_ones_own_live_sessions_the_last_used_first(self, session: Session, ana: Staff, bo: Staff) -> None:
        first = sessions.begin(session, ana.id, ONE, now=NOON)
        second = sessions.begin(session, ana.id, TWO, now=NOON + 5 * MINUTE)
        sessions.begin(session, bo.id, THREE, now=NOON + 5 * MINUTE)

        def shown(now: datetime) -> list[StaffSession]:
            return sessions.live(session, ana.id, now=now, limits=DEFAULT_LIMITS)

        assert shown(NOON + 5 * MINUTE) == [second, first]
        assert shown(NOON + 12 * MINUTE) == [second]


class TestForgetting:
    @pytest.mark.parametrize(
        ("later", "count"),
        [(70 * MINUTE, 0), (70 * MINUTE + SECOND, 1), (-2 * MINUTE, 1)],
        ids=["an hour after its end", "longer", "in the future"],
    )
    def test_takes_the_rows_of_sessions_that_ended_an_hour_ago(
        self, session: Session, ana: Staff, later: timedelta, count: int
    ) -> None:
        sessions.begin(session, ana.id, ONE, now=NOON)

        assert sessions.forget_ended(session, now=NOON + later, limits=DEFAULT_LIMITS) == count
        assert len(rows(session)) == 1 - count

    def test_takes_long_sessions_too(self, session: Session, ana: Staff) -> None:
        begun = sessions.begin(session, ana.id, ONE, now=NOON)
        begun.seen_at = NOON + 11 * HOUR

        assert sessions.forget_ended(session, now=NOON + 11 * HOUR + SECOND, limits=DEFAULT_LIMITS) == 1
