"""Typing a resident's answers: what is refused is said beside its field, and nothing that was typed is lost."""

import pytest

from cardservice.terms import StaffRole
from web.hall import ANSWERS, Builder, TownHall
from web.pages import Client, Node


def problems(page: Node) -> list[tuple[str, str]]:
    """(field, words) of the summary on top."""
    summary = next(node for node in page.walk() if node.attributes.get("class") == "problems")
    return [(link.attributes["href"][1:], link.text) for link in summary.all("a")]


def field(page: Node, name: str) -> Node:
    return next(node for node in page.walk() if node.attributes.get("id") == name)


class TestBadInput:
    @pytest.mark.parametrize(
        ("changed", "where", "words"),
        [
            ({"name": ""}, "name", "Enter the name"),
            ({"name": "   "}, "name", "Enter the name"),
            ({"name": "a" * 129}, "name", "too long"),
            ({"name": "Karim\u202eal-Haddad"}, "name", "U+202E RIGHT-TO-LEFT OVERRIDE"),
            ({"name": "Karim\u0007"}, "name", "U+0007"),
            ({"name": "Karim\u200b"}, "name", "U+200B ZERO WIDTH SPACE"),
            ({"name": "Karim 🎉"}, "name", "U+1F389"),
            ({"name": "123"}, "name", "no letter"),
            ({"name_second": "ك" * 129}, "name_second", "too long"),
            ({"language_second": ""}, "language_second", "language of this name"),
            ({"language": "klingon"}, "language", "language of this name"),
            ({"birth_day": "", "birth_month": "", "birth_year": ""}, "birth_day", "Enter the birth date"),
            ({"birth_day": "", "birth_month": ""}, "birth_day", "needs a day and a month"),
            ({"birth_day": ""}, "birth_day", "needs a day"),
            ({"birth_month": ""}, "birth_month", "needs a month"),
            ({"birth_year": ""}, "birth_year", "needs a year"),
            ({"birth_month": "March"}, "birth_month", "in numbers"),
            ({"birth_day": "29", "birth_month": "2", "birth_year": "1985"}, "birth_day", "no such day"),
            ({"birth_day": "31", "birth_month": "4"}, "birth_day", "no such day"),
            ({"birth_day": "0"}, "birth_day", "no such day"),
            ({"birth_year": "2027"}, "birth_day", "in the future"),
            ({"birth_year": "85"}, "birth_day", "too long ago"),
        ],
    )
    def test_is_refused_in_words_beside_the_field(
        self, clerk: Client, changed: dict[str, str], where: str, words: str, details: str
    ) -> None:
        answer = clerk.submit(details, {name: value for name, value in (ANSWERS | changed).items() if value})

        page = answer.page
        assert answer.status_code == 200
        assert page.all("title")[0].text.startswith("Error: ")
        assert [place for place, _ in problems(page)] == [where]
        assert words in problems(page)[0][1]
        assert f"{where}-problem-1" in str([node.attributes.get("aria-describedby") for node in page.walk()])

    def test_leaves_everything_that_was_typed_in_its_place(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | {"birth_year": "2027"}).page

        assert field(page, "name").attributes["value"] == ANSWERS["name"]
        assert field(page, "name_second").attributes["value"] == ANSWERS["name_second"]
        assert [field(page, f"birth_{part}").attributes["value"] for part in ("day", "month", "year")] == [
            "27",
            "3",
            "2027",
        ]
        chosen = [
            node.attributes["value"]
            for node in field(page, "language_second").all("option")
            if "selected" in node.attributes
        ]
        assert chosen == ["ara"]

    def test_is_told_all_at_once(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, {}).page

        assert [place for place, _ in problems(page)] == ["name", "language", "birth_day"]

    def test_is_not_saved(self, clerk: Client, details: str) -> None:
        clerk.submit(details, ANSWERS | {"name": ""})

        assert "Answers to be typed" in clerk.get("/").main.text

    def test_names_the_letter_that_no_typeface_has(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | {"name": "Karim \U0001e6c0"}).page

        assert problems(page)[0][0] == "name"
        assert "U+1E6C0" in problems(page)[0][1]
        assert "make" not in problems(page)[0][1]

    def test_says_how_a_rarer_chinese_character_is_added(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | {"name": "王\N{CJK UNIFIED IDEOGRAPH-30000}"}).page

        assert "U+30000" in problems(page)[0][1]
        assert "make fonts-rare-han" in problems(page)[0][1]

    def test_names_a_control_character_by_its_code_alone(self, clerk: Client, details: str) -> None:
        page = clerk.submit(details, ANSWERS | {"name": "Ka\x07rim"}).page

        assert problems(page)[0][1].startswith("The name contains U+0007, which is not part of a name")


class TestGoodInput:
    @pytest.mark.parametrize(
        "name",
        ["Madonna", "O", "D’Arcy-Ó Brien", "Nguyễn Thị Minh Khai", "Ἀριστοτέλης", "محمّد", "ياسمين", "နှင်းဖြူ", "a" * 128],
    )
    def test_takes_every_kind_of_name(self, hall: TownHall, clerk: Client, name: str) -> None:
        draft_id = hall.register(clerk, name=name)

        assert name in clerk.get(f"/registrations/{draft_id}/check").main.text

    def test_tidies_spaces_and_composes_accents(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk, name="  Jose\u0301   Silva ")

        assert "José Silva" in clerk.get(f"/registrations/{draft_id}/check").main.text

    def test_reads_a_date_in_other_digits(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk, birth_day="٢٧", birth_month="٠٣", birth_year="١٩٨٥")

        assert "27 March 1985" in clerk.get(f"/registrations/{draft_id}/check").main.text

    def test_takes_29_february_of_a_leap_year(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk, birth_day="29", birth_month="2", birth_year="1984")

        assert "29 February 1984" in clerk.get(f"/registrations/{draft_id}/check").main.text

    def test_needs_no_second_name(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk, name_second="", language_second="")

        assert "second script" not in clerk.get(f"/registrations/{draft_id}/check").main.text


class TestChangingAnswers:
    def test_begins_with_what_was_typed_and_keeps_what_is_changed(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        page = clerk.get(f"/registrations/{draft_id}/details").page
        assert field(page, "name").attributes["value"] == ANSWERS["name"]
        assert field(page, "birth_month").attributes["value"] == "3"

        answer = clerk.submit(f"/registrations/{draft_id}/details", ANSWERS | {"name": "Karima al-Haddad"})

        assert answer.location == f"/registrations/{draft_id}/check"
        assert "Karima al-Haddad" in clerk.get(answer.location).main.text

    def test_is_for_the_person_who_registered_only(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        draft_id = hall.register(clerk)

        assert supervisor.get(f"/registrations/{draft_id}/details").status_code == 404
        assert hall.browser(StaffRole.ADMINISTRATOR).get(f"/registrations/{draft_id}/details").status_code == 403


class TestDiscarding:
    def test_erases_what_was_typed(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        page = clerk.submit(f"/registrations/{draft_id}/discard", follow_redirects=True).main

        assert "What was typed is erased" in page.text
        assert clerk.get(f"/registrations/{draft_id}/check").status_code == 404

    def test_is_offered_before_anything_was_typed(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.begin(clerk)
        page = clerk.get(f"/registrations/{draft_id}/details").main

        (form,) = (form for form in page.all("form") if form.attributes["action"].endswith("/discard"))

        fields = {node.attributes["name"]: node.attributes["value"] for node in form.all("input")}
        assert clerk.post(form.attributes["action"], data=fields).location == "/"
        assert clerk.get(f"/registrations/{draft_id}/papers").status_code == 404

    def test_says_of_a_colleagues_registration_that_it_may_be_one(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        answer = hall.browser(StaffRole.SUPERVISOR).get(f"/registrations/{draft_id}/details")

        assert answer.status_code == 404
        assert "or a colleague has it open" in answer.main.text


class TestTheStartPage:
    def test_lists_open_registrations_by_the_minute_and_never_by_name(self, hall: TownHall, clerk: Client) -> None:
        hall.register(clerk)

        page = clerk.get("/").main

        assert "1. Begun on 23 November 2026 09:00 UTC" in page.text
        assert "Karim" not in page.text

    def test_tells_those_of_a_family_apart_by_their_order(self, hall: TownHall, clerk: Client) -> None:
        for _ in range(2):
            hall.register(clerk)

        page = clerk.get("/").main.text

        assert [f"{place}. Begun on 23 November 2026" in page for place in (1, 2, 3)] == [True, True, False]

    def test_tells_the_time_by_the_towns_clock(self, make_hall: Builder) -> None:
        hall = make_hall(visits={"zone": "America/Sao_Paulo"})
        clerk = hall.browser(StaffRole.CLERK)
        hall.register(clerk)

        text = clerk.get("/").main.text

        assert "Begun on 23 November 2026 06:00" in text
        assert "UTC" not in text
        hall.sessions.kw["bind"].dispose()

    def test_says_whether_a_card_is_to_be_printed_or_to_be_handed_over(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)
        assert "Ready to print" in clerk.get("/").main.text

        clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80"})

        assert "Ready to hand over" in clerk.get("/").main.text

    def test_shows_other_roles_their_menu_only(self, administrator: Client) -> None:
        page = administrator.get("/").page

        assert "Register a resident" not in page.text
        assert "Staff" in page.text
