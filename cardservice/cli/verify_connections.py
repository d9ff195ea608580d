"""Connections to a server that is not trusted: they end by a fixed time, whatever the server sends and however slowly.

A time limit for each answer of the network is not enough: a server that sends one byte of a header now and then would
keep us for ever. So before each piece that is read, the time that is left is looked at again.
"""

import http.client
import io
import socket
import time
import urllib.request
from typing import Any

PATIENCE = 30  # seconds without an answer


def time_left(until: float) -> float:
    """Return the seconds to wait for the next piece. Raises TimeoutError where it is later than `until` (monotonic)."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it takes too long")
    return min(left, PATIENCE)


def handlers(until: float) -> tuple[urllib.request.BaseHandler, ...]:
    """Return what opens http and https for `urllib`, each until that time (`time.monotonic`)."""
    return _Http(until), _Https(until)


class _InTime(io.RawIOBase):
    """What a socket brings, as long as there is time."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket, self._until = connected, until
        self._pieces = connected.makefile("rb", buffering=0)  # keeps the socket open until this is closed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(time_left(self._until))
        return self._pieces.readinto(buffer)

    def close(self) -> None:
        self._pieces.close()
        super().close()


class _Readable:
    """As much of a socket as an answer asks for."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._connected, self._until = connected, until

    def makefile(self, *_: Any) -> io.BufferedReader:
        return io.BufferedReader(_InTime(self._connected, self._until))


class _Timed(http.client.HTTPConnection):
    def __init__(self, *arguments: Any, until: float, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._until = until
        self._create_connection = self._reach  # a name with many addresses would have the time limit for each of them

    def response_class(self, sock: socket.socket, *arguments: Any, **options: Any) -> http.client.HTTPResponse:  # type: ignore[override]
        return http.client.HTTPResponse(_Readable(sock, self._until), *arguments, **options)  # type: ignore[arg-type]

    def _reach(self, address: tuple[str, int], *_: Any) -> socket.socket:
        failed = OSError("there is no such server")
        for found in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
            host, port = found[4][:2]
            left = time_left(self._until)
            try:
                return socket.create_connection((str(host), int(port)), left)
            except OSError as error:
                failed = error
        raise failed


class _TimedAndSecure(_Timed, http.client.HTTPSConnection):
    pass


class _Http(urllib.request.HTTPHandler):
    def __init__(self, until: float) -> None:
        super().__init__()
        self._until = until

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Timed, req, until=self._until)  # type: ignore[arg-type]


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, until: float) -> None:
        super().__init__()
        self._until = until

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_TimedAndSecure, req, until=self._until)  # type: ignore[arg-type]
