"""A card's codes as a picture for a telephone: it reads, it fits, and it says nobody's name."""

from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from cardservice.printing import phone_copy
from cardservice.printing.card_face import CardFace
from cardservice.printing.phone_copy import NothingToCopy
from cardservice.printing.wording import wording
from cardservice.scan import qr_texts

# As long as the longest that a card has (docs/decisions/0014), and nobody's.
IDENTITY, RESIDENCE = "7K2M$%*+-./:" * 97, "NCFOXN%TSMAHN-H" * 20


def face(*languages: str, **changed: str | None) -> CardFace:
    said = {"identity_code": IDENTITY, "residence_code": RESIDENCE} | changed
    return CardFace(
        town="Vila Aberta", name="Karim al-Haddad", birth_date="19920229", card_number="7K2M-PX4Q-9T0A",
        valid_until=date(2028, 11, 25), wording=wording(languages or ("fr", "ar")), **said,
    )  # fmt: skip


class TestThePicture:
    def test_reads_as_both_codes(self) -> None:
        assert set(qr_texts(phone_copy.png(face()))) == {IDENTITY, RESIDENCE}

    def test_fills_a_telephone(self) -> None:
        with Image.open(BytesIO(phone_copy.png(face()))) as picture:
            assert picture.size == (1276, 2268)


class TestThePage:
    @pytest.mark.parametrize("languages", [("fr",), ("en", "fr", "ar")])
    def test_reads_as_both_codes_and_says_number_and_day_whole(self, languages: tuple[str, ...]) -> None:
        pdf = phone_copy.pdf(face(*languages))

        assert set(qr_texts(pdf)) == {IDENTITY, RESIDENCE}
        with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
            (page,) = document
            text = page.get_textpage()
            said = text.get_text_range()
            lowest = min(text.get_charbox(index)[1] for index in range(text.count_chars()) if said[index].strip())
        assert "7K2M-PX4Q-9T0A" in said
        assert "2028-11-25" in said
        assert lowest > 6, "the last line is on the page, with air below"

    def test_says_no_name_and_no_birth_date(self) -> None:
        pdf = phone_copy.pdf(face())

        with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
            said = document[0].get_textpage().get_text_range()
        assert "Karim" not in said
        assert "1992" not in said

    def test_is_not_made_of_a_card_without_codes(self) -> None:
        with pytest.raises(NothingToCopy):
            phone_copy.pdf(face(identity_code=None))
