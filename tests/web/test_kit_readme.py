"""What the kit says to whoever mirrors it: in the town's languages, with every command and the fingerprint."""

import hashlib
import re
import string

import pytest

from cardservice import catalogues, fingerprint
from cardservice.web import kit, kit_readme

FINGERPRINT = hashlib.sha256(b"anchor").hexdigest()
LANGUAGES = ("en", "fr", "es", "pt", "ar")
ADDRESS = "https://id.vila-aberta.example/kit/"


def note(language: str) -> str:
    files = kit_readme.files([language], town="Vila Aberta", address=ADDRESS, fingerprint=FINGERPRINT, days=14)
    return files["README.txt"].decode()


class TestLanguages:
    def test_are_the_towns_with_its_first_as_the_one_that_everybody_opens(self) -> None:
        files = kit_readme.files(["fr", "ar"], town="V", address=ADDRESS, fingerprint=FINGERPRINT, days=14)

        assert files.keys() == {"README.txt", "README.fr.txt", "README.ar.txt"}
        assert files["README.txt"] == files["README.fr.txt"] != files["README.ar.txt"]

    def test_are_english_where_nothing_is_worded_in_the_towns(self) -> None:
        files = kit_readme.files(["tlh", "xx"], town="V", address=ADDRESS, fingerprint=FINGERPRINT, days=14)

        assert files.keys() == {"README.txt", "README.en.txt"}

    def test_leave_out_one_that_is_not_worded(self) -> None:
        files = kit_readme.files(["xx", "pt"], town="V", address=ADDRESS, fingerprint=FINGERPRINT, days=14)

        assert files.keys() == {"README.txt", "README.pt.txt"}

    def test_are_all_that_there_is_wording_for(self) -> None:
        assert all(kit_readme.wording(language) for language in catalogues.folders())
        assert set(catalogues.folders()) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryNote:
    def test_says_what_everybody_needs(self, language: str) -> None:
        said = note(language)

        for needed in (
            "Vila Aberta",
            ADDRESS,
            "sha256sum -c SHA256SUMS",
            f"cardverify update --pages --from {ADDRESS} ",
            "python3 -m http.server --directory ",
            "cardverify --kit ",
            "Access-Control-Allow-Origin: *",
            "Cache-Control: no-cache",
            "14",
        ):
            assert needed in said, needed

    def test_has_the_anchors_fingerprint_in_digits_and_in_words(self, language: str) -> None:
        said = note(language)

        assert FINGERPRINT in re.sub(r"[^0-9a-f]", "", said.split("card")[-1])
        assert said.split()[-12:] == list(fingerprint.words(FINGERPRINT, language))

    def test_names_the_types_that_the_service_sends(self, language: str) -> None:
        said = re.findall(r"^  (\S+) +Content-Type: (\S+)$", note(language), re.M)

        assert len(said) == 7
        for name, kind in said:
            assert kit.media_type(name.replace("*", "1")).split(";")[0] == kind

    def test_fits_a_window_and_ends_no_line_with_a_space(self, language: str) -> None:
        lines = note(language).splitlines()

        assert max(len(line) for line in lines) <= 122
        assert [line for line in lines if line != line.rstrip()] == []

    def test_leaves_no_place_unfilled(self, language: str) -> None:
        wording = kit_readme.wording(language)
        places = [name for _, name, _, _ in string.Formatter().parse(wording) if name]

        assert set(places) == {"town", "address", "days", "digits", "words"}
        assert "{" not in note(language)
