"""A PDF is the same document after it was packed, and smaller."""

import shutil
import subprocess

import pypdfium2
import pytest
from printed import unpacked

from cardservice.printing import typefaces
from cardservice.printing.paper import Paper
from cardservice.printing.text_fit import fit

TITLE = "Two  spaces, a / and a <b> (c)"


@pytest.fixture(scope="module")
def pdf() -> bytes:
    paper = Paper(200, 100, TITLE)
    for number in range(300):
        block = fit(f"Page {number}", 150, 20, largest=12, weight=typefaces.SEMIBOLD)
        paper.block([(block.lines[0], 10, 50)], block.size, block.squeeze, block.text)
        paper.next_page()
    return paper.finish()


class TestAPackedFile:
    @pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf (Debian package qpdf) is absent")
    def test_is_valid(self, pdf, tmp_path):
        (tmp_path / "packed.pdf").write_bytes(pdf)

        told = subprocess.run(["qpdf", "--check", tmp_path / "packed.pdf"], capture_output=True, text=True, check=False)

        assert (told.returncode, told.stderr) == (0, "")

    def test_has_every_page_with_its_words(self, pdf):
        with pypdfium2.PdfDocument(pdf) as document:
            assert [page.get_textpage().get_text_range() for page in document] == [f"Page {n}" for n in range(300)]

    def test_changes_no_words_of_the_document(self, pdf):
        with pypdfium2.PdfDocument(pdf) as document:
            assert document.get_metadata_value("Title") == TITLE

    def test_keeps_no_dictionary_as_plain_text(self, pdf):
        assert b"/MediaBox" not in pdf
        assert unpacked(pdf).count(b"/MediaBox") == 300
