"""The partners' page: who may do what there, what is refused beside its field, and the papers for the counter."""

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from qr_codes import qr_codes

from cardservice import fingerprint
from cardservice.domain import partners
from cardservice.domain.partners import Partner
from cardservice.terms import CardCode, IdentityReason, Service, StaffRole
from web.hall import TownHall
from web.pages import Client, Node

LIBRARY: dict[str, Any] = {"name": "Library of the harbour", "services": ["library", "museum"], "code": "residence"}
CLINIC: dict[str, Any] = {"name": "Clinic", "services": ["clinic"], "code": "identity", "reason": "record in a name"}


def listed(hall: TownHall) -> list[Partner]:
    with hall.sessions() as session:
        return partners.everybody(session)


def at(hall: TownHall, name: str) -> str:
    """The address of a partner's pages."""
    with hall.sessions() as session:
        return f"/partners/{partners.by_name(session, name).id}"


def problems(page: Node) -> list[tuple[str, str]]:
    """(the field gone to, the words) of the list on top of the page."""
    box = next(node for node in page.all("section") if node.attributes.get("class") == "problems")
    return [(link.attributes["href"], link.text) for link in box.all("a")]


def said_words(page: Node) -> list[str]:
    return [word.text for said in page.all("samp") for word in said.all("strong")]


def fields(page: Node, name: str) -> set[str]:
    """The values of a field that are ticked."""
    return {
        node.attributes["value"]
        for node in page.all("input")
        if node.attributes.get("name") == name and "checked" in node.attributes
    }


class TestThePage:
    def test_tells_a_partner_what_it_needs(self, hall: TownHall, clerk: Client) -> None:
        page = clerk.get("/partners").main
        anchor = hall.keys.anchor
        assert anchor is not None

        assert len(page.all("ol")[0].all("li")) == 5
        assert "https://cards.vila-aberta.example/kit/" in page.text
        assert anchor.public.fingerprint in "".join(page.text.split())
        assert said_words(page) == list(fingerprint.words(anchor.public.fingerprint, "en"))

    @pytest.mark.parametrize(("asked", "spoken"), [("fr", "fr"), ("ar", "en")])
    def test_says_the_fingerprint_as_a_device_in_that_language_does(
        self, hall: TownHall, clerk: Client, asked: str, spoken: str
    ) -> None:
        anchor = hall.keys.anchor
        assert anchor is not None

        page = clerk.get("/partners", headers={"Accept-Language": asked}).main

        said = next(node for node in page.all("samp") if node.all("strong"))
        assert said.attributes["lang"] == spoken
        assert said_words(page) == list(fingerprint.words(anchor.public.fingerprint, asked))

    def test_says_that_no_person_belongs_there(self, clerk: Client) -> None:
        assert "never the name of a person" in clerk.get("/partners").main.text

    def test_is_in_everybodys_menu(self, hall: TownHall) -> None:
        for role in StaffRole:
            menu = hall.browser(role).get("/").page.all("nav")[0]
            assert "/partners" in [link.attributes["href"] for link in menu.all("a")]

    def test_offers_changes_to_those_who_may_make_them(self, hall: TownHall, supervisor: Client) -> None:
        supervisor.submit("/partners/new", LIBRARY)
        for role in StaffRole:
            links = {link.attributes["href"] for link in hall.browser(role).get("/partners").main.all("a")}

            one = at(hall, LIBRARY["name"])
            assert {f"{one}/poster.pdf", f"{one}/staff-sheet.pdf", "/partners/poster.pdf"} <= links
            changes = {"/partners/new", f"{one}/change", f"{one}/remove"}
            assert links & changes == (changes if role in {StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR} else set())


class TestAdding:
    def test_lists_an_organisation_by_name(self, hall: TownHall, supervisor: Client) -> None:
        answer = supervisor.submit("/partners/new", LIBRARY, follow_redirects=True)

        (added,) = listed(hall)
        assert added.name == "Library of the harbour"
        assert added.checks.services == {Service.LIBRARY, Service.MUSEUM}
        assert added.checks.code is CardCode.RESIDENCE
        assert "Library of the harbour" in answer.main.text
        assert "The small code on the front" in answer.main.text

    def test_keeps_the_reason_for_the_identity_code(self, hall: TownHall, administrator: Client) -> None:
        administrator.submit("/partners/new", CLINIC)

        assert listed(hall)[0].checks.reason is IdentityReason.RECORD
        assert "A record is kept there" in administrator.get("/partners").main.text

    def test_begins_with_the_code_that_says_no_name(self, supervisor: Client) -> None:
        assert fields(supervisor.get("/partners/new").main, "code") == {"residence"}

    def test_says_everything_that_is_missing_at_once(self, hall: TownHall, supervisor: Client) -> None:
        page = supervisor.submit("/partners/new", {"name": " ", "code": "identity"}).main

        assert problems(page) == [
            ("#name", "Enter the name of the organisation"),
            ("#services", "Choose at least one service"),
            ("#reason", "Choose why the partner must know the name"),
        ]
        assert listed(hall) == []

    @pytest.mark.parametrize(
        ("changed", "field", "words"),
        [
            ({"name": "P" * 61}, "#name", "Use at most 60 characters"),
            ({"name": "ana@pool.example"}, "#name", "The name contains U+0040 COMMERCIAL AT"),
            ({"name": "Pool\u202e"}, "#name", "The name contains U+202E RIGHT-TO-LEFT OVERRIDE"),
            ({"name": "123"}, "#name", "The name has no letter in it"),
            ({"name": "Pool 🎉"}, "#name", "The name contains U+1F389"),
            ({"name": "Pool \U00010600"}, "#name", "No typeface here has"),
            ({"services": "everything"}, "#services", "Choose at least one service"),
            ({"code": "both"}, "#code", "Choose which code the partner asks for"),
            ({"code": "identity", "reason": "curiosity"}, "#reason", "Choose why the partner must know the name"),
        ],
    )
    def test_refuses_what_cannot_be_listed_beside_its_field(
        self, hall: TownHall, supervisor: Client, changed: dict[str, str], field: str, words: str
    ) -> None:
        ((where, said),) = problems(supervisor.submit("/partners/new", LIBRARY | changed).main)

        assert where == field
        assert said.startswith(words)
        assert listed(hall) == []

    def test_refuses_a_name_that_is_listed(self, hall: TownHall, supervisor: Client) -> None:
        supervisor.submit("/partners/new", LIBRARY)

        page = supervisor.submit("/partners/new", LIBRARY | {"name": "LIBRARY of the harbour"}).main

        assert problems(page)[0][1].startswith("A partner of this name is listed already")
        assert fields(page, "services") == {"library", "museum"}
        assert len(listed(hall)) == 1


class TestChanging:
    def test_shows_what_is_listed_and_keeps_what_was_changed(self, hall: TownHall, supervisor: Client) -> None:
        supervisor.submit("/partners/new", CLINIC)

        page = supervisor.get(f"{at(hall, 'Clinic')}/change").main
        assert (fields(page, "services"), fields(page, "code")) == ({"clinic"}, {"identity"})
        assert fields(page, "reason") == {"record in a name"}
        supervisor.submit(f"{at(hall, 'Clinic')}/change", LIBRARY)

        assert [partner.name for partner in listed(hall)] == ["Library of the harbour"]

    def test_refuses_the_name_of_another(self, hall: TownHall, supervisor: Client) -> None:
        supervisor.submit("/partners/new", CLINIC)
        supervisor.submit("/partners/new", LIBRARY)

        page = supervisor.submit(f"{at(hall, LIBRARY['name'])}/change", LIBRARY | {"name": "clinic"}).main

        assert problems(page)[0][0] == "#name"


class TestRemoving:
    def test_asks_once_and_takes_it_off_the_list(self, hall: TownHall, administrator: Client) -> None:
        administrator.submit("/partners/new", CLINIC)

        clinic = at(hall, "Clinic")
        assert "Clinic" in administrator.get(f"{clinic}/remove").main.text
        assert len(listed(hall)) == 1
        administrator.submit(f"{clinic}/remove")

        assert listed(hall) == []
        assert administrator.get(f"{clinic}/poster.pdf").status_code == 404


class TestThePapers:
    @pytest.mark.parametrize("paper", ["poster", "staff-sheet"])
    @pytest.mark.parametrize("named", [False, True])
    def test_are_for_a_partner_or_for_any_counter(
        self, hall: TownHall, supervisor: Client, paper: str, named: bool
    ) -> None:
        supervisor.submit("/partners/new", LIBRARY)

        of = at(hall, LIBRARY["name"]) if named else "/partners"
        answer = hall.browser(StaffRole.CLERK).get(f"{of}/{paper}.pdf")

        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        document = pypdfium2.PdfDocument(answer.data)
        page = document[0]
        said = " ".join(page.get_textpage().get_text_range().split())
        assert ("Library of the harbour" in said) is named
        (code,) = qr_codes(page.render(scale=150 / 72).to_pil())
        assert code.text == hall.settings.kit_address
        document.close()

    def test_are_on_paper_in_the_languages_of_the_town(self, clerk: Client) -> None:
        document = pypdfium2.PdfDocument(clerk.get("/partners/staff-sheet.pdf").data)

        assert len(document) == 2
        document.close()


class TestAnOrganisation:
    def test_cannot_bring_markup_to_the_page(self, supervisor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        """Names are refused at the door; were one in the register all the same, it would be letters."""
        unchecked: Callable[[str], str] = lambda name: name  # noqa: E731
        monkeypatch.setattr(partners, "checked_name", unchecked)
        supervisor.submit("/partners/new", LIBRARY | {"name": "<img src=x>"})

        page = supervisor.get("/partners").main

        assert page.all("img") == []
        assert "<img src=x>" in page.text
