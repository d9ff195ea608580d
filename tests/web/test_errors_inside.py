"""An exception inside every view, with what was typed in its message: nothing of it is on the page or in the log.

Each view is walked by each role that may use it, and each time one thing that it calls fails: in a way in which Python,
the database or a template fails when it was given what somebody typed. What answers is the same for all of them, so in
the short run one role walks a view in every way, and the others in one. The control shows the same faults to Flask as
it comes, which must write what was typed into its log.
"""

import inspect
import itertools
import logging
import os
import sqlite3
import types
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jinja2
import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from cardservice.terms import CardState, StaffRole
from cardservice.web.app import Service
from cardservice.web.problems import LAST_WORDS
from web.hall import ANSWERS, TownHall
from web.pages import Client
from web.test_access import ALLOWED, addresses

pytestmark = pytest.mark.usefixtures("shaped_once")

CANARY = "Cänary-7f3a"
SECRETS = (
    "password",
    "passphrase",
    "again",
    "code",
    "number",
    "reason",
    "role",
    "slip_code",
    "qr_text",
    "photo",
    "label",
)
FORM = {name: f"{CANARY}-{name}" for name in (*ANSWERS, *SECRETS)}
LONG = bool(os.environ.get("CARDSERVICE_LONG"))
# No view of ours, the end of the walk, and a view that calls nothing.
OWN_PAGES = {"static", "sign_in.sign_out", "keep.still_here"}

Fault = Callable[[str], Any]


def _refused_by_the_database(typed: str) -> None:
    raise IntegrityError(
        "INSERT INTO drafts VALUES (:name)", {"name": typed}, sqlite3.IntegrityError(f"Key (name)=({typed}) exists")
    )


def _refused_by_a_template(typed: str) -> None:
    jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True).from_string("{{ known[typed] + 1 }}").render(
        known={}, typed=typed
    )


def _refused_twice(typed: str) -> None:
    try:
        int(typed)
    except ValueError as error:
        raise RuntimeError(f"{typed} was not understood") from error


FAULTS: dict[str, Fault] = {
    "not a number": int,
    "no such key": lambda typed: {}[typed],
    "no date": date.fromisoformat,
    "no date either": lambda typed: datetime.strptime(typed, "%d.%m.%Y %z"),
    "no such word": CardState,
    "not in this encoding": lambda typed: typed.encode("ascii"),
    "refused by the database": _refused_by_the_database,
    "refused by a template": _refused_by_a_template,
    "refused twice": _refused_twice,
}


class Failing:
    """Stands in for something that a view calls, and fails with the whole form in its hands."""

    def __init__(self, fault: Fault) -> None:
        self.fault, self.met = fault, False

    def __call__(self, *_: object, **__: object) -> None:
        self.met = True
        self.fault(" ".join(request.form.values()) or f"{CANARY} in an address")


def called_by(view: Callable[..., Any]) -> list[tuple[types.ModuleType, str]]:
    """Where the things are that a view calls by name: (module, name in it)."""
    inner = inspect.unwrap(view)
    module, names = inspect.getmodule(inner), inner.__code__.co_names
    assert module is not None
    found: list[tuple[types.ModuleType, str]] = []
    for name in names:
        value = inner.__globals__.get(name)
        if isinstance(value, types.ModuleType):
            found += [(value, other) for other in names if inspect.isroutine(getattr(value, other, None))]
        elif inspect.isroutine(value) or inspect.isclass(value):
            found.append((module, name))
    return found


def walks(hall: TownHall, role: StaffRole) -> Iterator[tuple[str, str, str]]:
    """(endpoint, address, method) of everything a role may do, with a draft and a staff member that exist."""
    for endpoint, address, methods in addresses(hall.app):
        if endpoint not in OWN_PAGES and role in who_may(endpoint):
            for method in sorted(methods & {"GET", "POST"}):
                yield endpoint, address, method


def who_may(endpoint: str) -> list[StaffRole]:
    return [role for role in StaffRole if role in (ALLOWED[endpoint] or set(StaffRole))]


def in_every_way(endpoint: str, role: StaffRole) -> bool:
    return LONG or role is who_may(endpoint)[0]


def fail_inside(
    hall: TownHall, browser: Client, role: StaffRole, enough: int | None = None
) -> Iterator[tuple[str, str, str, Any]]:
    """(endpoint, method, fault, answer) of every fault that a view met; `enough`: of how many at most, for each.

    The first thing that a view calls fails in every way there is, each further one in one of them.
    """
    csrf = browser.csrf_from("/")
    for number, (endpoint, address, method) in enumerate(walks(hall, role)):
        most = enough or (None if in_every_way(endpoint, role) else 1)
        kinds = itertools.islice(itertools.cycle(FAULTS), number % len(FAULTS), None)
        for kind, answer in itertools.islice(_faults_met(hall, browser, endpoint, method, address, csrf, kinds), most):
            yield endpoint, method, kind, answer


def _faults_met(
    hall: TownHall, browser: Client, endpoint: str, method: str, address: str, csrf: str, kinds: Iterator[str]
) -> Iterator[tuple[str, Any]]:
    left_to_try = len(FAULTS)
    for place in called_by(hall.app.view_functions[endpoint]):
        for kind in itertools.islice(kinds, max(left_to_try, 1)):
            answer = fail_once(browser, method, address, csrf, place, FAULTS[kind])
            if answer is None:
                break
            left_to_try -= 1
            yield kind, answer


def fail_once(
    browser: Client, method: str, address: str, csrf: str, place: tuple[types.ModuleType, str], fault: Fault
) -> Any:
    """The answer while what is at a place fails; None where the view did not come that far."""
    failing = Failing(fault)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*place, failing)
        answer = browser.open(address, method=method, data={"csrf_token": csrf} | FORM)
    return answer if failing.met else None


class TestEveryView:
    @pytest.mark.parametrize("role", list(StaffRole))
    def test_shows_and_logs_nothing_that_was_typed_when_something_in_it_fails(
        self, hall: TownHall, desk_log: Path, role: StaffRole
    ) -> None:
        browser = hall.browser(role)
        met: dict[tuple[str, str], set[str]] = {}
        leaks = []
        for endpoint, method, kind, answer in fail_inside(hall, browser, role):
            met.setdefault((endpoint, method), set()).add(kind)
            if CANARY in answer.text or answer.status_code < 400:
                leaks.append((endpoint, method, kind, answer.status_code))

        walked = {(endpoint, method) for endpoint, _, method in walks(hall, role)}
        assert leaks == []
        assert set(met) == walked
        assert {view for view, kinds in met.items() if kinds == set(FAULTS)} == {
            view for view in walked if in_every_way(view[0], role)
        }
        assert CANARY not in desk_log.read_text()
        assert desk_log.read_text().count(" answered with 500 [") >= len(met)

    def test_is_walked_in_every_way_by_somebody(self, hall: TownHall) -> None:
        every = {
            (endpoint, method): in_every_way(endpoint, role)
            for role in reversed(StaffRole)
            for endpoint, _, method in walks(hall, role)
        }

        assert {view for view, is_walked in every.items() if not is_walked} == set()

    def test_shows_and_logs_nothing_when_not_even_the_page_about_it_can_be_made(
        self, hall: TownHall, desk_log: Path
    ) -> None:
        browser = hall.browser(StaffRole.CLERK)
        csrf = browser.csrf_from("/")
        hall.app.template_context_processors[None].append(Failing(_refused_twice))

        answer = browser.post("/registrations/new", data={"csrf_token": csrf} | FORM)

        assert (answer.status_code, answer.text) == (500, LAST_WORDS)
        assert CANARY not in desk_log.read_text()
        assert "no page could be made of 500" in desk_log.read_text()


class TestTheControl:
    def test_finds_what_flask_would_have_logged(
        self, hall: TownHall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = hall.browser(StaffRole.CLERK)
        self._as_flask_comes(hall.app, tmp_path / "plain.log", monkeypatch)
        missed, found = set(), 0
        with (tmp_path / "plain.log").open() as log:
            for endpoint, method, kind, answer in fail_inside(hall, browser, StaffRole.CLERK, enough=len(FAULTS)):
                if CANARY in log.read():
                    found += 1
                elif answer.status_code == 500 and kind != "not in this encoding":  # tells one letter, not the text
                    missed.add((endpoint, method, kind))
        hall.app.logger.handlers[0].close()

        assert missed == set()
        assert found > 200

    def _as_flask_comes(self, app: Flask, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without our table of problems, our way to log an exception and our formatter."""
        app.error_handler_spec[None][None].pop(Exception)
        monkeypatch.setattr(Service, "log_exception", Flask.log_exception)
        handler = logging.FileHandler(log)
        monkeypatch.setattr(app.logger, "handlers", [handler])
        monkeypatch.setattr(app.logger, "propagate", False)
        monkeypatch.setattr(
            Client, "open", lambda *given, **options: FlaskClient.open(*given, buffered=True, **options)
        )
