"""`cardverify serve` as a program in another language uses it, and as a web page must not."""

import argparse
import base64
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cli.asking import ask, revoked, seconds, todays, todays_card, write
from hostile_names import NAMES

from cardservice.cli import verify_serve
from cardservice.cli.verify_http import BODY_LIMIT, VerifierServer, is_this_machine
from cardservice.cli.verify_serve import KitOnDisk
from cardservice.credential.claims import DAY, StatusReference
from cardservice.verify import Kit, KitMemory
from tests.verify.town import NOON, PORTRAIT, TestKey, Town

TOWN = Town()
OTHER = Town(issuer="https://outra.example", names={"pt": "Outra"})


@dataclass
class Served:
    """A running server, and one connection to it that is kept."""

    port: int
    connection: http.client.HTTPConnection

    def post(self, body: bytes | str = b"", path: str = "/", **headers: str) -> tuple[int, dict[str, object]]:
        """Ask; return the status and the answer."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request("POST", path, data, named)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
        return answer.status, json.loads(content)


def served(**options: object) -> Iterator[Served]:
    kit = options.pop("kit", None) or TOWN.kit(None, TOWN.status_list([666]))
    server = VerifierServer(("127.0.0.1", 0), lambda: kit, clock=lambda: NOON, **options)  # type: ignore[arg-type, return-value]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    yield Served(server.server_address[1], connection)
    connection.close()
    server.stop()


@pytest.fixture
def server() -> Iterator[Served]:
    yield from served()


class TestAnAnswer:
    def test_is_the_verdict_as_cardverify_prints_it(self, server: Served, tmp_path: Path) -> None:
        folder = write(tmp_path / "kit", TOWN.files(None, TOWN.status_list([666])))
        for text in (TOWN.text(), TOWN.text(TOWN.claims().residence()), "https://shop.example", ""):
            status, answer = server.post(text)

            assert status == 200
            printed = ask("--kit", folder, "--at", NOON.isoformat(), "--json", stdin=text.encode() or b"\n")
            assert answer == printed.json

    def test_has_the_portrait_where_it_is_asked_for(self, server: Served) -> None:
        assert "portrait" not in server.post(TOWN.text())[1]
        assert base64.b64decode(str(server.post(TOWN.text(), "/portrait")[1]["portrait"])) == PORTRAIT
        assert server.post(TOWN.text(TOWN.claims().residence()), "/portrait")[1]["portrait"] is None
        assert server.post("x", "/portrait")[1]["portrait"] is None

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_overlooks_the_end_of_a_line(self, server: Served, end: str) -> None:
        assert server.post(TOWN.text() + end)[1]["verdict"] == "valid"

    @pytest.mark.parametrize("body", [b"\xff\xfe", b"\0", "0" * 100_000, "\u202e", TOWN.text() * 2, TOWN.text()[:200]])
    def test_is_a_verdict_for_whatever_is_sent(self, server: Served, body: bytes | str) -> None:
        status, answer = server.post(body)

        assert (status, answer["verdict"]) == (200, "not-valid")

    def test_tells_of_lists_that_are_not_used(self) -> None:
        kit = Kit.from_files({**TOWN.files(), "status/2.cwt": b"damaged"})
        for one in served(kit=kit):
            assert one.post(TOWN.text())[1]["kit_problems"] == [
                {"file": "status/2.cwt", "why": "not a COSE_Sign1 message"}
            ]

    def test_is_for_the_service_that_was_named(self) -> None:
        files = TOWN.files(TOWN.trust_list(TOWN.entry(), OTHER.entry(recognised_for=("library",))))
        kit = Kit.from_files({**files, "status/o-1.cwt": OTHER.status_list().seal(OTHER.status_key)})
        for one in served(kit=kit, service="pool"):
            assert one.post(OTHER.text())[1]["reason"] == "not-recognised"
            assert one.post(TOWN.text())[1]["reason"] == "valid"

    def test_comes_over_one_connection_a_thousand_times(self, server: Served) -> None:
        text = TOWN.text()
        server.post(text)
        first = server.connection.sock

        began = time.monotonic()
        for _ in range(1000):
            assert server.post(text)[1]["verdict"] == "valid"

        assert server.connection.sock is first
        assert time.monotonic() - began < 20, "each answer waits for an acknowledgement"

    def test_has_no_byte_that_a_terminal_obeys(self, server: Served) -> None:
        for name in NAMES:
            card = TOWN.claims(name=name, name_second=name, birth_date=name, card_number=name, portrait=None)
            server.connection.request("POST", "/", TOWN.text(card).encode())
            content = server.connection.getresponse().read()

            assert json.loads(content)["name"] == name
            assert content.isascii()
            assert not set(content[:-1]) & {*range(32), 127}


class TestWhoMayAsk:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:8765"},
            {"Sec_Fetch_Mode": "no-cors"},
        ],
    )
    def test_is_no_web_page(self, server: Served, headers: dict[str, str]) -> None:
        status, answer = server.post(TOWN.text(), **headers)

        assert (status, answer) == (403, {"error": "Web pages may not ask. Ask from a program."})

    @pytest.mark.parametrize(
        "host",
        [
            "evil.example",
            "evil.example:8765",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "",
            "10.0.0.1",
            "[::2]:1",
            "169.254.1.1",
            "0.0.0.0",
            "localhost:evil",
            "127.0.0.1 evil",
            "[127.0.0.1",
            "::1:x",
        ],
    )
    def test_is_nobody_who_came_by_another_name(self, server: Served, host: str) -> None:
        """DNS rebinding: a web page whose name leads here."""
        assert server.post(TOWN.text(), Host=host)[0] == 403

    @pytest.mark.parametrize(
        "host", ["localhost", "LocalHost:80", "127.0.0.1:8765", "127.1.2.3", "[::1]", "[::1]:9", "::1"]
    )
    def test_is_whoever_came_by_the_name_of_this_machine(self, server: Served, host: str) -> None:
        assert server.post(TOWN.text(), Host=host)[0] == 200

    def test_is_nobody_without_a_name(self, server: Served) -> None:
        assert b" 403 " in raw(server, b"POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx")

    def test_is_anybody_by_any_name_beyond_this_machine_but_still_no_web_page(self) -> None:
        for one in served(any_host=True):
            assert one.post(TOWN.text(), Host="gate.lan")[0] == 200
            assert one.post(TOWN.text(), Host="gate.lan", Origin="http://gate.lan")[0] == 403

    def test_is_told_apart_by_names_that_can_be_no_other_machine(self) -> None:
        assert all(map(is_this_machine, ("localhost", "127.0.0.1", "127.255.0.1", "::1")))
        assert not any(map(is_this_machine, ("0.0.0.0", "::", "192.168.0.1", "gate.lan", "", "localhost.")))


def raw(server: Served, request: bytes) -> bytes:
    """Send bytes as they are; return everything that comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found


class TestRefusals:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"])
    def test_another_method(self, server: Served, method: str) -> None:
        answer = raw(server, f"{method} / HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

        assert answer.startswith(b"HTTP/1.1 405 ")
        assert answer.endswith(
            b"\r\n\r\n" if method == "HEAD" else b'{"error": "Ask with POST / or POST /portrait."}\n'
        )

    @pytest.mark.parametrize("path", ["/verify", "/portrait/", "/?text=NCFOXN", "/../etc/passwd"])
    def test_another_path(self, server: Served, path: str) -> None:
        assert server.post(TOWN.text(), path)[0] == 404

    @pytest.mark.parametrize(
        ("lines", "status"),
        [
            (b"", 411),
            (b"Content-Length: x\r\n", 411),
            (b"Content-Length: -1\r\n", 411),
            (b"Content-Length: \xb2\r\n", 411),
            (b"Transfer-Encoding: chunked\r\n", 411),
            (b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 411),
            (b"Content-Length: %d\r\n" % (BODY_LIMIT + 1), 413),
            (b"Content-Length: " + b"9" * 5000 + b"\r\n", 413),
        ],
    )
    def test_a_length_that_is_none_or_too_much(self, server: Served, lines: bytes, status: int) -> None:
        answer = raw(server, b"POST / HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\nx")

        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert b'\r\n\r\n{"error": "' in answer
        assert b"Connection: close" in answer

    @pytest.mark.parametrize(
        "request_",
        [
            b"\x16\x03\x01\x02",
            b"nonsense\r\n\r\n",
            b"POST / HTTP/9.9\r\n\r\n",
            b"A" * 70_000,
            b"POST / HTTP/1.1\r\n" + b"a: b\r\n" * 200,
        ],
    )
    def test_what_is_no_request_in_json_too(self, server: Served, request_: bytes) -> None:
        answer = raw(server, request_ + b"\r\n\r\n")

        assert b"Traceback" not in answer
        assert b"<html" not in answer.lower()
        assert b'"error"' in answer

    def test_nothing_to_who_leaves_in_the_middle(self, server: Served) -> None:
        assert raw(server, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nNCF") == b""
        assert server.post(TOWN.text())[1]["verdict"] == "valid"


class TestFailures:
    def test_are_named_without_anything_of_the_request(self, capfd: pytest.CaptureFixture[str]) -> None:
        def broken() -> Kit:
            raise RuntimeError("Amina Example")

        server = VerifierServer(("127.0.0.1", 0), broken, clock=lambda: NOON)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        one = Served(server.server_address[1], http.client.HTTPConnection("127.0.0.1", 1))

        assert raw(one, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx") == b""

        server.stop()
        assert capfd.readouterr().err == "cardverify: RuntimeError while answering\n"


class Program:
    """`cardverify serve` in a process of its own."""

    def __init__(self, *arguments: object) -> None:
        command = [sys.executable, "-m", "cardservice.cli.verify", "serve", "--port", "0", *map(str, arguments)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        assert select.select([self.process.stderr], [], [], 30)[0]
        self.first_line = self.process.stderr.readline()
        match = re.fullmatch(r"cardverify: http://(\S+):(\d+)/\n", self.first_line)
        assert match, self.first_line
        self.host, self.port = match[1], int(match[2])

    def ask(self, text: str, host: str = "127.0.0.1") -> dict[str, object]:
        connection = http.client.HTTPConnection(host, self.port, timeout=10)
        connection.request("POST", "/", text.encode())
        answer = connection.getresponse().read()
        connection.close()
        return json.loads(answer)  # type: ignore[no-any-return]

    def end(self) -> None:
        """End it, however the test went."""
        self.process.kill()
        self.process.communicate()

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return the exit status and everything that was written."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out + err


@pytest.fixture
def start() -> Iterator[Callable[..., Program]]:
    """Start the program; it is ended with the test."""
    started: list[Program] = []

    def start(*arguments: object) -> Program:
        started.append(Program(*arguments))
        return started[-1]

    yield start
    for program in started:
        program.end()


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    return write(tmp_path / "kit", todays(TOWN))


class TestTheProgram:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_answers_until_it_is_told_to_stop_and_writes_no_log(self, start, kit: Path, number: int) -> None:
        program = start("--kit", kit)
        assert program.host == "127.0.0.1"
        assert program.ask(TOWN.text(todays_card(TOWN)))["verdict"] == "valid"
        assert program.ask(TOWN.text(revoked(TOWN)))["reason"] == "revoked"
        idle = socket.create_connection(("127.0.0.1", program.port))

        status, written = program.stop(number)

        idle.close()
        assert (status, written) == (0, "")

    def test_takes_up_a_kit_that_was_brought_up_to_date(self, start, kit: Path, tmp_path: Path) -> None:
        program = start("--kit", kit)
        assert program.ask(TOWN.text(todays_card(TOWN, status=StatusReference(TOWN.uri, 5))))["verdict"] == "valid"
        newer = TOWN.status_list(
            [5, 666], sequence=2, issued_at=seconds(), expires_at=seconds() + DAY, lowest_trust_sequence=1
        )
        files = {**todays(TOWN), "status/1.cwt": newer.seal(TOWN.status_key)}
        del files["SHA256SUMS"]

        assert ask("update", "--from", write(tmp_path / "stick", files), kit).status == 0

        assert program.ask(TOWN.text(todays_card(TOWN, status=StatusReference(TOWN.uri, 5))))["reason"] == "revoked"

    def test_goes_on_with_the_last_kit_where_the_folder_is_gone(self, start, kit: Path) -> None:
        program = start("--kit", kit)
        kit.rename(kit.with_name("elsewhere"))

        assert program.ask(TOWN.text(todays_card(TOWN)))["verdict"] == "valid"

    def test_never_lets_a_damaged_kit_show_green_and_recovers(self, start, kit: Path) -> None:
        program = start("--kit", kit)
        card = TOWN.text(revoked(TOWN))
        assert program.ask(card)["reason"] == "revoked"

        write(kit, {"status/1.cwt": b"damaged"})
        assert program.ask(card)["reason"] == "status-missing"

        write(kit, todays(TOWN, 2))
        assert program.ask(card)["reason"] == "revoked"

    def test_speaks_the_newer_internet_too(self, start, kit: Path) -> None:
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            pytest.skip("no IPv6 here")
        program = start("--kit", kit, "--host", "::1")

        assert program.host == "[::1]"
        assert program.ask(TOWN.text(todays_card(TOWN)), "::1")["verdict"] == "valid"

    def test_is_not_open_to_other_machines_unless_told(self, start, kit: Path) -> None:
        for host in ("0.0.0.0", "::", "192.168.0.1", "gate.lan", "\x1b[2J"):
            answer = ask("serve", "--kit", kit, "--host", host)
            assert answer.status == 64
            assert "--beyond-this-machine" in answer.err
            assert "\x1b" not in answer.err
        program = start("--kit", kit, "--host", "0.0.0.0", "--beyond-this-machine")
        assert program.ask(TOWN.text(todays_card(TOWN)))["verdict"] == "valid"

    def test_lets_an_answer_that_has_begun_end(self, start, kit: Path) -> None:
        program = start("--kit", kit)
        text = TOWN.text(todays_card(TOWN)).encode()
        with socket.create_connection(("127.0.0.1", program.port), timeout=10) as connection:
            head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(text)
            connection.sendall(head + text[:-1])
            time.sleep(0.2)
            program.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            connection.sendall(text[-1:])

            found = b""
            while piece := connection.recv(65536):
                found += piece

        assert b'"verdict": "valid"' in found
        assert program.process.wait(10) == 0


class TestAKitThatCannotBeTakenUp:
    """`serve` runs for weeks: it goes on, says so once to whoever runs it, and tries again."""

    @pytest.fixture
    def options(self, kit: Path, tmp_path: Path) -> argparse.Namespace:
        return argparse.Namespace(kit=kit, anchor=None, memory=tmp_path / "memory")

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """What the clock says; change it to let time pass."""
        at = [1000.0]
        monkeypatch.setattr(verify_serve.time, "monotonic", lambda: at[0])
        return at

    @staticmethod
    def full(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
        def fails(descriptor: int) -> None:
            raise OSError(28, "No space left on device", "/home/amina/memory")

        monkeypatch.setattr(os, "fsync", fails)
        return monkeypatch

    def test_because_the_memory_cannot_be_written_is_used_all_the_same(
        self, options, kit: Path, clock: list[float], monkeypatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        on_disk = KitOnDisk(options)
        with monkeypatch.context() as full_disk:
            self.full(full_disk)
            write(kit, todays(TOWN, 2))

            kits = [on_disk.current() for _ in range(3)]
            clock[0] += verify_serve.RETRY
            on_disk.current()

        assert [one.trust_list.sequence for one in kits] == [2, 2, 2]
        said = "cardverify: the kit is used but cannot be remembered: No space left on device\n"
        assert capsys.readouterr().err == said
        assert KitMemory.from_bytes(options.memory.read_bytes()).trust_list.sequence == 1
        clock[0] += verify_serve.RETRY
        on_disk.current()
        assert KitMemory.from_bytes(options.memory.read_bytes()).trust_list.sequence == 2
        assert capsys.readouterr().err == ""

    def test_because_its_trust_list_is_no_good_leaves_the_one_before(
        self, options, kit: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        on_disk = KitOnDisk(options)

        for files in (todays(TOWN, 2, signs=TestKey("somebody")), {"trust-list.cwt": b"damaged"}, todays(TOWN, 0)):
            write(kit, files)
            assert on_disk.current().trust_list.sequence == 1
            assert on_disk.current().status_lists
            assert capsys.readouterr().err.startswith("cardverify: the new kit is not used, and the one before is: ")

        write(kit, todays(TOWN, 3))
        assert on_disk.current().trust_list.sequence == 3
        assert capsys.readouterr().err == ""

    def test_is_tried_again_now_and_then_and_not_at_every_card(
        self, options, kit: Path, clock: list[float], monkeypatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        on_disk = KitOnDisk(options)
        options.memory.write_bytes(b"damaged")
        write(kit, todays(TOWN, 2))
        tried, load = [], verify_serve.kit_of
        monkeypatch.setattr(verify_serve, "kit_of", lambda *a, **named: tried.append(1) or load(*a, **named))

        assert [on_disk.current().trust_list.sequence for _ in range(5)] == [1] * 5
        assert len(tried) == 1
        options.memory.unlink()
        clock[0] += verify_serve.RETRY

        assert on_disk.current().trust_list.sequence == 2
        assert capsys.readouterr().err.count("the kit cannot be loaded") == 1

    def test_because_it_is_not_there_is_said_without_its_name(
        self, options, kit: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        on_disk = KitOnDisk(options)
        kit.rename(kit.with_name("elsewhere"))

        assert on_disk.current().trust_list.sequence == 1
        err = capsys.readouterr().err
        assert err.startswith("cardverify: the kit cannot be loaded, and the one before is used: ")
        assert str(kit.parent) not in err


class TestWrongUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["--kit", "nowhere"],
            ["--kit", "KIT", "--port", "x"],
            ["--kit", "KIT", "--port", "65536"],
            ["--kit", "KIT", "--port", "-1"],
            ["--kit", "KIT", "--for", "The Pool"],
            ["--kit", "KIT", "--anchor", "nowhere"],
            ["--kit", "KIT", "--anchor", "KIT/status/1.cwt"],
            ["--kit", "KIT", "TEXT"],
        ],
    )
    def test_is_64(self, kit: Path, arguments: list[str]) -> None:
        answer = ask("serve", *[argument.replace("KIT", str(kit)) for argument in arguments])

        assert (answer.status, answer.out) == (64, "")
        assert "--help" in answer.err

    def test_is_64_where_another_program_has_the_port(self, kit: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            answer = ask("serve", "--kit", kit, "--port", taken.getsockname()[1])

        assert answer.status == 64
        assert "cannot begin" in answer.err

    def test_help_has_an_example(self) -> None:
        assert "curl -s --data-binary" in ask("serve", "--help").out
