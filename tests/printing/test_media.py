"""Cards on every medium: exact sizes, every card and back in its place, nothing in the file that does not belong."""

import re
import shutil
import subprocess
from itertools import product

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from PIL import Image, ImageChops, ImageStat
from printed import page_sizes, qr_text, rendered, unpacked
from qr_codes import qr_codes
from simulated_printer import SimulatedPrinter

from cardservice.medium import CARD_HEIGHT, CARD_WIDTH, DoesNotFit, Duplex, Medium, Profile
from cardservice.printing import layout, media, themes
from cardservice.printing.media import A4, A4_FOLD, A6, CR80, CR80_BLEED, LETTER, PositionOffSheet, UnknownMedium
from cardservice.printing.text import MissingGlyph

STOCK = Medium(
    name="perforated-eight", width=210.0, height=297.0, left=14.2, top=20.35, columns=2, rows=4, pitch_x=96.0,
    pitch_y=63.7, bleed=2.0,
)  # fmt: skip
FOR_CARDS = (CR80, CR80_BLEED, A4, LETTER, A4_FOLD, STOCK)
EVERY = pytest.mark.parametrize("on", FOR_CARDS, ids=lambda on: on.name)
SHEETS = pytest.mark.parametrize("on", [A4, LETTER, STOCK], ids=lambda on: on.name)
SIZES = {
    "cr80": (85.60, 53.98), "cr80-bleed": (89.60, 57.98), "a4": (210, 297), "letter": (215.9, 279.4),
    "a4-fold": (210, 297), "perforated-eight": (210, 297),
}  # fmt: skip
TOLERANCE = 0.05
SECOND_NAMES = {
    "amh": "አበበ ቢቂላ", "ara": "كريم الحدّاد", "ben": "রহিম উদ্দিন", "hin": "सीता शर्मा", "tam": "முருகன் செல்வம்",
    "ukr": "Олександра Коваленко", "zho": "司馬相如",
}  # fmt: skip
needs_qpdf = pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf (Debian package qpdf) is absent")


class TestEveryMedium:
    @EVERY
    def test_has_pages_of_its_size(self, face, on):
        pages = page_sizes(media.pdf([face], on))

        assert pages == [pytest.approx(SIZES[on.name], abs=0.01)] * (1 if on.folded else 2)

    @EVERY
    def test_has_cards_and_modules_where_they_belong_within_a_twentieth_of_a_millimetre_at_1200_dpi(self, face, on):
        pdf = media.pdf([face], on, first_position=on.positions)

        for back, place in (
            (False, layout.front_code(face.residence_code)),
            (True, layout.back_code(face.identity_code)),
        ):
            left, top = on.corner(on.positions, back=bool(back) and not on.folded)
            left += CARD_WIDTH if back and on.folded else 0
            found = _code(SimulatedPrinter(on), pdf, 0 if on.folded else back, left, top, place)

            assert found == pytest.approx((left, top, place.dots * 25.4 / 300), abs=TOLERANCE)

    @EVERY
    @pytest.mark.parametrize("count", [1, 6, 11, 18])
    def test_takes_as_many_pages_as_it_says(self, make_face, on, count):
        first = min(4, on.positions)
        faces = [make_face(identity_code=None, residence_code=None)] * count

        assert len(page_sizes(media.pdf(faces, on, first_position=first))) == media.pages(count, on, first)

    @EVERY
    def test_weighs_less_than_forty_kilobytes_a_card(self, make_face, on):
        faces = [make_face(identity_code=qr_text(1158, seed), residence_code=qr_text(300, seed)) for seed in range(10)]

        assert len(media.pdf(faces, on)) / len(faces) < 40_000

    @pytest.mark.parametrize("on", [CR80, CR80_BLEED, A4_FOLD], ids=lambda on: on.name)
    @pytest.mark.parametrize("language", SECOND_NAMES)
    def test_weighs_less_than_forty_kilobytes_where_it_is_one_card_with_a_photograph_of_21(
        self, make_face, heavy_jpeg, on, language
    ):
        face = make_face(name_second=SECOND_NAMES[language], language_second=language, portrait=heavy_jpeg)

        assert len(heavy_jpeg) == 21_000
        assert len(media.pdf([face], on)) < 40_000

    @needs_qpdf
    @EVERY
    def test_is_a_valid_pdf(self, make_face, on, tmp_path):
        file = tmp_path / "cards.pdf"
        file.write_bytes(media.pdf([make_face(), make_face(name="司馬相如")], on))

        told = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)

        assert (told.returncode, told.stderr) == (0, "")

    @EVERY
    def test_embeds_every_typeface_and_uses_no_transparency(self, make_face, on):
        pdf = unpacked(media.pdf([make_face(name="司馬相如", name_second="श्रीकृष्ण")], on))

        names = _base_fonts(pdf)
        assert {"NotoSans-SemiBold", "NotoSansDevanagari-Regular"} <= {name.partition("+")[2] for name in names}
        assert all(re.fullmatch(r"[A-Z]{6}\+\w+-(Regular|SemiBold)\d*", name) for name in names)
        assert pdf.count(b"/FontFile2") == len(names)
        assert not re.search(rb"/SMask|/ca |/CA |/Transparency", pdf)

    @EVERY
    @pytest.mark.parametrize("duplex", [None, *Duplex], ids=str)
    def test_asks_the_window_it_is_printed_from_for_actual_size_and_the_right_edge(self, make_face, on, duplex):
        face = make_face(identity_code=None, residence_code=None)
        document = pypdfium2.PdfDocument(media.pdf([face], on, profile=Profile(duplex=duplex)))

        edge = pdfium.DuplexFlipLongEdge if (duplex or on.upright) is Duplex.LONG_EDGE else pdfium.DuplexFlipShortEdge
        assert not pdfium.FPDF_VIEWERREF_GetPrintScaling(document)
        assert pdfium.FPDF_VIEWERREF_GetDuplex(document) == (pdfium.Simplex if on.folded else edge)
        document.close()

    @EVERY
    def test_refuses_a_position_that_is_off_the_sheet(self, face, on):
        for position in (0, -1, on.positions + 1):
            with pytest.raises(PositionOffSheet, match=f"positions 1 to {on.positions}, not {position}") as refused:
                media.pdf([face], on, first_position=position)

            assert (refused.value.position, refused.value.positions) == (position, on.positions)

    def test_is_known_by_its_name(self):
        assert [media.named(on.name, [STOCK]) for on in FOR_CARDS] == list(FOR_CARDS)

    def test_that_nobody_knows_is_refused_with_those_there_are(self):
        with pytest.raises(UnknownMedium, match=r"no medium 'a5'\. Known: cr80, .*perforated-eight"):
            media.named("a5", [STOCK])

    def test_for_slips_takes_no_cards(self, face):
        with pytest.raises(PositionOffSheet, match="no place for a card"):
            media.pdf([face], A6)

    def test_is_not_printed_without_cards(self):
        with pytest.raises(ValueError, match="no cards"):
            media.pdf([], A4)


class TestAStock:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"rows": 5}, "5 rows reach from 18.35 to 331.13 mm; the page is 297.00 mm high"),
            ({"left": 30.0}, "2 columns reach from 28.00 to 213.60 mm; the page is 210.00 mm wide"),
            ({"top": 1.5}, "4 rows reach from -0.50 to 248.58 mm; the page is 297.00 mm high"),
            ({"pitch_x": 88.0}, "columns 88.00 mm apart lie on each other; a card is 89.60 mm wide with its bleed"),
        ],
    )
    def test_that_does_not_fit_its_page_is_refused_with_the_figure(self, changes, said):
        told = {name: getattr(STOCK, name) for name in STOCK.__dataclass_fields__}

        with pytest.raises(DoesNotFit, match=f"^perforated-eight: {re.escape(said)}$"):
            Medium(**(told | changes))


class TestACardForACardPrinter:
    def test_is_its_front_and_then_its_back(self, make_face):
        faces = [make_face(residence_code=qr_text(300, n), identity_code=qr_text(1158, n)) for n in (1, 2)]

        read = [qr_codes(page)[0].text for page in rendered(media.pdf(faces, CR80), dpi=300)]

        assert read == [code for face in faces for code in (face.residence_code, face.identity_code)]

    def test_gives_the_same_bytes_for_the_same_cards(self, make_face):
        assert media.pdf([make_face()], CR80) == media.pdf([make_face()], CR80)

    def test_says_nothing_about_the_holder_outside_the_pages(self, make_face):
        pdf = media.pdf([make_face(name="Maria Quintanilla", name_second=None)], CR80)

        document = pypdfium2.PdfDocument(pdf)
        assert set(document.get_metadata_dict(skip_empty=True).values()) == {
            "Cards", "cardservice", "D:20000101000000+00'00'",
        }  # fmt: skip
        assert b"Quintanilla" not in pdf

    def test_hands_the_portrait_on_as_the_jpeg_that_it_is(self, face, portrait_jpeg):
        assert portrait_jpeg in media.pdf([face], CR80)

    def test_stops_at_a_character_that_no_typeface_has(self, make_face):
        with pytest.raises(MissingGlyph) as refused:
            media.pdf([make_face(name="Ana \U0001f600")], CR80)

        assert refused.value.characters == ("U+1F600 GRINNING FACE",)
        assert "Ana" not in str(refused.value)

    def test_draws_what_all_cards_share_only_once(self, make_face):
        one, two, eleven = (media.pdf([make_face() for _ in range(count)], CR80) for count in (1, 2, 11))

        # Beside the microtext, which one card has many times, it has nothing to share with another.
        assert one.count(b"/Subtype/Form") == 1
        assert two.count(b"/Subtype/Form") == eleven.count(b"/Subtype/Form") == 16
        assert (len(eleven) - len(two)) / 9 < 20_000

    def test_looks_the_same_whether_what_is_shared_is_described_for_others_or_not(self, make_face):
        faces = [make_face(portrait=None, card_number=f"7H3K-9Q2M-X4N{char}") for char in "DE"]
        alone, among = (rendered(media.pdf(some, A4_FOLD), dpi=300)[0] for some in (faces[:1], faces))

        assert max(high for _, high in ImageChops.difference(alone, among).getextrema()) <= 8

    def test_differs_between_two_holders_only_where_their_own_fields_stand(self, make_face):
        first, second = (
            rendered(media.pdf([make_face(name=name, name_second=None, portrait=None)], CR80), dpi=150)[0]
            for name in ("Ana Reis", "Bo Li")
        )

        left, top, right, bottom = _difference(first, second)
        assert left * 25.4 / 150 > 3.5
        assert right * 25.4 / 150 < 49
        assert top * 25.4 / 150 > 38
        assert bottom * 25.4 / 150 < 51.5


class TestBleed:
    @pytest.mark.parametrize("name", themes.ThemeName)
    def test_goes_on_with_what_is_at_each_edge(self, make_face, name):
        face = make_face(theme=themes.theme(name, "#0f5c63"))

        for page in rendered(media.pdf([face], CR80_BLEED), dpi=300):
            # Seen from within the card and from without: a strip at each edge, and its mirror image in the bleed.
            for turned in (page.rotate(angle, expand=True) for angle in (0, 90, 180, 270)):
                edge = round(2.0 * 300 / 25.4)
                within, beyond = (
                    turned.crop((40, top, turned.width - 40, top + 8)).resize((12, 1), Image.Resampling.BOX)
                    for top in (edge + 3, edge - 12)
                )
                assert max(high for _, high in ImageChops.difference(within, beyond).getextrema()) < 70

    def test_says_where_the_card_ends(self, face):
        document = pypdfium2.PdfDocument(media.pdf([face], CR80_BLEED))

        box = [place / 72 * 25.4 for place in document[0].get_trimbox()]
        assert box == pytest.approx([2.0, 2.0, 2.0 + CARD_WIDTH, 2.0 + CARD_HEIGHT], abs=0.01)

    def test_is_the_same_card_within_its_edges(self, face):
        plain, bled = (rendered(media.pdf([face], on), dpi=300)[0] for on in (CR80, CR80_BLEED))

        left = top = round(2.0 * 300 / 25.4)
        cut = bled.crop((left, top, left + plain.width, top + plain.height))
        assert _mean_difference(_inside(plain), _inside(cut)) < 4


class TestASheet:
    @SHEETS
    def test_has_every_back_behind_its_front_by_either_edge(self, make_face, on):
        faces = [make_face(residence_code=qr_text(300, n), identity_code=qr_text(1158, n)) for n in range(3)]
        for duplex in Duplex:
            pdf = media.pdf(faces, on, profile=Profile(duplex=duplex), first_position=2)
            fronts, backs = rendered(pdf, dpi=200)
            if duplex is not on.upright:
                backs = backs.rotate(180)

            front_places, back_places = _read(fronts), _read(backs)

            for face in faces:
                (x, y), (back_x, back_y) = front_places[face.residence_code], back_places[face.identity_code]
                shift = _middle(layout.front_code(face.residence_code)), _middle(layout.back_code(face.identity_code))
                # Through the paper a back's left is the front's right.
                assert x - shift[0][0] + back_x - shift[1][0] + CARD_WIDTH == pytest.approx(on.width, abs=0.5)
                assert y - shift[0][1] == pytest.approx(back_y - shift[1][1], abs=0.5)

    @SHEETS
    def test_leaves_used_positions_blank(self, face, on):
        page = rendered(media.pdf([face], on, first_position=4), dpi=60)[0]

        inks = [_has_ink(page, on, position) for position in range(1, on.positions + 1)]
        assert inks == [position == 4 for position in range(1, on.positions + 1)]

    @pytest.mark.parametrize("on", [A4, LETTER], ids=lambda on: on.name)
    def test_has_marks_at_every_edge_of_a_card_on_both_sides_and_none_on_a_card(self, face, on):
        pdf, printer = media.pdf([face], on, first_position=on.positions), SimulatedPrinter(on)

        for number, row in product((0, 1), range(6)):
            y = on.top + row * CARD_HEIGHT
            _, above, _, below = printer.ink(pdf, number, (on.left - 4, y - 2, on.left - 1.2, y + 2))
            assert (above + below) / 2 == pytest.approx(y, abs=TOLERANCE)
        for number, column in product((0, 1), range(3)):
            x = on.left + column * CARD_WIDTH
            left, _, right, _ = printer.ink(pdf, number, (x - 2, on.top - 4, x + 2, on.top - 1.2))
            assert (left + right) / 2 == pytest.approx(x, abs=TOLERANCE)
        assert not any(_has_ink(rendered(pdf, dpi=60)[0], on, position) for position in range(1, on.positions))

    def test_has_no_marks_where_the_maker_has_perforated_it(self, face):
        page = rendered(media.pdf([face], STOCK, first_position=8), dpi=60)[0]

        assert page.crop((0, 0, page.width, 120)).convert("L").getextrema()[0] == 255

    def test_prints_the_same_card_that_a_card_printer_prints(self, face):
        card, sheet = (rendered(media.pdf([face], on), dpi=300)[0] for on in (CR80, A4))

        left, top = (round(place * 300 / 25.4) for place in A4.corner(1))
        cut = sheet.crop((left, top, left + card.width, top + card.height))
        assert _mean_difference(_inside(card), _inside(cut)) < 4

    def test_keeps_the_ground_of_a_card_off_its_neighbour(self, face):
        page = rendered(media.pdf([face], A4, first_position=4), dpi=300)[0]

        left, top = (place * 300 / 25.4 for place in A4.corner(4))
        for strip in (
            (left - 20, top + 5, left - 2, top + 400),
            (left + 5, top - 20, left + 900, top - 2),
            (left + 5, top + 641, left + 900, top + 660),
        ):
            assert page.crop(tuple(map(round, strip))).convert("L").getextrema()[0] > 250


class TestACardToFold:
    def test_reads_upright_on_both_sides_once_it_is_folded_behind(self, face):
        (page,) = rendered(media.pdf([face], A4_FOLD), dpi=300)

        # What is right of the fold goes behind; turned like the page of a book it is seen as it is printed.
        read = _read(page)
        (front_x, _), (back_x, _) = read[face.residence_code], read[face.identity_code]
        fold = A4_FOLD.width / 2
        assert A4_FOLD.left < front_x < fold < back_x < A4_FOLD.left + 2 * CARD_WIDTH
        assert {code.orientation for code in qr_codes(page)} == {0}

    def test_has_its_fold_in_the_middle_and_a_line_to_hold_a_ruler_to(self, face):
        pdf, printer = media.pdf([face], A4_FOLD), SimulatedPrinter(A4_FOLD)

        left, _, right, _ = printer.ink(pdf, 0, (100, A4_FOLD.top - 9, 110, A4_FOLD.top - 1.5))
        assert (left + right) / 2 == pytest.approx(105.0, abs=TOLERANCE)
        bottom = A4_FOLD.top + CARD_HEIGHT
        left, _, right, _ = printer.ink(pdf, 0, (10, bottom + 17, A4_FOLD.left + 51, bottom + 23))
        assert right - left == pytest.approx(50.0, abs=2 * TOLERANCE)


class TestInParts:
    def test_cuts_a_run_into_files_of_whole_sheets_that_hold_every_card_once(self, make_face):
        parts = list(media.in_parts((make_face() for _ in range(25)), STOCK, first_position=3, cards=10))

        assert [len(page_sizes(part)) for part in parts] == [2, 2, 2, 2]

    def test_cuts_single_cards_as_it_is_told(self, make_face):
        parts = list(media.in_parts((make_face() for _ in range(7)), CR80, cards=3))

        assert [len(page_sizes(part)) for part in parts] == [6, 6, 2]

    def test_draws_a_part_only_when_it_is_asked_for(self, make_face):
        drawn = []
        faces = (drawn.append(number) or make_face() for number in range(10))

        next(media.in_parts(faces, CR80, cards=2))

        assert drawn == [0, 1]


def _code(printer, pdf, number, left, top, place) -> tuple[float, float, float]:
    """Where the card must begin by where its code is, and how wide a module is: as measured, in millimetres."""
    quiet, panel_top, side = place.panel
    box = (left + quiet + 0.3, top + panel_top + 0.3, left + quiet + side - 0.3, top + panel_top + side - 0.3)
    x, y, right, bottom = printer.ink(pdf, number, box)
    count = len(place.symbol.rows)
    assert right - x == pytest.approx(bottom - y, abs=TOLERANCE)
    assert right - x == pytest.approx(place.side_mm, abs=TOLERANCE)
    return x - place.left / layout.DOTS_A_MM, y - place.top / layout.DOTS_A_MM, (right - x) / count


def _read(page) -> dict[str, tuple[float, float]]:
    """The middle of every code on a page, in millimetres of an A4 or Letter page."""
    found = {}
    for code in qr_codes(page):
        corners = [getattr(code.position, name) for name in ("top_left", "top_right", "bottom_right", "bottom_left")]
        scale = 25.4 / (page.info.get("dpi") or _dpi(page))
        found[code.text] = (sum(c.x for c in corners) / 4 * scale, sum(c.y for c in corners) / 4 * scale)
    return found


def _dpi(page) -> float:
    return next(dpi for dpi in (200, 300) if abs(page.width / dpi * 25.4 - 213) < 5)


def _middle(place: layout.CodePlace) -> tuple[float, float]:
    return place.left / layout.DOTS_A_MM + place.side_mm / 2, place.top / layout.DOTS_A_MM + place.side_mm / 2


def _base_fonts(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/FontName /(\S+)", pdf)}


def _inside(card):
    return card.crop((30, 130, card.width - 30, card.height - 40))


def _difference(first, second):
    return ImageChops.difference(first, second).convert("L").point(lambda value: 255 if value > 40 else 0).getbbox()


def _mean_difference(first, second) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean) / 3


def _has_ink(page, on, position: int) -> bool:
    left, top = (place / 25.4 * 60 for place in on.corner(position))
    inside = page.crop((round(left) + 5, round(top) + 5, round(left) + 195, round(top) + 120))
    return inside.convert("L").getextrema()[0] < 200
