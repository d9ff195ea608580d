"""Passwords: length counts, and what everybody chooses is refused."""

import pytest

from cardservice.domain.passwords import LONGEST, SHORTEST, PasswordRefused, check

GOOD = [
    "correct unlikely horse",
    "пароль который длинный",
    "ع" * 3 + "بتثجحخدذر",
    "x7#" * 4 + "q",
    "a" * 60 + "bcd" + "e" * 65,
]


class TestCheck:
    @pytest.mark.parametrize("password", GOOD)
    def test_takes_any_characters(self, password: str) -> None:
        check(password, name="ana")

    @pytest.mark.parametrize(
        ("password", "code"),
        [
            ("", "too-short"),
            ("x7#Kq!2mPz9", "too-short"),
            ("abcd" * 33, "too-long"),
            ("my name is maria-jose 7", "is-the-name"),
            ("MARIA-JOSE is my name", "is-the-name"),
            ("Password2026!", "too-common"),
            ("administrator1", "too-common"),
            ("123456789012", "too-common"),
            ("aaaaaaaaaaaa", "too-common"),
            ("xyxyxyxyxyxyx", "too-common"),
        ],
    )
    def test_refuses_with_a_code(self, password: str, code: str) -> None:
        with pytest.raises(PasswordRefused) as caught:
            check(password, name="maria-jose")

        assert caught.value.code == code
        assert not password or password not in str(caught.value)

    def test_lets_a_name_of_three_letters_be(self) -> None:
        check("banana split sundae", name="ana")

    @pytest.mark.parametrize("length", [SHORTEST, LONGEST])
    def test_takes_both_limits(self, length: int) -> None:
        check(("abcdefgh1 " * 13)[:length], name="maria-jose")
