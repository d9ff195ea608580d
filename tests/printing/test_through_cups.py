"""What the spooler's own filters make of a page: with what we tell it, nothing moves and nothing shrinks."""

import shutil
import subprocess
from pathlib import Path

import pytest
from printed import page_sizes
from simulated_printer import SimulatedPrinter

from cardservice import spooler
from cardservice.printer_settings import PrinterSettings
from cardservice.printing import layout, media
from cardservice.printing.media import A4, A4_FOLD, LETTER

FILTER = shutil.which("cupsfilter", path="/usr/sbin:/usr/bin")
PRINTER = Path("/usr/share/ppd/cupsfilters/Generic-PDF_Printer-PDF.ppd")
"""A printer whose paper is Letter unless it is told otherwise."""
pytestmark = pytest.mark.skipif(
    FILTER is None or not PRINTER.exists(), reason="CUPS's filters (Debian package cups-filters) are absent"
)


@pytest.mark.parametrize("on", [A4, LETTER, A4_FOLD], ids=lambda on: on.name)
def test_a_page_goes_through_at_actual_size_on_its_own_paper(face, on, tmp_path):
    pdf = media.pdf([face], on)
    told = PrinterSettings(name="office", medium=on.name).options(on)

    printed = _filtered(pdf, tmp_path, spooler.ACTUAL_SIZE, *told)

    assert page_sizes(printed)[0] == pytest.approx((on.width, on.height), abs=0.11)
    before, after = (_code(one, on, face) for one in (pdf, printed))
    # CUPS writes A4 in whole points, which moves it by a sixteenth of a millimetre: no matter of scale.
    assert after[2] - after[0] == pytest.approx(before[2] - before[0], abs=0.03)
    assert after == pytest.approx(before, abs=0.1)


@pytest.mark.parametrize("told", [("media=a4", "print-scaling=fit"), (spooler.ACTUAL_SIZE,)])
def test_a_page_would_not_without_what_we_say(face, tmp_path, told):
    pdf = media.pdf([face], A4)

    printed = _filtered(pdf, tmp_path, *told)

    assert _code(printed, A4, face) != pytest.approx(_code(pdf, A4, face), abs=0.1)


def _filtered(pdf: bytes, folder: Path, *options: str) -> bytes:
    file = folder / "cards.pdf"
    file.write_bytes(pdf)
    wanted = [part for option in options for part in ("-o", option)]
    command = [FILTER, "-p", PRINTER, "-i", "application/pdf", "-m", "application/vnd.cups-pdf", *wanted, file]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _code(pdf: bytes, on, face) -> tuple[float, float, float, float]:
    """Where the ink of the first card's code begins and ends."""
    place = layout.front_code(face.residence_code)
    (left, top), (x, y, side) = on.corner(1), place.panel
    box = (left + x + 0.3, top + y + 0.3, left + x + side - 0.3, top + y + side - 0.3)
    return SimulatedPrinter(on).ink(pdf, 0, box)
