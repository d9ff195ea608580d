"""The desk as it is served, with a browser before it: what its process leaves on the machine names nobody.

Names typed and refused, photos over 500 kB, previews, PDFs, slips, forms that are abandoned, a sign-out. Then the
town's folder with its log, the process's temporary folder, what it said and its environment are read, while it is open.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from canaries import Canary, Search, files_in, make
from demo_town import make as make_demo

from cardservice.web import process, uploads

# More would be asked to wait, being faster than any hand, and the log would be emptied meanwhile.
APPLICANTS = 28 if os.environ.get("CARDSERVICE_LONG") else 6
SAFE = "from cardservice.cli.admin import main; main()"
UNSAFE = """
import tempfile
from cardservice.day_keys import DayKeys
from cardservice.web import safe_start, uploads
DayKeys.seal = lambda self, draft_id, day, plaintext: plaintext
DayKeys.open = lambda self, draft_id, day, sealed: sealed
uploads.MemoryRequest._get_file_stream = lambda *_, **__: tempfile.NamedTemporaryFile(delete=False)
safe_start.check = lambda *_, **__: None
"""
"""The control: drafts in clear, uploads in files, and a start that does not look."""
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_AS_SHOWN = re.compile(r'name="as_shown"[^>]* value="(\w+)"')
_COMMENT = b"\xff\xfe\xff\xff" + bytes(65_533)


@dataclass
class Browser:
    """Sends forms with the anti-forgery value of its session, and follows where it is sent."""

    address: str
    csrf: str = ""
    as_shown: str = ""
    _opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    )

    def get(self, path: str) -> bytes:
        with self._opener.open(self.address + path, timeout=60) as answer:
            return self._look(answer.read())

    def _look(self, page: bytes) -> bytes:
        """The mark of the last page about a registration is sent with the next form."""
        if found := _AS_SHOWN.search(page.decode(errors="replace")):
            self.as_shown = found[1]
        return page

    def submit(self, path: str, photo: bytes | None = None, **fields: str) -> str:
        """Return the path at which it ended."""
        body, kind = _form({"csrf_token": self.csrf, "as_shown": self.as_shown, **fields}, photo)
        request = urllib.request.Request(self.address + path, body, {"Content-Type": kind})
        with self._opener.open(request, timeout=60) as answer:
            self._look(answer.read())
            return urllib.parse.urlsplit(answer.url).path

    def sign_in(self, name: str, password: str) -> None:
        self.csrf = _CSRF.search(self.get("/sign-in").decode())[1]
        assert self.submit("/sign-in", name=name, password=password) == "/"
        self.csrf = _CSRF.search(self.get("/registrations/new").decode())[1]


def _form(fields: dict[str, str], photo: bytes | None) -> tuple[bytes, str]:
    if photo is None:
        return urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded"
    boundary = b"--a boundary between parts"
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts.append(b'name="photo"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + photo)
    body = b"".join(boundary + b"\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    return body + boundary + b"--\r\n", 'multipart/form-data; boundary="a boundary between parts"'


@dataclass
class Served:
    """A desk that is open, and every place where it could leave something."""

    process: subprocess.Popen[bytes]
    address: str
    folder: Path

    def places(self) -> dict[str, list[Path]]:
        return {
            "town": files_in(self.folder / "demo" / "town"),
            "temporary": files_in(self.folder / "temporary"),
            "said": files_in(self.folder / "said"),
            "environment": [Path(f"/proc/{one}/{what}") for one in self._all() for what in ("environ", "cmdline")],
        }

    def _all(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]


@contextmanager
def served(folder: Path, program: str) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "temporary").mkdir()
    # With these settings from the first, so that the command need not begin itself again.
    environment = process.environment(os.environ) | {"TMPDIR": str(folder / "temporary")}
    command = [sys.executable, "-c", program, "--town", str(folder / "demo" / "town"), "serve", "--port", str(port)]
    with (folder / "said").open("wb") as said:
        desk = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment)
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end and desk.poll() is None and not _is_open(port):
            time.sleep(0.05)
        yield Served(desk, f"http://127.0.0.1:{port}", folder)
    finally:
        desk.send_signal(signal.SIGTERM)
        desk.wait(60)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a demo's town in it."""
    (tmp_path / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n')
    make_demo(tmp_path / "demo", "--people", str(tmp_path / "people.jsonl"))
    return tmp_path


class TestTheDesk:
    def test_leaves_nobodys_name_on_the_machine(self, folder: Path) -> None:
        canaries = make(APPLICANTS)

        with served(folder, SAFE) as desk:
            _a_day_at_the_desk(desk, canaries)
            search = Search(canaries)
            found = {place: search.found(files) for place, files in desk.places().items()}

        assert {place: numbers for place, numbers in found.items() if numbers} == {}

    def test_is_searched_by_something_that_finds_what_an_unsafe_one_leaves(self, folder: Path) -> None:
        canaries = make(APPLICANTS)

        with served(folder, UNSAFE + SAFE) as desk:
            _a_day_at_the_desk(desk, canaries)
            search = Search(canaries)
            found = {place: search.found(files) for place, files in desk.places().items()}

        assert len(found["town"]) >= 0.96 * APPLICANTS
        assert found["temporary"] == {number for number in range(APPLICANTS) if number % 3}


class TestUploads:
    """Werkzeug's own way has no name in any folder: the file is open and deleted, and on the disk."""

    @pytest.mark.parametrize(("kept", "expected"), [(uploads.MemoryRequest, 0), (uploads.Request, 12)])
    def test_are_in_no_file_while_they_are_read(
        self, kept: type[uploads.Request], expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        canaries = make(12)
        requests = [_uploaded(kept, canary) for canary in canaries]

        opened = [link for link in Path("/proc/self/fd").iterdir() if str(link.resolve()).startswith(str(tmp_path))]
        found = Search(canaries).found(opened)
        for request in requests:
            request.close()

        assert len(found) == expected


def _uploaded(kept: type[uploads.Request], canary: Canary) -> uploads.Request:
    from werkzeug.test import EnvironBuilder

    body, kind = _form({}, _photo(canary))
    request = kept(EnvironBuilder(method="POST", input_stream=None, data=body, content_type=kind).get_environ())
    assert request.files["photo"].filename == "photo.jpg"
    return request


def _photo(canary: Canary) -> bytes:
    """A picture of more than 500 kB, with the applicant in its remarks."""
    remarked = canary.registration.portrait_print or b""
    return remarked[:2] + _COMMENT * 9 + remarked[2:]


def _a_day_at_the_desk(desk: Served, canaries: list[Canary]) -> None:
    """One in three is refused and then abandoned, the others get a photo; every second of those a card."""
    browser = Browser(desk.address)
    browser.sign_in(*_clerk(desk.folder / "demo"))
    for number, canary in enumerate(canaries):
        answers = _answers(canary)
        details = browser.submit("/registrations/new", **{"paper-passport": "y", "paper-lease": "y"})
        browser.submit(details, **answers | {"name": answers["name"] + "\u202e"})
        draft = browser.submit(details, **answers).rpartition("/")[0]
        if number % 3:
            browser.submit(f"{draft}/photo", _photo(canary))
            browser.get(f"{draft}/photo/whole.jpg")
            browser.submit(f"{draft}/photo/crop")
            for picture in ("photo.jpg", "front.jpg", "check"):
                browser.get(f"{draft}/{picture}")
        if number % 3 == 2:
            _issue(browser, draft, answers["name"][:40])
    browser.submit("/sign-out")


def _issue(browser: Browser, draft: str, name: str) -> None:
    browser.submit(f"{draft}/issue")
    number = re.search(r"/cards/(\w+)/hand-over", browser.get(f"{draft}/print").decode())[1]
    # The line that a holder wishes on the back is the applicant's name, so that the search would find it.
    browser.submit(f"{draft}/card.pdf", emergency_contact=name)
    for paper in ("slip.pdf", "telephone/card.pdf"):
        assert browser.get(f"{draft}/{paper}").startswith(b"%PDF")
    assert browser.submit(f"/cards/{number}/hand-over") == f"/cards/{number}"


def _answers(canary: Canary) -> dict[str, str]:
    born = canary.birth_date
    name, second = canary.texts
    return {
        "name": name,
        "language": "eng",
        "name_second": second,
        "language_second": "rus",
        "birth_year": born[:4],
        "birth_month": born[4:6],
        "birth_day": born[6:],
    }


def _clerk(demo: Path) -> tuple[str, str]:
    lines = (line.split("\t") for line in (demo / "staff.txt").read_text().splitlines())
    return next((name, password) for role, name, password in lines if role == "clerk")
