"""The example of docs/server/Caddyfile before a desk: the rules of test_proxy.py, kept by another program."""

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from web import test_proxy
from web.test_proxy import NAME, Proxy, certificate, free_ports, speaks
from web.test_serve import Service, service  # noqa: F401 - a fixture

EXAMPLE = Path(__file__).parents[2] / "docs" / "server" / "Caddyfile"
CADDY = shutil.which("caddy")
SENT = "Ana-Silva-was-here"

pytestmark = [
    pytest.mark.skipif(CADDY is None, reason="caddy is not installed (Debian: caddy)"),
    pytest.mark.parametrize("service", [{"https": True}], indirect=True),
]


def as_here(example: str, made: Proxy, *, desk: int, town: Path) -> str:
    """The example with the addresses and paths of this test."""
    places = {
        "/etc/caddy/desk": str(made.folder),
        "reverse_proxy 127.0.0.1:8000": f"reverse_proxy 127.0.0.1:{desk}",
        "/srv/cardservice": str(town),
        "\tadmin off\n": f"\tadmin off\n\thttp_port {made.plain}\n\thttps_port {made.tls}\n\tdefault_sni {NAME}\n",
        "http://desk.": f"http://desk.vila-aberta.example:{made.plain}, http://desk.",
    }
    for there, here in places.items():
        assert there in example, there
        example = example.replace(there, here)
    return example


@pytest.fixture
def proxy(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:  # noqa: F811
    made = Proxy(tmp_path / "caddy", *free_ports())
    made.folder.mkdir()
    certificate(made.folder)
    town = service.hall.settings.kit_folder.parent
    (made.folder / "Caddyfile").write_text(as_here(EXAMPLE.read_text(), made, desk=service.port, town=town))
    monkeypatch.setenv("XDG_DATA_HOME", str(made.folder / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(made.folder / "config"))
    with (made.folder / "said.log").open("wb") as said:
        command = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(made.folder / "Caddyfile")]
        running = subprocess.Popen(command, stdout=said, stderr=said, cwd=made.folder)
        end = time.monotonic() + 10
        while time.monotonic() < end and not test_proxy._answers(made.tls):
            time.sleep(0.05)
        yield made
        running.terminate()
        running.wait(10)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
class TestCaddy:
    def test_is_as_strict_as_the_other_proxy(self, proxy: Proxy) -> None:
        assert {one.name for one in list(ssl.TLSVersion)[2:-1] if speaks(proxy, one)} == {"TLSv1_2", "TLSv1_3"}
        for name, path in ((NAME, "/sign-in"), (test_proxy.PUBLIC_NAME, "/lost")):
            test_proxy.TestTheProxy().test_leads_from_plain_http_to_https_without_answering(proxy, name, path)
        for asked in (("GET", "/sign-in", 200), ("TRACE", "/", 405), ("PUT", "/", 405)):
            test_proxy.TestTheProxy().test_has_browsers_stay_with_https_on_every_answer(proxy, *asked)
        test_proxy.TestTheProxy().test_does_not_believe_who_somebody_says_they_are(proxy)

    def test_keeps_nothing_of_what_goes_through_it(self, proxy: Proxy, service: Service) -> None:  # noqa: F811
        """Also when the desk is gone, which is when it would complain."""
        before = {path for path in proxy.folder.rglob("*") if path.is_file()}
        typed = {"Content-Type": "application/octet-stream"}
        # The desk answers before it has read everything; where Caddy is still sending then, it says that it could not.
        refused = proxy.ask("POST", f"/sign-in?{SENT}", SENT.encode() + bytes(8_000_000), **typed).status
        assert refused in {400, 502}
        assert proxy.ask("POST", "/sign-in", None, **typed, **{"Content-Length": "10000000"}).status == 413
        service.process.terminate()
        service.process.join(10)
        assert proxy.ask("GET", f"/{SENT}", Referer=SENT).status == 502

        assert {path for path in proxy.folder.rglob("*") if path.is_file()} == before
        said = (proxy.folder / "said.log").read_text()
        assert SENT not in said
        assert "127.0.0.1" not in said


class TestThePublicName:
    def test_shows_the_page_for_lost_cards_and_the_kit_and_nothing_else_of_the_desk(
        self,
        proxy: Proxy,
        service: Service,  # noqa: F811
    ) -> None:
        test_proxy.TestThePublicName().test_shows_the_public_pages_and_nothing_else_of_the_desk(proxy)
        kit = test_proxy.TestTheKit()
        kit.test_is_what_the_service_serves(proxy, service)
        kit.test_costs_nothing_where_it_has_not_changed(proxy)
        for path in ("/kit/.SHA256SUMS.new", "/status/01", "/status/99", "/status/1.cwt", "/kit/none"):
            kit.test_has_nothing_else(proxy, path)
        for path in ("/kit/", "/kit/SHA256SUMS", "/status/1"):
            kit.test_can_only_be_read(proxy, path)
        kit.test_leads_to_its_page(proxy)
        kit.test_is_there_while_the_desk_is_not(proxy, service)
