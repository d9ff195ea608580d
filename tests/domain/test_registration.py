"""What a resident says at the counter: every problem at once, by field and code, and nothing of it in a message."""

from dataclasses import replace
from datetime import date

import pytest
from town_hall import JPEG, REGISTRATION, WEBP

from cardservice.credential.personal import NAME_LIMIT, PORTRAIT_LIMIT
from cardservice.domain.registration import (
    PICTURE_LIMIT,
    FieldProblem,
    Registration,
    RegistrationRefused,
    check,
    tidy,
)

TODAY = date(2026, 11, 22)


def problems(**changes: object) -> set[tuple[str, str]]:
    """Every problem of the sample registration after these changes."""
    try:
        check(replace(REGISTRATION, **changes), today=TODAY)  # type: ignore[arg-type]
    except RegistrationRefused as refused:
        return {(problem.field, problem.code) for problem in refused.problems}
    return set()


class TestCheck:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"name": "X"},
            {"name": "x" * NAME_LIMIT},
            {"name": "N'Diaye-O’Brien d’Àlameda Jr."},
            {"birth_date": "19920000"},
            {"birth_date": "20261122"},
            {"name_second": None, "language_second": None},
            {"portrait_print": None, "portrait_code": None},
            {"replaces": "000000000000"},
        ],
    )
    def test_takes_what_can_stand_on_a_card(self, changes: dict[str, object]) -> None:
        assert problems(**changes) == set()

    @pytest.mark.parametrize(
        ("changes", "found"),
        [
            ({"name": ""}, {("name", "blank")}),
            ({"name": "x" * (NAME_LIMIT + 1)}, {("name", "too-long")}),
            ({"name": "Ana\u202esofia"}, {("name", "bad-character")}),
            ({"name": "Ana\nSofia"}, {("name", "bad-character")}),
            ({"birth_date": "20261123"}, {("birth_date", "in-the-future")}),
            ({"birth_date": "20250229"}, {("birth_date", "not-a-date")}),
            ({"birth_date": ""}, {("birth_date", "not-a-date")}),
            ({"language": "fr"}, {("language", "not-a-language")}),
            ({"name_second": ""}, {("name_second", "blank")}),
            ({"language_second": "xx"}, {("language_second", "not-a-language")}),
            ({"language_second": None}, {("language_second", "missing")}),
            ({"name_second": None}, {("language_second", "without-a-name")}),
            ({"portrait_code": JPEG}, {("portrait_code", "not-webp")}),
            ({"portrait_code": WEBP + bytes(PORTRAIT_LIMIT)}, {("portrait_code", "too-large")}),
            ({"portrait_print": WEBP}, {("portrait_print", "not-jpeg")}),
            ({"portrait_print": JPEG + bytes(PICTURE_LIMIT)}, {("portrait_print", "too-large")}),
            ({"photograph": JPEG + bytes(PICTURE_LIMIT)}, {("photograph", "too-large")}),
            ({"photograph": b"GIF89a"}, {("photograph", "not-jpeg")}),
            ({"replaces": "0000-0000-0000"}, {("replaces", "not-normalised")}),
            ({"replaces": "000000000001"}, {("replaces", "mistyped")}),
        ],
    )
    def test_names_field_and_code(self, changes: dict[str, object], found: set[tuple[str, str]]) -> None:
        assert problems(**changes) == found

    def test_finds_all_problems_at_once(self) -> None:
        assert problems(name="", birth_date="x", language="x", replaces="x") == {
            ("name", "blank"),
            ("birth_date", "not-a-date"),
            ("language", "not-a-language"),
            ("replaces", "mistyped"),
        }

    def test_names_the_character_but_nothing_that_was_typed(self) -> None:
        with pytest.raises(RegistrationRefused) as caught:
            check(replace(REGISTRATION, name="Canary\u202ename"), today=TODAY)

        assert caught.value.problems == (FieldProblem("name", "bad-character", "U+202E RIGHT-TO-LEFT OVERRIDE"),)
        assert "Canary" not in f"{caught.value} {caught.value!r}"


class TestTidy:
    def test_composes_letters_and_single_spaces(self) -> None:
        assert tidy("  Jose\u0301 \u00a0 da   Silva") == "José da Silva"

    @pytest.mark.parametrize("control", ["\n", "\t", "\u2028", "\u202e", "\u200b"])
    def test_leaves_what_is_refused_in_words(self, control: str) -> None:
        assert tidy(f"José{control}da Silva{control}") == f"José{control}da Silva{control}"


class TestRegistration:
    def test_shows_nothing_of_itself(self) -> None:
        assert f"{REGISTRATION!r}" == "Registration(…)"

    def test_may_be_without_a_portrait(self) -> None:
        assert Registration(name="Ana", birth_date="19900101", language="por").portrait_code is None
