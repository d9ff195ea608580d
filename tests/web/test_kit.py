"""The kit over HTTP: what SHA256SUMS names and nothing else, to everybody, and nobody is noticed."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from cardservice.credential import qr_text
from cardservice.domain import kit_folder
from cardservice.domain.actor import SERVICE
from cardservice.terms import StaffRole
from cardservice.verify import Kit
from cardservice.web import kit as served
from web.hall import TownHall
from web.pages import Client

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def stranger(hall: TownHall) -> FlaskClient:
    """Somebody's program, which looks at answers as they are."""
    return FlaskClient(hall.app, TestResponse)


def names(hall: TownHall) -> list[str]:
    return list(kit_folder.checksums((hall.settings.kit_folder / "SHA256SUMS").read_bytes()))


@contextmanager
def statements(hall: TownHall) -> Iterator[list[str]]:
    """What the register is asked meanwhile."""
    asked: list[str] = []
    bound = hall.sessions.kw["bind"]

    def listen(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(bound, "before_cursor_execute", listen)
    yield asked
    event.remove(bound, "before_cursor_execute", listen)


class TestTheFiles:
    def test_are_those_of_the_folder_byte_for_byte(self, hall: TownHall, stranger: FlaskClient) -> None:
        got = {name: stranger.get(f"/kit/{name}") for name in [*names(hall), "SHA256SUMS"]}

        assert len(got) > 20
        assert {answer.status_code for answer in got.values()} == {200}
        folder = hall.settings.kit_folder
        assert [name for name, answer in got.items() if answer.data != (folder / name).read_bytes()] == []

    def test_can_be_fetched_whole_by_their_names_and_checked(
        self, hall: TownHall, stranger: FlaskClient, tmp_path: Path
    ) -> None:
        listed = kit_folder.checksums(stranger.get("/kit/SHA256SUMS").data)
        fetched = {name: stranger.get(f"/kit/{name}").data for name in listed}

        assert {name: hashlib.sha256(content).hexdigest() for name, content in fetched.items()} == listed
        assert Kit.from_files(fetched).problems == ()

    def test_answer_head_without_a_body(self, hall: TownHall, stranger: FlaskClient) -> None:
        for name in names(hall):
            head, body = stranger.head(f"/kit/{name}"), stranger.get(f"/kit/{name}").data
            assert (head.status_code, head.data, head.content_length) == (200, b"", len(body)), name

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
    def test_can_only_be_read(self, stranger: FlaskClient, method: str) -> None:
        assert stranger.open("/kit/SHA256SUMS", method=method).status_code == 405

    def test_have_their_types(self, hall: TownHall, stranger: FlaskClient) -> None:
        types = {
            "status/1.cwt": "application/statuslist+cwt",
            "trust-list.cwt": "application/vnd.cardservice.trustlist+cwt",
            "samples/kit/trust-list.cwt": "application/vnd.cardservice.trustlist+cwt",
            "samples/kit/status/1.cwt": "application/statuslist+cwt",
            "anchor.cose": "application/cose-key",
            "jwks.json": "application/jwk-set+json",
            "SHA256SUMS": "text/plain; charset=utf-8",
            "README.txt": "text/plain; charset=utf-8",
            "samples/samples.json": "application/json",
            "samples/good-identity.svg": "image/svg+xml",
            "vendor/zxing.js": "text/javascript; charset=utf-8",
            "vendor/zxing_reader.wasm": "application/wasm",
        }

        assert {name: stranger.get(f"/kit/{name}").content_type for name in types} == types
        assert served.media_type("manifest.webmanifest") == "application/manifest+json"

    def test_are_all_of_a_kind_that_has_a_type(self, hall: TownHall) -> None:
        assert [name for name in names(hall) if served.media_type(name) == "application/octet-stream"] == []
        assert served.media_type("something.else") == "application/octet-stream"


class TestWhatIsNotNamed:
    @pytest.mark.parametrize(
        "path",
        [
            "/kit/stray.txt",
            "/kit/status",
            "/kit/status/",
            "/kit/../register.db",
            "/kit/%2e%2e/register.db",
            "/kit/..%2fregister.db",
            "/kit/.SHA256SUMS.new",
            "/kit/%00",
            "/kit/sha256sums",
            "/kit//SHA256SUMS",
        ],
    )
    def test_is_not_there(self, hall: TownHall, stranger: FlaskClient, path: str) -> None:
        (hall.settings.kit_folder / "stray.txt").write_text("not of the kit")

        assert stranger.get(path).status_code in {404, 308}
        assert stranger.get(path, follow_redirects=True).data != b"not of the kit"

    def test_is_not_there_by_a_name_that_leads_out_of_the_folder(self, hall: TownHall, stranger: FlaskClient) -> None:
        """Somebody who can write to the folder wrote into the list of names."""
        sums = hall.settings.kit_folder / "SHA256SUMS"
        sums.write_bytes(sums.read_bytes() + f"{'0' * 64}  ../register.db\n".encode())

        assert stranger.get("/kit/%2e%2e/register.db").status_code == 404

    def test_is_whatever_is_not_as_its_checksum_says(self, hall: TownHall, stranger: FlaskClient) -> None:
        (hall.settings.kit_folder / "README.txt").write_text("call this number")

        assert stranger.get("/kit/README.txt").status_code == 404

    def test_is_what_a_link_in_the_folder_leads_to(self, hall: TownHall, stranger: FlaskClient) -> None:
        """Also where somebody who can write into the folder wrote its checksum as well."""
        kit = hall.settings.kit_folder
        secret = hall.folder / "secret"
        secret.write_bytes(b"secret")
        (kit / "linked.txt").symlink_to(secret)
        sums = (kit / "SHA256SUMS").read_bytes() + kit_folder.sums({"linked.txt": b"secret"})
        (kit / "SHA256SUMS").write_bytes(sums)
        assert stranger.get("/kit/linked.txt").status_code == 404

        (kit / "SHA256SUMS").unlink()
        (kit / "SHA256SUMS").symlink_to(secret)
        assert stranger.get("/kit/SHA256SUMS").status_code == 404

    def test_is_not_a_file_that_is_just_being_replaced(
        self, hall: TownHall, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its checksum comes last, so it is looked at once more."""
        kit = hall.settings.kit_folder
        after = (
            (kit / "SHA256SUMS")
            .read_bytes()
            .replace(
                kit_folder.digest((kit / "README.txt").read_bytes()).encode(), kit_folder.digest(b"a new note").encode()
            )
        )
        (kit / "README.txt").write_bytes(b"a new note")
        monkeypatch.setattr(served.time, "sleep", lambda _seconds: (kit / "SHA256SUMS").write_bytes(after))

        assert stranger.get("/kit/README.txt").data == b"a new note"

    def test_is_said_without_asking_the_register(self, hall: TownHall) -> None:
        browser = hall.browser(StaffRole.CLERK)
        with statements(hall) as asked:
            answers = [browser.get("/kit/nothing"), browser.get("/status/99")]

        assert [(answer.status_code, answer.content_type) for answer in answers] == [(404, served.PLAIN)] * 2
        assert asked == []

    def test_is_everything_where_no_kit_was_published_and_the_desk_goes_on(
        self, hall: TownHall, stranger: FlaskClient
    ) -> None:
        hall.settings.kit_folder.rename(hall.folder / "gone")

        assert [stranger.get(path).status_code for path in ("/kit/", "/kit/SHA256SUMS", "/status/1")] == [404] * 3
        assert hall.browser(StaffRole.CLERK).get("/").status_code == 200


class TestAStatusList:
    """T14: the issuer learns nothing from who fetches what."""

    def test_is_at_the_one_address_that_is_in_every_card(self, hall: TownHall, stranger: FlaskClient) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        for _ in range(3):
            hall.issue(clerk)
        kit = Kit.load(hall.settings.kit_folder)
        assert kit.trust_list is not None
        (own,) = kit.trust_list.issuers

        addresses = [hall.settings.status_uri(1), *own.status_lists]

        assert addresses[0] == own.status_lists[0]
        assert len(set(own.status_lists)) == len(own.status_lists)
        assert all(not urlsplit(address).query for address in addresses)
        answer = stranger.get(urlsplit(addresses[0]).path)
        assert answer.data == (hall.settings.kit_folder / "status/1.cwt").read_bytes()
        assert answer.content_type == "application/statuslist+cwt"

    @pytest.mark.parametrize("path", ["/status/01", "/status/0", "/status/1/", "/status/1.cwt", "/status/99"])
    def test_has_no_second_one(self, stranger: FlaskClient, path: str) -> None:
        assert stranger.get(path).status_code == 404


class TestAFetchThatFindsNothingNew:
    @pytest.mark.parametrize("path", ["/status/1", "/kit/trust-list.cwt", "/kit/SHA256SUMS", "/kit/vendor/zxing.js"])
    def test_costs_nothing_but_the_question(self, stranger: FlaskClient, path: str) -> None:
        first = stranger.get(path)
        tag = first.headers["ETag"]

        again = stranger.get(path, headers={"If-None-Match": tag})

        assert tag == f'"{hashlib.sha256(first.data).hexdigest()}"'
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert stranger.get(path, headers={"If-None-Match": '"another"'}).status_code == 200

    def test_finds_the_new_list_at_once(self, hall: TownHall, stranger: FlaskClient) -> None:
        tag = stranger.get("/status/1").headers["ETag"]
        hall.clock.passes(minutes=1)
        hall.desk.publish(actor=SERVICE, now=hall.clock())

        assert stranger.get("/status/1", headers={"If-None-Match": tag}).status_code == 200

    def test_asks_for_lists_and_for_the_page_every_time_and_for_the_rest_after_minutes(
        self, hall: TownHall, stranger: FlaskClient
    ) -> None:
        told = {name: stranger.get(f"/kit/{name}").headers["Cache-Control"] for name in names(hall)}
        always = {name for name, said in told.items() if said == "no-cache"}

        lists = {"trust-list.cwt", "anchor.cose", "jwks.json"} | {name for name in told if name.startswith("status/")}
        assert always == lists | {"index.html", "service-worker.js"} & told.keys()
        assert {said for name, said in told.items() if name not in always} == {"public, max-age=300"}
        assert stranger.get("/kit/SHA256SUMS").headers["Cache-Control"] == "no-cache"
        assert stranger.get("/status/1").headers["Cache-Control"] == "no-cache"

    def test_is_smaller_for_who_can_unpack_it_and_has_a_tag_of_its_own(self, stranger: FlaskClient) -> None:
        plain = stranger.get("/kit/vendor/zxing_reader.wasm")
        packed = stranger.get("/kit/vendor/zxing_reader.wasm", headers={"Accept-Encoding": "gzip, deflate, br"})

        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < 0.5 * len(plain.data)
        assert plain.headers["ETag"] != packed.headers["ETag"]
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
        again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
        assert stranger.get("/kit/vendor/zxing_reader.wasm", headers=again).status_code == 304


class TestWhoFetches:
    @pytest.mark.parametrize("path", ["/kit/SHA256SUMS", "/kit/vendor/zxing.js", "/status/1", "/kit/nothing"])
    def test_is_not_noticed(self, hall: TownHall, path: str) -> None:
        """Not even a staff member who is signed in on the same host."""
        browser: Client = hall.browser(StaffRole.CLERK)
        with statements(hall) as asked:
            answer = browser.get(path)

        assert asked == []
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")

    @pytest.mark.parametrize("path", ["/kit/SHA256SUMS", "/status/1", "/kit/samples/samples.json", "/kit/nothing"])
    def test_may_be_a_page_of_any_host_that_sends_no_cookie(self, stranger: FlaskClient, path: str) -> None:
        answer = stranger.get(path, headers={"Origin": "https://library.example"})

        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_learns_what_the_page_may_do(self, stranger: FlaskClient) -> None:
        headers = stranger.get("/kit/samples/samples.json").headers

        assert headers["Content-Security-Policy"] == POLICY
        assert headers["Permissions-Policy"].startswith("camera=(self)")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"

    def test_learns_nothing_of_the_kind_from_the_desks_own_pages(self, stranger: FlaskClient) -> None:
        answer = stranger.get("/sign-in", headers={"Origin": "https://library.example"})

        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


class TestTheVerifier:
    def test_is_at_the_address_of_the_kit(self, hall: TownHall, stranger: FlaskClient) -> None:
        page = (hall.settings.kit_folder / "index.html").read_bytes()

        assert stranger.get("/kit/").data == stranger.get("/kit/index.html").data == page
        assert stranger.get("/kit/").content_type == "text/html; charset=utf-8"
        assert urlsplit(stranger.get("/kit").location).path == "/kit/"

    def test_finds_the_samples_beside_it(self, stranger: FlaskClient) -> None:
        told = json.loads(stranger.get("/kit/samples/samples.json").data)

        for code in told["codes"]:
            assert qr_text.open_text(code["text"]).message.payload
            assert stranger.get(f"/kit/samples/{code['picture']}").status_code == 200
