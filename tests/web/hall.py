"""A whole desk for tests: a town on SQLite with keys and published lists, four staff members, and a clock that stands
still until it is told to go on. What every page must have is pages.py; fixtures are conftest.py."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy.orm import Session, sessionmaker

from cardservice.credential.keys import Algorithm
from cardservice.day_keys import DayKeys
from cardservice.domain import key_rotation, staff
from cardservice.domain.actor import CONSOLE
from cardservice.keystore import Purpose, SigningKey
from cardservice.settings import Settings, parse
from cardservice.storage.models import Base
from cardservice.storage.session import engine, sessions
from cardservice.terms import StaffRole
from cardservice.web.app import create_app
from cardservice.web.desk import EXTENSION, Desk, Keys
from web.pages import Client

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "seven lamps under water"
NAMES = {
    StaffRole.CLERK: "clara",
    StaffRole.SUPERVISOR: "sofia",
    StaffRole.ADMINISTRATOR: "ada",
    StaffRole.AUDITOR: "otto",
}
ANSWERS = {
    "name": "Karim al-Haddad",
    "language": "eng",
    "name_second": "كريم الحدّاد",
    "language_second": "ara",
    "birth_day": "27",
    "birth_month": "3",
    "birth_year": "1985",
}
EVERY_MORNING = {"hours": {day: ["09:00-12:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}}
"""When visits can be booked, in a town that takes them."""
PAPERS = {"paper-passport": "y", "paper-lease": "y"}
"""Enough by the example of a policy."""


@dataclass
class Clock:
    """Time that passes when it is told to."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class TownHall:
    """A desk and what a test needs around it."""

    folder: Path
    settings: Settings
    sessions: sessionmaker[Session]
    keys: Keys
    day_keys: DayKeys
    clock: Clock
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(
            self.settings, sessions=self.sessions, keys=self.keys, day_keys=self.day_keys, clock=self.clock
        )
        self.app.test_client_class = Client

    @property
    def desk(self) -> Desk:
        desk: Desk = self.app.extensions[EXTENSION]
        return desk

    def browser(self, role: StaffRole | None = None, name: str = "") -> Client:
        """A browser, signed in as the staff member of a role."""
        client: Client = self.app.test_client()  # type: ignore[assignment]
        if role is not None:
            assert client.sign_in(name or NAMES[role], PASSWORD).status_code == 302
        return client

    def register(self, browser: Client, **changed: str) -> str:
        """Show papers, type the answers of a resident, decline the photo, and return the draft's id."""
        draft_id = self.begin(browser)
        answer = browser.submit(f"/registrations/{draft_id}/details", ANSWERS | changed)
        assert answer.status_code == 302, answer.main.text
        browser.submit(f"/registrations/{draft_id}/no-photo")
        return draft_id

    def begin(self, browser: Client, page: str = "/registrations/new") -> str:
        """Show papers that are enough, and return the draft's id."""
        answer = browser.submit(page, PAPERS)
        assert answer.status_code == 302, answer.main.text
        return answer.location.split("/")[2]

    def replace(self, browser: Client, number: str, **changed: str) -> str:
        """Register somebody whose card is to be replaced, and return the draft's id."""
        draft_id = self.begin(browser, f"/cards/{number}/replace")
        browser.submit(f"/registrations/{draft_id}/details", ANSWERS | changed)
        return draft_id

    def issue(self, browser: Client, **changed: str) -> tuple[str, str]:
        """Register and issue; return the draft's id and the card's number."""
        draft_id = self.register(browser, **changed)
        assert browser.submit(f"/registrations/{draft_id}/issue").status_code == 302
        page = browser.get(f"/registrations/{draft_id}/print").main
        form = next(form for form in page.all("form") if form.attributes["action"].endswith("/hand-over"))
        return draft_id, form.attributes["action"].split("/")[2]

    def hand_out(self, browser: Client, **changed: str) -> str:
        """Register, issue and hand over; return the card's number."""
        _, number = self.issue(browser, **changed)
        assert browser.submit(f"/cards/{number}/hand-over").status_code == 302
        return number


def settings_for(
    folder: Path,
    visits: dict[str, Any] | None = None,
    printer: list[dict[str, Any]] | None = None,
    evidence: dict[str, Any] | None = None,
    **desk: Any,
) -> Settings:
    town = {
        "name": "Vila Aberta",
        "issuer": "https://cards.vila-aberta.example",
        "languages": ["fr", "ar"],
        "names": {"fr": "Vila Aberta", "ar": "فيلا أبيرتا"},
    }
    # A name and a password are enough in most tests, as in the demo; over https that is refused.
    plain = {"https": False, "second_factor": desk.get("https", False)}
    return parse(
        {
            "town": town,
            "desk": plain | desk,
            "visits": visits or {},
            "printer": printer or [],
            "evidence": evidence or {},
        },
        folder,
    )


def unlocked(keys: dict[Purpose, SigningKey]) -> Keys:
    return Keys(**{purpose.value: key for purpose, key in keys.items()})


@dataclass(frozen=True)
class Finished:
    """A town's folder that is copied for each test, and its keys."""

    folder: Path
    keys: dict[Purpose, SigningKey]


def build_town(folder: Path, now: datetime = MORNING) -> Finished:
    """Make a town in a folder: register, staff, and four active and published keys, all of `now`."""
    bound = sessions(engine(settings_for(folder).database_url))
    Base.metadata.create_all(bound.kw["bind"])
    keys = {purpose: SigningKey.generate(purpose, Algorithm.ES256) for purpose in Purpose}
    # What is tested here is the desk; a real Argon2 hash would cost each sign-in a tenth of a second.
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch, bound.begin() as session:
        patch.setattr(staff, "_HASHER", quick)
        for role, name in NAMES.items():
            # They changed their first password on their first day.
            staff.add(session, name, role, PASSWORD, actor=CONSOLE, now=now).password_is_first = False
        for purpose, key in keys.items():
            made = key_rotation.announce(session, purpose, key.public, validity_years=2, actor=CONSOLE, now=now)
            key_rotation.activate(session, made.key_id, wait=timedelta(days=14), actor=CONSOLE, now=now)
    hall = TownHall(folder, settings_for(folder), bound, unlocked(keys), DayKeys.in_process(), Clock(now))
    hall.desk.publish(actor=CONSOLE, now=now)
    bound.kw["bind"].dispose()
    return Finished(folder, keys)


@dataclass
class Builder:
    """Makes desks over copies of the finished town."""

    folder: Path
    finished: Finished

    def __call__(self, keys: Keys | None = None, **settings: Any) -> TownHall:
        shutil.copytree(self.finished.folder, self.folder)
        parsed = settings_for(self.folder, **settings)
        bound = sessions(engine(parsed.database_url))
        return TownHall(self.folder, parsed, bound, keys or unlocked(self.finished.keys), DayKeys.in_process(), Clock())


def picture(width: int = 480, height: int = 640, kind: str = "JPEG") -> BytesIO:
    """A drawn face before a plain wall, as a file."""
    drawn = Image.new("RGB", (width, height), "#c9d6df")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.6), fill="#a9714b")
    pen.rectangle((width * 0.2, height * 0.65, width * 0.8, height), fill="#27496d")
    file = BytesIO()
    drawn.save(file, kind)
    file.seek(0)
    return file
