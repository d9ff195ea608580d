"""Role × route × owner (THREATS T2): what each role gets for each thing, cell by cell, from a real town.

matrix.txt is the declaration: a row for every route, method and thing, a column for every role. Every cell is asked
for, each on the same town as it was before, and has to be as it is declared; a route that is not declared fails. Rules
that hold whatever is declared are checked on the declaration itself. What the town answers now is written by
`PYTHONPATH=.:tests python -m web.test_matrix`, to be read line by line before it is kept.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cardservice.domain import drafts, key_rotation, partners, staff
from cardservice.domain.actor import CONSOLE
from cardservice.domain.partners import Checks
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.safety import empty_log
from cardservice.terms import Service, StaffRole
from web.hall import ANSWERS, NAMES, PASSWORD, Builder, TownHall, build_town
from web.pages import Client, mark_of
from web.test_access import ALLOWED, EXAMPLES

pytestmark = pytest.mark.usefixtures("shaped_once")

DECLARED = Path(__file__).with_name("matrix.txt")
COLUMNS = (*StaffRole, None)
TO_SIGN_IN = "in"  # sent to the sign-in page, or told that the session is over

# What there is of each kind. Roles that make none of their own are shown the clerk's.
DRAFTS = (
    "own",
    "another's",
    "own waiting",
    "another's waiting",
    "own issued",
    "another's issued",
    "handed over",
    "none",
)
CARDS = ("own issued", "another's issued", "active", "suspended", "revoked", "none")
STAFF = ("oneself", "somebody", "none")
KEYS = ("active", "announced", "none")
PARTNERS = ("listed", "none")
JOBS = ("own", "another's", "none")
THINGS = {
    "draft_id": DRAFTS, "card_number": CARDS, "staff_id": STAFF, "key_id": KEYS, "partner_id": PARTNERS, "job_id": JOBS,
}  # fmt: skip
NONE = {
    "draft_id": "0" * 32, "card_number": "7K2MPX4Q9T0A", "staff_id": 9_999, "key_id": "0" * 16, "partner_id": 9_999,
    "job_id": "0" * 32,
}  # fmt: skip
# A form that every page could read.
FORM = ANSWERS | {
    "reason": "damaged", "role": "clerk", "number": "7K2M-PX4Q-9T0A", "password": "", "code": "residence",
    "services": "library", "printer": "pdf.cr80",
}  # fmt: skip

Cell = tuple[str, str, str]


@dataclass
class World:
    """A town with one of each thing, as one role finds it, and the way back to it after each question."""

    hall: TownHall
    role: StaffRole | None
    things: dict[str, dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.hall.sessions.begin() as session:
            staff.add(session, "clement", StaffRole.CLERK, PASSWORD, actor=CONSOLE, now=self.hall.clock())
        other = self.hall.browser(StaffRole.CLERK, "clement")
        own = self.hall.browser(self.role if self.role is StaffRole.SUPERVISOR else StaffRole.CLERK)
        self._register(own, other)
        self.browser = self.hall.browser(self.role)
        self.csrf = self.browser.csrf_from("/")
        self.cookies = dict(self.browser._cookies)
        self.register = Path(str(self.hall.sessions.kw["bind"].url.database))
        empty_log(self.hall.sessions.kw["bind"])
        self.hall.sessions.kw["bind"].dispose()
        self.kit, self.before = self.hall.settings.kit_folder, self.hall.folder / "before"
        shutil.copytree(self.kit, self.before / "kit")
        shutil.copy(self.register, self.before)
        self.untouched = self._marks()

    def _register(self, own: Client, other: Client) -> None:
        issued, others_issued = self.hall.issue(own), self.hall.issue(other)
        jobs = [_job(browser, self.hall.issue(browser)[1]) for browser in (own, other)]
        active, suspended, revoked = (self.hall.hand_out(own) for _ in range(3))
        own.submit(f"/cards/{suspended}/suspend")
        own.submit(f"/cards/{revoked}/revoke", {"reason": "lost"})
        own.submit("/queue/desk", {"persons": "1"})
        waiting, others_waiting = self.hall.register(own), self.hall.register(other)
        for browser, draft_id in ((own, waiting), (other, others_waiting)):
            browser.submit(f"/registrations/{draft_id}/submit")
        gone = self.hall.register(own)
        own.submit(f"/registrations/{gone}/discard")
        drafts = (self.hall.register(own), self.hall.register(other), waiting, others_waiting)
        self.things = {
            "draft_id": dict(zip(DRAFTS, (*drafts, issued[0], others_issued[0], gone, NONE["draft_id"]), strict=True)),
            "card_number": dict(
                zip(CARDS, (issued[1], others_issued[1], active, suspended, revoked, NONE["card_number"]), strict=True)
            ),
            "staff_id": dict(zip(STAFF, (*self._staff(), NONE["staff_id"]), strict=True)),
            "key_id": dict(zip(KEYS, (*self._keys(), NONE["key_id"]), strict=True)),
            "partner_id": {"listed": self._partner(), "none": NONE["partner_id"]},
            "job_id": dict(zip(JOBS, (*jobs, NONE["job_id"]), strict=True)),
        }

    def _staff(self) -> tuple[int, int]:
        own_name = NAMES[self.role or StaffRole.CLERK]
        with self.hall.sessions.begin() as session:
            return staff.by_name(session, own_name).id, staff.by_name(session, "clement").id

    def _keys(self) -> tuple[str, str]:
        """The card key that signs, and one that was announced after it."""
        active = self.hall.keys.get(Purpose.CARD)
        fresh = SigningKey.generate(Purpose.CARD, active.algorithm)
        with self.hall.sessions.begin() as session:
            key_rotation.announce(
                session, Purpose.CARD, fresh.public, validity_years=2, actor=CONSOLE, now=self.hall.clock()
            )
        return active.key_id.hex(), fresh.key_id.hex()

    def _partner(self) -> int:
        checks = Checks(services=frozenset({Service.LIBRARY}))
        with self.hall.sessions.begin() as session:
            return partners.add(session, "Library", checks, actor=CONSOLE, now=self.hall.clock()).id

    def cells(self) -> Iterator[tuple[Cell, str]]:
        """(endpoint, method, thing) of every cell of this role's column, with its address."""
        urls = self.hall.app.url_map.bind("localhost")
        for rule in self.hall.app.url_map.iter_rules():
            kind = next((name for name in rule.arguments if name in THINGS), None)
            for thing in THINGS[kind] if kind else ("-",):
                values = {name: EXAMPLES[name] for name in rule.arguments}
                if kind:
                    values[kind] = self.things[kind][thing]
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                    address = urls.build(rule.endpoint, values, method=method)
                    yield (rule.endpoint, method, thing), address

    def ask(self, method: str, address: str, *, csrf: bool = True) -> str:
        """What the town answers, which is then as it was before."""
        shown = mark_of(self.hall.app, address)
        data = FORM | shown | ({"csrf_token": self.csrf} if csrf else {}) if method == "POST" else None
        answer = self.browser.open(address, method=method, data=data)
        self._back()
        return (
            TO_SIGN_IN
            if answer.headers.get("Location") == "/sign-in" or answer.status_code == 401
            else str(answer.status_code)
        )

    def _back(self) -> None:
        """Whatever was touched is as it was before; most questions touch nothing."""
        self.browser._cookies = dict(self.cookies)
        touched = {name for name, _ in self._marks().items() ^ self.untouched.items()}
        if not touched:
            return
        if str(self.register) in touched or str(self._log) in touched:
            self.hall.sessions.kw["bind"].dispose()
            for leftover in self.register.parent.glob(f"{self.register.name}-*"):
                leftover.unlink()
            shutil.copy(self.before / self.register.name, self.register)
        for name in map(Path, touched - {str(self.register), str(self._log)}):
            name.unlink(missing_ok=True)
            if (known := self.before / "kit" / name.relative_to(self.kit)).exists():
                shutil.copy(known, name)
        self.untouched = self._marks()

    @property
    def _log(self) -> Path:
        """Where SQLite puts everything that is committed until it is carried over into the register."""
        return self.register.with_name(f"{self.register.name}-wal")

    def _marks(self) -> dict[str, tuple[int, ...]]:
        """What is another thing as soon as a file of the register or the kit is written to or replaced."""
        marks = {file.path: _mark(file.stat()) for file in _files(self.kit)}
        for file in (self.register, self._log):
            # An empty log is none: who only reads makes one.
            if file.exists() and ((found := file.stat()).st_size or file != self._log):
                marks[str(file)] = _mark(found)
        return marks


def _files(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    """Every file under a folder: as the system lists them, because the matrix asks two thousand times."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            else:
                yield entry


def _mark(found: os.stat_result) -> tuple[int, ...]:
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _job(browser: Client, card_number: str) -> str:
    """The id of a print job with one card, whose PDF nobody has opened yet."""
    return str(browser.submit("/print-queue", {"card": [card_number], "printer": "pdf.cr80"}).location).rpartition("/")[
        2
    ]


def declared() -> dict[Cell, dict[StaffRole | None, str]]:
    """What matrix.txt says."""
    table = {}
    for line in DECLARED.read_text().splitlines():
        if line and not line.startswith("#"):
            what, answers = line.split(" | ")
            endpoint, method, thing = what.split(None, 2)
            table[endpoint, method, thing.strip()] = dict(zip(COLUMNS, answers.split(), strict=True))
    return table


def found(world: World) -> dict[Cell, str]:
    return {cell: world.ask(cell[1], address) for cell, address in world.cells()}


class TestEveryCell:
    @pytest.mark.parametrize("role", COLUMNS)
    def test_is_as_it_is_declared(self, hall: TownHall, role: StaffRole | None) -> None:
        town = found(World(hall, role))

        assert town == {cell: answers[role] for cell, answers in declared().items()}

    def test_is_found_changed_when_a_door_is_left_open(self, hall: TownHall, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(drafts, "_may_see", lambda *_: True)

        answers = declared()
        opened = {
            cell
            for cell, answer in found(World(hall, StaffRole.CLERK)).items()
            if answer != answers[cell][StaffRole.CLERK]
        }

        assert {thing for _, _, thing in opened} == {"another's", "another's waiting", "another's issued"}

    def test_is_declared_by_rules_that_hold_for_all(self) -> None:
        """What no declaration may say, however it came about."""
        wrong = []
        for (endpoint, method, thing), answers in declared().items():
            allowed = ALLOWED[endpoint]
            for role, answer in answers.items():
                if allowed is None:
                    continue
                lets_in = answer not in {TO_SIGN_IN, "403"}
                if role is None and answer != TO_SIGN_IN:
                    wrong.append((endpoint, method, thing, role, "signed out, and not sent to the sign-in page"))
                if role is not None and role not in allowed and answer != "403":
                    wrong.append((endpoint, method, thing, role, "let in with a role that is not named"))
                if role in allowed and thing in {"none", "handed over"} and answer in {"200", "302"}:
                    wrong.append((endpoint, method, thing, role, "something of nothing"))
                if (
                    role is StaffRole.CLERK
                    and lets_in
                    and thing in {"another's", "another's waiting"}
                    and answer != "404"
                ):
                    wrong.append((endpoint, method, thing, role, "somebody else's registration"))

        assert wrong == []


class TestEveryStep:
    @pytest.mark.parametrize("role", [*StaffRole])
    def test_is_refused_without_its_anti_forgery_value(self, hall: TownHall, role: StaffRole) -> None:
        world = World(hall, role)
        steps = [
            (cell, address)
            for cell, address in world.cells()
            if cell[1] not in {"GET", "HEAD"} and (ALLOWED[cell[0]] is None or role in (ALLOWED[cell[0]] or ()))
        ]

        answers = {cell: world.ask(cell[1], address, csrf=False) for cell, address in steps}

        assert len(answers) > 2
        assert {cell: answer for cell, answer in answers.items() if answer != "400"} == {}


def main() -> None:
    """Write what the town answers now into matrix.txt."""
    columns = {}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "made").mkdir()
        finished = build_town(Path(folder) / "made")
        for column in COLUMNS:
            columns[column] = found(World(Builder(Path(folder) / f"{column}", finished)(), column))
    head = "# " + f"{'route':30} {'method':6} {'thing':18} | " + "".join(f"{role or 'nobody':14}" for role in COLUMNS)
    rows = [
        f"{endpoint:32} {method:6} {thing:18} | "
        + "".join(f"{columns[role][endpoint, method, thing]:14}" for role in COLUMNS)
        for endpoint, method, thing in columns[None]
    ]
    DECLARED.write_text("\n".join(line.rstrip() for line in (head, *rows)) + "\n")


if __name__ == "__main__":
    sys.exit(main())
