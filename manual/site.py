"""The whole site: which documents, in which order, how a page looks, and whether every link leads somewhere.

Every document of docs/ is in it: one that SECTIONS does not name stands under the last heading. What the guide shows
and git does not keep is made into the folder first: pictures by the walk of tests/web/browser, papers by papers.py.
"""

import os
import posixpath
import shutil
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from manual.document import Document

DOCS = Path(__file__).parent.parent / "docs"
_HERE = Path(__file__).parent
MADE = ("pictures/guide/", "papers/")
"""Folders of the site whose files are made for it."""

SECTIONS = {
    "For the town hall": (
        "guide/README.md", "guide/setting-up.md", "guide/counter.md", "guide/supervisor.md", "guide/residents-ask.md",
        "guide/something-happened.md", "guide/papers.md",
    ),
    "At the desk": ("desk.md", "phone-copy.md", "printers.md", "card-face.md", "languages.md"),
    "Running it": (
        "operating.md", "keys.md", "backups.md", "security.md", "safety.md", "retention.md", "audit.md",
    ),
    "Checking cards": ("relying-parties.md", "verifying.md", "federation.md", "card-format.md"),
    "Behind it": ("decisions/README.md", "proof.md", "asvs.md"),
}  # fmt: skip
_REST = "More"


@dataclass(frozen=True)
class Section:
    """A heading of the contents and the documents under it."""

    heading: str
    documents: tuple[Document, ...]


def read(docs: Path = DOCS) -> dict[str, Document]:
    """Every document by its place, and a list of the decisions."""
    places = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))
    documents = {place: Document(place, (docs / place).read_text(encoding="utf-8")) for place in places}
    decisions = [one for place, one in documents.items() if place.startswith("decisions/")]
    listed = "\n".join(f"* [{one.title}]({posixpath.basename(one.place)})" for one in decisions)
    made = Document("decisions/README.md", f"# Decisions and their reasons\n\n{listed}\n")
    return documents | {made.place: made}


def sections(documents: dict[str, Document]) -> list[Section]:
    """The contents, decisions as one list."""
    named = [place for places in SECTIONS.values() for place in places]
    rest = [
        place for place in documents if place not in named and place != "README.md" and not place.startswith("decis")
    ]
    grouped = {**SECTIONS, _REST: tuple(rest)}
    found = {
        heading: tuple(documents[one] for one in places if one in documents) for heading, places in grouped.items()
    }
    return [Section(heading, listed) for heading, listed in found.items() if listed]


def problems(documents: dict[str, Document], out: Path, docs: Path = DOCS) -> list[str]:
    """Links to places and anchors that are not there, and pictures and papers that were not made."""
    found = []
    for place, document in documents.items():
        for link in document.links:
            target = documents.get(link.place) or documents.get(posixpath.join(link.place, "README.md"))
            if target is None and not _is_there(link.place, out, docs):
                found.append(f"docs/{place}: there is no {link.place}")
            elif link.anchor and link.anchor not in _anchors(target):
                found.append(f"docs/{place}: {link.place} has no heading #{link.anchor}")
        found += [
            f"docs/{place}: there is no picture {one}" for one in document.pictures if not _is_there(one, out, docs)
        ]
    return found


def write(documents: dict[str, Document], out: Path, docs: Path = DOCS) -> None:
    """Every page, its style, and the files that documents link to."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(_HERE / "manual.css", out)
    shutil.copytree(docs / "server", out / "server", dirs_exist_ok=True)
    (out / "pictures").mkdir(exist_ok=True)
    for picture in (docs / "pictures").glob("*.png"):
        shutil.copy(picture, out / "pictures")
    in_order = [documents["README.md"]] + [one for section in sections(documents) for one in section.documents]
    for document in documents.values():
        _write_page(document, documents, in_order, out)


def _write_page(document: Document, documents: dict[str, Document], in_order: list[Document], out: Path) -> None:
    def measured(place: str) -> tuple[int, int]:
        with Image.open(out / place) as picture:
            return picture.size

    def titled(place: str) -> str | None:
        return documents[place].title if place in documents else None

    place = in_order.index(document) if document in in_order else None
    heading, end, content = document.html(measured, titled).partition("</h1>")
    page = _TEMPLATE.render(
        document=document,
        heading=heading + end,
        content=content,
        contents=sections(documents),
        on_this_page=[one for one in document.headings if one.level == 2],
        before=in_order[place - 1] if place else None,
        after=in_order[place + 1] if place is not None and place + 1 < len(in_order) else None,
        to=lambda target: posixpath.relpath(target, posixpath.dirname(document.page) or "."),
    )
    path = out / document.page
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def _anchors(document: Document | None) -> list[str]:
    return [one.anchor for one in document.headings] if document else []


def _is_there(place: str, out: Path, docs: Path) -> bool:
    if place.startswith(MADE):
        return (out / place).is_file()
    return (docs / place).is_file() and os.path.commonpath([docs, (docs / place).resolve()]) == str(docs)


_TEMPLATE = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
).get_template("page.html")
