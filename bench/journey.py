"""A whole visit, from signing in to the card in the hand: how long the server takes for all of its requests together.

REQUESTS is the visit, in order, as a browser asks: a step that is added to the desk is a line here; before it comes one
of the three WAYS of signing in (docs/decisions/0035). A password alone is for the demo: towns have passkeys, or a code
with the password. Wall time and processor time are both measured, on a register that lies on a disk; it is the 95th of
a hundred that counts. Password hashing is the real one, with Argon2, and the process has the settings of memory that
the service gives itself, which make Python slower and Argon2 quicker. What each request takes is told beside it, as
medians.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.issuing import ON_A_DISK, Builder, Timer, TownHall, build_town, picture
from bench.measure import Result
from cardservice.domain import staff
from cardservice.domain.actor import CONSOLE
from cardservice.terms import StaffRole
from cardservice.web import pace, process

# The desk's own tests know what a passkey and a code app are.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from web.factors import CodeApp, Key, options_in

VISITS, WARM_UP = 50, 5
MOST_MILLISECONDS = 500
NAME, PASSWORD = "nour", "nine kettles beside a river"
ANSWERS = {
    "name": "Karim al-Haddad", "language": "eng", "name_second": "كريم الحدّاد", "language_second": "ara",
    "birth_day": "27", "birth_month": "3", "birth_year": "1985",
}  # fmt: skip
_ON_THE_WALL = "milliseconds, 95th percentile"
_OF_ONE = re.compile(r"(?<=/registrations/)[0-9a-f]{32}|(?<=/cards/)[^/]+")
"""What an address has of one registration or card."""
PAPERS = {"paper-passport": "y", "paper-lease": "y"}


@dataclass
class Visit:
    """One resident at the counter; `ask` and `send` are the browser's requests, redirects followed as it does."""

    browser: Any
    timer: Timer
    parts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    draft: str = ""
    page: Any = field(default=None, repr=False)

    def ask(self, path: str) -> None:
        self._took(self.browser.get(path))

    def send(self, path: str, data: dict[str, Any] | None = None) -> None:
        sent = self._drawn | (data or {})
        answer = self.browser.post(path, data=sent)
        if answer.status_code == 307:
            # A code that was typed with the password is looked at where codes are counted.
            self._count(answer)
            answer = self.browser.post(answer.location, data=sent)
        self._took(answer)

    @property
    def _drawn(self) -> dict[str, str]:
        """What the page itself sends along."""
        fields = [one.attributes for one in self.page.page.all("input")]
        return {one["name"]: one["value"] for one in fields if one.get("name") in {"csrf_token", "as_shown"}}

    def _took(self, answer: Any) -> None:
        self._count(answer)
        if answer.status_code == 302:
            self._took(self.browser.get(answer.location))
            return
        assert answer.status_code == 200, (answer.request.path, answer.status)
        if answer.mimetype == "text/html":
            self.page = answer

    def _count(self, answer: Any) -> None:
        asked = answer.request
        self.parts[f"{asked.method} {_OF_ONE.sub('*', asked.path)}"] += self.timer.last


SignIn = Callable[[Visit], None]


def _password(_: TownHall) -> SignIn:
    def sign_in(visit: Visit) -> None:
        visit.ask("/sign-in")
        visit.send("/sign-in", {"name": NAME, "password": PASSWORD})

    return sign_in


def _passkey(hall: TownHall) -> SignIn:
    key = Key()
    key.add(_signed_in(hall))

    def sign_in(visit: Visit) -> None:
        visit.ask("/sign-in")
        visit.send("/sign-in/passkey", {"passkey": key.device.get(options_in(visit.page.page))})

    return sign_in


def _code(hall: TownHall) -> SignIn:
    app = CodeApp.set_up(hall, _signed_in(hall))

    def sign_in(visit: Visit) -> None:
        visit.ask("/sign-in")
        visit.send("/sign-in", {"name": NAME, "password": PASSWORD, "code": app.code})

    return sign_in


def _signed_in(hall: TownHall) -> Any:
    browser = hall.browser()
    assert browser.sign_in(NAME, PASSWORD).location == "/"
    return browser


WAYS: dict[str, Callable[[TownHall], SignIn]] = {"password": _password, "passkey": _passkey, "code": _code}


def _papers(visit: Visit) -> None:
    """Each tick is worked out by itself, as the page's script asks for it."""
    visit.ask("/registrations/new")
    for ticked in ({"paper-passport": "y"}, PAPERS):
        visit.send("/registrations/points", ticked)
    visit.send("/registrations/new", PAPERS)
    visit.draft = visit.page.request.path.split("/")[2]


def _register(visit: Visit) -> None:
    visit.send(f"/registrations/{visit.draft}/details", ANSWERS)


def _photo(visit: Visit) -> None:
    """Of the desk's own camera, so that its crop is looked at on the next page."""
    visit.send(f"/registrations/{visit.draft}/photo", {"photo": (picture(), "photo.jpg"), "taken": "here"})


def _check(visit: Visit) -> None:
    for address in _pictures(visit):
        visit.ask(address)


def _issue(visit: Visit) -> None:
    visit.send(f"/registrations/{visit.draft}/issue")


def _print(visit: Visit) -> None:
    visit.send(f"/registrations/{visit.draft}/card.pdf")
    visit.ask(f"/registrations/{visit.draft}/slip.pdf?paper=a6&language=en")


def _hand_over(visit: Visit) -> None:
    forms = (form.attributes["action"] for form in visit.page.page.all("form"))
    visit.send(next(action for action in forms if action.endswith("/hand-over")))


REQUESTS: tuple[Callable[[Visit], None], ...] = (
    _papers, _register, _photo, _check, _issue, _print, _hand_over,
)  # fmt: skip


def _pictures(visit: Visit) -> list[str]:
    """The addresses of the pictures on the page, without those that never change."""
    found = [
        node.attributes.get("src") or node.attributes.get("href", "")
        for node in visit.page.page.walk()
        if node.tag in {"img", "image"}
    ]
    return [address for address in found if not address.startswith("/static/")]


def processor_time() -> Result:
    """The 95th percentile of the visits' processor time with a password, in milliseconds of one core."""
    return _measure(time.process_time, "password", "milliseconds of one core, 95th percentile")


def wall_time() -> Result:
    """The 95th percentile as a clock on the wall says, disk and all, with a password."""
    return _measure(time.perf_counter, "password", _ON_THE_WALL)


def wall_time_with_a_passkey() -> Result:
    """The same for who signs in with a passkey."""
    return _measure(time.perf_counter, "passkey", _ON_THE_WALL)


def wall_time_with_a_code() -> Result:
    """The same for who types a password and a code."""
    return _measure(time.perf_counter, "code", _ON_THE_WALL)


def request_wall_time() -> Result:
    """The 95th percentile of every single request of the visits with a code, signing in included.

    Requests of one visit to one address count as one that took as long as they took together.
    """
    return _measure(time.perf_counter, "code", _ON_THE_WALL, taken=lambda visit: list(visit.values()))


def _whole(visit: dict[str, float]) -> list[float]:
    return [sum(visit.values())]


def _measure(
    clock: Callable[[], float], way: str, unit: str, taken: Callable[[dict[str, float]], list[float]] = _whole
) -> Result:
    # The settings count from a process's first instruction only.
    arguments = [sys.executable, "-m", "bench.journey", clock.__name__, way]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, check=True, text=True, env=process.environment(os.environ))
    visits: list[dict[str, float]] = json.loads(done.stdout)
    return Result(
        ours=statistics.quantiles([one for visit in visits for one in taken(visit)], n=20)[-1] * 1000,
        peer=MOST_MILLISECONDS,
        peer_name=f"{MOST_MILLISECONDS} ms",
        unit=unit,
        goal=1,
        runs=VISITS,
        parts={name: statistics.median(visit[name] for visit in visits) * 1000 for name in visits[0]},
    )


def _visits(clock: Callable[[], float], way: str = "password") -> list[dict[str, float]]:
    """The seconds of each request of each visit."""
    with tempfile.TemporaryDirectory(dir=ON_A_DISK) as folder:
        (Path(folder) / "made").mkdir()
        hall = Builder(Path(folder) / "town", build_town(Path(folder) / "made"))()
        _hire(hall)
        sign_in = WAYS[way](hall)
        process.settle()
        timer = Timer(hall.app.wsgi_app, clock=clock)
        hall.app.wsgi_app = timer  # type: ignore[method-assign]
        visits = [_one(hall, timer, sign_in) for _ in range(WARM_UP + VISITS)][WARM_UP:]
        hall.sessions.kw["bind"].dispose()
    return visits


def _hire(hall: TownHall) -> None:
    """Somebody with a real hash: the town of the tests has quick ones."""
    with hall.sessions.begin() as session:
        staff.add(session, NAME, StaffRole.CLERK, PASSWORD, actor=CONSOLE, now=hall.clock())


def _one(hall: TownHall, timer: Timer, sign_in: SignIn) -> dict[str, float]:
    """One visit: the seconds that each request took, those to one address together."""
    # No hand is as fast as this clerk, and none signs in so often.
    pace.install(hall.app)
    hall.clock.passes(minutes=7)
    visit = Visit(hall.browser(), timer)
    for step in (sign_in, *REQUESTS):
        step(visit)
    return visit.parts


if __name__ == "__main__":
    print(json.dumps(_visits(getattr(time, sys.argv[1]), sys.argv[2])))
