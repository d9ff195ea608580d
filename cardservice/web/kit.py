"""The kit over HTTP, for everybody: the files that SHA256SUMS names, each at one address, and nobody is noticed.

No session, no cookie, no register: who fetches the kit is nobody's business, and the desk goes on without it. A page of
any host may fetch it (CORS), because any host may mirror the verifier. `/status/N` is the address inside the cards.
"""

import gzip
import hashlib
import time
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from cardservice.domain import kit_folder, status_places
from cardservice.domain.kit_folder import SUMS
from cardservice.web import desk
from cardservice.web.access import public
from cardservice.web.headers import KIT
from cardservice.web.kit_pages import INDEX, WORKER

bp = Blueprint(KIT, __name__)

PLAIN = "text/plain; charset=utf-8"
STATUS_LIST, TRUST_LIST = "application/statuslist+cwt", "application/vnd.cardservice.trustlist+cwt"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".cose": "application/cose-key",
    ".cwt": STATUS_LIST,
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": PLAIN,
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
}
_BY_NAME = {SUMS: PLAIN, kit_folder.TRUST_LIST: TRUST_LIST, kit_folder.JWKS: "application/jwk-set+json"}
_SHRINKS = frozenset({".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest"})

# What decides whether a card or a page is still good is asked for every time. Other names are not new with every
# version, so they are kept for minutes only.
ALWAYS_ASKED = "no-cache"
KEPT = "public, max-age=300"
_ALWAYS_ASKED = frozenset({SUMS, INDEX, WORKER, kit_folder.TRUST_LIST, kit_folder.ANCHOR, kit_folder.JWKS})

_A_MOMENT = 0.1  # seconds for a publication that has written a file and not yet its checksum


@bp.get("/kit/")
@public
def index() -> ResponseReturnValue:
    """The verifier."""
    return _file(INDEX)


@bp.get("/kit/<path:name>")
@public
def file(name: str) -> ResponseReturnValue:
    """A file of the kit by its name there."""
    return _file(name)


@bp.get("/status/<int:number>")
@public
def status(number: int) -> ResponseReturnValue:
    """A status list at the address inside its cards."""
    if request.path != f"/status/{number}":
        return _nothing()  # a list has one address, and 07 is another way to write it
    return _file(status_places.publication_name(number))


def media_type(name: str) -> str:
    """The content type of a file of the kit."""
    return _BY_NAME.get(name.rpartition("/")[2]) or TYPES.get(Path(name).suffix, "application/octet-stream")


def _file(name: str) -> Response:
    """What SHA256SUMS names and as it says: nothing that somebody else laid into the folder, or led to from there."""
    folder = desk.settings().kit_folder
    for pause in (_A_MOMENT, 0):
        sums = kit_folder.read(folder, SUMS) or b""
        if name == SUMS and sums:
            return _answer(name, sums)
        wanted = kit_folder.checksums(sums).get(name)
        if wanted is None:
            break
        content = kit_folder.read(folder, name)
        if content is not None and kit_folder.digest(content) == wanted:
            return _answer(name, content)
        time.sleep(pause)
    return _nothing()


def _answer(name: str, content: bytes) -> Response:
    tag = hashlib.sha256(content).hexdigest()
    shrinks = Path(name).suffix in _SHRINKS
    if shrinks and request.accept_encodings.best_match(["gzip", "identity"], "identity") == "gzip":
        answer = Response(_packed(content), content_type=media_type(name), headers={"Content-Encoding": "gzip"})
        tag += "-gzip"
    else:
        answer = Response(content, content_type=media_type(name))
    if shrinks:
        answer.headers["Vary"] = "Accept-Encoding"
    asked = name in _ALWAYS_ASKED or name.startswith("status/")
    answer.headers["Cache-Control"] = ALWAYS_ASKED if asked else KEPT
    answer.set_etag(tag)
    answer.make_conditional(request)
    return answer


@lru_cache(maxsize=256)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _nothing() -> Response:
    """Not the desk's page of a problem: that one would ask the register who is signed in."""
    return Response("There is no such file in this kit.\n", 404, content_type=PLAIN)
