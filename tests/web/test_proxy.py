"""The example of docs/server/nginx.conf before a desk: TLS as it should be, and nothing put aside or believed."""

import datetime as dt
import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from cardservice.domain import kit_folder
from web.hall import picture
from web.test_serve import Service, service  # noqa: F401 - a fixture

EXAMPLE = Path(__file__).parents[2] / "docs" / "server" / "nginx.conf"
NAME = "desk.vila-aberta.example"
PUBLIC_NAME = "id.vila-aberta.example"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)"),
    pytest.mark.parametrize("service", [{"https": True}], indirect=True),
]


@dataclass
class Proxy:
    """nginx with the example's lines, on ports of this test."""

    folder: Path
    plain: int
    tls: int

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=20, context=context())
        connection.request(method, path, body, {"Host": NAME} | headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return answer


def context(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    if version is not None:
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version = made.maximum_version = version
    return made


def free_ports() -> tuple[int, int]:
    """Two ports that nobody uses, each another: both are held until both are known."""
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "privkey.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def as_here(example: str, folder: Path, *, plain: int, tls: int, desk: int, town: Path) -> str:
    """The example with the addresses and paths of this test, and what stands around it in /etc/nginx."""
    places = {
        "/etc/nginx/desk": str(folder),
        "/var/log/nginx": str(folder),
        "/run/nginx-in-memory": f"{folder}/aside",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl;\n": "",
        "http://127.0.0.1:8000": f"http://127.0.0.1:{desk}",
        "/srv/cardservice": str(town),
    }
    for there, here in places.items():
        assert there in example, there
        example = example.replace(there, here)
    others = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    # Debian's nginx has a page of its own for every name that nobody else has.
    welcome = f"server {{ listen 127.0.0.1:{plain} default_server; return 200 welcome; }}\n"
    return f"daemon off;\npid {folder}/pid;\nevents {{}}\nhttp {{\n{others}{welcome}{example}}}\n"


@pytest.fixture
def proxy(service: Service, tmp_path: Path) -> Iterator[Proxy]:  # noqa: F811 - the fixture
    made = Proxy(tmp_path / "nginx", *free_ports())
    made.folder.mkdir()
    certificate(made.folder)
    shutil.copy(EXAMPLE.with_name("kit-headers.conf"), made.folder)
    town = service.hall.settings.kit_folder.parent
    written = as_here(EXAMPLE.read_text(), made.folder, plain=made.plain, tls=made.tls, desk=service.port, town=town)
    (made.folder / "nginx.conf").write_text(written)
    command = [str(NGINX), "-p", str(made.folder), "-c", "nginx.conf", "-e", f"{made.folder}/start.log"]
    # A worker that nobody told who to be would be "nobody", which may not look into a test's folder.
    running = subprocess.Popen([*command, "-g", "user root;"] if os.geteuid() == 0 else command)
    end = time.monotonic() + 10
    while time.monotonic() < end and not _answers(made.tls):
        time.sleep(0.05)
    yield made
    running.terminate()
    running.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def speaks(proxy: Proxy, version: ssl.TLSVersion) -> bool:
    try:
        with (
            socket.create_connection(("127.0.0.1", proxy.tls), timeout=5) as plain,
            context(version).wrap_socket(plain, server_hostname=NAME),
        ):
            return True
    except (ssl.SSLError, ConnectionResetError):
        return False


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
class TestTheProxy:
    def test_speaks_tls_1_2_and_1_3_and_nothing_older(self, proxy: Proxy) -> None:
        spoken = {version.name for version in list(ssl.TLSVersion)[2:-1] if speaks(proxy, version)}

        assert spoken == {"TLSv1_2", "TLSv1_3"}

    def test_prefers_forward_secrecy_with_authenticated_encryption(self, proxy: Proxy) -> None:
        with (
            socket.create_connection(("127.0.0.1", proxy.tls), timeout=5) as plain,
            context(ssl.TLSVersion.TLSv1_2).wrap_socket(plain, server_hostname=NAME) as secured,
        ):
            name, _, bits = secured.cipher() or ("", "", 0)

        assert name.startswith("ECDHE-")
        assert "GCM" in name or "CHACHA20" in name
        assert bits >= 128

    @pytest.mark.parametrize(("name", "path"), [(NAME, "/sign-in"), (PUBLIC_NAME, "/lost")])
    def test_leads_from_plain_http_to_https_without_answering(self, proxy: Proxy, name: str, path: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=5)
        connection.request("GET", path, headers={"Host": name})
        answer = connection.getresponse()
        connection.close()

        assert (answer.status, answer.headers["Location"]) == (308, f"https://{name}{path}")

    @pytest.mark.parametrize(
        ("method", "path", "status"), [("GET", "/sign-in", 200), ("TRACE", "/", 405), ("PUT", "/", 405)]
    )
    def test_has_browsers_stay_with_https_on_every_answer(
        self, proxy: Proxy, method: str, path: str, status: int
    ) -> None:
        answer = proxy.ask(method, path)

        assert answer.status == status
        assert answer.headers.get_all("Strict-Transport-Security") == ["max-age=63072000; includeSubDomains"]
        assert "/" not in (answer.headers["Server"] or "")

    def test_hands_a_photograph_on_without_laying_it_down(self, proxy: Proxy) -> None:
        photo = picture(3000, 4000, "PNG").read() + bytes(3_000_000)

        answer = proxy.ask("POST", "/sign-in", photo, **{"Content-Type": "application/octet-stream"})

        assert answer.status == 400
        laid_down = [path for path in proxy.folder.rglob("*") if path.is_file() and path.parent != proxy.folder]
        assert laid_down == []
        assert "is buffered to a temporary file" not in (proxy.folder / "desk.log").read_text()

    def test_does_not_believe_who_somebody_says_they_are(self, proxy: Proxy) -> None:
        """The desk counts guesses by where they come from: made-up addresses make no new guesser."""
        page = proxy.ask("GET", "/sign-in")
        csrf = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)  # type: ignore[attr-defined]
        assert csrf
        form = f"csrf_token={csrf[1]}&name=clara&password=x".encode()
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": (page.headers["Set-Cookie"] or "").partition(";")[0],
        }

        statuses = [
            proxy.ask("POST", "/sign-in", form, **sent, **{"X-Forwarded-For": f"{n}.1.1.1"}).status for n in range(12)
        ]

        assert statuses == [200] * 10 + [429] * 2


class TestThePublicName:
    """What a holder with a slip can reach where the desk itself is not on the internet."""

    def test_shows_the_public_pages_and_nothing_else_of_the_desk(self, proxy: Proxy) -> None:
        shown = ["/lost", "/numbers", "/numbers.csv", "/before-your-visit", "/visits", "/queue", "/queue/screen"]
        shown += ["/static/lost.js", "/static/desk.css"]
        hidden = [
            "/",
            "/sign-in",
            "/cards/find",
            "/registrations/new",
            "/publish",
            "/overview",
            "/queue/desk",
            "/lost/anything",
        ]
        hidden += ["/static/../cards/find", "/static/..%2fsign-in", "/static/nothing.js"]

        statuses = {path: proxy.ask("GET", path, Host=PUBLIC_NAME).status for path in (*shown, *hidden)}

        assert statuses == dict.fromkeys(shown, 200) | dict.fromkeys(hidden, 404)

    def test_takes_a_code(self, proxy: Proxy) -> None:
        page = proxy.ask("GET", "/lost", Host=PUBLIC_NAME)
        csrf = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)  # type: ignore[attr-defined]
        assert csrf
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": (page.headers["Set-Cookie"] or "").partition(";")[0],
            "Host": PUBLIC_NAME,
        }

        answer = proxy.ask("POST", "/lost", f"csrf_token={csrf[1]}&code=7K2M".encode(), **sent)

        assert answer.status == 200
        assert "This is not a slip code" in answer.text  # type: ignore[attr-defined]


class TestHowOften:
    """Whoever asks a thousand times is told to wait, and nobody else."""

    def ask(self, proxy: Proxy, times: int, path: str, name: str, source: str = "127.0.0.1") -> list[int]:
        return [answer.status for answer in self.answers(proxy, times, path, name, source)]

    def answers(
        self, proxy: Proxy, times: int, path: str, name: str, source: str = "127.0.0.1"
    ) -> list[http.client.HTTPResponse]:
        """One after the other on one connection, so as fast as a script can."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", proxy.tls, timeout=20, context=context(), source_address=(source, 0)
        )
        came = []
        for _ in range(times):
            connection.request("HEAD", path, headers={"Host": name})
            came.append(connection.getresponse())
            came[-1].read()
        connection.close()
        return came

    def test_a_public_page_may_be_asked_for_is_enough_for_people_and_not_for_a_script(self, proxy: Proxy) -> None:
        statuses = self.ask(proxy, 200, "/numbers.csv", PUBLIC_NAME)

        assert statuses[:60] == [200] * 60
        assert 429 in statuses
        assert self.ask(proxy, 10, "/numbers.csv", PUBLIC_NAME, "127.0.0.2") == [200] * 10
        assert self.ask(proxy, 10, "/sign-in", NAME) == [200] * 10

    def test_is_enough_for_thirty_who_come_at_once_behind_one_address(
        self,
        proxy: Proxy,
        service: Service,  # noqa: F811
    ) -> None:
        """A class, a shelter, the hall: pages with what they look like, and the verifier, which keeps its files."""
        kit = service.hall.settings.kit_folder
        files = [f"/kit/{name}" for name in kit_folder.checksums((kit / "SHA256SUMS").read_bytes())]
        page = proxy.ask("GET", "/visits", Host=PUBLIC_NAME).text  # type: ignore[attr-defined]
        looks = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        modules = [name for name in files if name.endswith(".js")]
        asked = ["/visits", *looks, "/kit/", *modules, *files, "/status/1"]
        assert (len(looks) > 2, len(modules) > 30, len(files) > 60) == (True, True, True)

        with ThreadPoolExecutor(30) as visitors:
            came = [visitors.submit(self.visit, proxy, asked) for _ in range(30)]
            statuses = Counter(status for one in came for status in one.result())

        assert statuses == {200: 30 * len(asked)}

    def test_is_enough_for_thirty_who_wait_at_the_same_moment(
        self,
        proxy: Proxy,
        service: Service,  # noqa: F811
    ) -> None:
        """The desk is held until all have asked: thirty pages and what they look like, on six connections each."""
        asked = ["/visits"] * 30 + ["/static/desk.css"] * 150
        desk = [pid for pid in (service.process.pid, *service.workers()) if pid]
        for process in desk:
            os.kill(process, signal.SIGSTOP)
        lines = [self.line(proxy) for _ in asked]
        try:
            for line, path in zip(lines, asked, strict=True):
                line.request("GET", path, headers={"Host": PUBLIC_NAME})
        finally:
            for process in desk:
                os.kill(process, signal.SIGCONT)
        statuses = Counter(line.getresponse().status for line in lines)
        for line in lines:
            line.close()

        assert statuses == {200: len(asked)}

    def line(self, proxy: Proxy) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", proxy.tls, timeout=60, context=context())

    def visit(self, proxy: Proxy, paths: list[str]) -> list[int]:
        """What a browser does: six connections, and something asked for on each."""
        lines = [self.line(proxy) for _ in range(6)]
        statuses = []
        for first in range(0, len(paths), len(lines)):
            asked = paths[first : first + len(lines)]
            for line, path in zip(lines, asked, strict=False):
                line.request("HEAD" if path.endswith(".wasm") else "GET", path, headers={"Host": PUBLIC_NAME})
            for line, _ in zip(lines, asked, strict=False):
                answer = line.getresponse()
                answer.read()
                statuses.append(answer.status)
        for line in lines:
            line.close()
        return statuses

    def test_of_the_screen_in_the_hall_comes_back_by_itself(self, proxy: Proxy) -> None:
        answers = self.answers(proxy, 200, "/queue/screen", PUBLIC_NAME)
        refused = {answer.headers["Refresh"] for answer in answers if answer.status == 429}

        assert refused == {"15"}
        assert proxy.ask("GET", "/queue/screen", Host=NAME).headers["Refresh"] is None

    def test_how_often_says_nobodys_address(self, proxy: Proxy) -> None:
        self.ask(proxy, 200, "/numbers.csv", PUBLIC_NAME)

        assert "127.0.0.1" not in (proxy.folder / "desk.log").read_text()
        assert proxy.ask("HEAD", "/numbers.csv", Host=PUBLIC_NAME).headers["Strict-Transport-Security"]


class TestTheKit:
    """Served as files under the public name, with what the service itself would send."""

    LIKE_THE_SERVICE = (
        "Content-Type", "Cache-Control", "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy",
        "Content-Security-Policy", "Permissions-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy",
        "Cross-Origin-Opener-Policy", "X-Robots-Tag", "Strict-Transport-Security",
    )  # fmt: skip

    def fetch(self, proxy: Proxy, path: str, *, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", proxy.tls, timeout=20, context=context())
        connection.request(method, path, headers={"Host": PUBLIC_NAME} | headers)
        answer = connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def test_is_what_the_service_serves(self, proxy: Proxy, service: Service) -> None:  # noqa: F811
        kit = service.hall.settings.kit_folder
        desk = service.hall.app.test_client()
        names = [*kit_folder.checksums((kit / "SHA256SUMS").read_bytes()), "SHA256SUMS"]

        different: list[tuple[str, str]] = []
        for path in ["/kit/", "/status/1", *(f"/kit/{name}" for name in names)]:
            ours, theirs = desk.get(path, base_url=f"https://{PUBLIC_NAME}"), self.fetch(proxy, path)
            if (ours.status_code, ours.data) != (theirs.status, theirs.content):  # type: ignore[attr-defined]
                different.append((path, "content"))
            sent = {header: theirs.headers.get_all(header) or [] for header in self.LIKE_THE_SERVICE}
            different += [(path, header) for header in sent if ours.headers.getlist(header) != sent[header]]

        assert different == []

    def test_is_there_while_the_desk_is_not(self, proxy: Proxy, service: Service) -> None:  # noqa: F811
        service.process.terminate()
        service.process.join(10)

        assert self.fetch(proxy, "/kit/").status == self.fetch(proxy, "/status/1").status == 200
        assert self.fetch(proxy, "/lost").status == 502

    def test_costs_nothing_where_it_has_not_changed(self, proxy: Proxy) -> None:
        tag = self.fetch(proxy, "/status/1").headers["ETag"]

        assert not tag.startswith("W/")
        assert self.fetch(proxy, "/status/1", **{"If-None-Match": tag}).status == 304

    @pytest.mark.parametrize("path", ["/kit/.SHA256SUMS.new", "/status/01", "/status/99", "/status/1.cwt", "/kit/none"])
    def test_has_nothing_else(self, proxy: Proxy, path: str) -> None:
        assert self.fetch(proxy, path).status == 404

    @pytest.mark.parametrize("path", ["/kit/", "/kit/SHA256SUMS", "/status/1"])
    def test_can_only_be_read(self, proxy: Proxy, path: str) -> None:
        assert [self.fetch(proxy, path, method=method).status for method in ("POST", "PUT", "DELETE")] == [405] * 3
        assert self.fetch(proxy, path, method="HEAD").status == 200

    def test_leads_to_its_page(self, proxy: Proxy) -> None:
        answer = self.fetch(proxy, "/kit")

        assert (answer.status, answer.headers["Location"]) == (308, f"https://{PUBLIC_NAME}/kit/")
