"""Every step of the desk sent twice, as a double click, a reload and the way back do: what counts, counts once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from cardservice.domain import organisations
from cardservice.storage.models import AuditEntry, BlankCount, Card, Counter, Draft, LedgerEntry, LetterCount, SentForm
from cardservice.storage.models import WaitingNumber as Waiting
from cardservice.terms import StaffRole
from web.hall import ANSWERS, EVERY_MORNING, PAPERS, Builder, TownHall
from web.pages import Client, mark_of

NEW = "/registrations/new"
SHELTER = "Night Shelter of the Port"
FEW = {"paper-passport": "y"}


class TwiceClient(Client):
    """A browser on which every button is pressed twice; the second answer is the one that is seen."""

    def submit(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        filled = self.filled(path, data or {})
        once = getattr(super(), "submit")  # noqa: B009 - not of the comprehension below
        return [once(path, filled, **kwargs) for _ in range(2)][-1]

    def filled(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """What is typed, with what the page drew: the id of its form, or the mark of its registration."""
        drawn = {"form_id": form_id(self, path)} if path in {NEW, "/cards/renew", "/queue/desk"} else {}
        return drawn | mark_of(self.application, path) | data


def form_id(browser: Client, path: str) -> str:
    page = browser.get(path).main
    return next(one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "form_id")


def letter(supervisor: Client, **more: str) -> dict[str, str]:
    """What is ticked where a letter of an organisation is shown, which is listed before."""
    supervisor.submit("/organisations/new", {"name": SHELTER} | more)
    options = supervisor.get(NEW).page.all("option")
    number = next(one.attributes["value"] for one in options if one.text == SHELTER)
    return {"paper-consular-card": "y", "from-shelter-letter": number, "dated-shelter-letter": "13 11"}


def rows(hall: TownHall, table: type[Any]) -> list[Any]:
    with hall.sessions.begin() as session:
        return list(session.scalars(select(table)))


def letters(hall: TownHall) -> int:
    return sum(one.count for one in rows(hall, LetterCount))


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(steps)) as pool:
        return [step.result() for step in [pool.submit(step) for step in steps]]


class TestThePapers:
    def test_sent_twice_begin_one_registration_and_count_one_letter(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        typed = letter(supervisor) | {"form_id": form_id(clerk, NEW)}

        first, second = (clerk.submit(NEW, typed) for _ in range(2))

        assert first.location == second.location
        assert (len(rows(hall, Draft)), letters(hall)) == (1, 1)
        assert "sent before" in clerk.get(second.location).main.text

    def test_sent_twice_at_the_same_moment_too(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        typed = letter(supervisor) | {"form_id": form_id(clerk, NEW)}
        other = hall.browser(StaffRole.CLERK)
        other.csrf()

        answers = at_once(*[lambda browser=one: browser.submit(NEW, typed) for one in (clerk, other)])

        assert len({answer.location for answer in answers}) == 1
        assert (len(rows(hall, Draft)), letters(hall)) == (1, 1)

    def test_of_two_people_begin_two(self, hall: TownHall, clerk: Client) -> None:
        for _ in range(2):
            clerk.submit(NEW, PAPERS | {"form_id": form_id(clerk, NEW)})
        for odd in ("", "0", "x" * 32, "../" * 20):
            clerk.submit(NEW, PAPERS | {"form_id": odd})

        assert len(rows(hall, Draft)) == 6

    def test_unticked_and_ticked_again_count_a_letter_once(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        typed = letter(supervisor)
        papers = clerk.submit(NEW, typed).location.replace("details", "papers")
        for _ in range(2):
            clerk.submit(papers, {"paper-consular-card": "y"})
            assert clerk.submit(papers, typed).location.endswith("/details")

        assert letters(hall) == 1

    def test_sent_again_after_the_end_are_kept_on_the_page(self, hall: TownHall, clerk: Client) -> None:
        sent = {"form_id": form_id(clerk, NEW)}
        clerk.submit(NEW, FEW | sent | {"do": "refuse"})

        page = clerk.submit(NEW, PAPERS | sent).main

        assert "what it began is over" in page.text
        assert [box.attributes["name"] for box in page.all("input") if "checked" in box.attributes] == list(PAPERS)
        assert rows(hall, Draft) == []
        drawn = next(one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "form_id")
        assert clerk.submit(NEW, PAPERS | {"form_id": drawn}).status_code == 302
        assert len(rows(hall, Draft)) == 1

    def test_whose_letter_was_the_last_of_the_month_meanwhile_lose_no_tick(
        self, hall: TownHall, clerk: Client, supervisor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The organisations were read, and then somebody else's letter was faster."""
        typed = letter(supervisor, letters_a_month="1")
        papers = f"/registrations/{hall.begin(supervisor)}/papers"
        _others_are_faster(hall, monkeypatch)
        for browser, path in ((clerk, NEW), (supervisor, papers)):
            page = browser.submit(path, typed).main

            assert "has been reached this month" in page.text
            assert [box.attributes["name"] for box in page.all("input") if "checked" in box.attributes] == [
                "paper-consular-card"
            ]
        assert letters(hall) == 1


class TestTheLastLetterOfTheMonth:
    """The first click uses it up, and the second must not be told that it does not count."""

    def typed(self, clerk: Client, supervisor: Client, do: str) -> dict[str, str]:
        """Enough papers; or for a second look only the letter, which is not enough by itself."""
        shown = letter(supervisor, letters_a_month="1") | {"form_id": form_id(clerk, NEW), "do": do}
        return shown if do == "go" else shown | {"paper-consular-card": ""}

    @pytest.mark.parametrize("do", ["go", "second-look"])
    def test_sent_twice_leads_to_the_registration_that_it_began(
        self, hall: TownHall, clerk: Client, supervisor: Client, do: str
    ) -> None:
        typed = self.typed(clerk, supervisor, do)

        first, second = (clerk.submit(NEW, typed) for _ in range(2))

        assert first.location == second.location
        assert "sent before" in clerk.get(second.location).main.text
        assert (len(rows(hall, Draft)), letters(hall)) == (1, 1)
        assert "checked" in self.ticked(clerk)["paper-shelter-letter"]

    @pytest.mark.parametrize("do", ["go", "second-look"])
    def test_sent_twice_at_the_same_moment_too(
        self, hall: TownHall, clerk: Client, supervisor: Client, do: str
    ) -> None:
        typed = self.typed(clerk, supervisor, do)
        other = hall.browser(StaffRole.CLERK)
        other.csrf()

        answers = at_once(*[lambda browser=one: browser.submit(NEW, typed) for one in (clerk, other)])

        assert {answer.status_code for answer in answers} == {302}
        assert len({answer.location for answer in answers}) == 1
        assert (len(rows(hall, Draft)), letters(hall)) == (1, 1)
        assert "checked" in self.ticked(clerk)["paper-shelter-letter"]

    @pytest.mark.parametrize("faster", ["before it looks", "after it looked"])
    def test_counted_while_the_second_click_looks_at_the_organisations(
        self, hall: TownHall, clerk: Client, supervisor: Client, monkeypatch: pytest.MonkeyPatch, faster: str
    ) -> None:
        read, typed = organisations.everybody, self.typed(clerk, supervisor, "go")
        other = hall.browser(StaffRole.CLERK)
        other.csrf()
        to_send, first = [typed], list[str]()

        def everybody(session: Any, *, now: Any) -> Any:
            seen = read(session, now=now)
            if to_send:
                first.append(other.submit(NEW, to_send.pop()).location)
            return seen if faster == "after it looked" else read(session, now=now)

        monkeypatch.setattr(organisations, "everybody", everybody)

        assert [clerk.submit(NEW, typed).location] == first
        assert (len(rows(hall, Draft)), letters(hall)) == (1, 1)

    def test_sent_again_with_less_shows_the_registration_that_is_there(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        typed = self.typed(clerk, supervisor, "go")
        begun = clerk.submit(NEW, typed).location.replace("details", "papers")

        page = clerk.submit(NEW, typed | {"paper-consular-card": ""}).main

        assert "sent before" in page.text
        assert [form.attributes["action"] for form in page.all("form") if "data-papers" in form.attributes] == [begun]

    def ticked(self, clerk: Client) -> dict[str, Any]:
        (draft,) = [
            one.attributes["href"]
            for one in clerk.get("/").main.all("a")
            if "/registrations/" in one.attributes["href"] and "/new" not in one.attributes["href"]
        ]
        papers = clerk.get(f"{draft.rsplit('/', 1)[0]}/papers").main
        return {one.attributes.get("name", ""): one.attributes for one in papers.all("input")}


def _others_are_faster(hall: TownHall, patch: pytest.MonkeyPatch) -> None:
    read = organisations.everybody

    def everybody(session: Any, *, now: Any) -> Any:
        before = read(session, now=now)
        if not before[0].letters:
            with hall.sessions.begin() as other:
                organisations.count_letter(other, before[0].id, now=now)
        return before

    patch.setattr(organisations, "everybody", everybody)


class TestNothingTypedIsLost:
    def typed(self, page: Any) -> dict[str, str]:
        inputs = {one.attributes.get("name"): one.attributes for one in page.all("input")}
        chosen = [one.attributes["value"] for one in page.all("option") if "selected" in one.attributes]
        return {
            "dated-shelter-letter": inputs["dated-shelter-letter"].get("value", ""),
            "paper-consular-card": "y" if "checked" in inputs["paper-consular-card"] else "",
            "from-shelter-letter": next(iter(chosen), ""),
        }

    @pytest.mark.parametrize("begun", [False, True])
    def test_of_a_letter_from_next_week(self, hall: TownHall, clerk: Client, supervisor: Client, begun: bool) -> None:
        typed = letter(supervisor) | {"dated-shelter-letter": "30 11 2026"}
        path = f"/registrations/{hall.begin(clerk)}/papers" if begun else NEW

        page = clerk.submit(path, typed | {"form_id": form_id(clerk, path)}).main

        assert "a date that has not come yet" in page.text
        assert self.typed(page) == typed
        assert letters(hall) == 0

    @pytest.mark.parametrize("begun", [False, True])
    def test_of_an_organisation_at_its_limit(
        self, hall: TownHall, clerk: Client, supervisor: Client, begun: bool
    ) -> None:
        typed = letter(supervisor, letters_a_month="1")
        supervisor.submit(NEW, typed)
        path = f"/registrations/{hall.begin(clerk)}/papers" if begun else NEW

        page = clerk.submit(path, typed).main

        assert "has been reached this month" in page.text
        assert self.typed(page) == typed
        assert letters(hall) == 1

    def test_by_two_clerks_at_one_registration(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        """Nobody comes upon a colleague's, and one's own in two windows counts its letter once."""
        typed = letter(supervisor)
        papers = f"/registrations/{hall.begin(clerk)}/papers"
        own = hall.browser(StaffRole.CLERK)

        assert supervisor.submit(papers, typed).status_code == 404
        assert "There is nothing here" in supervisor.submit(papers, FEW | {"do": "refuse"}).main.text
        answers = [browser.submit(papers, typed).location for browser in (clerk, own)]

        assert set(answers) == {papers.replace("papers", "details")}
        assert (letters(hall), len(rows(hall, Draft)), refusals(hall)) == (1, 1, [])


class TestAnEnd:
    def test_of_papers_sent_twice_is_counted_once(self, hall: TownHall, clerk: Client) -> None:
        typed = FEW | {"do": "refuse", "form_id": form_id(clerk, NEW)}

        answers = [clerk.submit(NEW, typed) for _ in range(2)]

        assert {answer.location for answer in answers} == {"/"}
        assert refusals(hall) == [1]

    def test_of_a_registration_sent_twice_says_the_same_twice(self, hall: TownHall, clerk: Client) -> None:
        papers = clerk.submit(NEW, FEW | {"do": "second-look"}).location.replace("second-look", "papers")
        typed = FEW | {"do": "refuse", "form_id": form_id(clerk, papers)}

        answers = [clerk.submit(papers, typed) for _ in range(2)]

        assert {answer.location for answer in answers} == {"/"}
        assert refusals(hall) == [1]
        assert clerk.submit(papers, FEW | {"do": "refuse"}).status_code == 404


def refusals(hall: TownHall) -> list[int]:
    return [one.count for one in rows(hall, Counter) if one.name.startswith("registration.refused")]


class TestASecondSending:
    """Says that it is one: what came of the first is not taken for what the second asked for."""

    def test_of_a_waiting_number_names_the_first_partys(self, hall: TownHall, clerk: Client) -> None:
        typed = {"persons": "2", "form_id": form_id(clerk, "/queue/desk")}

        first, second = (clerk.submit("/queue/desk", typed | more).location for more in ({}, {"persons": "4"}))
        page = clerk.get(second).main

        assert first == second
        assert "sent before. This is the number that it gave" in page.text
        assert {"/queue/desk"} == {one.attributes["href"] for one in page.all("a") if one.text == "Give another number"}
        assert "sent before" not in clerk.get(clerk.submit("/queue/desk", {"persons": "4"}).location).main.text
        assert [one.persons for one in rows(hall, Waiting)] == [2, 4]

    @pytest.mark.parametrize("what", ["received", "spoilt"])
    def test_of_blanks_notes_nothing_and_says_so(self, hall: TownHall, supervisor: Client, what: str) -> None:
        typed = {"number": "7", "form_id": form_id(supervisor, "/blanks")}

        first, second = (
            supervisor.submit(f"/blanks/cr80/{what}", typed, follow_redirects=True).main.text for _ in range(2)
        )

        assert ("noted." in first, "sent before. Nothing was noted again" in first) == (True, False)
        assert ("are noted." in second, "sent before. Nothing was noted again" in second) == (False, True)
        assert [one.count for one in rows(hall, BlankCount)] == [7]


class TestTheWholeJourney:
    """From the box of blanks to the card in the hand, once with every button pressed once and once with twice."""

    def walk(self, make_hall: Builder, kind: type[Client], folder: Any) -> dict[str, Any]:
        hall = Builder(folder, make_hall.finished)(visits=EVERY_MORNING)
        hall.app.test_client_class = kind
        clerk, supervisor = hall.browser(StaffRole.CLERK), hall.browser(StaffRole.SUPERVISOR)
        box = form_id(supervisor, "/blanks")
        supervisor.submit("/blanks/cr80/received", {"number": "50", "form_id": box})
        supervisor.submit("/blanks/cr80/counted", {"number": "50"})
        clerk.submit("/blanks/cr80/spoilt", {"number": "2", "form_id": form_id(clerk, "/blanks")})
        clerk.submit("/queue/desk", {"persons": "2"})
        clerk.submit("/queue/desk/call", {"counter": "1"})
        clerk.submit(NEW, FEW | {"do": "refuse"})
        waits = clerk.submit(NEW, letter(supervisor) | {"paper-consular-card": "", "do": "second-look"}).location
        supervisor.submit(waits, {"because": "papers together"})
        clerk.submit(waits.replace("second-look", "details"), ANSWERS)
        clerk.submit(waits.replace("second-look", "discard"))
        draft_id, number = hall.issue(clerk)
        clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80"})
        clerk.submit(f"/cards/{number}/hand-over")
        draft_id, number = hall.issue(clerk)
        clerk.submit(f"/cards/{number}/correct")
        _, number = hall.issue(clerk)
        clerk.submit(f"/cards/{number}/cancel", {"reason": "damaged"})
        said = {
            "drafts": len(rows(hall, Draft)),
            "letters": letters(hall),
            "cards": sorted(one.state for one in rows(hall, Card)),
            "counters": {one.name: one.count for one in rows(hall, Counter)},
            "ledger": {one.rule: one.count for one in rows(hall, LedgerEntry)},
            "blanks": {str(one.what): one.count for one in rows(hall, BlankCount) if one.what != "counted"},
            "numbers": [(one.number, one.persons, one.counter) for one in rows(hall, Waiting)],
            "audit": sorted(
                one.action for one in rows(hall, AuditEntry) if not one.action.startswith("blanks.counted")
            ),
        }
        assert rows(hall, SentForm)
        hall.sessions.kw["bind"].dispose()
        return said

    def test_comes_to_the_same(self, make_hall: Builder, tmp_path: Any) -> None:
        once = self.walk(make_hall, Client, tmp_path / "once")
        twice = self.walk(make_hall, TwiceClient, tmp_path / "twice")

        assert {name: once[name] for name in once if once[name] != twice[name]} == {}
