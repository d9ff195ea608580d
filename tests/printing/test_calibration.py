"""A printer that is out is measured with a ruler, told to the program, and true from then on."""

import math
import shutil
import subprocess

import pytest
from printed import page_sizes, qr_text, rendered
from qr_codes import qr_codes
from simulated_printer import SimulatedPrinter

from cardservice.medium import A4, A6, CR80, LETTER, TRUE_TO_SIZE, Duplex, NotMeasured, Profile
from cardservice.printing import calibration, dots_page, layout, media
from cardservice.printing.calibration import Plan, Reading
from cardservice.printing.dots_page import Code

TOLERANCE = 0.05
OUT = Profile(
    offset_x_mm=0.83, offset_y_mm=-1.27, back_offset_x_mm=-0.46, back_offset_y_mm=0.92, scale_x=0.9957, scale_y=1.0031
)
ON = pytest.mark.parametrize("on", [A4, LETTER, CR80], ids=lambda on: on.name)
BY = pytest.mark.parametrize("duplex", [None, *Duplex], ids=str)


class TestACalibrationPage:
    @ON
    def test_is_drawn_to_the_millimetre_that_its_figures_say(self, on):
        assert _read_with_a_ruler(SimulatedPrinter(on), calibration.pdf(on, "desk-1")) == pytest.approx(
            _as_planned(on), abs=TOLERANCE
        )

    @ON
    def test_has_a_front_and_a_back_of_the_medium(self, on):
        assert page_sizes(calibration.pdf(on, "desk-1")) == [pytest.approx((on.width, on.height), abs=0.01)] * 2

    def test_shows_through_the_light_how_far_the_back_is_from_the_front(self):
        printer, pdf = SimulatedPrinter(A4, OUT), calibration.pdf(A4, "desk-1")

        right, down = _seen_through_the_light(printer, pdf)

        # The back's cross, as the front's scale shows it: both sides are out, and the page shrinks towards its corner.
        assert right == pytest.approx(210 * (1 - OUT.scale_x) - OUT.offset_x_mm - OUT.back_offset_x_mm, abs=TOLERANCE)
        assert down == pytest.approx(OUT.back_offset_y_mm - OUT.offset_y_mm, abs=TOLERANCE)


class TestAPrinterThatIsOut:
    @ON
    @BY
    def test_is_measured_and_true_from_then_on_within_a_twentieth_of_a_millimetre(self, face, on, duplex):
        printer = SimulatedPrinter(on, _with(OUT, duplex))
        page = calibration.pdf(on, "desk-1", corrected=Profile(duplex=duplex))
        known = calibration.profile(on, Reading(**_read_with_a_ruler(printer, page)), duplex)

        pdf = media.pdf([face], on, profile=known, first_position=on.positions)

        assert _codes(printer, pdf, face) == [pytest.approx(place, abs=TOLERANCE) for place in _wanted(on, face)]

    @BY
    def test_is_measured_as_well_through_the_light(self, face, duplex):
        printer = SimulatedPrinter(A4, _with(OUT, duplex))
        page = calibration.pdf(A4, "desk-1", corrected=Profile(duplex=duplex))
        front = _read_with_a_ruler(printer, page, back=False)
        right, down = _seen_through_the_light(printer, page)

        known = calibration.profile(A4, Reading(**front, light_right=right, light_down=down), duplex)

        pdf = media.pdf([face], A4, profile=known, first_position=7)
        wanted = _wanted(A4, face, position=7)
        assert _codes(printer, pdf, face, position=7) == [pytest.approx(place, abs=TOLERANCE) for place in wanted]

    def test_is_out_by_what_it_is_as_long_as_nobody_measures(self, face):
        printer = SimulatedPrinter(A4, OUT)

        (found, _), (wanted, _) = _codes(printer, media.pdf([face], A4), face, 1), _wanted(A4, face, 1)

        assert math.dist(found[:2], wanted[:2]) > 1

    def test_reads_true_on_the_page_that_checks_it(self):
        printer = SimulatedPrinter(A4, OUT)

        checked = _read_with_a_ruler(printer, calibration.pdf(A4, "desk-1", corrected=OUT), looks_askance=False)

        assert checked == pytest.approx(_as_planned(A4), abs=TOLERANCE)

    def test_has_a_back_like_its_front_if_only_that_was_measured(self):
        found = calibration.profile(A4, Reading(across=170, down=250, left=20.5, top=19))

        assert found.offset(back=True) == found.offset(back=False) == pytest.approx((0.5, -1))

    def test_that_was_read_true_needs_nothing(self):
        plan = Plan.of(A4)

        read = Reading(across=plan.across, down=plan.down, left=plan.left, top=plan.top, light_right=0, light_down=0)
        assert calibration.profile(A4, read) == TRUE_TO_SIZE

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"across": 160.0}, r"a scale is from 0\.95 to 1\.05, not 0\.9412: print at actual size"),
            ({"left": 200.0}, r"an offset is at most 15 mm, not 180\.00"),
            ({"down": float("nan")}, "not nan"),
            ({"down": float("inf")}, "a scale is|an offset is"),
        ],
    )
    def test_cannot_be_out_by_more_than_printers_are(self, changes, said):
        true = {"across": 170.0, "down": 250.0, "left": 20.0, "top": 20.0}

        with pytest.raises(NotMeasured, match=said):
            calibration.profile(A4, Reading(**(true | changes)))


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf (Debian package qpdf) is absent")
@ON
def test_both_pages_are_valid_pdfs(on, tmp_path):
    for number, pdf in enumerate((calibration.pdf(on, "desk-1"), dots_page.pdf(on, "desk-1", profile=OUT))):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(pdf)

        told = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)

        assert (told.returncode, told.stderr) == (0, "")


class TestAPageOfCodes:
    @pytest.mark.parametrize("on", [A4, LETTER, A6, CR80], ids=lambda on: on.name)
    def test_has_codes_of_three_to_six_dots_that_say_so_as_large_as_they_say(self, on):
        pages = rendered(dots_page.pdf(on, "desk-1"), dpi=300)

        read = [code for page in pages for code in qr_codes(page)]

        assert dots_page.read(code.text for code in read) == set(dots_page.codes(on))
        assert {code.dots for code in dots_page.codes(on)} == {3, 4, 5, 6}
        for code in read:
            (said,) = dots_page.read([code.text])
            width = code.position.top_right.x - code.position.top_left.x
            assert width / (17 + 4 * said.version) == pytest.approx(said.dots, abs=0.1)

    def test_is_printed_through_the_profile_as_cards_are(self):
        profile = Profile(offset_x_mm=10.0, scale_x=1.05)

        plain, out = (
            qr_codes(rendered(dots_page.pdf(A4, "desk-1", profile=given), dpi=300)[0])
            for given in (TRUE_TO_SIZE, profile)
        )

        places = [min(code.position.top_left.x for code in codes) for codes in (plain, out)]
        assert places[1] == pytest.approx((places[0] - 10 * 300 / 25.4) / 1.05, abs=2)

    @pytest.mark.parametrize(
        ("missed", "best", "good"),
        [
            (set(), 3, True),
            ({Code(23, 3)}, 4, True),
            ({Code(10, 3), Code(23, 3), Code(23, 4)}, 5, True),
            ({Code(10, 5)}, 6, True),
            ({Code(23, 5)}, 6, False),
            ({Code(10, 6)}, None, False),
        ],
    )
    def test_tells_the_smallest_that_was_read_with_all_larger_ones(self, missed, best, good):
        found = set(dots_page.codes(A4)) - missed

        assert (dots_page.smallest(A4, found), dots_page.good_enough(A4, found)) == (best, good)

    def test_takes_no_other_code_for_one_of_its_own(self):
        assert dots_page.read([qr_text(300), "PRINTER TEST", "PRINTER TEST: 5 DOTS"]) == frozenset()

    def test_needs_what_cards_have(self):
        assert layout.front_code(dots_page.text(Code(10, 6))).dots == dots_page.NEEDED[10]
        assert layout.back_code(dots_page.text(Code(23, 5))).dots == dots_page.NEEDED[23]


def _with(errors: Profile, duplex: Duplex | None) -> Profile:
    return Profile(**{name: getattr(errors, name) for name in errors.__dataclass_fields__} | {"duplex": duplex})


def _as_planned(on) -> dict[str, float]:
    plan = Plan.of(on)
    front = {"across": plan.across, "down": plan.down, "left": plan.left, "top": plan.top}
    return front | {"back_left": plan.left, "back_top": plan.top}


def _read_with_a_ruler(printer, pdf, *, back: bool = True, looks_askance: bool = True) -> dict[str, float]:
    """What the page asks for: each end of a line is the middle of its tick, looked for where this printer puts it."""
    plan = Plan.of(printer.medium)
    if not looks_askance:
        printer = _WithACorrectedPage(printer.medium, printer.errors)
    left, top = _corner(printer, pdf, 0, plan)
    right = _upright(printer, pdf, 0, plan.left + plan.across, plan.top - 1.35)
    bottom = _level(printer, pdf, 0, plan.left - 1.35, plan.top + plan.down)
    read = {"across": right - left, "down": bottom - top, "left": left, "top": top}
    if back:
        read["back_left"], read["back_top"] = _corner(printer, pdf, 1, plan)
    return read


def _corner(printer, pdf, number, plan) -> tuple[float, float]:
    return (
        _upright(printer, pdf, number, plan.left, plan.top + 2.6),
        _level(printer, pdf, number, plan.left + 2.6, plan.top),
    )


def _upright(printer, pdf, number, x, y) -> float:
    """The middle of an upright stroke near a place: a low box, so that nothing else is in it."""
    left, _, right, _ = _narrow(printer, pdf, number, (x - 1.9, y, x + 1.9, y + 0.1))
    return (left + right) / 2


def _level(printer, pdf, number, x, y) -> float:
    _, top, _, bottom = _narrow(printer, pdf, number, (x, y - 1.9, x + 0.1, y + 1.9))
    return (top + bottom) / 2


def _narrow(printer, pdf, number, box):
    """The eye goes to where the mark came out."""
    x, y = _shift(printer, number, box)
    left, top, right, bottom = box
    return printer.ink(pdf, number, (left + x, top + y, right + x, bottom + y))


class _WithACorrectedPage(SimulatedPrinter):
    """A printer whose errors were taken back: the eye looks where things belong."""


def _shift(printer, number, box) -> tuple[float, float]:
    """How far a printer puts the middle of a box from its place, as one sees the side upright."""
    if isinstance(printer, _WithACorrectedPage):
        return 0.0, 0.0
    errors, on = printer.errors, printer.medium
    offset = errors.offset(back=number == 1)
    turned = number == 1 and errors.duplex not in (None, on.upright)
    found = []
    for begin, end, page, scale, out in (
        (box[0], box[2], on.width, errors.scale_x, offset[0]),
        (box[1], box[3], on.height, errors.scale_y, offset[1]),
    ):
        place = (begin + end) / 2
        at = page - place if turned else place
        moved = scale * at + out - at
        found.append(-moved if turned else moved)
    return found[0], found[1]


def _seen_through_the_light(printer, pdf) -> tuple[float, float]:
    """Where the cross of the back is, as seen from the front, from the middle of the scale of the front."""
    x, y = printer.medium.width / 2, printer.medium.height / 2
    front_x, back_x = (_upright(printer, pdf, side, x, y - 6.5 if side else y - 0.4) for side in (0, 1))
    front_y, back_y = (_level(printer, pdf, side, x - 6.5 if side else x - 0.4, y) for side in (0, 1))
    return printer.medium.width - back_x - front_x, back_y - front_y


def _codes(printer, pdf, face, position=None) -> list[tuple[float, float, float]]:
    """Upper left corner and width of both codes of the one card, as they came out."""
    on, found = printer.medium, []
    for back, place in enumerate((layout.front_code(face.residence_code), layout.back_code(face.identity_code))):
        left, top = on.corner(position or on.positions, back=bool(back))
        quiet_left, quiet_top, side = place.panel
        box = (left + quiet_left, top + quiet_top, left + quiet_left + side, top + quiet_top + side)
        margin = 0.4 if on.positions == 1 else 0.2
        x, y, right, _ = printer.ink(pdf, back, (box[0] + margin, box[1] + margin, box[2] - margin, box[3] - margin))
        found.append((x, y, right - x))
    return found


def _wanted(on, face, position=None) -> list[tuple[float, float, float]]:
    wanted = []
    for back, place in enumerate((layout.front_code(face.residence_code), layout.back_code(face.identity_code))):
        left, top = on.corner(position or on.positions, back=bool(back))
        dot = 25.4 / 300
        x, y = (round(side / dot) * dot for side in (left, top))
        wanted.append((x + place.left * dot, y + place.top * dot, place.side_mm))
    return wanted
