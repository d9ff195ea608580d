"""The audit page: what was done and by whom, in the auditor's language, with the code that the exported file has."""

from cardservice.domain.audit import Action
from cardservice.web import audit_words
from web.hall import TownHall
from web.pages import Client

CLERK = 1


def newest(auditor: Client) -> list[str]:
    """The cells of the newest entry."""
    row = auditor.get("/audit").main.all("tr")[1]
    return [cell.text for cell in row.walk() if cell.tag in {"th", "td"}]


class TestTheAudit:
    def test_has_words_for_every_action(self) -> None:
        assert set(audit_words.ACTIONS) == set(Action)

    def test_says_who_did_what_beside_the_codes(self, hall: TownHall, clerk: Client, auditor: Client) -> None:
        hall.begin(clerk)

        row = newest(auditor)

        assert row[2:4] == [f"Account {CLERK} staff:{CLERK}", "Registration begun draft.opened"]

    def test_says_it_in_the_language_of_who_reads_it(self, hall: TownHall, clerk: Client, auditor: Client) -> None:
        hall.begin(clerk)
        auditor.set_cookie("language", "fr")

        row = newest(auditor)

        assert row[2:4] == [f"Compte {CLERK} staff:{CLERK}", "Inscription commencée draft.opened"]

    def test_shows_what_a_newer_program_wrote_by_its_code(self) -> None:
        assert audit_words.of_action("card.painted") is None
        assert audit_words.of_actor("robot") is None
