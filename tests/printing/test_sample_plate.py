"""SAMPLE on whatever a training town prints: in the town's first language, over no code, no name and no other word."""

from datetime import date

import pypdfium2
import pytest

from cardservice.printing import (
    card_back,
    card_front,
    layout,
    media,
    phone_copy,
    poster,
    preview,
    slip,
    staff_sheet,
    wording,
)
from cardservice.printing.poster_page import PosterFace
from cardservice.printing.slip import SlipFace, SlipPaper
from cardservice.scan import qr_texts

WORDS = {"ar": "عيّنة", "en": "SAMPLE", "es": "MUESTRA", "fr": "EXEMPLE", "pt": "EXEMPLO"}


@pytest.fixture
def plates(monkeypatch):
    """A function that draws something and tells each plate on it: its word and its place in millimetres."""

    def of(draw):
        found = []
        monkeypatch.setattr("cardservice.printing.sample_plate.draw", lambda _side, *told: found.append(told))
        draw()
        return found

    return of


def posters(**changes):
    return PosterFace(
        town="Vila Aberta", languages=("en", "fr"), address="https://vila-aberta.example/kit/", fingerprint="ab" * 32,
        words={"en": ("word",) * 12, "fr": ("mot",) * 12}, colour="#0b4f6c", **changes,
    )  # fmt: skip


def slips(**changes):
    return SlipFace(
        town="Vila Aberta", card_number="7H3K-9Q2M-X4ND", valid_until=date(2029, 11, 30), slip_code="AB-CD",
        address="https://vila-aberta.example/lost", colour="#0b4f6c", **{"language": "en", **changes},
    )  # fmt: skip


@pytest.mark.parametrize("language", sorted(wording.WORDS))
def test_the_word_stands_on_both_sides_in_the_towns_first_language(make_face, plates, language):
    face = make_face(sample=True, wording=wording.wording([language, "en"]))

    found = plates(lambda: media.pdf([face], media.CR80))

    assert [word for word, *_ in found] == [WORDS[language]] * 2


def test_it_lies_on_no_code_and_no_name(make_face, plates):
    face = make_face(sample=True)

    ((_, left, top, width, height), (_, back, _, wide, _)) = plates(lambda: media.pdf([face], media.CR80))

    code, identity = layout.front_code(face.residence_code).panel, layout.back_code(face.identity_code).panel
    assert left >= card_front.PORTRAIT_LEFT
    assert left + width <= card_front.FIELDS_LEFT < code[0]
    assert top >= card_front.PORTRAIT_TOP
    assert top + height <= card_front.MICROTEXT_TOP < card_front.NAME_TOP
    assert back + wide <= card_back.COLUMN <= identity[0]


def test_both_codes_still_scan(make_face):
    face = make_face(sample=True)

    front, back = (preview.picture(face, back=back, dpi=300) for back in (False, True))

    assert (qr_texts(front), qr_texts(back)) == ([face.residence_code], [face.identity_code])


def test_both_codes_on_a_telephone_still_scan(make_face):
    face = make_face(sample=True)

    assert sorted(qr_texts(phone_copy.png(face))) == sorted([face.identity_code, face.residence_code])


@pytest.mark.parametrize(
    ("count", "draw"),
    [
        (1, lambda _face, sample: slip.pdf(slips(sample=sample), SlipPaper.A6)),
        (1, lambda _face, sample: slip.pdf(slips(sample=sample), SlipPaper.RECEIPT)),
        (1, lambda _face, sample: poster.pdf(posters(sample=sample))),
        (2, lambda _face, sample: staff_sheet.pdf(posters(sample=sample))),
        (2, lambda face, sample: phone_copy.pdf(face(sample=sample))),
        (2, lambda face, sample: media.pdf([face(sample=sample)], media.CR80)),
    ],
    ids=["a6", "receipt", "poster", "staff", "telephone", "card"],
)
def test_it_is_on_every_paper_of_a_training_town_and_on_none_of_another(make_face, plates, count, draw):
    assert len(plates(lambda: draw(make_face, True))) == count
    assert plates(lambda: draw(make_face, False)) == []


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_slip_says_it_in_its_own_language_on_one_page(plates, language):
    pages = []

    found = plates(lambda: pages.extend(pypdfium2.PdfDocument(slip.pdf(slips(language=language, sample=True), "a6"))))

    assert ([word for word, *_ in found], len(pages)) == ([WORDS[language]], 1)
