"""Draw card.png and themes.png for the documents: python docs/pictures/draw.py.

The codes are made-up characters, nobody's card.
"""

import io
from datetime import date
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from cardservice.printing import portrait, preview, qr_encoder, sample_portraits, themes
from cardservice.printing.card_face import CardFace
from cardservice.printing.layout import CARD_WIDTH, CORNER
from cardservice.printing.optional_lines import LineKind, OptionalLine
from cardservice.printing.themes import ThemeName
from cardservice.printing.wording import wording

GROUND = "#eef1f1"
GAP = 46
COLOURS = {
    ThemeName.TIDE: "#0f5c63",
    ThemeName.LANTERN: "#8c2f39",
    ThemeName.GARDEN: "#2e6b3f",
    ThemeName.LOOM: "#2d4a7c",
}


def main() -> None:
    """One card's two sides, and the four themes below each other."""
    _save(_table([[_face(ThemeName.TIDE)]], share=0.62), "card.png")
    rows = [[_face(theme), _face(theme, declined=True)] for theme in ThemeName]
    _save(_table(rows, share=0.4), "themes.png")


def _table(rows: list[list[CardFace]], *, share: float) -> Image.Image:
    """Fronts and backs as they lie on a table: both sides of the first card of a row, the front of its second."""
    laid = [[*_sides(row[0], share), *(_sides(face, share)[0] for face in row[1:])] for row in rows]
    width, height = laid[0][0].size
    size = (len(laid[0]) * (width + GAP) + GAP, len(laid) * (height + GAP) + GAP)
    table = Image.new("RGB", size, GROUND)
    for down, row in enumerate(laid):
        for across, side in enumerate(row):
            place = (GAP + across * (width + GAP), GAP + down * (height + GAP))
            shape = _rounded(side.size)
            shadow = Image.new("L", table.size, 0)
            shadow.paste(shape.point(lambda value: value * 70 // 255), (place[0], place[1] + 7))
            table.paste("#20302f", (0, 0), shadow.filter(ImageFilter.GaussianBlur(11)))
            table.paste(side, place, shape)
    return table


def _sides(face: CardFace, share: float) -> list[Image.Image]:
    sides = [Image.open(io.BytesIO(preview.picture(face, back=back, dpi=300))) for back in (False, True)]
    return [
        side.resize((round(side.width * share), round(side.height * share)), Image.Resampling.LANCZOS) for side in sides
    ]


def _save(table: Image.Image, name: str) -> None:
    table.quantize(256).save(Path(__file__).with_name(name), optimize=True)


def _face(theme: ThemeName, *, declined: bool = False) -> CardFace:
    return CardFace(
        town="Vila Aberta",
        name="ሰላም ተስፋዬ" if declined else "Karim al-Haddad",
        name_second="Selam Tesfaye" if declined else "كريم الحدّاد",
        language="tir" if declined else "fra",
        language_second="eng" if declined else "ara",
        birth_date="19850312",
        card_number="4B8T-RW05-C1ZQ" if declined else "7H3K-9Q2M-X4ND",
        valid_until=date(2029, 11, 30),
        wording=wording(["en", "fr"]),
        portrait=None if declined else portrait.prepare(sample_portraits.draw(18)).print_jpeg,
        identity_code=_characters(1158),
        residence_code=_characters(300),
        theme=themes.theme(theme, COLOURS[theme]),
        optional_lines=(OptionalLine(LineKind.INTERPRETER, "Arabic"),) if theme is ThemeName.LOOM else (),
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
