"""Other people's ways to print the same cards on A4 sheets of ten, front and back, as each way's own manual has it.

fpdf2 and WeasyPrint are handed both codes, made outside the time that is measured: fpdf2 as the dark runs of each row,
because only what it draws itself can be in black ink alone, as card printers need it; WeasyPrint as SVG, which stays
sharp in HTML. With BENCH_FINEST both get pictures of one pixel a module instead, in grey: the fastest either can do.
The pretix way is that of its tickets: reportlab draws with its own QR widget, and pypdf merges a background into every
page; encoding is in its time. All write what is written on a card, in the typefaces that we print with; lines are
broken for them. None draws the fine lines, the microtext and the theme, which ours have.
"""

import base64
import io
import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from itertools import islice

import fpdf
import pypdf
from fpdf.drawing import DeviceCMYK
from PIL import Image
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from cardservice.medium import A4, CARD_HEIGHT, CARD_WIDTH
from cardservice.printing import qr_image, typefaces
from cardservice.printing.card_face import CardFace
from cardservice.printing.paper import mm
from cardservice.printing.text_fit import Setter
from cardservice.printing.wording import Wording

_REGULAR, _ARABIC = typefaces.FOLDER / "NotoSans-400.ttf", typefaces.FOLDER / "NotoNaskhArabic-400.ttf"
FINEST = "BENCH_FINEST" in os.environ
_FRONT_CODE, _BACK_CODE = 29.0, 46.0  # millimetres


def fpdf2(faces: Sequence[CardFace]) -> bytes:
    """With shaping, as names need it."""
    pdf = fpdf.FPDF(format="A4")
    pdf.add_font("Noto", fname=_REGULAR)
    pdf.add_font("Naskh", fname=_ARABIC)
    pdf.set_text_shaping(True)
    for sheet in _sheets(faces):
        pdf.add_page()
        for position, face in enumerate(sheet, start=1):
            left, top = A4.corner(position)
            pdf.image(io.BytesIO(face.portrait or b""), x=left + 4, y=top + 13.6, w=19.2, h=24)
            _fpdf2_code(pdf, face.residence_code, left + 52, top + 14, _FRONT_CODE)
            for text, right, down, size in _texts(face):
                pdf.set_font(
                    "Naskh" if text == face.name_second and face.language_second == "ara" else "Noto", size=size
                )
                pdf.text(left + right, top + down, text)
        pdf.add_page()
        for position, face in enumerate(sheet, start=1):
            left, top = A4.corner(position, back=True)
            _fpdf2_code(pdf, face.identity_code, left + 36, top + 4, _BACK_CODE)
            for text, right, down, size in _back_texts(face.town, face.wording):
                pdf.set_font("Noto", size=size)
                pdf.text(left + right, top + down, text)
    return bytes(pdf.output())


def _fpdf2_code(pdf: fpdf.FPDF, text: str | None, left: float, top: float, side: float) -> None:
    if FINEST:
        pdf.image(_code(text), x=left, y=top, w=side, h=side)
        return
    pdf.set_fill_color(DeviceCMYK(0, 0, 0, 1))
    rows = _runs(text)
    module = side / len(rows)
    for row, runs in enumerate(rows):
        for start, end in runs:
            pdf.rect(left + start * module, top + row * module, (end - start) * module, module, style="F")


def weasyprint(faces: Sequence[CardFace]) -> bytes:
    """HTML with a place for every card."""
    # Not at the top: it tells Pillow to take truncated pictures for whole ones, in all of the process.
    import weasyprint as weasy

    pages = []
    for sheet in _sheets(faces):
        for back in (False, True):
            cards = "".join(_html(face, *A4.corner(n, back=back), back) for n, face in enumerate(sheet, start=1))
            pages.append(f"<section>{cards}</section>")
    made: bytes = weasy.HTML(string=f"<style>{_CSS}</style>{''.join(pages)}").write_pdf()
    return made


def pretix_way(faces: Sequence[CardFace]) -> bytes:
    """Draw, then merge each page with the background that all share."""
    _register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(mm(A4.width), mm(A4.height)))
    for sheet in _sheets(faces):
        for position, face in enumerate(sheet, start=1):
            left, top = A4.corner(position)
            portrait = ImageReader(io.BytesIO(face.portrait or b""))
            canvas.drawImage(portrait, mm(left + 4), _up(top + 37.6), mm(19.2), mm(24))
            _widget(canvas, face.residence_code, left + 52, top + 14, _FRONT_CODE)
            for text, right, down, size in _texts(face):
                canvas.setFont("Noto", size)
                canvas.drawString(mm(left + right), _up(top + down), text)
        canvas.showPage()
        for position, face in enumerate(sheet, start=1):
            left, top = A4.corner(position, back=True)
            _widget(canvas, face.identity_code, left + 36, top + 4, _BACK_CODE)
            for text, right, down, size in _back_texts(face.town, face.wording):
                canvas.setFont("Noto", size)
                canvas.drawString(mm(left + right), _up(top + down), text)
        canvas.showPage()
    canvas.save()
    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(buffer).pages:
        writer.add_page(pypdf.PdfReader(io.BytesIO(_background())).pages[0]).merge_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _sheets(faces: Sequence[CardFace]) -> Iterator[list[CardFace]]:
    rest = iter(faces)
    while sheet := list(islice(rest, A4.positions)):
        yield sheet


Placed = tuple[str, float, float, float]
"""A line of text, millimetres right and down from the card's corner, size in points."""


def _texts(face: CardFace) -> list[Placed]:
    """What stands on a front."""
    words = face.wording
    labels = [(word, 52.0, 4 + 3.0 * n, 7.5) for n, word in enumerate(words.card)]
    labels += [(word, 25.8, 15 + 2.4 * n, 6.0) for n, word in enumerate(words.birth_date)]
    labels += [(word, 25.8, 27 + 2.4 * n, 6.0) for n, word in enumerate(words.valid_until)]
    return [
        *labels,
        (face.town, 4, 7, 15),
        (face.birth_date_words, 25.8, 20, 9.5),
        (face.valid_until_words, 25.8, 32, 9.5),
        (face.name, 4, 44, 12),
        (face.name_second or "", 4, 49, 11),
        (face.card_number, 52, 49, 10),
    ]


@cache
def _back_texts(town: str, words: Wording) -> list[Placed]:
    """What stands on a back, in the lines in which we print it."""
    lines = []
    for number in range(len(words.languages)):
        for kind in ("valid_when_scanned", "two_codes", "what_it_is_not", "loss"):
            text = getattr(words, kind)[number].format(town=town)
            lines += [line.text for line in Setter(text, mm(26.4)).at(6.5, 1).lines]
    return [(line, 3.8, 6 + 2.7 * n, 6.5) for n, line in enumerate(lines)]


@cache
def _code(text: str | None) -> Image.Image:
    """Kept, so that making it is nobody's time."""
    return Image.open(io.BytesIO(qr_image.png(qr_image.symbol(text or ""), module=1, quiet=0)))


@cache
def _runs(text: str | None) -> list[list[tuple[int, int]]]:
    """Where each row is dark, from which module to which."""
    return [[run.span() for run in re.finditer("1+", row)] for row in qr_image.symbol(text or "").rows]


@cache
def _data_address(text: str | None) -> str:
    symbol = qr_image.symbol(text or "")
    kind, data = (
        ("png", qr_image.png(symbol, module=1, quiet=0)) if FINEST else ("svg+xml", qr_image.svg(symbol, quiet=0))
    )
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


_CSS = f"""
@font-face {{ font-family: Noto; src: url({_REGULAR.as_uri()}) }}
@font-face {{ font-family: Naskh; src: url({_ARABIC.as_uri()}) }}
@page {{ size: A4; margin: 0 }}
section {{ position: relative; height: 296mm; break-after: page }}
div {{ position: absolute; width: {CARD_WIDTH}mm; height: {CARD_HEIGHT}mm; font-family: Noto, Naskh }}
p, img {{ position: absolute; margin: 0; image-rendering: pixelated }}
"""


def _html(face: CardFace, left: float, top: float, back: bool) -> str:
    """One side of a card."""
    if back:
        size = f"left: 36mm; top: 4mm; width: {_BACK_CODE}mm"
        inside = f'<img style="{size}" src="{_data_address(face.identity_code)}">'
        texts = _back_texts(face.town, face.wording)
    else:
        photograph = base64.b64encode(face.portrait or b"").decode()
        inside = f'<img style="left: 4mm; top: 13.6mm; width: 19.2mm" src="data:image/jpeg;base64,{photograph}">'
        size = f"left: 52mm; top: 14mm; width: {_FRONT_CODE}mm"
        inside += f'<img style="{size}" src="{_data_address(face.residence_code)}">'
        texts = _texts(face)
    for text, right, down, points in texts:
        inside += f'<p style="left: {right}mm; top: {down - 4}mm; font-size: {points}pt">{escape(text)}</p>'
    return f'<div style="left: {left}mm; top: {top}mm">{inside}</div>'


def _widget(canvas: Canvas, text: str | None, left: float, top: float, side: float) -> None:
    widget = QrCodeWidget(text, barLevel="M", barHeight=mm(side), barWidth=mm(side))
    drawing = Drawing(mm(side), mm(side))
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, mm(left), _up(top + side))


def _up(down: float) -> float:
    return mm(A4.height - down)


@cache
def _register() -> None:
    pdfmetrics.registerFont(TTFont("Noto", str(_REGULAR)))


@cache
def _background() -> bytes:
    """Ten coloured bands."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(mm(A4.width), mm(A4.height)))
    canvas.setFillColorRGB(0.1, 0.4, 0.45)
    for position in range(1, A4.positions + 1):
        left, top = A4.corner(position)
        canvas.rect(mm(left), _up(top + 11), mm(CARD_WIDTH), mm(11), stroke=0, fill=1)
    canvas.save()
    return out.getvalue()
