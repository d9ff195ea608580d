"""Requests that never touch the disk: an upload lives in memory, within a size that is refused before it is read.

Werkzeug writes uploads over 500 kB into the temporary folder by default, where they stay readable on the raw disk
(THREATS §4.3). What a picture must be is decided in printing/portrait.py.
"""

import time
from io import BytesIO
from typing import IO

from flask import Request

from cardservice.printing import portrait

# A form of ours has fewer than ten short fields. The rest of the limit is the picture.
FORM_BYTES = 64 * 1024
FORM_PARTS = 32
REQUEST_BYTES = portrait.MAX_BYTES + FORM_BYTES
_PIECE = 64 * 1024
# A browser shows our answer only when its upload was read to the end; beyond this we stop listening.
DRAIN_BYTES = 160 * 1024 * 1024
DRAIN_SECONDS = 10


class MemoryRequest(Request):
    """A request whose uploaded files are kept in memory."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - Werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        # Werkzeug's documented place to say where an upload goes; the size is bounded by MAX_CONTENT_LENGTH.
        return BytesIO()


def drain(request: Request) -> None:
    """Read and throw away what is left of a refused upload, so that the browser reads our answer."""
    stream = request.environ.get("wsgi.input")
    left, end = DRAIN_BYTES, time.monotonic() + DRAIN_SECONDS
    while stream is not None and left > 0 and time.monotonic() < end:
        piece = stream.read(_PIECE)
        if not piece:
            return
        left -= len(piece)
