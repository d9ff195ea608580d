"""Fingerprints as words: what is said by telephone is what the key is."""

import unicodedata

import pytest
from mnemonic import Mnemonic

from cardservice import fingerprint
from tests.verify.town import TestKey

ZEROS, ONES = "0" * 64, "f" * 64


class TestWords:
    def test_are_twelve_for_the_first_132_bits_most_significant_first(self) -> None:
        # 11 bits a word: 1, 2, 3, … 12, and then 124 bits that are not said.
        bits = "".join(f"{number:011b}" for number in range(1, 13)) + "1" * 124

        said = fingerprint.words(f"{int(bits, 2):064x}", "en")

        assert said == fingerprint.word_list("en")[1:13]

    def test_are_the_reference_implementations_own(self) -> None:
        # The first 128 bits of a BIP-39 sentence are the same eleven words; the twelfth ends in its own checksum.
        thumbprint = TestKey("anchor").public.fingerprint
        reference = Mnemonic("english").to_mnemonic(bytes.fromhex(thumbprint)[:16]).split()

        assert list(fingerprint.words(thumbprint, "en")[:11]) == reference[:11]

    @pytest.mark.parametrize(
        ("language", "first", "last"),
        [
            ("en", "abandon", "zoo"),
            ("fr", "abaisser", "zoologie"),
            ("es", "ábaco", "zurdo"),
            ("pt", "abacate", "zumbido"),
        ],
    )
    def test_are_said_in_the_languages_that_have_a_list(self, language: str, first: str, last: str) -> None:
        assert fingerprint.words(ZEROS, language) == (first,) * 12
        assert fingerprint.words(ONES, language) == (last,) * 12

    def test_are_english_in_every_other_language(self) -> None:
        assert fingerprint.words(ZEROS, "ar") == ("abandon",) * 12

    @pytest.mark.parametrize("place", range(33))
    def test_change_with_every_digit_they_cover(self, place: int) -> None:
        other = ZEROS[:place] + "8" + ZEROS[place + 1 :]

        assert fingerprint.words(other, "en") != fingerprint.words(ZEROS, "en")

    @pytest.mark.parametrize("wrong", ["", "0" * 63, "0" * 65, "g" * 64])
    def test_are_made_of_whole_fingerprints_only(self, wrong: str) -> None:
        with pytest.raises(ValueError):  # noqa: PT011 - from either place
            fingerprint.words(wrong, "en")


class TestWordLists:
    @pytest.mark.parametrize("language", fingerprint.LANGUAGES)
    def test_have_2048_words_of_which_no_two_begin_alike(self, language: str) -> None:
        listed = fingerprint.word_list(language)
        bare = [unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode() for word in listed]

        assert len(listed) == 2048
        assert len({word[:4] for word in bare}) == 2048
        assert all(unicodedata.is_normalized("NFC", word) and word.isalpha() for word in listed)
