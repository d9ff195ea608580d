"""Draw card.png for the README: python docs/pictures/draw.py. Its two codes are made-up characters, nobody's card."""

import io
from datetime import date
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from cardservice.printing import portrait, preview, qr_encoder, sample_portraits
from cardservice.printing.card_face import CardFace
from cardservice.printing.layout import CARD_WIDTH, CORNER
from cardservice.printing.wording import wording

GROUND = "#eef1f1"
GAP = 46


def main() -> None:
    """Front and back, side by side, as they lie on a table."""
    sides = [Image.open(io.BytesIO(side)) for side in preview.picture(_face(), dpi=300)]
    sides = [
        side.resize((round(side.width * 0.62), round(side.height * 0.62)), Image.Resampling.LANCZOS) for side in sides
    ]
    width, height = sides[0].size
    table = Image.new("RGB", (2 * width + 3 * GAP, height + 2 * GAP), GROUND)
    for number, side in enumerate(sides):
        place = (GAP + number * (width + GAP), GAP)
        shape = _rounded(side.size)
        shadow = Image.new("L", table.size, 0)
        shadow.paste(shape.point(lambda value: value * 70 // 255), (place[0], place[1] + 7))
        table.paste("#20302f", (0, 0), shadow.filter(ImageFilter.GaussianBlur(11)))
        table.paste(side, place, shape)
    table.quantize(256).save(Path(__file__).with_name("card.png"), optimize=True)


def _face() -> CardFace:
    return CardFace(
        town="Vila Aberta",
        name="Karim al-Haddad",
        name_second="كريم الحدّاد",
        language="fra",
        language_second="ara",
        birth_date="19850312",
        card_number="7H3K-9Q2M-X4ND",
        valid_until=date(2029, 11, 30),
        wording=wording(["en", "fr"]),
        portrait=portrait.prepare(sample_portraits.draw(18)).print_jpeg,
        identity_code=_characters(1158),
        residence_code=_characters(300),
    )


def _characters(count: int) -> str:
    digests = b"".join(sha256(bytes([number])).digest() for number in range(count // 32 + 1))
    return "".join(qr_encoder.ALPHABET[byte % 45] for byte in digests[:count])


def _rounded(size: tuple[int, int]) -> Image.Image:
    large = Image.new("L", (size[0] * 4, size[1] * 4), 0)
    radius = round(CORNER / CARD_WIDTH * large.width)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius, fill=255)
    return large.resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
