"""A static host for a kit, under a path of its own, as a mirror is. It remembers what it was asked, and can be gone."""

import contextlib
import hashlib
import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cardservice.web import kit_pages

TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm", ".png": "image/png", ".webmanifest": "application/manifest+json", ".txt": "text/plain",
}  # fmt: skip


class Site:
    """Files by path, served from memory on a loopback address."""

    def __init__(self, files: Mapping[str, bytes], path: str = "/mirrors/vila/") -> None:
        self.files, self.path, self.asked = dict(files), path, list[str]()
        self.is_up = True
        self.moved: dict[str, str] = {}

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://localhost:{self.server.server_port}{self.path}"

    def put(self, files: Mapping[str, bytes]) -> None:
        """Replace files, and say so in the checksums."""
        self.files.update(files)
        self.files["SHA256SUMS"] = sums(self.files)

    @contextmanager
    def open(self) -> Iterator["Site"]:
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if not site.is_up:
                    self.close_connection = True  # as a cable that is out: not a word
                    return
                site.asked.append(self.path)
                asked = self.path.removeprefix(site.path)
                if asked in site.moved:
                    self.send_response(308)
                    self.send_header("Location", site.moved[asked])
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                name = asked or "index.html"
                content = site.files.get(name) if self.path.startswith(site.path) else None
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Type", TYPES.get(Path(name).suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                self.wfile.write(content or b"")

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # a browser that was closed in the middle
                    super().handle()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.server.server_close()
            thread.join()


def sums(files: Mapping[str, bytes]) -> bytes:
    """The list of checksums, as `sha256sum` writes it."""
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
        if name != "SHA256SUMS"
    ]
    return "".join(lines).encode()


def kit_of(lists: Mapping[str, bytes]) -> dict[str, bytes]:
    """A whole kit: the pages as they are published, and these lists."""
    files = {**kit_pages.files(), **lists}
    return {**files, "SHA256SUMS": sums(files)}
