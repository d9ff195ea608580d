"""Every shape of name that we know of is printed, scanned off the page, verified, and the same to the last letter."""

import json
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from qr_codes import qr_codes

from cardservice.credential.claims import CardClaims
from cardservice.credential.personal import InvalidPersonalData, check_name
from cardservice.domain import card_numbers, registration
from cardservice.printing import media, text
from cardservice.printing.card_face import CardFace
from cardservice.printing.wording import wording
from cardservice.verify import Outcome, verify
from tests.verify.town import NOON, Town

NAMES = [json.loads(line) for line in (Path(__file__).parent / "names.jsonl").read_text("utf-8").splitlines()]
# The scripts that the card was asked to write.
SCRIPTS = {
    "Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Ethiopic", "Georgian", "Khmer", "Thai", "Chinese",
    "Japanese", "Korean", "Cyrillic", "Latin",
}  # fmt: skip
TOWN = Town()
EMOJI = ["😀", "Ana 😀", "👩🏽‍🦱 Zoe", "Zoe ❤️", "🇵🇹 Rui", "1️⃣ Ana", "Bo™️", "Ana ☎"]


class TestCorpus:
    def test_has_every_script_and_every_length_from_1_to_128(self):
        lengths = {len(one["name"]) for one in NAMES}

        assert len(NAMES) >= 300
        assert len({one["name"] for one in NAMES}) == len(NAMES)
        assert {one["script"] for one in NAMES} >= SCRIPTS
        assert {1, 128} <= lengths
        assert len(lengths) >= 40
        assert sum("’" in one["name"] or "'" in one["name"] for one in NAMES) >= 15
        assert sum("-" in one["name"] or "־" in one["name"] for one in NAMES) >= 15
        assert sum(any(unicodedata.combining(char) for char in one["name"]) for one in NAMES) >= 50

    def test_is_taken_at_the_counter_as_it_is_written(self):
        for one in NAMES:
            check_name(one["name"])
            assert registration.tidy(one["name"]) == one["name"]

    def test_comes_back_off_the_page_verified_and_letter_for_letter(self, printed):
        assert [one["name"] for one in NAMES if one["name"] not in printed.verified.values()] == []
        assert [name for number, name in printed.signed.items() if printed.verified[number] != name] == []

    def test_can_be_copied_off_the_front_where_it_is_written_from_the_left(self, printed):
        from_the_left = [one["name"] for one in NAMES if _from_the_left(one["name"])]

        assert len(from_the_left) > 250
        assert [name for name in from_the_left if _tight(name) not in printed.copied] == []


class TestEmoji:
    @pytest.mark.parametrize("name", EMOJI)
    def test_are_refused_at_the_counter_or_at_the_latest_before_printing(self, name):
        try:
            check_name(registration.tidy(name))
        except InvalidPersonalData:
            return
        assert text.missing(name) != ()


@dataclass(frozen=True)
class Printed:
    """By card number what was signed, and what the verifier says of the scanned code; and all words of the fronts."""

    signed: dict[str, str]
    verified: dict[str, str]
    copied: str


@pytest.fixture(scope="module")
def printed() -> Printed:
    """All names on sheets of ten; the backs rendered once at 300 dots an inch, as a printer does, and scanned."""
    cards = [_signed(one["name"], one["language"], seed) for seed, one in enumerate(NAMES)]
    kit, verified, copied = TOWN.kit(), {}, []
    for document in _sheets(cards):
        copied.append(_tight(document[0].get_textpage().get_text_range()))
        page = document[1].render(scale=300 / 72, grayscale=True).to_pil()
        for code in qr_codes(page):
            verdict = verify(code.text, kit, now=NOON)
            assert verdict.verdict is Outcome.VALID
            verified[verdict.card_number] = verdict.name
    return Printed({card.card_number: card.name for card in cards}, verified, " ".join(copied))


def _signed(name: str, language: str, seed: int) -> CardClaims:
    number = card_numbers.draw(lambda count: random.Random(seed).randbytes(count))
    return TOWN.claims(name=name, language=language, card_number=number, portrait=None)


def _sheets(cards: list[CardClaims]) -> Iterator[pypdfium2.PdfDocument]:
    for start in range(0, len(cards), media.A4.positions):
        faces = [_face(card) for card in cards[start : start + media.A4.positions]]
        with pypdfium2.PdfDocument(media.pdf(faces, media.A4)) as document:
            yield document


def _face(card: CardClaims) -> CardFace:
    return CardFace(
        town="Vila Aberta",
        name=card.name,
        language=card.language,
        birth_date=card.birth_date,
        card_number=card_numbers.grouped(card.card_number),
        valid_until=date(2028, 11, 21),
        wording=wording(["en", "fr"]),
        identity_code=TOWN.text(card),
    )


def _from_the_left(name: str) -> bool:
    return not any(unicodedata.bidirectional(char) in ("R", "AL") for char in name)


def _tight(words: str) -> str:
    """Without what lines and readers put between letters."""
    return "".join(words.split())
