"""The protocol under the pages: where a request ends is never in doubt, and who asked is not what the asker says."""

import socket

import pytest

from web.hall import Builder
from web.test_serve import Service, service  # noqa: F401 - a fixture

START = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

AMBIGUOUS = {
    "two lengths": START + b"Content-Length: 6\r\nContent-Length: 60\r\n\r\nabcdef",
    "a signed length": START + b"Content-Length: +6\r\n\r\nabcdef",
    "an unknown coding": START + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": START + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded line": START + b"X-A: a\r\n b\r\n\r\n",
    "a null character": START + b"X-A: a\x00b\r\n\r\n",
    "chunks in HTTP/1.0": START.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks and a length": START + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
}


def told(port: int, request: bytes) -> bytes:
    """All that the service says until it closes the connection; it has five seconds to do so."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(request)
        while piece := connection.recv(65536):
            said += piece
    return said


class TestARequestWhoseEndIsInDoubt:
    def test_is_refused_and_nothing_after_it_is_read(self, service: Service) -> None:  # noqa: F811 - the fixture
        answers = {name: told(service.port, request) for name, request in AMBIGUOUS.items()}

        assert [name for name, said in answers.items() if said.count(b"HTTP/1.1 ") != 1] == []
        assert [name for name, said in answers.items() if not said.startswith(b"HTTP/1.1 400 ")] == []
        assert "404" not in service.log


class TestWhereARequestComesFrom:
    @pytest.mark.parametrize("https", [True, False])
    def test_is_what_the_proxy_appended_and_never_what_the_asker_wrote(self, make_hall: Builder, https: bool) -> None:
        """Behind the proxy the last entry of the header counts, without one none does."""
        guesser = make_hall(https=https).browser()
        where = {"base_url": "https://desk.example"} if https else {}
        csrf = guesser.get("/sign-in", **where).page.all("input")[0].attributes["value"]

        statuses = [
            guesser.post(
                "/sign-in",
                data={"csrf_token": csrf, "name": "clara", "password": f"guess {n}"},
                headers={"X-Forwarded-For": f"203.0.113.{n}, 192.0.2.9" if https else f"203.0.113.{n}"},
                **where,
            ).status_code
            for n in range(15)
        ]

        assert statuses[-1] == 429
