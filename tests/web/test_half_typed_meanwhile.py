"""What is being typed, beside what is saved, ended or typed in another window meanwhile."""

from cardservice.storage.models import Draft, ParkedForm
from cardservice.web import parked
from cardservice.web.pace import AT_MOST
from web.hall import ANSWERS, PAPERS, TownHall
from web.pages import Client
from web.test_parked import ledger, rows, shown
from web.typing_pages import HALF, NEW, PERHAPS_ANOTHER, SAVED_SINCE, keep_house, mark, seen, types


class TestItsRegistration:
    def test_takes_it_along_when_it_is_discarded(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)

        clerk.submit(details.replace("details", "discard"))

        assert (rows(hall, ParkedForm), ledger(hall)) == (0, {"parked form its draft over": 1})

    def test_takes_it_along_when_its_card_is_made(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        types(clerk, f"/registrations/{draft_id}/details", HALF)

        clerk.submit(f"/registrations/{draft_id}/issue")

        assert rows(hall, ParkedForm) == 0

    def test_takes_it_along_when_its_hour_is_over(self, hall: TownHall, clerk: Client, details: str) -> None:
        types(clerk, details, HALF)
        hall.clock.passes(minutes=60)

        keep_house(hall)

        assert (rows(hall, Draft), rows(hall, ParkedForm)) == (0, 0)

    def test_that_is_no_more_has_nothing_kept(self, hall: TownHall, clerk: Client, details: str) -> None:
        clerk.submit(details.replace("details", "discard"))

        types(clerk, details, HALF, expect=409)

    def test_lives_as_long_as_somebody_types_in_it(self, hall: TownHall, clerk: Client, details: str) -> None:
        for _ in range(8):
            hall.clock.passes(minutes=9)
            clerk.get("/still-here")
            types(clerk, details, HALF)
            keep_house(hall)

        assert shown(clerk, details)["name"] == HALF["name"]


class TestAnotherWindow:
    def test_that_saved_the_registration_meanwhile_is_not_overwritten(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        was = mark(clerk, path)
        clerk.submit(path, ANSWERS | {"name": "Saved Meanwhile"})
        types(clerk, path, HALF | {parked.MARK: was})

        page = clerk.get(path).main

        assert SAVED_SINCE in page.text
        assert shown(clerk, path)["name"] == "Saved Meanwhile"

    def test_has_not_made_it_lost(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        was = mark(clerk, path)
        clerk.submit(path, ANSWERS | {"name": "Saved Meanwhile"})
        types(clerk, path, HALF | {parked.MARK: was})
        link = next(one for one in clerk.get(path).main.all("a") if one.text == "Fill it in")

        assert "look at each answer" in clerk.get(link.attributes["href"]).main.text
        assert shown(clerk, link.attributes["href"])["name"] == HALF["name"]

    def test_that_only_looked_changes_nothing(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        types(clerk, path, HALF | {parked.MARK: mark(clerk, path)})

        clerk.get(path)

        assert shown(clerk, path)["name"] == HALF["name"]

    def test_is_told_of_a_page_with_problems_too(self, hall: TownHall, clerk: Client) -> None:
        """The page that names what is wrong is as old as the one that was sent."""
        path = f"/registrations/{hall.register(clerk)}/details"
        was = mark(clerk, path)
        clerk.submit(path, ANSWERS | {"name": "Saved Meanwhile"})

        page = clerk.submit(path, ANSWERS | {"name": "", parked.MARK: was}).main

        kept = [one.attributes["value"] for one in page.all("input") if one.attributes["name"] == parked.MARK]
        assert kept == [was]

    def test_sends_papers_of_its_own(self, hall: TownHall, clerk: Client) -> None:
        """Two windows with the same ticks are two forms, so that the second is not taken for the first."""
        page = clerk.get(NEW).main
        form_id = next(one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "form_id")
        types(clerk, NEW, PAPERS | {"form_id": form_id})

        assert shown(clerk, f"{NEW}?typed=again")["form_id"] != form_id

    def test_that_comes_late_brings_nothing_back_that_was_sent(self, hall: TownHall, clerk: Client) -> None:
        form_id = shown(clerk, NEW)["form_id"]
        clerk.submit(NEW, PAPERS | {"form_id": form_id})

        types(clerk, NEW, PAPERS | {"form_id": form_id}, expect=409)

        assert rows(hall, ParkedForm) == 0


class TestANewRegistration:
    def test_is_offered_and_not_filled_in_as_it_may_be_of_another(self, hall: TownHall, clerk: Client) -> None:
        types(clerk, NEW, PAPERS)

        page = clerk.get(NEW).main

        assert PERHAPS_ANOTHER in page.text
        assert [box for box in page.all("input") if "checked" in box.attributes] == []

    def test_is_filled_in_when_it_is_asked_for(self, hall: TownHall, clerk: Client) -> None:
        types(clerk, NEW, PAPERS)

        page = clerk.get(f"{NEW}?typed=again").main

        assert [box.attributes["name"] for box in page.all("input") if "checked" in box.attributes] == list(PAPERS)


class TestTime:
    def test_of_a_session_is_not_prolonged_by_a_page_that_keeps(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        csrf = clerk.csrf_from(details)
        answers = []
        for _ in range(3):
            hall.clock.passes(minutes=4)
            answers.append(clerk.post("/half-typed", data={"csrf_token": csrf, "page": details} | HALF).status_code)

        assert answers == [204, 204, 302]

    def test_of_a_session_stands_still_in_the_register(self, hall: TownHall, clerk: Client, details: str) -> None:
        before = seen(hall)
        hall.clock.passes(minutes=5)

        types(clerk, details, HALF)

        assert seen(hall) == before

    def test_is_no_matter_of_pace(self, hall: TownHall, clerk: Client, details: str) -> None:
        for number in range(AT_MOST.amount + 5):
            types(clerk, details, HALF | {"name": f"Karim {number}"})

        assert rows(hall, ParkedForm) == 1
