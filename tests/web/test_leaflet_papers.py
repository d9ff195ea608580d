"""What counts as evidence, on the leaflet: the town's policy in every language, whoever prints it."""

from pathlib import Path

import pytest

from cardservice.evidence_settings import EXAMPLE_KINDS
from cardservice.web import evidence_words, languages, posters
from cardservice.web.languages import Catalogue
from web.hall import settings_for

SURVEY = {
    "kind": "land-survey",
    "names": {"en": "Land survey", "fr": "Relevé du terrain"},
    "residency": 2,
    "days_old": 7,
}
PASSPORT = {"kind": "passport", "identity": 3, "expired_days": 730}


def listed(folder: Path, language: str, **evidence: object) -> list[str]:
    """The three ways, each as one text."""
    return [
        "\n".join([way.needed, *(line for part in way.parts for line in (part.heading, *part.lines))])
        for way in posters.print_out_face(settings_for(folder, evidence={"version": "own"} | evidence)).papers[language]
    ]


class TestTheList:
    @pytest.mark.parametrize("language", languages.LANGUAGES)
    def test_names_every_paper_of_the_policy_in_every_way(self, tmp_path: Path, language: str) -> None:
        words = Catalogue(language)
        kinds = [words.gettext(evidence_words.KINDS[kind]) for kind in EXAMPLE_KINDS]

        for way in listed(tmp_path, language):
            assert [kind for kind in kinds if kind not in way] == []
            assert "%(" not in way

    def test_says_beside_each_when_it_counts_while_there_is_room(self, tmp_path: Path) -> None:
        full, *shorter = listed(tmp_path, "en")

        assert "Letter of a shelter (counts for 30 days · of an organisation on the list)" in full
        assert all("30 days" not in way for way in shorter)
        assert all("An expired paper may still count. Letters and bills must be new." in way for way in shorter)

    def test_begins_with_what_is_worth_most(self, tmp_path: Path) -> None:
        full, *_ = posters.print_out_face(settings_for(tmp_path)).papers["en"]

        assert [part.heading for part in full.parts] == [
            "Who you are: 3 points each",
            "Who you are: 2 points each",
            "Who you are: 1 point each",
            "You live here: 1 point each",
            "Among them must be",
        ]

    def test_is_the_towns_own(self, tmp_path: Path) -> None:
        own = {"paper": [PASSPORT, SURVEY], "points": 5, "identity": 3, "residency": 2, "shows": []}

        full, *_ = listed(tmp_path, "fr", **own)

        assert "Il faut 5 points" in full
        assert "Relevé du terrain (" in full
        assert "Land survey" in listed(tmp_path, "pt", **own)[0]
        assert "Entre eles" not in listed(tmp_path, "pt", **own)[0]

    def test_names_no_sum_that_a_town_does_not_ask_for(self, tmp_path: Path) -> None:
        paper = [{"kind": "passport", "identity": 3}]

        full, short, _ = listed(tmp_path, "en", paper=paper, points=3, identity=3, residency=0, shows=[])

        assert full.startswith("You need 3 points.\n")
        assert short == full

    @pytest.mark.parametrize(
        ("identity", "residency", "said"),
        [
            (3, 0, "You need 4 points. Of these, at least 3 for who you are."),
            (0, 1, "You need 4 points. Of these, at least 1 for living here."),
            (0, 0, "You need 4 points."),
            (3, 1, "You need 4 points: at least 3 for who you are, and at least 1 for living here."),
        ],
    )
    def test_says_each_minimum_that_there_is(self, tmp_path: Path, identity: int, residency: int, said: str) -> None:
        for way in listed(tmp_path, "en", identity=identity, residency=residency):
            assert way.startswith((f"{said}\n", f"{said} An expired paper"))

    def test_says_of_each_paper_all_that_it_is_worth(self, tmp_path: Path) -> None:
        paper = [
            PASSPORT,
            {"kind": "photo-card", "shows": ["photo"]},
            {"kind": "lease", "residency": 2},
            {"kind": "residence-permit", "names": {"en": "Residence permit"}, "identity": 2, "residency": 1},
            {"kind": "work-permit", "names": {"en": "Work permit"}, "identity": 1, "residency": 2},
        ]

        *_, dense = posters.print_out_face(
            settings_for(tmp_path, evidence={"version": "own", "paper": paper, "shows": []})
        ).papers["en"]

        assert [(part.heading, *part.lines) for part in dense.parts] == [
            ("Both at once: 2 for who you are, 1 for living here", "Residence permit"),
            ("Both at once: 1 for who you are, 2 for living here", "Work permit"),
            ("Who you are: 3 points each", "Passport"),
            ("You live here: 2 points each", "Lease or deed"),
            ("No points, but a photo or a birth date", "Card with a photo of a school, a university or an employer"),
        ]
