"""Papers at the desk: what they come to is said at every step, in every language, and a refusal leaves a count."""

import re
from itertools import combinations
from math import prod

import pytest
from sqlalchemy import func, select

from cardservice.credential import cbor
from cardservice.domain import evidence, further_papers
from cardservice.domain.evidence import Shown
from cardservice.storage.models import Counter, Draft, LetterCount
from cardservice.terms import PaperFault, StaffRole
from cardservice.web import decided, evidence_words, interpreter_words, languages
from web.hall import ANSWERS, PAPERS, TownHall
from web.pages import Client, Node

NEW = "/registrations/new"
SHELTER = "Night Shelter of the Port"


def counters(hall: TownHall, beginning: str) -> dict[str, int]:
    with hall.sessions.begin() as session:
        return {one.name: one.count for one in session.scalars(select(Counter)) if one.name.startswith(beginning)}


def drafts_of(hall: TownHall) -> int:
    with hall.sessions.begin() as session:
        return session.scalar(select(func.count()).select_from(Draft)) or 0


def reached(page: Node) -> str:
    return next(node.text for node in page.walk() if "data-reached" in node.attributes)


def list_shelter(supervisor: Client, **more: str) -> str:
    """List an organisation, and return its number as the papers' page offers it."""
    assert supervisor.submit("/organisations/new", {"name": SHELTER} | more).status_code == 302
    page = supervisor.get(NEW).page
    return next(one.attributes["value"] for one in page.all("option") if one.text == SHELTER)


class TestThePapers:
    def test_are_asked_for_before_anything_else_and_nothing_of_a_person_is(
        self, clerk: Client, supervisor: Client
    ) -> None:
        list_shelter(supervisor)
        page = clerk.get(NEW).page

        names = {node.attributes.get("name", "") for kind in ("input", "select") for node in page.all(kind)}
        assert {name.partition("-")[0] for name in names} == {
            "csrf_token", "form_id", "form_code", "back", "paper", "dated", "expired", "from",
        }  # fmt: skip
        (code,) = (one for one in page.all("input") if one.attributes.get("name") == "form_code")
        assert code.attributes["value"] == "", "for the code of a form that a scanner may send"

    def test_that_are_enough_lead_to_the_answers(self, hall: TownHall, clerk: Client) -> None:
        answer = clerk.submit(NEW, PAPERS)

        assert re.fullmatch(r"/registrations/\w{32}/details", answer.location)
        assert drafts_of(hall) == 1
        shown = clerk.get(answer.location.replace("details", "check"))
        assert shown.location.endswith("/details")

    def test_that_are_not_enough_say_what_is_missing_and_open_nothing(self, hall: TownHall, clerk: Client) -> None:
        page = clerk.submit(NEW, {"paper-passport": "y"}).page

        assert "Not enough yet" in reached(page)
        assert "1 point for papers that show that the person lives here" in reached(page)
        assert "Lease or deed" in reached(page)
        assert drafts_of(hall) == 0

    def test_are_worked_out_without_going_on(self, hall: TownHall, clerk: Client) -> None:
        page = clerk.submit(NEW, PAPERS | {"do": "work-out"}).page

        assert "Enough for a card" in reached(page)
        assert drafts_of(hall) == 0

    def test_are_worked_out_for_the_pages_script_in_the_same_words(self, clerk: Client) -> None:
        said = clerk.submit("/registrations/points", {"paper-passport": "y"}).json
        page = clerk.submit(NEW, {"paper-passport": "y"}).page

        assert said["met"] is False
        assert said["title"] in reached(page)
        assert said["reached"] in reached(page)
        assert all(
            title in reached(page) and all(line in reached(page) for line in lines) for title, lines in said["parts"]
        )

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"paper-bill": "y"}, "Type the date that is on it"),
            ({"dated-bill": "30 11 2026"}, "a date that has not come yet"),
            ({"dated-bill": "1 1 2026"}, "It is too old: it counts for 90 days from its date"),
            ({"expired-passport": "1 1 2019"}, "It expired too long ago"),
            ({"expired-passport": "27 3 98"}, "It expired too long ago"),
            ({"paper-shelter-letter": "y", "dated-shelter-letter": "20 11"}, "Choose which one wrote it"),
        ],
    )
    def test_that_do_not_count_say_why_beside_them(
        self, clerk: Client, supervisor: Client, typed: dict[str, str], said: str
    ) -> None:
        list_shelter(supervisor)
        page = clerk.submit(NEW, typed).page

        assert [node.text for node in page.walk() if "paper__fault" in node.attributes.get("class", "")] != []
        assert said in page.text

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            *((typed, "There is no such day") for typed in ("31 2 2026", "1 13 2026", "27/3/99999999999", "0 0")),
            *((typed, "Write the date in numbers") for typed in ("yesterday", "2026", "1 1 1 1", "1" * 5000)),
        ],
    )
    def test_have_no_date_that_is_none(self, clerk: Client, typed: str, said: str) -> None:
        page = clerk.submit(NEW, PAPERS | {"dated-bill": typed}).page

        assert said in page.text
        assert next(n for n in page.walk() if n.attributes.get("id") == "dated-bill").attributes["value"] == typed

    @pytest.mark.parametrize("typed", ["20.11.2026", "2026-11-20", "20/11/26", "٢٠ ١١ ٢٠٢٦", "20 11", " 20-11-2026 "])
    def test_have_a_date_as_people_write_it(self, clerk: Client, typed: str) -> None:
        assert clerk.submit(NEW, {"paper-passport": "y", "dated-bill": typed}).status_code == 302

    def test_whose_date_cannot_be_read_are_not_said_to_lack_it(self, clerk: Client) -> None:
        page = clerk.submit(NEW, {"paper-passport": "y", "paper-bill": "y", "dated-bill": "31 11 2026"}).page

        assert "There is no such day" in reached(page)
        assert "It counts only with its date" not in page.text

    def test_can_be_changed_as_long_as_there_is_no_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)
        page = clerk.get(f"/registrations/{draft_id}/papers").page
        ticked = [box.attributes["name"] for box in page.all("input") if "checked" in box.attributes]

        answer = clerk.submit(f"/registrations/{draft_id}/papers", {"paper-old-card": "y", "paper-lease": "y"})

        assert ticked == list(PAPERS)
        assert answer.location.endswith("/check")
        assert "The old card of this town" in clerk.get(answer.location).main.text
        clerk.submit(f"/registrations/{draft_id}/issue")
        assert clerk.get(f"/registrations/{draft_id}/papers").location.endswith("/print")

    def test_that_are_unticked_again_make_no_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        page = clerk.submit(f"/registrations/{draft_id}/papers", {"paper-lease": "y"}).main

        assert "Not enough yet" in page.text
        assert clerk.submit(f"/registrations/{draft_id}/issue").status_code == 409
        clerk.submit(f"/registrations/{draft_id}/papers", {"paper-lease": "y", "do": "refuse"})
        assert counters(hall, "registration.") == {"registration.refused: identity": 1}

    def test_of_a_renewal_that_are_refused_are_counted_by_what_is_missing(self, hall: TownHall, clerk: Client) -> None:
        number = hall.hand_out(clerk)
        papers = f"/registrations/{hall.begin(clerk, f'/cards/{number}/replace')}/papers"

        clerk.submit(papers, {"paper-old-card": "y", "do": "refuse"})

        assert counters(hall, "registration.") == {"registration.refused: residency": 1}


class TestARefusal:
    def test_before_anything_is_kept_leaves_a_count_by_reason(self, hall: TownHall, clerk: Client) -> None:
        answer = clerk.submit(NEW, {"paper-passport": "y", "do": "refuse"}, follow_redirects=True)

        assert "Nothing is kept of it but a count of the reason" in answer.main.text
        assert counters(hall, "registration.") == {"registration.refused: residency": 1}
        assert drafts_of(hall) == 0

    def test_after_a_second_look_ends_the_registration(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        waiting = clerk.submit(NEW, {"paper-passport": "y", "do": "second-look"}).location
        supervisor.submit(f"{waiting}/decline")
        papers = clerk.get(waiting).location
        assert "did not accept them" in clerk.get(papers).main.text

        clerk.submit(papers, {"paper-passport": "y", "do": "refuse"})

        assert counters(hall, "registration.") == {"registration.refused: second look": 1}
        assert drafts_of(hall) == 0

    def test_is_none_where_the_papers_are_enough(self, hall: TownHall, clerk: Client) -> None:
        clerk.submit(NEW, PAPERS | {"do": "refuse"})

        assert counters(hall, "registration.") == {}


class TestASecondLook:
    def test_goes_to_a_supervisor_and_back_to_the_answers(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        waiting = clerk.submit(NEW, {"paper-birth-certificate": "y", "do": "second-look"}).location
        assert "It waits for a supervisor" in clerk.get(waiting).main.text
        listed = [link.attributes["href"] for link in supervisor.get("/").main.all("a")]
        draft_id = waiting.split("/")[2]
        assert f"/registrations/{draft_id}/check" in listed
        assert supervisor.get(f"/registrations/{draft_id}/check").location == waiting
        assert "Choose why" in supervisor.submit(waiting).main.text

        supervisor.submit(waiting, {"because": "paper of another kind"})

        assert clerk.get(waiting).location.endswith("/details")
        clerk.submit(f"/registrations/{draft_id}/details", ANSWERS)
        clerk.submit(f"/registrations/{draft_id}/no-photo")
        assert "Accepted by a supervisor" in clerk.get(f"/registrations/{draft_id}/check").main.text
        assert clerk.submit(f"/registrations/{draft_id}/issue").location.endswith("/print")

    def test_is_over_where_the_paper_that_was_accepted_is_taken_away(self, clerk: Client, supervisor: Client) -> None:
        waiting = clerk.submit(NEW, {"paper-passport": "y", "do": "second-look"}).location
        supervisor.submit(waiting, {"because": "paper of another kind"})
        papers = waiting.replace("second-look", "papers")

        told = clerk.submit(papers, {"paper-photo-card": "y"}).main

        assert "A supervisor has accepted" not in told.text
        assert {"second-look", "refuse"} <= {button.attributes.get("value") for button in told.all("button")}
        assert "A supervisor has accepted" not in clerk.get(papers).main.text

    def test_is_what_the_points_say_until_the_paper_is_taken_away(self, clerk: Client, supervisor: Client) -> None:
        waiting = clerk.submit(NEW, {"paper-birth-certificate": "y", "do": "second-look"}).location
        supervisor.submit(waiting, {"because": "papers together"})
        draft_id = waiting.split("/")[2]
        asks = f"/registrations/points?draft={draft_id}"

        page = clerk.get(f"/registrations/{draft_id}/papers").main.text
        ticked = clerk.submit(asks, {"paper-birth-certificate": "y"}).get_json()
        unticked = clerk.submit(asks, {}).get_json()

        assert "Accepted by a supervisor" in page
        assert "Not enough yet" not in page
        assert "Still missing" not in page
        assert (ticked["met"], ticked["title"], ticked["parts"]) == (True, "Accepted by a supervisor", [])
        assert (unticked["met"], unticked["title"]) == (False, "Not enough yet")
        assert unticked["parts"] != []

    def test_is_no_clerks_and_nobodys_own(self, clerk: Client, supervisor: Client) -> None:
        theirs = clerk.submit(NEW, {"do": "second-look"}).location
        own = supervisor.submit(NEW, {"do": "second-look"}).location

        assert clerk.submit(theirs, {"because": "no newer paper"}).status_code == 403
        assert supervisor.submit(own, {"because": "no newer paper"}).status_code == 403

    def test_is_not_lost_by_a_look_back_at_the_papers(self, clerk: Client, supervisor: Client) -> None:
        waiting = clerk.submit(NEW, {"paper-birth-certificate": "y", "do": "second-look"}).location
        supervisor.submit(waiting, {"because": "papers together"})
        papers = waiting.replace("second-look", "papers")
        assert "A supervisor has accepted the papers" in clerk.get(papers).main.text

        answer = clerk.submit(papers, {"paper-birth-certificate": "y"})

        assert answer.location.endswith("/details")
        for unsent in ({"do": "work-out"}, {"dated-bill": "yesterday"}):
            assert clerk.submit(papers, {"paper-birth-certificate": "y"} | unsent).status_code == 200

    def test_can_be_taken_back_by_adding_a_paper(self, clerk: Client) -> None:
        waiting = clerk.submit(NEW, {"paper-passport": "y", "do": "second-look"}).location

        answer = clerk.submit(waiting.replace("second-look", "papers"), PAPERS)

        assert answer.location.endswith("/details")


class TestASecondLookAtWhatDoesNotCount:
    """A consular card, and a shelter's letter of forty days."""

    def asked(self, clerk: Client, supervisor: Client) -> str:
        typed = {"from-shelter-letter": list_shelter(supervisor), "dated-shelter-letter": "14 10 2026"}
        waiting: str = clerk.submit(NEW, {"paper-consular-card": "y", "do": "second-look"} | typed).location
        return waiting

    def test_names_it_says_why_and_what_is_missing(self, clerk: Client, supervisor: Client) -> None:
        waiting = self.asked(clerk, supervisor)

        said = supervisor.get(waiting).main.text

        assert "Papers that do not count Letter of a shelter. It is too old, so it does not count" in said
        assert "Still missing 1 point for papers that show that the person lives here" in said

    def test_says_which_paper_shows_what_is_missing(self, clerk: Client, supervisor: Client) -> None:
        kinds = {"paper-birth-certificate": "y", "paper-health-card": "y", "paper-lease": "y"}
        waiting = clerk.submit(NEW, kinds | {"do": "second-look"}).location

        assert "Still missing a paper with a photo" in supervisor.get(waiting).main.text

    def test_that_declines_leaves_it_ticked_and_said(self, clerk: Client, supervisor: Client) -> None:
        waiting = self.asked(clerk, supervisor)
        supervisor.submit(f"{waiting}/decline")
        papers = waiting.replace("second-look", "papers")

        page = clerk.get(papers).page
        ticked = {box.attributes["name"]: "y" for box in page.all("input") if "checked" in box.attributes}
        sheet = clerk.submit(f"/interpreter/what-to-bring?draft={waiting.split('/')[2]}", ticked | {"language": "en"})

        assert set(ticked) == {"paper-consular-card", "paper-shelter-letter"}
        assert "It is too old: it counts for 30 days from its date" in reached(page)
        assert "It is too old, so it does not count" in sheet.text
        assert "did not accept them" in page.text
        told = clerk.submit(papers, ticked).main
        assert "It is too old: it counts for 30 days from its date" in told.text
        assert "second-look" not in {button.attributes.get("value") for button in told.all("button")}

    def test_is_asked_for_again_with_a_paper_that_the_supervisor_has_not_seen_though_it_does_not_count(
        self, clerk: Client, supervisor: Client
    ) -> None:
        waiting = self.asked(clerk, supervisor)
        supervisor.submit(f"{waiting}/decline")
        kinds = {"paper-consular-card": "y", "paper-shelter-letter": "y", "dated-bill": "1 1 2026"}

        again = clerk.submit(waiting.replace("second-look", "papers"), kinds | {"do": "second-look"})

        assert again.location == waiting
        assert "Bill for the home" in supervisor.get(waiting).main.text

    def test_is_over_with_a_newer_one(self, clerk: Client, supervisor: Client) -> None:
        waiting = self.asked(clerk, supervisor)
        number = next(one.attributes["value"] for one in clerk.get(NEW).page.all("option") if one.text == SHELTER)
        newer = {"from-shelter-letter": number, "dated-shelter-letter": "13 11 2026", "paper-consular-card": "y"}

        answer = clerk.submit(waiting.replace("second-look", "papers"), newer)

        assert answer.location.endswith("/details")

    def test_keeps_neither_its_date_nor_its_organisation(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        waiting = self.asked(clerk, supervisor)

        with hall.sessions.begin() as session:
            draft = session.get_one(Draft, waiting.split("/")[2])
            kept = cbor.decode(hall.day_keys.open(draft.id, draft.key_day, draft.ciphertext))
        assert kept["evidence"]["faults"] == {"shelter-letter": "too old"}
        assert "2026" not in str(kept["evidence"])
        assert set(kept["evidence"]) == {
            "version", "kinds", "identity", "residency", "is_met", "refused_for", "checked_by", "accepted_by",
            "accepted_for", "looked_at", "faults", "missing", "of_an_adult",
        }  # fmt: skip


class TestALetter:
    def test_counts_from_a_listed_organisation_and_names_it_nowhere(
        self, hall: TownHall, clerk: Client, supervisor: Client
    ) -> None:
        number = list_shelter(supervisor)
        typed = {"paper-consular-card": "y", "from-shelter-letter": number, "dated-shelter-letter": "13 11"}

        draft_id = clerk.submit(NEW, typed).location.split("/")[2]

        with hall.sessions.begin() as session:
            assert session.scalar(select(LetterCount.count)) == 1
            draft = session.get_one(Draft, draft_id)
            kept = hall.day_keys.open(draft.id, draft.key_day, draft.ciphertext)
        assert b"shelter-letter" in kept
        assert b"Shelter of" not in kept
        # Looked at once more, it neither counts again nor asks for its date again.
        clerk.submit(f"/registrations/{draft_id}/papers", {"paper-consular-card": "y", "paper-shelter-letter": "y"})
        with hall.sessions.begin() as session:
            assert session.scalar(select(LetterCount.count)) == 1

    def test_counts_no_more_than_was_agreed(self, clerk: Client, supervisor: Client) -> None:
        number = list_shelter(supervisor, letters_a_month="1")
        typed = {"paper-consular-card": "y", "from-shelter-letter": number, "dated-shelter-letter": "13 11"}

        assert clerk.submit(NEW, typed).status_code == 302
        assert "has been reached this month" in clerk.submit(NEW, typed).main.text
        assert "1 of 1 letters this month" in supervisor.get("/organisations").main.text

    @pytest.mark.parametrize("time", [{"ends_on": "22 11 2026"}, {"begins_on": "4 12 2026"}])
    def test_of_an_organisation_at_another_time_says_that_it_is_its_time(
        self, clerk: Client, supervisor: Client, time: dict[str, str]
    ) -> None:
        number = list_shelter(supervisor, **{"begins_on": "1 1 2026"} | time)

        page = clerk.submit(NEW, {"from-shelter-letter": number, "dated-shelter-letter": "20 11"}).page

        assert "Letters of this organisation do not count today" in reached(page)
        assert "Choose which one wrote it" not in page.text


class TestNoOrganisationListed:
    def test_is_said_where_one_would_be_chosen(self, clerk: Client, supervisor: Client) -> None:
        words = "No organisation is on the list yet. Until a supervisor adds one, this cannot count."

        page = clerk.submit(NEW, {"paper-shelter-letter": "y", "dated-shelter-letter": "20 11"}).page
        theirs = supervisor.get(NEW).main

        assert words in page.text
        assert "Choose which one wrote it" not in page.text
        assert "It cannot count as long as no organisation is on the list" in reached(page)
        assert not [one for one in page.all("select") if one.attributes["name"].startswith("from-")]
        assert [link for link in page.all("a") if link.text == "Organisations whose letters count"] == []
        assert "/organisations" in {link.attributes["href"] for link in theirs.all("a")}
        list_shelter(supervisor)
        assert words not in clerk.get(NEW).main.text

    def test_names_no_letter_among_what_would_help(self, clerk: Client, supervisor: Client) -> None:
        names = "Letter of a shelter"

        assert names not in reached(clerk.submit(NEW, {"paper-consular-card": "y"}).page)
        list_shelter(supervisor)
        assert names in reached(clerk.submit(NEW, {"paper-consular-card": "y"}).page)

    def test_is_told_to_the_pages_script_too(self, clerk: Client) -> None:
        said = clerk.submit("/registrations/points", {"paper-referee": "y"}).json

        assert "as long as no organisation is on the list" in str(said["parts"])

    def test_is_found_on_the_start_page(self, clerk: Client, supervisor: Client) -> None:
        for browser in (clerk, supervisor):
            links = {link.text: link.attributes["href"] for link in browser.get("/").main.all("a")}
            assert links["Organisations whose letters count"] == "/organisations"


class TestOrganisations:
    @pytest.mark.parametrize(
        ("typed", "where", "said"),
        [
            ({"name": ""}, "name", "name"),
            ({"name": "ana@example.org"}, "name", "U+0040"),
            ({"begins_on": "31 2"}, "begins_on", "There is no such day"),
            ({"begins_on": "in March"}, "begins_on", "Write the date in numbers"),
            ({"ends_on": "1 1 2020"}, "ends_on", "It ends before it begins"),
            ({"letters_a_month": "some"}, "letters_a_month", "Write a number"),
            ({"letters_a_month": "99999"}, "letters_a_month", "too many"),
            ({"letters_a_month": "0"}, "letters_a_month", "Leave it empty if there is no limit"),
        ],
    )
    def test_are_refused_in_words(self, supervisor: Client, typed: dict[str, str], where: str, said: str) -> None:
        page = supervisor.submit("/organisations/new", {"name": SHELTER} | typed).page

        summary = next(node for node in page.walk() if node.attributes.get("class") == "problems")
        ((place, words),) = [(link.attributes["href"][1:], link.text) for link in summary.all("a")]
        assert place == where
        assert said in words

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({}, "Its letters count from now on."),
            ({"begins_on": "1 1 2027"}, "Its letters count from 1 January 2027."),
            ({"begins_on": "1 1 2025", "ends_on": "31 12 2025"}, "Its letters do not count: its last day is over."),
        ],
    )
    def test_are_said_to_count_from_their_first_day_to_their_last(
        self, supervisor: Client, typed: dict[str, str], said: str
    ) -> None:
        listed = supervisor.submit("/organisations/new", {"name": SHELTER} | typed, follow_redirects=True)

        assert f"The organisation is listed. {said}" in listed.main.text

    def test_are_listed_changed_and_removed_by_a_supervisor(self, clerk: Client, supervisor: Client) -> None:
        number = list_shelter(supervisor, ends_on="24 12 2026")
        assert "already" in supervisor.submit("/organisations/new", {"name": SHELTER.upper()}).main.text
        form = supervisor.get(f"/organisations/{number}/change").page
        values = {node.attributes.get("name"): node.attributes.get("value") for node in form.all("input")}
        assert (values["begins_on"], values["ends_on"]) == ("23 11 2026", "24 12 2026")

        supervisor.submit(f"/organisations/{number}/change", {"name": "Another", "begins_on": "1 12 2026"})

        listed = clerk.get("/organisations").main.text
        assert "Another" in listed
        assert "Its letters do not count today" in listed
        assert "Remove" not in listed
        supervisor.submit(f"/organisations/{number}/remove")
        assert "No organisation is listed yet" in supervisor.get("/organisations").main.text


class TestWords:
    def test_are_there_for_every_kind_fault_and_reason(self, hall: TownHall) -> None:
        policy = decided.policy(hall.settings)

        assert {paper.kind for paper in policy.papers} == set(interpreter_words.KINDS)
        with hall.app.test_request_context():
            paper = policy.paper("bill")
            assert len({evidence_words._fault(paper, fault) for fault in PaperFault}) == len(PaperFault)

    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_explain_every_combination_of_up_to_four_papers(self, hall: TownHall, language: str) -> None:
        """Each outcome that a combination can have, with as many papers that would help as the domain names."""
        policy, today = decided.policy(hall.settings), hall.clock().date()
        kinds, seen = [paper.kind for paper in policy.papers], {}
        for count in range(5):
            for chosen in combinations(kinds, count):
                shown = [Shown(kind=kind, dated=today, organisation=None) for kind in chosen]
                outcome = evidence.evaluate(policy, shown, today=today)
                seen.setdefault(outcome.missing, outcome)

        with hall.app.test_request_context(headers={"Accept-Language": language}):
            said = {missing: evidence_words.explanation(policy, outcome) for missing, outcome in seen.items()}

        assert len(said) == 30
        for missing, words in said.items():
            assert bool(words.missing) is bool(missing)
            assert all(str(number) in words.reached for number in (policy.points, policy.identity, policy.residency))
            helps = sum(prod(map(len, choice)) for choice in words.choices)
            assert helps == len(further_papers.would_help(policy, seen[missing]))
        # Points that the missing papers give anyway are not said a second time.
        told = {(m.identity, m.residency, max(0, m.points - m.identity - m.residency), m.shows) for m in said}
        assert len({tuple(words.missing) for words in said.values()}) == len(told) == 18

    def test_of_a_kind_of_its_own_come_from_the_settings(self, make_hall: object) -> None:
        own = {"kind": "boat-book", "names": {"en": "Boat book", "fr": "Livret de bord"}, "identity": 3, "residency": 1}
        policy = {"version": "own", "paper": [own], "shows": []}
        hall = make_hall(evidence=policy)  # type: ignore[operator]
        clerk = hall.browser(StaffRole.CLERK)

        assert "Boat book" in clerk.get(NEW).main.text
        clerk.submit("/language", {"language": "fr", "back": "/"})
        assert "Livret de bord" in clerk.get(NEW).main.text
        clerk.submit("/language", {"language": "ar", "back": "/"})
        assert "Boat book" in clerk.get(NEW).main.text
        assert clerk.submit(NEW, {"paper-boat-book": "y"}).status_code == 302
