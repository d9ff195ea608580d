"""Renewing a card at the desk: scan the old one, go through its answers, take a new photo; or be told why not."""

from io import BytesIO

import pytest
from PIL import Image

from cardservice.domain.renewal import WhyNot
from cardservice.printing import qr_image
from cardservice.storage.models import Draft
from cardservice.terms import StaffRole
from cardservice.web import words
from web.hall import ANSWERS, TownHall, picture
from web.pages import Client, Node
from web.test_slip import issued

RENEW = "/cards/renew"


def old_card(hall: TownHall, clerk: Client) -> tuple[str, str, str]:
    """A card in a hand: its number, its identity code and its residence code."""
    draft_id, number = hall.issue(clerk)
    card = issued(hall, draft_id)
    clerk.submit(f"/cards/{number}/hand-over")
    return number, card.identity_code, card.residence_code


def on_a_picture(*texts: str) -> BytesIO:
    codes = [Image.open(BytesIO(qr_image.png(qr_image.symbol(text), module=5))).convert("L") for text in texts]
    sheet = Image.new("L", (sum(code.width for code in codes), max(code.height for code in codes)), 255)
    left = 0
    for code in codes:
        sheet.paste(code, (left, 0))
        left += code.width
    file = BytesIO()
    sheet.save(file, "PNG")
    file.seek(0)
    return file


def drafts_of(hall: TownHall) -> int:
    with hall.sessions.begin() as session:
        return session.query(Draft).count()


class TestRenew:
    def test_takes_the_answers_from_a_scanned_card_and_then_a_new_photo(self, hall: TownHall, clerk: Client) -> None:
        number, identity_code, _ = old_card(hall, clerk)

        papers = clerk.submit(RENEW, {"code": identity_code + "\r\n"}).location
        ticked = [box.attributes["name"] for box in clerk.get(papers).main.all("input") if "checked" in box.attributes]
        address = clerk.submit(papers, {"paper-old-card": "y", "paper-lease": "y"}).location
        details = clerk.get(address).main
        saved = clerk.submit(address, ANSWERS)

        values = {field.attributes["name"]: field.attributes.get("value") for field in details.all("input")}
        assert (values["name"], values["name_second"]) == ("Karim al-Haddad", "كريم الحدّاد")
        assert (values["birth_day"], values["birth_month"], values["birth_year"]) == ("27", "3", "1985")
        assert ticked == ["paper-old-card"]
        assert "-".join(number[i : i + 4] for i in (0, 4, 8)) in details.text
        assert saved.location.endswith("/photo")

    def test_ends_with_a_new_card_and_the_old_one_replaced(self, hall: TownHall, clerk: Client) -> None:
        number, identity_code, _ = old_card(hall, clerk)
        draft_id = clerk.submit(RENEW, {"code": identity_code}).location.split("/")[2]

        clerk.submit(f"/registrations/{draft_id}/papers", {"paper-old-card": "y", "paper-lease": "y"})
        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS)
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        clerk.submit(f"/registrations/{draft_id}/issue")
        clerk.submit(f"/cards/{issued(hall, draft_id).card_number}/hand-over")

        page = clerk.get(f"/cards/{number}").main
        assert "Replaced by a new card" in page.text
        assert "Replace with a new card" not in page.text
        assert clerk.get(f"/cards/{number}/replace").status_code == 409

    def test_ends_once_whoever_hands_over_first(self, hall: TownHall, clerk: Client) -> None:
        """Two counters with one old card: the second is told, and its new card is good for nobody."""
        number, _, _ = old_card(hall, clerk)
        made, papers = [], {"paper-passport": "y", "paper-lease": "y"}
        for _ in range(2):
            draft_id = clerk.submit(f"/cards/{number}/replace", papers).location.split("/")[2]
            clerk.submit(f"/registrations/{draft_id}/details", ANSWERS)
            clerk.submit(f"/registrations/{draft_id}/no-photo")
            clerk.submit(f"/registrations/{draft_id}/issue")
            made.append(issued(hall, draft_id).card_number)

        answers = [clerk.submit(f"/cards/{one}/hand-over") for one in made]

        assert [one.status_code for one in answers] == [302, 409]
        assert "Another new card was handed over in its place" in answers[1].main.text
        assert clerk.get(f"/cards/{made[1]}/cancel").status_code == 200

    def test_is_gone_through_with_its_holder_before_there_is_a_card(self, hall: TownHall, clerk: Client) -> None:
        """Whether a child's caretaker is here is asked again, as a card says nothing about today's visit."""
        child = {"birth_year": str(hall.clock().year - 8)}
        draft_id, number = hall.issue(clerk, **child, caretaker_here="y")
        code = issued(hall, draft_id).identity_code
        clerk.submit(f"/cards/{number}/hand-over")
        papers = clerk.submit(RENEW, {"code": code}).location
        details = papers.replace("papers", "details")

        to_answers = clerk.submit(papers, {"paper-old-card": "y", "paper-lease": "y"})
        clerk.submit(papers.replace("papers", "no-photo"))
        too_early = [clerk.get(papers.replace("papers", "check")), clerk.submit(papers.replace("papers", "issue"))]
        shown = clerk.get(details).main
        unasked = clerk.submit(details, ANSWERS | child)

        assert [answer.location for answer in (to_answers, *too_early)] == [details] * 3
        assert "go through them with the resident" in shown.text
        assert papers in {link.attributes["href"] for link in shown.all("a")}
        assert "caretaker_here" not in {
            box.attributes["name"] for box in shown.all("input") if "checked" in box.attributes
        }
        assert "Confirm that a caretaker is here and agrees" in unasked.main.text

    @pytest.mark.parametrize("sides", ["back", "both"])
    def test_reads_a_picture_of_the_card(self, hall: TownHall, clerk: Client, sides: str) -> None:
        _, identity_code, residence_code = old_card(hall, clerk)
        file = on_a_picture(*([residence_code, identity_code] if sides == "both" else [identity_code]))

        answer = clerk.submit(RENEW, {"picture": (file, "card.png")})

        assert answer.location.endswith("/papers")

    def test_says_to_turn_the_card_over(self, hall: TownHall, clerk: Client) -> None:
        _, _, residence_code = old_card(hall, clerk)

        for given in ({"code": residence_code}, {"picture": (on_a_picture(residence_code), "front.png")}):
            assert "Turn the card over" in clerk.submit(RENEW, {**given}).main.text

    @pytest.mark.parametrize(
        ("file", "said"),
        [
            (picture(), "No code can be read"),
            (BytesIO(b"%PDF-1.7 not for here"), "No code can be read"),
            (BytesIO(b"\x89PNG\r\n\x1a\nbroken"), "No code can be read"),
            (BytesIO(b"GIF87a"), "No code can be read"),
        ],
    )
    def test_refuses_files_without_a_code(self, clerk: Client, file: BytesIO, said: str) -> None:
        file.seek(0)

        assert said in clerk.submit(RENEW, {"picture": (file, "x")}).main.text

    def test_asks_for_a_code(self, clerk: Client) -> None:
        assert "Scan the code" in clerk.submit(RENEW, {}).main.text

    def test_keeps_and_shows_nothing_of_a_card_that_it_refuses(self, hall: TownHall, clerk: Client) -> None:
        number, identity_code, _ = old_card(hall, clerk)
        clerk.submit(f"/cards/{number}/revoke", {"reason": "stolen"})

        answer = clerk.submit(RENEW, {"code": identity_code})

        assert "was revoked or replaced" in answer.main.text
        assert "Karim" not in answer.text
        assert identity_code[:40] not in answer.text
        assert drafts_of(hall) == 0

    def test_has_words_for_every_refusal(self) -> None:
        assert set(words.OLD_CARD_PROBLEMS) == set(WhyNot)
        assert len({str(said) for said in words.OLD_CARD_PROBLEMS.values()}) == len(WhyNot)


class TestWhatResidentsAreTold:
    """T28: the notice is on the screen before anything about a person is typed, in every journey there is."""

    def test_stands_open_before_the_first_field_of_every_journey(self, hall: TownHall, clerk: Client) -> None:
        number, _, _ = old_card(hall, clerk)
        journeys = ["/registrations/new", RENEW, f"/cards/{number}/replace"]

        for browser in (clerk, hall.browser(StaffRole.SUPERVISOR)):
            for journey in journeys:
                in_order = [
                    node.tag if node.tag == "form" else "told"
                    for node in browser.get(journey).main.walk()
                    if node.tag == "form" or node.attributes.get("class") == "told"
                ]
                assert in_order == ["told", "form"], journey

    def test_says_what_is_kept_for_how_long_and_what_nobody_is_asked(self, clerk: Client) -> None:
        told = clerk.get("/registrations/new").main.text

        for words_said in ("erased here", "erased tonight", "No copy is made", "legal status"):
            assert words_said in told

    def test_leads_from_a_new_registration_to_a_renewal(self, clerk: Client) -> None:
        links = [link.attributes["href"] for link in clerk.get("/registrations/new").main.all("a")]

        assert RENEW in links


class TestPickUp:
    def test_keeps_a_finished_card_until_the_day_that_is_chosen(self, hall: TownHall, clerk: Client) -> None:
        draft_id, number = hall.issue(clerk)

        assert clerk.submit(f"/registrations/{draft_id}/card.pdf").status_code == 200
        page = clerk.submit(f"/registrations/{draft_id}/keep", {"days": "3"}, follow_redirects=True).main
        hall.clock.passes(days=3)
        again = hall.browser(StaffRole.CLERK)
        handed = again.submit(f"/cards/{number}/hand-over")

        assert "The card waits until 26 November 2026" in page.text
        assert "Waits until 26 November 2026" in page.text
        assert handed.status_code == 302

    @pytest.mark.parametrize(("days", "until"), [("40", "7 December"), ("", "7 December"), ("-3", "23 November")])
    def test_is_never_longer_than_fourteen_days(self, hall: TownHall, clerk: Client, days: str, until: str) -> None:
        draft_id, _ = hall.issue(clerk)

        page = clerk.submit(f"/registrations/{draft_id}/keep", {"days": days}, follow_redirects=True).main

        assert f"The card is not printed yet. It can be printed and fetched until {until} 2026" in page.text

    def test_offers_the_days_that_are_left(self, hall: TownHall, clerk: Client) -> None:
        draft_id, _ = hall.issue(clerk)

        first = [o.attributes["value"] for o in _select(clerk, draft_id).all("option")]
        clerk.submit(f"/registrations/{draft_id}/keep", {"days": "14"})
        hall.clock.passes(days=12)
        later = [o.attributes["value"] for o in _select(hall.browser(StaffRole.CLERK), draft_id).all("option")]

        assert (first, later) == ([str(days) for days in range(1, 15)], ["1", "2"])

    def test_is_only_for_a_card_that_is_signed(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        assert clerk.submit(f"/registrations/{draft_id}/keep", {"days": "3"}).status_code == 409


def _select(browser: Client, draft_id: str) -> Node:
    page = browser.get(f"/registrations/{draft_id}/print").main
    return next(node for node in page.all("select") if node.attributes["name"] == "days")
