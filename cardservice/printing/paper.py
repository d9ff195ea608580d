"""One PDF while it is drawn: reportlab's canvas with our text, codes, portraits and backgrounds, all in memory.

Nothing is ever written to a file, and the metadata say nothing but what kind of document it is: the same cards give
the same bytes. Lengths are points from the lower left corner, as in the PDF itself; mm() turns millimetres into them.
Millimetres and what goes where belong to layout and the two sides of the card.
"""

import io
from collections.abc import Callable

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from cardservice.printing import packed_file
from cardservice.printing.pdf_fonts import PdfFonts
from cardservice.printing.qr_image import Symbol
from cardservice.printing.text import Line

# Streams as bytes. reportlab writes them as text by default, a quarter larger; it has no setting for one canvas only.
rl_config.useA85 = 0

POINTS_A_MM = 72 / 25.4
DOT = 72 / 300
"""One dot of a 300 dpi printer, in points: the unit that code modules are whole numbers of."""


def mm(length: float) -> float:
    return length * POINTS_A_MM


class _Canvas(Canvas):
    """reportlab's canvas, with the four of its inner parts that we write to named and typed."""

    _preamble: str
    _code: list[str]
    _formsinuse: list[str]
    _doc: pdfdoc.PDFDocument

    def begin(self) -> None:
        # reportlab begins every page by choosing Helvetica, which would have to be named and is not embedded.
        self._preamble = "1 0 0 1 0 0 cm"

    def write(self, operators: str) -> None:
        """Content stream operators, as they are."""
        self._code.append(operators)

    def use(self, name: str) -> str | None:
        """What operators call a form on the page that is being drawn, or None if the file has none of this name."""
        if not self.hasForm(name):
            return None
        self._formsinuse.append(name)
        return str(pdfdoc.xObjectName(name))

    def add(self, name: str, thing: pdfdoc.PDFObject) -> str:
        """An external object for the page that is being drawn; returns what operators call it."""
        self._doc.addForm(name, thing)
        self._formsinuse.append(name)
        return str(pdfdoc.xObjectName(name))

    def embed(self, fonts: PdfFonts) -> None:
        fonts.embed(self._doc)

    def packed(self, saved: bytes) -> bytes:
        """What was saved, with everything in it that is no stream packed."""
        numbers = {name: number for name, (number, _) in self._doc.idToObjectNumberAndVersion.items()}
        return packed_file.packed(saved, {numbers[name]: place for name, place in self._doc.idToOffset.items()})


class Paper:
    """A PDF under construction. One use: draw, next_page after each page, then finish.

    alone: it holds one of its kind, so that nothing in it is described for others (Side.described, Side.path): less
    to name, and what lies in one stream packs better.
    """

    def __init__(self, width: float, height: float, title: str, *, alone: bool = False) -> None:
        self.alone = alone
        self._buffer = io.BytesIO()
        self.canvas = _Canvas(self._buffer, (width, height), invariant=1, pageCompression=1, pdfVersion=(1, 7))
        self.canvas.begin()
        self.canvas.setTitle(title)
        self.canvas.setAuthor("")
        self.canvas.setSubject("")
        self.canvas.setCreator("cardservice")
        self.canvas.setProducer("cardservice")
        self._fonts = PdfFonts()
        self._forms: set[str] = set()
        self._images = 0

    def text(self, line: Line, x: float, y: float, size: float) -> None:
        """Draw one line with its baseline starting at (x, y)."""
        self.block([(line, x, y)], size, 1, line.text)

    def block(self, lines: list[tuple[Line, float, float]], size: float, squeeze: float, text: str) -> None:
        """Draw lines that are one text: copied from the PDF they give `text`."""
        self.canvas.write(self._fonts.operators(lines, size, squeeze, text))

    def once(self, name: str, draw: Callable[[], None]) -> None:
        """Draw what many pages share: described once in the file, however often it is used."""
        if self.alone:
            self.canvas.write("q")
            draw()
            self.canvas.write("Q")
            return
        if name not in self._forms:
            self._forms.add(name)
            self.canvas.beginForm(name)
            draw()
            self.canvas.endForm()
        self.canvas.doForm(name)

    def code(self, symbol: Symbol, x: float, y: float, dots: int) -> None:
        """A code without its quiet zone, upper left corner at (x, y), so many printer dots a module.

        One bit a module, painted in black ink only, so that card printers use their black panel for it.
        """
        side = symbol.side * dots * DOT
        name = self._image(_Picture.of_code(symbol))
        self.canvas.write(f"q 0 0 0 1 k {side:.3f} 0 0 {side:.3f} {x:.3f} {y - side:.3f} cm /{name} Do Q")

    def jpeg(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        """A JPEG as it is, lower left corner at (x, y); decoded by nobody but the printer."""
        name = self._image(_Picture.of_jpeg(data))
        self.canvas.write(f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm /{name} Do Q")

    def next_page(self) -> None:
        self.canvas.showPage()

    def finish(self) -> bytes:
        """The whole PDF. The paper cannot be drawn on afterwards."""
        self.canvas.embed(self._fonts)
        self.canvas.save()
        return self.canvas.packed(self._buffer.getvalue())

    def _image(self, picture: "_Picture") -> str:
        self._images += 1
        return self.canvas.add(f"picture{self._images}", picture)


class _Picture(pdfdoc.PDFObject):
    """An image XObject around data that are already in the form the PDF wants (PDF 32000-1, 8.9.5)."""

    # References to it are all that other objects may hold (reportlab asks for this name).
    __RefOnly__ = 1

    def __init__(self, width: int, height: int, data: bytes, kind: bytes) -> None:
        self._width, self._height, self._data, self._kind = width, height, data, kind

    @classmethod
    def of_code(cls, symbol: Symbol) -> "_Picture":
        """One bit a module. Not deflated, because its bits are as good as random and would come out longer."""
        count = symbol.side
        return cls(count, count, symbol.packed, b"/ImageMask true/BitsPerComponent 1/Decode[1 0]")

    @classmethod
    def of_jpeg(cls, data: bytes) -> "_Picture":
        width, height, components = jpeg_size(data)
        colours = b"DeviceGray" if components == 1 else b"DeviceRGB"
        return cls(width, height, data, b"/ColorSpace/%b/BitsPerComponent 8/Filter/DCTDecode" % colours)

    def format(self, document: pdfdoc.PDFDocument) -> bytes:  # noqa: ARG002 - reportlab hands it to every object
        # As bytes: a tree of reportlab's objects costs more than all else that is done for a picture.
        head = b"<</Subtype/Image/Width %d/Height %d%b/Length %d>>\nstream\n"
        return head % (self._width, self._height, self._kind, len(self._data)) + self._data + b"\nendstream\n"


def jpeg_size(data: bytes) -> tuple[int, int, int]:
    """Width, height and number of colour components, from the frame header of a JPEG (ITU-T T.81, B.2.2)."""
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = (int.from_bytes(data[place + i : place + i + 2], "big") for i in (5, 7))
            return width, height, data[place + 9]
        place += 2 + length
    raise ValueError("not a JPEG")
