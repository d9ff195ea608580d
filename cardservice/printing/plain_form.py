"""Lines and areas that many pages show, as the smallest form a PDF knows: operators, a box, and no resources.

reportlab's own forms name fonts and colour spaces in each of them; a card has dozens of strands and symbols that have
none, and those names would be most of the file. PDF 32000-1, 8.10.
"""

from reportlab.pdfbase import pdfdoc

Box = tuple[int, int, int, int]
"""What of a form is seen: left, bottom, right, top in its own units."""


class PlainForm(pdfdoc.PDFObject):
    """A form XObject of path operators alone."""

    def __init__(self, operators: str, box: Box) -> None:
        self._operators, self._box = operators, box

    def format(self, document: pdfdoc.PDFDocument) -> bytes:
        stream = pdfdoc.PDFStream(content=self._operators.encode("ascii"), filters=[pdfdoc.PDFZCompress])
        stream.dictionary.dict["Subtype"] = pdfdoc.PDFName("Form")
        stream.dictionary.dict["BBox"] = pdfdoc.PDFArray(list(self._box))
        return bytes(stream.format(document))
