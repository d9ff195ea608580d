"""Names that are markup, code or commands: they are shown as the text they are, and make nothing of a page."""

import pytest

from web.hall import ANSWERS, TownHall
from web.pages import Client, Node, read

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'><b>bold</b>",
    "</title><script>x</script>",
    "</textarea><h1>x</h1>",
    "<!--",
    "-->",
    "]]>",
    "&lt;b&gt;",
    "{{ 7*7 }}",
    "{% raw %}x",
    "${7*7}",
    "%(name)s",
    "%s%s%n",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "=cmd|'/c calc'!A1",
    "../../etc/passwd",
    "a</bdi><h1>x</h1>",
    "<bdi dir=rtl>x",
    'x" autofocus onfocus="alert(1)',
    "x' style='color:red",
    "<style>*{display:none}</style>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<form action=https://evil.example>",
    "<a href=https://evil.example>x</a>",
    "<math><mtext></mtext></math>",
    "＜script＞alert(1)＜/script＞",
)
# Each of them also in the middle of an ordinary name, twice, and in capitals.
CORPUS = [
    *MARKUP,
    *(f"Ana {one} Silva" for one in MARKUP),
    *(one * 2 for one in MARKUP),
    *(one.upper() for one in MARKUP),
]
HERE_AND_THERE = ("check", "details")


def shape(page: Node) -> list[tuple[str, list[str]]]:
    """The elements of a page with the names of their attributes: what a name must not change."""
    return [(node.tag, sorted(node.attributes)) for node in page.walk()]


class TestAName:
    def test_that_is_markup_adds_no_element_to_any_page(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk, name="Ana Silva", name_second="", language_second="")
        plain = {page: shape(clerk.get(f"/registrations/{draft_id}/{page}").page) for page in HERE_AND_THERE}

        for name in CORPUS:
            answer = clerk.submit(
                f"/registrations/{draft_id}/details",
                ANSWERS | {"name": name, "name_second": "", "language_second": ""},
            )
            if answer.status_code == 302:
                for page in HERE_AND_THERE:
                    shown = clerk.get(f"/registrations/{draft_id}/{page}").page
                    assert shape(shown) == plain[page], name
                assert name in clerk.get(f"/registrations/{draft_id}/check").main.text
            else:
                typed = next(node for node in answer.page.walk() if node.attributes.get("id") == "name")
                assert typed.attributes["value"] == name

    @pytest.mark.parametrize("name", ["\x1b[31mred", "a\x00b", "a\nb", "a\u2066b", "\ue000", "\ud7ff\uffff"])
    def test_with_what_a_terminal_would_obey_is_refused(self, hall: TownHall, clerk: Client, name: str) -> None:
        answer = clerk.submit(f"/registrations/{hall.begin(clerk)}/details", ANSWERS | {"name": name})

        assert answer.status_code == 200
        assert "\x1b" not in answer.main.text

    def test_of_a_staff_member_is_text_too(self, hall: TownHall, administrator: Client) -> None:
        administrator.submit("/staff/new", {"name": MARKUP[0], "role": "clerk", "password": "green lamps under rain"})

        page = read(administrator.get("/staff").text)
        assert MARKUP[0] in page.text
        theirs, claras = (
            next(row for row in page.all("li") if name in row.text and row.all("strong"))
            for name in (MARKUP[0], "clara")
        )
        assert shape(theirs) == shape(claras)


class TestALongText:
    def test_is_never_cut_by_the_browser(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        """What is cut is missed by nobody who does not read it again; an allergy would be half an allergy."""
        draft_id, _ = hall.issue(clerk)
        lines = {"emergency_contact", "allergy", "interpreter", "gender"}
        pages = [
            (clerk, f"/registrations/{draft_id}/print", lines),
            (supervisor, "/organisations/new", {"name"}),
            (supervisor, "/partners/new", {"name"}),
        ]

        for browser, path, names in pages:
            fields = {one.attributes.get("name"): one.attributes for one in browser.get(path).main.all("input")}
            assert names <= set(fields)
            assert [name for name in names if "maxlength" in fields[name]] == []
