"""Codes from an app: good once, for a minute and a half at most, and sealed in the register."""

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from pyotp import TOTP, parse_uri
from sqlalchemy.orm import Session
from town_hall import NOON

from cardservice.domain import audit, code_app, second_factors, sessions, staff
from cardservice.domain.actor import CONSOLE
from cardservice.domain.code_app import CodeAppUnreadable, CodeRefused
from cardservice.factor_key import FactorKey
from cardservice.storage.models import Staff
from cardservice.terms import StaffRole

Transaction = Callable[[], AbstractContextManager[Session]]
SECRET = b"12345678901234567890"  # that of RFC 6238, appendix B
KEY = FactorKey(bytes(range(32)))
STEP = timedelta(seconds=30)
LATER = NOON + 10 * STEP


def code_at(now: datetime) -> str:
    return TOTP(code_app.words_of(SECRET).replace(" ", "")).at(now)


def hire(session: Session, name: str = "ana") -> Staff:
    return staff.add(session, name, StaffRole.CLERK, "correct unlikely horse", actor=CONSOLE, now=NOON)


@pytest.fixture
def ana(session: Session) -> Staff:
    """Has a code app since noon."""
    member = hire(session)
    code_app.set_up(session, member.id, SECRET, code_at(NOON), key=KEY, actor=CONSOLE, now=NOON)
    return member


def accept(session: Session, member: Staff, code: str, now: datetime = LATER) -> Staff:
    return code_app.accept(session, member.id, code, key=KEY, now=now)


class TestSettingUp:
    def test_needs_a_code_of_the_app(self, session: Session) -> None:
        member = hire(session)

        with pytest.raises(CodeRefused):
            code_app.set_up(session, member.id, SECRET, "000000", key=KEY, actor=CONSOLE, now=NOON)

        assert member.code_secret is None

    def test_keeps_the_secret_sealed(self, ana: Staff) -> None:
        assert ana.code_secret
        assert SECRET not in ana.code_secret
        assert KEY.open(ana.code_secret, staff_id=ana.id) == SECRET

    def test_ends_the_sessions_and_is_audited(self, session: Session) -> None:
        member = hire(session)
        sessions.begin(session, member.id, b"old", now=NOON)

        code_app.set_up(session, member.id, SECRET, code_at(NOON), key=KEY, actor=CONSOLE, now=NOON)

        assert sessions.live(session, member.id, now=NOON, limits=sessions.DEFAULT_LIMITS) == []
        last = audit.newest(session)
        assert last
        assert last.action == "staff.code app added"
        assert second_factors.of(session, member).code_app

    def test_spends_the_code_it_was_proved_with(self, session: Session, ana: Staff) -> None:
        with pytest.raises(CodeRefused):
            accept(session, ana, code_at(NOON), NOON)


class TestACode:
    def test_is_that_of_the_standard(self) -> None:
        # RFC 6238, appendix B, the last six of its eight digits.
        assert code_at(datetime.fromtimestamp(59, NOON.tzinfo)) == "287082"
        assert code_at(datetime.fromtimestamp(1_111_111_109, NOON.tzinfo)) == "081804"

    @pytest.mark.parametrize("steps", [-1, 0, 1])
    def test_is_good_one_step_early_or_late(self, session: Session, ana: Staff, steps: int) -> None:
        assert accept(session, ana, code_at(LATER + steps * STEP)) is ana

    @pytest.mark.parametrize("steps", [-2, 2])
    def test_is_not_good_two_steps_away(self, session: Session, ana: Staff, steps: int) -> None:
        with pytest.raises(CodeRefused):
            accept(session, ana, code_at(LATER + steps * STEP))

    def test_may_be_typed_with_spaces_and_in_the_digits_of_another_script(self, session: Session, ana: Staff) -> None:
        code = code_at(LATER)
        arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

        assert accept(session, ana, f" {arabic[:3]} {arabic[3:]}") is ana

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "²²²²²²", "-12345", "1" * 10_000])
    def test_is_six_digits(self, session: Session, ana: Staff, typed: str) -> None:
        with pytest.raises(CodeRefused):
            accept(session, ana, typed)

    def test_is_refused_each_of_a_hundred_times_after_the_first(self, session: Session, ana: Staff) -> None:
        refused = 0
        for n in range(100):
            now = LATER + n * 3 * STEP
            accept(session, ana, code_at(now), now)
            with pytest.raises(CodeRefused):
                accept(session, ana, code_at(now), now + (n % 2) * STEP)
            refused += 1

        assert refused == 100

    def test_before_one_that_was_used_is_refused(self, session: Session, ana: Staff) -> None:
        accept(session, ana, code_at(LATER + STEP))

        with pytest.raises(CodeRefused):
            accept(session, ana, code_at(LATER))

    def test_is_not_good_again_when_the_clock_goes_back(self, session: Session, ana: Staff) -> None:
        accept(session, ana, code_at(LATER))

        with pytest.raises(CodeRefused):
            accept(session, ana, code_at(LATER - 5 * STEP), LATER - 5 * STEP)

    def test_used_by_many_at_once_lets_one_in(self, transaction: Transaction) -> None:
        with transaction() as session:
            member = hire(session)
            code_app.set_up(session, member.id, SECRET, code_at(NOON), key=KEY, actor=CONSOLE, now=NOON)

        def attempt(_: int) -> bool:
            try:
                with transaction() as session:
                    code_app.accept(session, member.id, code_at(LATER), key=KEY, now=LATER)
            except CodeRefused:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(attempt, range(16))) == 1

    def test_opens_no_account_that_is_closed_or_has_no_app(self, session: Session, ana: Staff) -> None:
        other = hire(session, "bo")
        staff.disable(session, ana.id, actor=CONSOLE, now=NOON)

        for staff_id in (ana.id, other.id, 99):
            with pytest.raises(CodeRefused):
                code_app.accept(session, staff_id, code_at(LATER), key=KEY, now=LATER)


class TestTheSealedSecret:
    def test_is_opened_by_no_other_key(self, session: Session, ana: Staff) -> None:
        with pytest.raises(CodeAppUnreadable):
            code_app.accept(session, ana.id, code_at(LATER), key=FactorKey(secrets.token_bytes(32)), now=LATER)

    def test_is_of_no_use_in_somebody_elses_row(self, session: Session, ana: Staff) -> None:
        other = hire(session, "bo")
        other.code_secret = ana.code_secret

        with pytest.raises(CodeAppUnreadable):
            accept(session, other, code_at(LATER))


class TestWhatAnAppIsGiven:
    def test_is_an_address_that_apps_read(self) -> None:
        read = parse_uri(code_app.address_of(SECRET, name="ana", town="Vila Aberta"))

        assert (read.name, read.issuer) == ("ana", "Vila Aberta")
        assert isinstance(read, TOTP)
        assert read.at(NOON) == code_at(NOON)

    def test_is_letters_in_groups_of_four(self) -> None:
        assert code_app.words_of(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
