"""A form that was filled in at home: its answers, or why there are none. Never anything else, whatever a code says."""

from datetime import UTC, date, datetime

import filled_in
import pytest
from filled_in import (
    BIRTH_DATE,
    ISSUER,
    LANGUAGE,
    LANGUAGE_SECOND,
    NAME,
    NAME_SECOND,
    TOWN,
    code,
    sealed,
)
from hostile_names import MARKUP
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45, cbor
from cardservice.credential.base45 import ALPHABET
from cardservice.credential.errors import Reason
from cardservice.domain import prefill
from cardservice.domain.prefill import TEXT_LIMIT, Prefilled, PrefillRefused, WhyNotFilled
from cardservice.verify import Kit, verify

TODAY = date(2026, 11, 23)
WHOLE = Prefilled(
    name="Karim al-Haddad",
    language="eng",
    birth_date="19850327",
    name_second="كريم الحدّاد",
    language_second="ara",
)


def read(text: str) -> Prefilled:
    return prefill.read(text, issuer=ISSUER, today=TODAY)


def why(text: str) -> WhyNotFilled:
    with pytest.raises(PrefillRefused) as refused:
        read(text)
    return refused.value.why


class TestAFormsCode:
    def test_says_every_answer(self) -> None:
        assert read(code()) == WHOLE

    def test_needs_no_second_name(self) -> None:
        filled = read(code(without=(NAME_SECOND, LANGUAGE_SECOND)))

        assert (filled.name_second, filled.language_second) == (None, None)

    @pytest.mark.parametrize("end", ["\r\n", "\t", "\n"])
    def test_may_come_with_the_end_key_of_a_scanner(self, end: str) -> None:
        assert read(code() + end) == WHOLE

    def test_may_write_a_name_in_two_bytes_a_letter(self) -> None:
        assert read(code({NAME_SECOND: "كريم الحدّاد".encode("utf-16-be")})) == WHOLE

    def test_may_leave_day_and_month_open(self) -> None:
        assert read(code({BIRTH_DATE: "19850000"})).birth_date == "19850000"

    def test_is_tidied_as_a_typed_name_is(self) -> None:
        assert read(code({NAME: "  Karim  al-Haddad"})).name == "Karim al-Haddad"

    @pytest.mark.parametrize("letter", ["a", "ك", "王", "\U0001e900"])
    def test_has_room_for_two_names_of_128_characters(self, letter: str) -> None:
        names = {NAME: letter * 128, NAME_SECOND: letter * 128}

        assert read(code(names)).name == letter * 128
        assert len(code(names)) <= TEXT_LIMIT

    def test_shows_no_answer_in_a_log(self) -> None:
        assert repr(WHOLE) == "Prefilled(…)"


class TestAnythingElse:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "https://shop.example/1",
            "cardform1:ABC",
            "CARDFORM:",
            "CARDFORM1",
            "CARDFORM٢:",
            " " + code(),
            *MARKUP[:3],
        ],
    )
    def test_is_no_form(self, text: str) -> None:
        assert why(text) is WhyNotFilled.NOT_A_FORM

    @pytest.mark.parametrize("beginning", ["CARDFORM0:", "CARDFORM2:", "CARDFORM01:", "CARDFORM999:"])
    def test_is_of_another_version(self, beginning: str) -> None:
        assert why(sealed(b"", beginning=beginning)) is WhyNotFilled.OTHER_VERSION

    def test_is_of_another_version_where_it_has_answers_that_this_one_does_not_know(self) -> None:
        assert why(code({9: "something new"})) is WhyNotFilled.OTHER_VERSION
        assert why(code({"gender": "something new"})) is WhyNotFilled.OTHER_VERSION

    def test_is_for_another_town(self) -> None:
        assert why(code({TOWN: prefill.town_mark("https://outra.example")})) is WhyNotFilled.OTHER_TOWN

    def test_is_for_another_town_where_its_mark_is_no_mark(self) -> None:
        assert why(code({TOWN: "Vila Aberta"})) is WhyNotFilled.OTHER_TOWN

    def test_is_too_long(self) -> None:
        assert why("A" * 100_000) is WhyNotFilled.TOO_LONG
        assert why("CARDFORM1:" + "A" * (TEXT_LIMIT - 9)) is WhyNotFilled.TOO_LONG

    @pytest.mark.parametrize(
        "text",
        [
            "CARDFORM1:",
            "CARDFORM1:a",
            "CARDFORM1:::::",
            "CARDFORM1:<script>",
            "CARDFORM1:" + base45.encode(b"abc"),
            code()[:-3],
            sealed(b""),
            sealed(b"\xa1\x04"),
            sealed(cbor.encode([1, 2])),
            code(without=(TOWN,)),
            code({NAME: 7}),
            code({NAME: None}),
            code({NAME: ["Karim"]}),
            code({NAME: b"odd"}),
            code({NAME: b"\xd8\x00"}),
            code({BIRTH_DATE: 19850327}),
        ],
    )
    def test_is_damaged(self, text: str) -> None:
        assert why(text) is WhyNotFilled.DAMAGED

    @pytest.mark.parametrize(
        "changes",
        [
            {NAME: ""},
            {NAME: "   "},
            {NAME: "a" * 129},
            {NAME: "Karim\u202e"},
            {NAME: "Karim\n"},
            {NAME: "123"},
            {NAME_SECOND: ""},
            {NAME_SECOND: "ك" * 129},
            {LANGUAGE: "english"},
            {LANGUAGE_SECOND: ""},
            {BIRTH_DATE: ""},
            {BIRTH_DATE: "19850231"},
            {BIRTH_DATE: "20270101"},
            {BIRTH_DATE: "18000101"},
            {BIRTH_DATE: "27 3 1985"},
        ],
    )
    def test_has_answers_that_cannot_stand_on_a_card(self, changes: dict[int | str, object]) -> None:
        assert why(code(changes)) is WhyNotFilled.ANSWERS

    @pytest.mark.parametrize("left_out", [NAME, LANGUAGE, BIRTH_DATE, NAME_SECOND, LANGUAGE_SECOND])
    def test_lacks_an_answer(self, left_out: int) -> None:
        assert why(code(without=(left_out,))) is WhyNotFilled.ANSWERS

    @pytest.mark.parametrize("markup", [text for text in MARKUP if "<" in text or ">" in text])
    def test_is_markup_in_the_place_of_a_name(self, markup: str) -> None:
        assert why(code({NAME: markup})) is WhyNotFilled.ANSWERS
        assert why(code({NAME_SECOND: markup})) is WhyNotFilled.ANSWERS


class TestWhateverACodeSays:
    @given(st.text(max_size=200))
    def test_a_text_is_read_or_refused(self, text: str) -> None:
        assert answered(text)

    @given(st.text(st.sampled_from(ALPHABET.decode()), max_size=200))
    def test_a_text_that_begins_like_a_form_is_read_or_refused(self, text: str) -> None:
        assert answered("CARDFORM1:" + text)

    @given(st.binary(max_size=120))
    def test_any_content_under_a_good_checksum_is_read_or_refused(self, content: bytes) -> None:
        assert answered(sealed(content))

    @given(
        st.dictionaries(
            st.sampled_from(list(filled_in.ANSWERS)), st.text() | st.binary() | st.integers(0, 9), max_size=6
        )
    )
    def test_any_answers_are_read_or_refused(self, answers: dict[int | str, object]) -> None:
        assert answered(code(answers))

    @given(st.integers(10, len(code()) - 1), st.sampled_from(ALPHABET.decode()))
    def test_one_wrong_character_is_noticed(self, place: int, character: str) -> None:
        text = code()[:place] + character + code()[place + 1 :]

        assert text == code() or why(text) is WhyNotFilled.DAMAGED

    @given(st.integers(0, len(code()) - 1))
    def test_a_part_of_a_code_fills_nothing(self, length: int) -> None:
        assert why(code()[:length]) in {WhyNotFilled.NOT_A_FORM, WhyNotFilled.DAMAGED}

    def test_a_refusal_repeats_none_of_it(self) -> None:
        with pytest.raises(PrefillRefused) as refused:
            read(code({NAME: "Zebedee <b>"}))

        assert "Zebedee" not in str(refused.value)
        assert refused.value.__cause__ is None


def answered(text: str) -> bool:
    """Whether a text was read, or refused in words."""
    try:
        return isinstance(read(text), Prefilled)
    except PrefillRefused as refused:
        return refused.why in WhyNotFilled


class TestAVerifier:
    @pytest.mark.parametrize("text", [code(), code(without=(NAME_SECOND, LANGUAGE_SECOND)), sealed(b"")])
    def test_calls_it_no_card(self, text: str) -> None:
        verdict = verify(text, Kit.from_files({}, anchor=None), now=datetime(2026, 11, 23, tzinfo=UTC))

        assert verdict.reason is Reason.NOT_A_CARD
