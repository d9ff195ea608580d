"""`cardverify update` as a person or a timer uses it: from the web, a mirror or a stick, and what it says."""

import contextlib
import fcntl
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cli.asking import ask, todays, todays_card, write
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hostile_names import TERMINAL

from cardservice.cli import verify_connections, verify_lock, verify_sources
from cardservice.cli.verify_sources import BadAddress, FromFolder, FromWeb
from cardservice.domain import kit_folder
from cardservice.verify import in_groups, replacing
from tests.verify.town import TestKey, Town

TOWN = Town()
FINGERPRINT = in_groups(TOWN.anchor.public.fingerprint)


class Site:
    """A web server with files, which may also lead elsewhere, hang, or stop in the middle."""

    def __init__(self, *, secure: Path | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.claims_more = False
        self.phrase = "Not Found"
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, dict(self.headers)))
                name = self.path.removeprefix("/kit/")
                if name in site.redirects:
                    self.send_response(302)
                    self.send_header("Location", site.redirects[name])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif name in site.files:
                    content = site.files[name]
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(content) + 10 * site.claims_more))
                    self.end_headers()
                    self.wfile.write(content)
                else:
                    self.send_response(404 if site.phrase == "Not Found" else 500, site.phrase)
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if secure is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(secure)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.address = f"http{'s' if secure else ''}://127.0.0.1:{self._server.server_address[1]}/kit/"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def self_signed(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that vouches for itself, and its key, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.files = todays(TOWN)
    yield site
    site.close()


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    return tmp_path / "vila-aberta"


def whole(kit: Path) -> dict[str, bytes]:
    return {str(path.relative_to(kit)): path.read_bytes() for path in kit.rglob("*") if path.is_file()}


class TestUpdate:
    def test_from_the_web_gives_a_kit_that_checks_cards(self, site: Site, kit: Path) -> None:
        answer = ask("update", "--from", site.address, kit)

        assert (answer.status, answer.err) == (0, "")
        assert "Updated: trust-list.cwt, anchor.cose, status/1.cwt, 1 other file.\n" in answer.out
        assert ask("--kit", kit, TOWN.text(todays_card(TOWN))).status == 0

    def test_takes_an_address_without_its_last_stroke(self, site: Site, kit: Path) -> None:
        assert ask("update", "--from", site.address.rstrip("/"), kit).status == 0

    def test_tells_the_server_nothing_about_who_asks(self, site: Site, kit: Path) -> None:
        ask("update", "--from", site.address, kit)

        assert site.asked[0][0] == "/kit/SHA256SUMS"
        for path, headers in site.asked:
            assert "?" not in path
            assert {name.title() for name in headers} == {"Accept-Encoding", "Host", "User-Agent", "Connection"}
            assert headers["User-Agent"] == "cardverify"

    def test_from_a_stick_needs_no_checksums_and_overlooks_what_else_is_there(self, tmp_path: Path, kit: Path) -> None:
        files = todays(TOWN)
        del files["SHA256SUMS"]
        noise = {"letter.pdf": b"", "status/._1.cwt": b"a Mac was here", ".Trashes": b"", "status/readme.txt": b""}
        stick = write(tmp_path / "stick", files | noise)
        os.mkfifo(stick / "status" / "pipe")

        assert ask("update", "--from", stick, kit).status == 0
        assert set(whole(kit)) == {*files, ".memory", "SHA256SUMS"}

    def test_from_a_mirror_is_as_good(self, site: Site, kit: Path, tmp_path: Path) -> None:
        """A mirror is a kit that was updated itself."""
        assert ask("update", "--from", site.address, tmp_path / "mirror").status == 0

        assert ask("update", "--from", tmp_path / "mirror", kit).status == 0
        assert whole(kit) == whole(tmp_path / "mirror")

    def test_copies_the_pages_for_who_serves_a_mirror(self, site: Site, kit: Path) -> None:
        pages = {"index.html": b"<p>", "words/en.json": b"[]", "samples/kit/status/1.cwt": b"x"}
        files = {name: data for name, data in todays(TOWN).items() if name != "SHA256SUMS"} | pages
        site.files = {**files, "SHA256SUMS": kit_folder.sums(files)}

        answer = ask("update", "--pages", "--from", site.address, kit)

        assert answer.status == 0
        assert "status/1.cwt, 4 other files.\n" in answer.out
        assert {name: data for name, data in whole(kit).items() if name != ".memory"} == site.files

    def test_is_not_minded_by_who_checks_cards(self, site: Site, kit: Path) -> None:
        """What update remembers is its own: a kit in that folder is a kit like any other."""
        ask("update", "--from", site.address, kit)
        (kit / ".memory").write_bytes(b"damaged")

        assert ask("--kit", kit, TOWN.text(todays_card(TOWN))).status == 0


class TestWords:
    def test_show_the_fingerprint_the_first_time_and_not_again(self, site: Site, kit: Path) -> None:
        first, second = (ask("update", "--from", site.address, kit).out for _ in range(2))

        assert FINGERPRINT in first
        assert "Compare it with the poster, or with the town hall by telephone" in first
        assert FINGERPRINT not in second
        assert second.startswith("Nothing new.\nLists of ")

    def test_do_not_ask_to_compare_what_was_pinned(self, site: Site, kit: Path, tmp_path: Path) -> None:
        pin = write(tmp_path, {"anchor": TOWN.anchor.public.to_cose_key()}) / "anchor"

        out = ask("update", "--from", site.address, "--anchor", pin, kit).out

        assert f"signed by the anchor that you named:\n  {FINGERPRINT}" in out
        assert "Compare" not in out

    def test_are_none_for_a_timer_when_all_is_as_usual(self, site: Site, kit: Path) -> None:
        assert FINGERPRINT in ask("update", "--quiet", "--from", site.address, kit).out
        site.files = todays(TOWN, 2)

        assert ask("update", "--quiet", "--from", site.address, kit).out == ""
        assert whole(kit)["status/1.cwt"] == site.files["status/1.cwt"]

    def test_tell_that_what_is_offered_is_out_of_date(self, site: Site, kit: Path) -> None:
        site.files = todays(TOWN, age=15 * 86_400)

        answer = ask("update", "--quiet", "--from", site.address, kit)

        assert answer.status == 0
        assert "out of date" in answer.out

    @pytest.mark.parametrize("quiet", [["--quiet"], []])
    def test_tell_even_a_timer_what_is_not_used_and_what_is_gone(
        self, kit: Path, tmp_path: Path, quiet: list[str]
    ) -> None:
        other = Town(issuer="https://outra.example", names={"pt": "Outra"})
        name, theirs = "status/outra.example-1.cwt", other.status_list().seal(other.status_key)
        files = TOWN.files(TOWN.trust_list(TOWN.entry(), other.entry()))
        stick = write(tmp_path / "stick", {**files, name: theirs})
        ask("update", "--from", stick, kit)

        (stick / name).write_bytes(theirs[:-1] + b"?")
        out = ask("update", *quiet, "--from", stick, kit).out
        assert f"Not used: {name}: the signature was not made by this key over these bytes.\n" in out
        assert whole(kit)[name] == theirs

        (stick / name).unlink()
        out = ask("update", *quiet, "--from", stick, kit).out
        assert f"Removed: {name}.\n" in out
        assert "Nothing new" not in out

    def test_tell_that_there_is_no_status_list(self, kit: Path, tmp_path: Path) -> None:
        files = TOWN.files(TOWN.trust_list(TOWN.entry(status_lists=())))
        del files["status/1.cwt"]

        assert "no status list at present" in ask("update", "--from", write(tmp_path / "stick", files), kit).out


class TestAnchors:
    def test_are_followed_once_by_themselves_and_people_are_told(self, site: Site, kit: Path) -> None:
        second = TestKey("second anchor")
        site.files = todays(TOWN, 1, announces=second)
        ask("update", "--from", site.address, kit)
        site.files = todays(TOWN, 2, signs=second)

        answer = ask("update", "--quiet", "--from", site.address, kit)

        assert answer.status == 0
        assert "a new anchor, as the old one announced" in answer.out
        assert in_groups(second.public.fingerprint) in answer.out
        assert ask("--kit", kit, TOWN.text(todays_card(TOWN))).status == 0

    def test_that_changed_twice_while_a_verifier_slept_are_for_people(
        self, site: Site, kit: Path, tmp_path: Path
    ) -> None:
        second, third = TestKey("second anchor"), TestKey("third anchor")
        site.files = todays(TOWN, 1, announces=second)
        ask("update", "--from", site.address, kit)
        before = whole(kit)
        site.files = todays(TOWN, 9, signs=third)

        answer = ask("update", "--from", site.address, kit)

        assert (answer.status, answer.out) == (1, "")
        assert "signed by another anchor than the one pinned" in answer.err
        assert in_groups(third.public.fingerprint) in answer.err
        assert whole(kit) == before
        pin = write(tmp_path, {"third": third.public.to_cose_key()}) / "third"
        answer = ask("update", "--quiet", "--from", site.address, "--anchor", pin, kit)
        assert answer.out == (
            f"This kit is signed by the anchor that you named:\n  {in_groups(third.public.fingerprint)}\n"
        )
        assert ask("update", "--quiet", "--from", site.address, kit).out == ""

    def test_are_not_called_the_one_that_was_named_unless_they_are(self, kit: Path, tmp_path: Path) -> None:
        """The kit that was put there by hand announced another anchor, and the pin is still the old one."""
        second = TestKey("second anchor")
        write(kit, todays(TOWN, 1, announces=second))
        pin = write(tmp_path, {"pin": TOWN.anchor.public.to_cose_key()}) / "pin"
        stick = write(tmp_path / "stick", todays(TOWN, 2, signs=second))

        out = ask("update", "--from", stick, "--anchor", pin, kit).out

        assert "a new anchor, as the old one announced" in out
        assert in_groups(second.public.fingerprint) in out
        assert "that you named" not in out


class TestRefusal:
    def test_is_1_and_keeps_what_was_there(self, site: Site, kit: Path) -> None:
        ask("update", "--from", site.address, kit)
        before = whole(kit)
        for files in (todays(TOWN, 0), todays(TOWN, 2, signs=TestKey("somebody"))):
            site.files = files

            answer = ask("update", "--from", site.address, kit)

            assert (answer.status, answer.out) == (1, "")
            assert answer.err.startswith("Refused")
            assert whole(kit) == before

    @pytest.mark.parametrize("name", [*TERMINAL[:20], "../x", "/etc/passwd"])
    def test_is_1_for_hostile_names_which_are_not_repeated(self, site: Site, kit: Path, name: str) -> None:
        site.files["SHA256SUMS"] += b"0" * 64 + f"  {name}\n".encode()

        answer = ask("update", "--from", site.address, kit)

        assert (answer.status, answer.out) == (1, "")
        assert "\x1b" not in answer.err
        assert "passwd" not in answer.err
        assert not kit.exists()


class TestNotNow:
    """2: try again later. What was there is still there."""

    def refused(self, kit: Path, source: object, words: str, *more: object) -> None:
        before = whole(kit)

        answer = ask("update", "--from", source, *more, kit)

        assert (answer.status, answer.out) == (2, "")
        assert words in answer.err
        assert "Traceback" not in answer.err
        assert whole(kit) == before

    def test_where_nobody_answers(self, site: Site, kit: Path) -> None:
        site.close()

        self.refused(kit, site.address, "SHA256SUMS could not be fetched")
        self.refused(kit, "http://no-such-host.invalid/kit/", "SHA256SUMS could not be fetched")

    def test_where_there_is_no_kit(self, site: Site, kit: Path, tmp_path: Path) -> None:
        self.refused(kit, site.address + "elsewhere/", "There is no kit at that place")
        self.refused(kit, tmp_path / "nowhere", "There is no folder")
        self.refused(kit, write(tmp_path / "empty", {"x": b""}), "There is no kit at that place")

    @pytest.mark.parametrize("way", ["changed", "cut", "missing", "failing"])
    def test_where_a_mirror_is_half_written(self, site: Site, kit: Path, way: str) -> None:
        ask("update", "--from", site.address, kit)
        site.files = todays(TOWN, 2)
        words = "status/1.cwt is not whole"
        match way:
            case "changed":
                site.files["status/1.cwt"] = todays(TOWN, 3)["status/1.cwt"]
            case "cut":
                site.claims_more, words = True, "was cut short"
            case "missing":
                del site.files["status/1.cwt"]
                words = "status/1.cwt could not be fetched: it is not there (404)"
            case "failing":
                del site.files["status/1.cwt"]
                site.phrase, words = "\x1b[2J", "status/1.cwt could not be fetched: the server answers 500"

        self.refused(kit, site.address, words)

    def test_where_a_stick_has_a_pipe_in_the_place_of_a_file(self, kit: Path, tmp_path: Path) -> None:
        stick = write(tmp_path / "stick", todays(TOWN))
        (stick / "status" / "1.cwt").unlink()
        os.mkfifo(stick / "status" / "1.cwt")

        self.refused(kit, stick, "it is no file")

    @pytest.mark.parametrize(
        "target",
        [
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
            "http://name:word@127.0.0.1/",
            "data:,x",
            "http://[::1",
            "javascript:1",
        ],
    )
    def test_where_the_server_leads_out_of_the_web(self, site: Site, kit: Path, target: str) -> None:
        site.redirects["SHA256SUMS"] = target

        self.refused(kit, site.address, "SHA256SUMS could not be fetched")

    def test_where_the_server_leads_in_a_circle(self, site: Site, kit: Path) -> None:
        site.redirects["SHA256SUMS"] = site.address + "SHA256SUMS"

        self.refused(kit, site.address, "SHA256SUMS could not be fetched")

    def test_where_it_takes_too_long(self, site: Site, kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(verify_sources, "DEADLINE", -1)

        self.refused(kit, site.address, "it takes too long")

    def test_where_there_is_more_than_a_kit_can_be(self, site: Site, kit: Path) -> None:
        site.files["SHA256SUMS"] = site.files["SHA256SUMS"] * 5000

        answer = ask("update", "--from", site.address, kit)

        assert (answer.status, kit.exists()) == (1, False)

    @pytest.mark.parametrize(("number", "words"), [(28, "No space left on device"), (30, "Read-only file system")])
    def test_where_the_folder_cannot_be_written(
        self, site: Site, kit: Path, number: int, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask("update", "--from", site.address, kit)
        site.files = todays(TOWN, 2)

        def fails(descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(replacing.os, "fsync", fails)

        self.refused(kit, site.address, words)

    @pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
    def test_where_the_disk_is_really_full_or_read_only(self, site: Site, tmp_path: Path) -> None:
        disk = tmp_path / "disk"
        disk.mkdir()
        if os.system(f"mount -t tmpfs -o size=64k tmpfs {disk} 2>/dev/null"):
            pytest.skip("this machine lets nobody mount")
        try:
            kit = disk / "kit"
            assert ask("update", "--from", site.address, kit).status == 0
            site.files = todays(TOWN, 2)
            with (disk / "ballast").open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while file.write(bytes(512)):
                    pass
            self.refused(kit, site.address, "No space left on device")
            (disk / "ballast").unlink()
            os.system(f"mount -o remount,ro {disk}")
            self.refused(kit, site.address, "Read-only file system")
            assert ask("--kit", kit, TOWN.text(todays_card(TOWN))).status == 0
        finally:
            os.system(f"umount {disk}")

    def test_where_another_update_is_running(self, site: Site, kit: Path) -> None:
        ask("update", "--from", site.address, kit)
        held = os.open(kit, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)

        self.refused(kit, site.address, "Another update of this kit is running.")

        os.close(held)
        assert ask("update", "--from", site.address, kit).status == 0


class TestWithoutLocks:
    """On a share that knows no locks, and on Windows, two updates at once are not kept apart, and one still works."""

    def test_goes_on(self, site: Site, kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_locks(*arguments: object) -> None:
            raise OSError(37, "No locks available")

        ask("update", "--from", site.address, kit)
        monkeypatch.setattr(verify_lock.fcntl, "flock", no_locks)
        assert ask("update", "--from", site.address, kit).status == 0
        monkeypatch.setattr(verify_lock, "fcntl", None)
        assert ask("update", "--from", site.address, kit).status == 0


class TestRedirects:
    @pytest.mark.parametrize("target", ["{address}moved", "/kit/moved", "moved?token=1"])
    def test_within_the_web_are_followed(self, site: Site, kit: Path, target: str) -> None:
        site.files["moved"] = site.files["moved?token=1"] = site.files["SHA256SUMS"]
        site.redirects["SHA256SUMS"] = target.format(address=site.address)

        assert ask("update", "--from", site.address, kit).status == 0


class TestWrongUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["update"],
            ["update", "kit"],
            ["update", "--from", "x"],
            ["update", "--from", "ftp://x.example/", "kit"],
            ["update", "--from", "file:///tmp", "kit"],
            ["update", "--from", "http://", "kit"],
            ["update", "--from", "http://name:word@x.example/", "kit"],
            ["update", "--from", "http://x.example:99999/", "kit"],
            ["update", "--from", "http://x.example/?kit=1", "kit"],
            ["update", "--from", "https://x.example/#kit", "kit"],
            ["update", "--pages", "--from", "http://x.example/kit/", "kit"],
            ["update", "--from", "x", "--anchor", "nowhere", "kit"],
            ["update", "--from", ".", "--anchor", __file__, "kit"],
        ],
    )
    def test_is_64_with_a_word_on_how(self, arguments: list[str]) -> None:
        answer = ask(*arguments)

        assert (answer.status, answer.out) == (64, "")
        assert "--help" in answer.err

    def test_help_says_what_every_exit_status_means(self) -> None:
        out = ask("update", "--help").out

        for words in ("0 the kit is as new", "1 refused", "2 not now", "64 wrong usage", "Example: cardverify update"):
            assert words in out


class TestSources:
    def test_stop_reading_one_byte_beyond_the_limit(self, site: Site, tmp_path: Path) -> None:
        site.files["large"] = bytes(200_000)
        write(tmp_path, {"large": bytes(200_000)})

        for source in (FromWeb(site.address, secure=False), FromFolder(tmp_path)):
            assert len(source.fetch("large", 1000)) == 1001
            assert len(source.fetch("large", 200_000)) == 200_000

    def test_may_copy_pages_from_this_machine_without_a_certificate(self) -> None:
        FromWeb("http://127.0.0.1:1/kit/", secure=True)
        FromWeb("https://x.example/kit/", secure=True)
        with pytest.raises(BadAddress):
            FromWeb("http://x.example/kit/", secure=True)

    def test_do_not_wait_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            monkeypatch.setattr(verify_connections, "PATIENCE", 0.2)
            source = FromWeb(f"http://127.0.0.1:{silent.getsockname()[1]}/", secure=False)
            began = time.monotonic()

            with pytest.raises(OSError, match="timed out"):
                source.fetch("SHA256SUMS", 10)

        assert time.monotonic() - began < 5

    @pytest.mark.parametrize(
        ("at_once", "dripped"),
        [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
            (b"HTTP/1.1 200 OK\r\nContent-Len", b"x"),
            (b"HTTP/1.1 200 O", b"K"),
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        ],
        ids=["in the content", "in the headers", "in the first line", "with answers that are none", "in chunks"],
    )
    def test_give_up_on_a_server_that_sends_a_byte_now_and_then(self, at_once: bytes, dripped: bytes) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            source = FromWeb(f"http://127.0.0.1:{server.getsockname()[1]}/", secure=False, deadline=0.3)

            def drip() -> None:
                connection, _ = server.accept()
                with connection, contextlib.suppress(OSError):
                    connection.recv(4096)
                    connection.sendall(at_once)
                    # For three seconds, a second more than anybody may listen.
                    for _ in range(60):
                        connection.sendall(dripped)
                        time.sleep(0.05)

            dripping = threading.Thread(target=drip)
            dripping.start()
            began = time.monotonic()
            with pytest.raises(OSError, match=r"it takes too long|timed out"):
                source.fetch("SHA256SUMS", 10_000)
            took = time.monotonic() - began
            dripping.join()

        assert took < 2

    def test_ask_by_https_only_whom_a_certificate_vouches_for(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = Site(secure=(certificate := self_signed(tmp_path)))
        site.files = todays(TOWN)

        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            FromWeb(site.address, secure=True).fetch("SHA256SUMS", 10_000)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert FromWeb(site.address, secure=True).fetch("SHA256SUMS", 10_000) == site.files["SHA256SUMS"]

        site.close()

    def test_try_every_address_of_a_name_but_not_for_ever(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        port = int(site.address.split(":")[2].split("/")[0])
        nobody, somebody = ((2, 1, 6, "", (host, port)) for host in ("127.0.0.2", "127.0.0.1"))
        places = [nobody, nobody, somebody]
        ask_for = socket.getaddrinfo

        def many(host: str, *rest: object, **named: object) -> object:
            return places if host == "kit.example" else ask_for(host, *rest, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", many)
        address = f"http://kit.example:{port}/kit/"

        assert FromWeb(address, secure=False).fetch("SHA256SUMS", 10_000) == site.files["SHA256SUMS"]
        places.remove(somebody)
        with pytest.raises(OSError, match="refused"):
            FromWeb(address, secure=False).fetch("SHA256SUMS", 10_000)
        places.clear()
        with pytest.raises(OSError, match="no such server"):
            FromWeb(address, secure=False).fetch("SHA256SUMS", 10_000)

    def test_say_of_an_answer_that_is_none_that_it_is_none(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            source = FromWeb(f"http://127.0.0.1:{server.getsockname()[1]}/", secure=False)

            def answer() -> None:
                connection, _ = server.accept()
                connection.recv(4096)
                connection.sendall(b"\x1b[2J nonsense\r\n\r\n")
                connection.close()

            threading.Thread(target=answer, daemon=True).start()
            with pytest.raises(OSError, match="the server's answer is none"):
                source.fetch("SHA256SUMS", 10)
