"""Every letter of every language: what the keyboard shows is held against CLDR.

CLDR's main exemplar set (UTS 35, part 2) is the measure: each of its letters and marks is on a key, or keys spell it.
"""

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from babel import localedata
from playwright.sync_api import Page

from cardservice.web import languages
from cardservice.web.vendor import alphabets
from web.browser.conftest import begin

# What cannot be typed letter by letter, and why.
TOO_MANY = {
    "zho": "Chinese is written with thousands of characters: the page says that the computer's own keyboard is needed",
    "jpn": "kanji: a name is typed in kana, or with the computer's own keyboard",
}
NOT_IN_CLDR = {"rom": "CLDR has no Romani; its keyboard is Finnish, which has the most letters of Latin script"}
BY_HAND = {
    "ukr": "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ь ю я",
    "ara": "ا ب ت ث ج ح خ د ذ ر ز س ش ص ض ط ظ ع غ ف ق ك ل م ن ه و ي ء آ أ إ ؤ ئ ة ى",
    "tur": "a b c ç d e f g ğ h ı i j k l m n o ö p r s ş t u ü v y z",
}
CAPITAL = "İ"  # the one capital that a main set counts, the Turkish: its key shows it where a word begins

# As somebody who opens both pages of the keyboard, and the forms of each letter that has some.
SHOWN = """(code) => {
  const [choice, letters] = [document.querySelector("#language"), document.querySelector("#name + .letters")];
  choice.value = code;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  const seen = new Set();
  const look = () => {
    for (const key of letters.querySelectorAll(".letters__row button:not([data-does])")) {
      if (key.hasAttribute("aria-pressed")) {
        key.click();
        for (const form of letters.querySelectorAll(".letters__forms button")) seen.add(form.textContent);
      } else {
        seen.add(key.dataset.letter ?? key.textContent);
      }
    }
  };
  look();
  const more = letters.querySelector("[data-does=more]");
  if (more) (more.click(), look(), more.click());
  return [...seen];
}"""


@pytest.fixture(scope="module")
def shown(at_work: Page) -> dict[str, set[str]]:
    """The keys of each language."""
    begin(at_work)
    at_work.click("[data-letters-of=name]")
    return {code: set(at_work.evaluate(SHOWN, code)) for code in languages.NAME_LANGUAGES}


def letters_of(code: str) -> Iterator[str]:
    """The letters and marks of the main set, without digits and stops."""
    for one in alphabets.exemplars(alphabets.locale_of(code), "exemplarCharacters"):
        if all(unicodedata.category(character)[0] in "LM" for character in one):
            yield unicodedata.normalize("NFC", one)


def spelt(letter: str, keys: set[str]) -> bool:
    """Whether keys pressed one after the other make a letter."""
    if letter in keys or not letter:
        return not letter or letter in keys
    begins = (key for key in keys if letter.startswith(key))
    if any(spelt(letter[len(key) :], keys) for key in begins):
        return True
    marks = [key for key in keys if unicodedata.category(key[0])[0] == "M"]
    return any(unicodedata.normalize("NFC", key + mark) == letter for key in keys for mark in marks)


class TestEveryLanguage:
    @pytest.mark.parametrize("code", languages.NAME_LANGUAGES)
    def test_has_each_of_its_letters(self, shown: dict[str, set[str]], code: str) -> None:
        keys = shown[code]
        missing = {one for one in letters_of(code) if one != CAPITAL and not spelt(one, keys)}
        if code in TOO_MANY:
            missing = {one for one in missing if not "\u3400" <= one <= "\u9fff"}
        if code == "kor":
            missing = {one for one in missing if not "\uac00" <= one <= "\ud7a3"}  # below, from their letters

        assert missing == set()

    def test_can_lose_no_letter_unseen(self, shown: dict[str, set[str]]) -> None:
        keys = shown["ara"] - {"ك"}

        assert [one for one in letters_of("ara") if not spelt(one, keys)] == ["ك"]

    def test_has_no_key_that_types_what_no_name_may_hold(self, shown: dict[str, set[str]]) -> None:
        wrong = {
            key
            for keys in shown.values()
            for key in keys
            if any(unicodedata.category(one)[0] not in "LMP" for one in key) or key != unicodedata.normalize("NFC", key)
        }

        assert wrong == set()

    def test_is_in_cldr_but_for_those_that_are_named(self) -> None:
        """Only Romani borrows the letters of another language."""
        own = {code: languages.short_code(code).replace("-", "_") for code in languages.NAME_LANGUAGES}
        lent = {code for code, locale in own.items() if not localedata.exists(locale)}

        assert lent == set(NOT_IN_CLDR)

    @pytest.mark.parametrize(("code", "letters"), BY_HAND.items())
    def test_has_the_letters_of_a_primer(self, shown: dict[str, set[str]], code: str, letters: str) -> None:
        """Written out by hand, so that a mistake in reading CLDR is not made twice."""
        assert set(letters.split()) - shown[code] == set()


class TestKorean:
    def test_has_each_syllable_from_its_letters(self, shown: dict[str, set[str]], at_work: Page) -> None:
        syllables = [one for one in letters_of("kor") if "\uac00" <= one <= "\ud7a3"]
        written = [jamo(syllable) for syllable in syllables]
        made = at_work.evaluate(
            "async (written) => { const { join } = await import('/static/letters/hangul.js');"
            " return written.map((letters) => [...letters].reduce((before, letter) => join(before, letter), '')); }",
            written,
        )

        assert len(syllables) == 11_172
        assert made == syllables
        assert set("".join(written)) <= shown["kor"]


def jamo(syllable: str) -> str:
    """The letters of a syllable by the Unicode names of its parts: what closes it may be two."""
    parts: list[Any] = [unicodedata.name(one).split()[-1] for one in unicodedata.normalize("NFD", syllable)]
    names = [*parts[:2], *(parts[2] if len(parts) > 2 else "").split("-")]
    return "".join(unicodedata.lookup(f"HANGUL LETTER {name}") for name in names if name)


class TestTheData:
    def test_is_what_cldr_says_today(self) -> None:
        """The file was made by `make letters`, by nobody's hand."""
        assert (alphabets.OUT / "alphabets.js").read_text(encoding="utf-8") == alphabets.script()
