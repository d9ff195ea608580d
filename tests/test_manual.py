"""The manual as a site: every document is in it, every link leads somewhere, and it needs nothing but itself."""

import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from cardservice.printing import leaflet_wording
from cardservice.printing.print_out import PrintOut
from manual import site
from manual.document import Document

# tests/web/browser/test_guide.py takes these and no other.
PICTURE = re.compile(r"\((?:\.\./)?(pictures/guide/[a-z-]+\.png)\)")


class Page(HTMLParser):
    """What a page leads to and loads, and the anchors in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.leads_to: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.anchors |= {said["id"]} if "id" in said else set()
        if tag == "a":
            self.leads_to.append(said["href"])
        if tag in {"link", "img", "script", "iframe", "source"}:
            self.loads.append(said.get("href") or said.get("src", ""))


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return site.read()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, documents: dict[str, Document]) -> Path:
    """The site, with a drawn dot for every picture of the walk and nothing in the papers."""
    out = tmp_path_factory.mktemp("manual")
    (out / "pictures" / "guide").mkdir(parents=True)
    (out / "papers").mkdir()
    for name in {one for document in documents.values() for one in PICTURE.findall(document.markdown)}:
        Image.new("1", (3, 2)).save(out / name)
    for kind in PrintOut:
        for language in leaflet_wording.WORDS:
            (out / "papers" / f"{kind}-{language}.pdf").touch()
    assert site.problems(documents, out) == []
    site.write(documents, out)
    return out


@pytest.fixture(scope="module")
def pages(made: Path) -> dict[str, Page]:
    """Every page by its place in the site."""
    paths = made.rglob("*.html")
    return {path.relative_to(made).as_posix(): Page(path.read_text(encoding="utf-8")) for path in paths}


def leads_to(place: str, page: Page) -> set[tuple[str, str]]:
    """Places of the site, and anchors there, that a page at a place leads to or loads."""
    split = [address.partition("#") for address in {*page.leads_to, *page.loads} if "://" not in address]
    folder = posixpath.dirname(place)
    return {(posixpath.normpath(posixpath.join(folder, to)) if to else place, anchor) for to, _, anchor in split}


class TestTheSite:
    def test_has_a_page_for_every_document(self, pages: dict[str, Page], documents: dict[str, Document]) -> None:
        assert set(pages) == {document.page for document in documents.values()}

    def test_leads_nowhere_that_is_not_there(self, made: Path, pages: dict[str, Page]) -> None:
        dead = [
            (place, to, anchor)
            for place, page in pages.items()
            for to, anchor in leads_to(place, page)
            if not (made / to).is_file() or (anchor and anchor not in pages[to].anchors)
        ]

        assert dead == []

    def test_needs_no_network_and_runs_nothing(self, made: Path, pages: dict[str, Page]) -> None:
        for place, page in pages.items():
            assert not [address for address in page.loads if ":" in address], place
            assert not page.tags & {"script", "iframe", "style"}, place
        style = (made / "manual.css").read_text(encoding="utf-8")
        assert "url(" not in style
        assert "@import" not in style

    def test_is_reached_from_the_contents_of_every_page(
        self, pages: dict[str, Page], documents: dict[str, Document]
    ) -> None:
        listed = {(one.page, "") for section in site.sections(documents) for one in section.documents}

        assert [place for place, page in pages.items() if not listed <= leads_to(place, page)] == []

    def test_calls_a_document_by_its_title(self, made: Path) -> None:
        text = (made / "operating.html").read_text(encoding="utf-8")

        assert '<a href="backups.html">Backups</a>' in text
        assert ".md</a>" not in text


class TestProblems:
    @pytest.mark.parametrize(
        ("markdown", "said"),
        [
            ("[a](nowhere.md)", "docs/x.md: there is no nowhere.md"),
            ("[a](keys.md#nowhere)", "docs/x.md: keys.md has no heading #nowhere"),
            ("[a](#nowhere)", "docs/x.md: x.md has no heading #nowhere"),
            ("![a](pictures/guide/nothing.png)", "docs/x.md: there is no picture pictures/guide/nothing.png"),
            ("[a](../pyproject.toml)", "docs/x.md: there is no ../pyproject.toml"),
            ("[a](papers/leaflet-xx.pdf)", "docs/x.md: there is no papers/leaflet-xx.pdf"),
        ],
    )
    def test_are_said_with_their_place(
        self, markdown: str, said: str, made: Path, documents: dict[str, Document]
    ) -> None:
        with_one_more = documents | {"x.md": Document("x.md", f"# X\n\n{markdown}\n")}

        assert site.problems(with_one_more, made) == [said]

    def test_are_none_for_a_heading_that_is_there(self, made: Path, documents: dict[str, Document]) -> None:
        markdown = "# X\n\n## The `end` of it: now!\n\n[a](#the-end-of-it-now)\n"

        assert site.problems(documents | {"x.md": Document("x.md", markdown)}, made) == []


class TestADocument:
    def test_shows_markup_as_it_is_typed(self) -> None:
        text = Document("x.md", "# X\n\n<script>alert(1)</script>\n").html(lambda _: (1, 1), lambda _: None)

        assert "<script>" not in text

    def test_that_no_section_names_is_in_the_contents_too(self, documents: dict[str, Document]) -> None:
        new = Document("x.md", "# Something new\n")

        assert new in site.sections(documents | {new.place: new})[-1].documents
