"""The desk as a process: granian and its workers, what they log, and how they stop."""

import http.client
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from cardservice.web import process
from cardservice.web.serve import serve
from web.hall import Builder, TownHall


@dataclass
class Service:
    """A served desk."""

    hall: TownHall
    process: BaseProcess
    port: int

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return answer

    @property
    def log(self) -> str:
        return (self.hall.settings.logs_folder / "desk.log").read_text(encoding="utf-8")

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(child) for child in children.split()]


@pytest.fixture
def service(make_hall: Builder, request: pytest.FixtureRequest) -> Iterator[Service]:
    options = dict(getattr(request, "param", {}))
    lets_through = options.pop("lets_through", False)
    hall = make_hall(**options)
    if lets_through:
        hall.app.wsgi_app = _broken  # type: ignore[method-assign]
    hall.sessions.kw["bind"].dispose()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    served = multiprocessing.get_context("fork").Process(target=_serve, args=(hall, port))
    served.start()
    end = time.monotonic() + 20
    while time.monotonic() < end and not _is_open(port):
        time.sleep(0.05)
    yield Service(hall, served, port)
    served.terminate()
    served.join(15)
    assert served.exitcode == 0


def _broken(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
    """An application that fails with what was typed in its hands, at once or when half of the answer is out."""
    typed = environ["wsgi.input"].read().decode()
    if environ["PATH_INFO"] == "/at-once":
        raise ValueError(typed)
    return _half_of_an_answer(start_response, typed)


def _half_of_an_answer(start_response: Callable[..., Any], typed: str) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"half"
    raise ValueError(typed)


def _serve(hall: TownHall, port: int) -> None:
    def housekeeping() -> None:
        with (hall.folder / "rounds").open("a") as rounds:
            rounds.write(f"{os.getpid()}\n")
        (hall.folder / "is-hidden").write_text(str(process.is_hidden()))

    serve(hall.app, hall.settings, housekeeping=housekeeping, host="127.0.0.1", port=port)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class TestTheService:
    def test_answers_and_logs_the_route_without_who_asked_and_what_for(self, service: Service) -> None:
        answer = service.ask("GET", "/sign-in?name=Karim")
        service.ask("GET", "/Karim")

        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "GET /sign-in 200" in service.log
        assert "GET (no route) 404" in service.log
        assert "Karim" not in service.log
        assert "127.0.0.1" not in service.log

    def test_refuses_100_mb_in_words_within_a_second_and_with_little_memory(self, service: Service) -> None:
        service.ask("GET", "/sign-in")
        before = _peak(service.workers())

        begun = time.perf_counter()
        answer = service.ask(
            "POST", "/sign-in", bytes(100_000_000), **{"Content-Type": "multipart/form-data; boundary=x"}
        )

        assert answer.status == 413
        assert "This file is too large" in answer.text  # type: ignore[attr-defined]
        assert time.perf_counter() - begun < 1
        assert _peak(service.workers()) - before < 20_000

    def test_does_its_housekeeping_from_the_start(self, service: Service) -> None:
        end = time.monotonic() + 5
        while time.monotonic() < end and not (service.hall.folder / "rounds").exists():
            time.sleep(0.05)

        assert (service.hall.folder / "rounds").read_text().strip() == str(service.workers()[0])

    def test_leaves_no_core_that_would_hold_keys(self, service: Service) -> None:
        for one in [service.process.pid, *service.workers()]:
            limits = Path(f"/proc/{one}/limits").read_text()
            line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
            assert line.split()[4] == "0"

    def test_lets_no_other_process_read_its_memory(self, service: Service) -> None:
        told = service.hall.folder / "is-hidden"
        end = time.monotonic() + 5
        while time.monotonic() < end and not (told.exists() and told.read_text()):
            time.sleep(0.05)

        assert told.read_text() == "True"

    @pytest.mark.parametrize("service", [{"lets_through": True}], indirect=True)
    def test_logs_no_word_of_an_error_that_the_application_lets_through(
        self, service: Service, capfd: pytest.CaptureFixture[str]
    ) -> None:
        answers = [service.ask("POST", path, b"name=Karim").status for path in ("/at-once", "/half-way")]

        assert answers == [500, 200]
        printed = capfd.readouterr()
        for told in (service.log, printed.out, printed.err):
            assert "Karim" not in told
        assert service.log.count("raised an exception") == 2

    def test_begins_again_when_a_worker_dies(self, service: Service) -> None:
        service.ask("GET", "/sign-in")
        killed = service.workers()[0]

        os.kill(killed, signal.SIGKILL)
        end = time.monotonic() + 15
        while time.monotonic() < end and (not service.workers() or killed in service.workers()):
            time.sleep(0.05)
        while time.monotonic() < end and not _is_open(service.port):
            time.sleep(0.05)

        assert service.ask("GET", "/sign-in").status == 200


def _peak(processes: list[int]) -> int:
    """The most memory that the processes ever used, in kB."""
    lines = [line for process in processes for line in Path(f"/proc/{process}/status").read_text().splitlines()]
    return max(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
