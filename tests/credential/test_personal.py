"""What may stand on a card about its holder."""

from datetime import date

import pytest

from cardservice.credential import personal
from cardservice.credential.personal import (
    InvalidBirthDate,
    InvalidLanguage,
    InvalidName,
    InvalidPersonalData,
    InvalidPortrait,
)

TODAY = date(2026, 11, 22)


class TestCheckName:
    @pytest.mark.parametrize(
        "name",
        [
            "Ó",
            "Sukarno",
            "Karim al-Haddad",
            "Siobhán O’Connor-Smith",
            "María José de la Cruz y Núñez",
            "كريم الحدّاد",
            "שָׂרָה",
            "Nguyễn Thị Ánh",
            "ஸ்ரீராம்",
            "क्\u200dष",
            "می\u200cخواهم",
            "ক\u09cd\u200dষ",
            "ශ\u0dca\u200dරී",
            "ന\u0d4d\u200cമ",
            "ក\u200cខ",
            "က\u200cခ",
            "ܐ\u200cܒ",
            "ߊ\u200cߋ",
            "ᠠ\u200dᠡ",
            "ཀ\u200cཁ",
            "王小明",
            "ﷲ",
            "አበበ ቢቂላ",
            "x" * 128,
            "𐤃𐤅𐤃",
            "Jr. 3rd, J.",
            "辻\U000e0100本",
            "芦\ufe00田",
            "ᠠ\u180bᠡ",
            "مـحـمد",
            "བསྒྲུབས",
            "q" + "\u0323" * 8,
        ],
    )
    def test_takes_names_as_people_write_them(self, name: str) -> None:
        personal.check_name(name)

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("", "blank"),
            ("   ", "blank"),
            ("x" * 129, "too-long"),
            (" Ana", "spaces"),
            ("Ana ", "spaces"),
            ("Ana  Silva", "spaces"),
            ("Ana\u00a0Silva", "spaces"),
            ("Jose\u0301", "not-normalised"),
            ("Ana\u202eavliS", "bad-character"),
            ("Ana\u2067Silva", "bad-character"),
            ("Ana\x1b[2J", "bad-character"),
            ("Ana\nSilva", "bad-character"),
            ("Ana\u2028Silva", "bad-character"),
            ("Ana\x00", "bad-character"),
            ("Ana\u200bSilva", "bad-character"),
            ("\u200dAna", "bad-character"),
            ("Ana\u200c", "bad-character"),
            ("Ana \u200cSilva", "bad-character"),
            ("می\u200c", "bad-character"),
            ("\u200cمی", "bad-character"),
            ("می\u200c\u200cخواهم", "bad-character"),
            ("می\u200c،خواهم", "bad-character"),
            ("می\u200cAna", "bad-character"),
            ("Ana\u200cمی", "bad-character"),
            ("Ana\ufeff", "bad-character"),
            ("Ana\ue000", "bad-character"),
            ("Ana\ud800", "bad-character"),
            ("Ana\u0378", "bad-character"),
            ("Ana 😀", "bad-character"),
            ("Ana🏽", "bad-character"),
            ("Ana\U000e0041", "bad-character"),
            ("\u3164", "bad-character"),
            ("Ka\u3164rim", "bad-character"),
            ("Ka\u034frim", "bad-character"),
            ("Karim\ufe0f", "bad-character"),
            ("\ufe0fKarim", "bad-character"),
            ("Ka\u180brim", "bad-character"),
            ("\u180bKarim", "bad-character"),
            ("Karim\U000e0100", "bad-character"),
            ("辻\u180b", "bad-character"),
            ("ᠠ\ufe00", "bad-character"),
            ("김\u115f수", "bad-character"),
            ("q" + "\u0323" * 9, "bad-character"),
            ("ـ", "no-letter"),
            ("ـ ــ", "no-letter"),
            ("...", "no-letter"),
            ("123", "no-letter"),
        ],
    )
    def test_refuses(self, name: str, code: str) -> None:
        with pytest.raises(InvalidName) as refused:
            personal.check_name(name)

        assert refused.value.code == code

    @pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
    @pytest.mark.parametrize(
        "name",
        [
            "Ana",
            "Ñuñez",
            "ffi",
            "Άννα",
            "Анна",
            "שרה",
            "ანა",
            "Աննա",
            "王小明",
            "はな",
            "ハナ",
            "김철수",
            "አበበ",
            "𗀀𗀁",
        ],
    )
    def test_refuses_what_would_look_like_another_name(self, name: str, joiner: str) -> None:
        personal.check_name(name)

        with pytest.raises(InvalidName) as refused:
            personal.check_name(name[0] + joiner + name[1:])

        assert refused.value.code == "bad-character"

    def test_names_the_character_and_not_the_person(self) -> None:
        with pytest.raises(InvalidName) as refused:
            personal.check_name("Ana\u202eSilva")

        assert refused.value.character == "U+202E RIGHT-TO-LEFT OVERRIDE"
        assert "Ana" not in str(refused.value)


class TestEarliestBirth:
    @pytest.mark.parametrize(
        ("text", "day"), [("19900405", "1990-04-05"), ("19900400", "1990-04-01"), ("19900000", "1990-01-01")]
    )
    def test_is_the_first_day_that_fits(self, text: str, day: str) -> None:
        assert personal.earliest_birth(text).isoformat() == day

    @pytest.mark.parametrize("text", ["", "19900015", "19900230", "1990"])
    def test_is_of_birth_dates_only(self, text: str) -> None:
        with pytest.raises(InvalidBirthDate):
            personal.earliest_birth(text)


class TestCheckBirthDate:
    @pytest.mark.parametrize("text", ["19900405", "20000229", "20261122", "19900400", "19900000", "18760101"])
    def test_takes_a_day_a_month_or_a_year(self, text: str) -> None:
        personal.check_birth_date(text, TODAY)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "not-a-date"),
            ("1990-04-05", "not-a-date"),
            ("19900230", "not-a-date"),
            ("19010229", "not-a-date"),
            ("19901301", "not-a-date"),
            ("19900015", "not-a-date"),
            ("00000000", "not-a-date"),
            ("١٩٩٠٠٤٠٥", "not-a-date"),
            ("199004 5", "not-a-date"),
            ("20261123", "in-the-future"),
            ("20261200", "in-the-future"),
            ("20270000", "in-the-future"),
            ("18751231", "too-long-ago"),
        ],
    )
    def test_refuses(self, text: str, code: str) -> None:
        with pytest.raises(InvalidBirthDate) as refused:
            personal.check_birth_date(text, TODAY)

        assert refused.value.code == code
        assert refused.value.__cause__ is None


class TestCheckLanguage:
    def test_takes_three_small_letters(self) -> None:
        personal.check_language("ara")

    @pytest.mark.parametrize("code", ["", "ar", "ARA", "arab", "a1a", "аra"])
    def test_refuses_anything_else(self, code: str) -> None:
        with pytest.raises(InvalidLanguage):
            personal.check_language(code)


class TestCheckPortrait:
    def test_takes_webp_within_the_limit(self) -> None:
        personal.check_portrait(b"RIFF\0\0\0\0WEBP".ljust(personal.PORTRAIT_LIMIT))

    @pytest.mark.parametrize(
        ("picture", "code"),
        [
            (b"RIFF\0\0\0\0WEBP".ljust(personal.PORTRAIT_LIMIT + 1), "too-large"),
            (b"\xff\xd8\xff\xe0", "not-webp"),
            (b"", "not-webp"),
            (b"RIFF\0\0\0\0WAVE", "not-webp"),
        ],
    )
    def test_refuses(self, picture: bytes, code: str) -> None:
        with pytest.raises(InvalidPortrait) as refused:
            personal.check_portrait(picture)

        assert refused.value.code == code


def test_every_refusal_is_of_one_family() -> None:
    assert issubclass(InvalidName, InvalidPersonalData)
