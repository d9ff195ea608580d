"""What goes wrong is said in words, with what to do next, and never with what somebody typed."""

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from cardservice.domain import audit, errors
from cardservice.storage.models import Card
from cardservice.terms import CardState, StaffRole
from cardservice.web import problems, quiet_log
from cardservice.web.problems import DATABASE_GONE, DISK_FULL, OUR_MISTAKE, TABLE, problem_for
from web.hall import ANSWERS, TownHall
from web.pages import Client, mark_of
from web.test_access import ALLOWED, addresses

CANARY = "Canary-7f3a"
FORM = {name: f"{CANARY}-{name}" for name in (*ANSWERS, "password", "passphrase", "again", "number", "reason", "role")}


@contextmanager
def quiet() -> Iterator[StringIO]:
    """What the service would write into its log."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(quiet_log.QuietFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def broken(error: BaseException) -> Any:
    """A view that fails with what was typed in its hands."""

    def view(**_: object) -> None:
        typed = f"{CANARY}-local"
        raise error from ValueError(f"{typed} could not be read")

    return view


def full(number: int = sqlite3.SQLITE_FULL) -> OperationalError:
    refused = sqlite3.OperationalError("database or disk is full")
    refused.sqlite_errorcode, refused.sqlite_errorname = number, "SQLITE_FULL"
    return OperationalError("INSERT INTO drafts …", {}, refused)


class TestTheTable:
    @pytest.mark.parametrize(
        ("error", "expected"),
        [
            (OperationalError("SELECT", {}, sqlite3.OperationalError("unable to open database file")), DATABASE_GONE),
            (full(), DISK_FULL),
            (OSError(errno.ENOSPC, "No space left on device"), DISK_FULL),
            (errors.Conflict("moved"), TABLE[errors.Conflict]),
            (errors.NotFound("gone"), TABLE[errors.NotFound]),
            (ValueError("what was typed"), OUR_MISTAKE),
            (OSError(errno.EIO, "input/output error"), OUR_MISTAKE),
        ],
    )
    def test_knows_what_to_say(self, error: Exception, expected: problems.Problem) -> None:
        assert problem_for(error) is expected

    def test_has_a_line_for_every_way_in_which_the_domain_says_no(self) -> None:
        assert {errors.NotFound, errors.Conflict, errors.Refused, errors.Unavailable} <= set(TABLE)


class TestEveryView:
    @pytest.mark.parametrize("role", list(StaffRole))
    def test_shows_and_logs_nothing_that_was_typed_when_it_fails(self, hall: TownHall, role: StaffRole) -> None:
        browser = hall.browser(role)
        csrf = browser.csrf_from("/")
        leaks = []
        with quiet() as log:
            for endpoint, address, methods in addresses(hall.app):
                if endpoint in {"static", "sign_in.sign_out"} or role not in (ALLOWED[endpoint] or set(StaffRole)):
                    continue
                with replaced(hall.app, endpoint, broken(RuntimeError(f"{CANARY} in a message"))):
                    for method in methods & {"GET", "POST"}:
                        answer = browser.open(address, method=method, data={"csrf_token": csrf} | FORM)
                        assert answer.status_code == 500, (method, address)
                        assert "mistake in the software" in answer.main.text
                        if CANARY in answer.text:
                            leaks.append(address)

        assert leaks == []
        assert CANARY not in log.getvalue()
        assert "builtins.RuntimeError at tests/web/test_problems.py" in log.getvalue()
        assert "after builtins.ValueError" in log.getvalue()

    def test_logs_no_address_and_no_query(self, hall: TownHall, clerk: Client) -> None:
        with quiet() as log:
            clerk.get(f"/cards/{CANARY}?name={CANARY}")
            clerk.get(f"/{CANARY}")

        assert CANARY not in log.getvalue()
        assert "GET /cards/<string:card_number> 404" in log.getvalue()
        assert "127.0.0.1" not in log.getvalue()

    def test_logs_no_word_of_what_others_say(self) -> None:
        with quiet() as log:
            logging.getLogger("somebody.elses.library").warning("could not read %s", CANARY)
            logging.getLogger("cardservice.web").warning("two\nlines of \x1b[31mours")

        assert CANARY not in log.getvalue()
        assert "WARNING somebody.elses.library: a message at tests/web/test_problems.py:" in log.getvalue()
        assert "two?lines of ?[31mours" in log.getvalue()


@contextmanager
def replaced(app: Flask, endpoint: str, view: Any) -> Iterator[None]:
    """The app with another view behind an endpoint, declared as the real one is."""
    real = app.view_functions[endpoint]
    view.__dict__.update(real.__dict__)
    app.view_functions[endpoint] = view
    yield
    app.view_functions[endpoint] = real


@contextmanager
def full_after(hall: TownHall, pages: int) -> Iterator[None]:
    """The register on a disk that has room for so many pages more: what SQLite says is what it says of a full disk."""
    bound = hall.sessions.kw["bind"]

    def limit(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute(f"PRAGMA max_page_count={size}")

    with hall.sessions.begin() as session:
        size = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one() + pages
    bound.dispose()
    event.listen(bound, "connect", limit)
    yield
    event.remove(bound, "connect", limit)
    bound.dispose()


def whole(hall: TownHall) -> bool:
    """Whether the register says that it is well, its audit is a chain, and every signed card has its draft."""
    with hall.sessions.begin() as session:
        audit.verify_chain(session)
        said = session.connection().exec_driver_sql("PRAGMA integrity_check").scalar_one()
        signed = session.scalars(select(Card).where(Card.state == CardState.SIGNED)).all()
        return said == "ok" and all(card.draft is not None for card in signed)


class TestARealTrouble:
    def test_database_gone_is_said_and_nothing_is_half_done(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        register, elsewhere = hall.folder / "register.db", hall.folder / "elsewhere.db"
        form = {"csrf_token": clerk.csrf_from(f"/registrations/{draft_id}/check")}
        register.rename(elsewhere)

        seen = clerk.get(f"/registrations/{draft_id}/check")
        issued = clerk.post(f"/registrations/{draft_id}/issue", data=form)
        made_anew = register.exists()
        elsewhere.rename(register)

        assert (seen.status_code, issued.status_code) == (503, 503)
        assert "The register cannot be reached" in issued.main.text
        assert not made_anew
        assert whole(hall)
        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 302

    def test_a_clock_behind_the_keys_is_said_and_no_card_is_made(self, hall: TownHall) -> None:
        hall.clock.passes(days=-1)
        clerk = hall.browser(StaffRole.CLERK)
        draft_id = hall.register(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/issue")

        assert answer.status_code == 503
        assert "The clock of the server is behind" in answer.main.text
        assert clerk.get(f"/registrations/{draft_id}/check").status_code == 200

    @pytest.mark.parametrize("pages", [0, 3])
    def test_disk_full_is_said_and_nothing_is_half_done(self, hall: TownHall, clerk: Client, pages: int) -> None:
        """The register may grow by a few pages more and no further, while cards are asked for until none is made."""
        draft_ids = [hall.register(clerk) for _ in range(8)]
        paths = [f"/registrations/{draft_id}/issue" for draft_id in draft_ids]
        forms = [{"csrf_token": clerk.csrf()} | mark_of(hall.app, path) for path in paths]

        with full_after(hall, pages):
            answers = [clerk.post(path, data=form) for path, form in zip(paths, forms, strict=True)]

        assert {answer.status_code for answer in answers} <= {302, 507}
        assert answers[-1].status_code == 507
        assert "The disk is full" in answers[-1].main.text
        assert "Work goes on when there is space again" in answers[-1].main.text
        assert whole(hall)
        for draft_id in draft_ids:
            assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 302

    @pytest.mark.parametrize(("method", "address", "status"), [("GET", "/nothing", 404), ("GET", "/sign-out", 405)])
    def test_wrong_address_or_method_has_a_page_of_its_own(
        self, clerk: Client, method: str, address: str, status: int
    ) -> None:
        answer = clerk.open(address, method=method)

        assert answer.status_code == status
        assert "What to do next" in answer.main.text
