"""The part of the kit that is the same in every publication: the verifier's pages, words for fingerprints, samples.

Gathered once in a process, because a revocation publishes at once. The pages are copied as they stand, but for two
lines of the service worker, which has to know all files and when they are other ones than it keeps.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cardservice import catalogues, fingerprint
from cardservice.domain import kit_folder
from cardservice.domain.errors import Unavailable
from cardservice.web import kit_samples

FOLDER = Path(__file__).parent / "static" / "verifier"
WORKER = "service-worker.js"
INDEX = "index.html"
ENGLISH = "languages/en.json"
"""The one table of the verifier's words that stands in the repository: the others are made from the catalogues."""
BUILT = ("vendor/curves.js", "vendor/zxing.js", "vendor/zxing_reader.wasm")
"""What `make install` makes out of the packages of package-lock.json."""

_VERSION, _FILES = b'const VERSION = "development";', b"const FILES = {};"
_VERSION_DIGITS = 16


class VerifierNotBuilt(Unavailable):
    """The set-up that builds the verifier in the browser has not run on this machine."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"No kit is written, because the verifier in the browser is not whole: {', '.join(missing)} is missing. "
            "Build it with: make install"
        )
        self.missing = missing


@cache
def files(folder: Path = FOLDER) -> Mapping[str, bytes]:
    """Return the files by their names in the kit. Raises `VerifierNotBuilt`."""
    missing = [name for name in BUILT if not (folder / name).is_file()]
    if missing:
        raise VerifierNotBuilt(missing)
    found = [(path.relative_to(folder), path) for path in folder.rglob("*") if path.is_file()]
    pages = {name.as_posix(): path.read_bytes() for name, path in sorted(found) if not _is_left_over(name)}
    worker = pages.pop(WORKER, None)
    spoken = catalogues.verifier(pages[ENGLISH]) if ENGLISH in pages else {}
    every = {**pages, **spoken, **_words(), **kit_samples.files()}
    return every if worker is None else {**every, WORKER: _told_what_there_is(worker, every)}


def _is_left_over(name: Path) -> bool:
    """Whether a system or an editor laid it there: under a hidden name, in a hidden folder, or as an older copy."""
    return name.name.endswith("~") or any(part.startswith(".") for part in name.parts)


def _words() -> dict[str, bytes]:
    """The words with which fingerprints are said, for each language that has a list."""
    return {
        f"words/{language}.json": json.dumps(fingerprint.word_list(language), ensure_ascii=False).encode() + b"\n"
        for language in fingerprint.LANGUAGES
    }


def _told_what_there_is(worker: bytes, pages: Mapping[str, bytes]) -> bytes:
    """The service worker with the digests of all other pages by name, and a version that changes with any of them.

    With the digests a browser keeps nothing of a mirror that is half written.
    """
    version = hashlib.sha256(kit_folder.sums(pages)).hexdigest()[:_VERSION_DIGITS]
    for line in (_VERSION, _FILES):
        if worker.count(line) != 1:
            raise ValueError(f"the service worker has the line {line.decode()} not once")
    digests = json.dumps({name: _integrity(pages[name]) for name in sorted(pages)})
    written = worker.replace(_VERSION, f'const VERSION = "{version}";'.encode())
    return written.replace(_FILES, f"const FILES = {digests};".encode())


def _integrity(content: bytes) -> str:
    """A digest as browsers take it (Subresource Integrity, https://www.w3.org/TR/SRI/)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
