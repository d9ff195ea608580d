"""Four looks out of one colour: every text is readable on everything it may lie on, for everybody, on the page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest
from PIL import Image
from printed import rendered

from cardservice.printing import colour_vision, media, palette, themes
from cardservice.printing.card_ground import COLUMN
from cardservice.printing.colour_vision import Sight
from cardservice.printing.palette import UnreadableColour
from cardservice.printing.paper import Paper
from cardservice.printing.themes import ThemeName
from cardservice.setting_sections import Printing

COLOURS = ["#0f5c63", "#0b4f6c", "#8c2f39", "#2d4a7c", "#2e6b3f", "#f2b705", "#5b2a86", "#ffffff", "#000000"]
MIDDLING = ["#7a7a7a", "#2e8b57", "#ff6f61"]
EVERY = pytest.mark.parametrize("name", list(ThemeName))
DPI = 300
# Millimetres of the front and back (left, top, right, bottom) in which text of one colour stands on one ground.
FRONT = {
    "the town's name": (4.0, 2.0, 45.0, 9.6),
    "the card's name": (55.0, 2.0, 81.6, 9.4),
    "labels": (25.8, 13.4, 47.5, 18.6),
    "dates": (25.8, 18.9, 47.5, 22.4),
    "name": (4.0, 39.8, 47.0, 45.2),
    "number": (50.5, 45.6, 81.4, 50.0),
}
BACK = {"words": (3.8, 4.2, COLUMN - 1.4, 49.5)}


class TestTheme:
    def test_names_are_those_that_config_takes(self):
        assert set(get_args(Printing.model_fields["theme"].annotation)) == {name.value for name in ThemeName}

    @EVERY
    @pytest.mark.parametrize("colour", COLOURS)
    def test_has_readable_text_on_every_ground_for_everybody(self, name, colour):
        made = themes.theme(name, colour)

        for _, text, _, ground in themes.grounds(made):
            assert min(colour_vision.contrast(text, ground, sight) for sight in Sight) >= 4.5

    @pytest.mark.parametrize("name", [ThemeName.TIDE, ThemeName.GARDEN])
    @pytest.mark.parametrize("colour", MIDDLING)
    def test_refuses_a_colour_that_takes_neither_white_nor_dark_letters_with_the_figure(self, name, colour):
        with pytest.raises(UnreadableColour, match=rf"{colour} in the theme {name}.* of 4\.[0-4] to 1 .*4\.5 to 1"):
            themes.theme(name, colour)

    @pytest.mark.parametrize("name", [ThemeName.LANTERN, ThemeName.LOOM])
    @pytest.mark.parametrize("colour", MIDDLING)
    def test_darkens_its_words_where_they_stand_on_white(self, name, colour):
        assert themes.lowest(themes.theme(name, colour)) >= 4.5

    def test_says_for_whom_a_colour_cannot_be_read(self):
        with pytest.raises(UnreadableColour, match="as seen without red receptors"):
            themes.theme(ThemeName.TIDE, "#ff6f61")

    @EVERY
    @pytest.mark.parametrize("field", ["lines", "band_lines", "column_lines", "ground", "tint"])
    def test_is_refused_when_any_ground_comes_too_near_to_its_text(self, name, field):
        made = replace(themes.theme(name, "#0f5c63"), **{field: (0.5, 0.5, 0.5)})

        with pytest.raises(UnreadableColour, match=r"they need 4\.5 to 1"):
            themes.check(made, "#0f5c63")

    @pytest.mark.parametrize("colour", ["red", "#fff", "0f5c63", "#0f5c6g", "#0f5c63\n"])
    def test_refuses_what_is_no_colour(self, colour):
        with pytest.raises(UnreadableColour, match="#rrggbb"):
            themes.theme("tide", colour)


class TestSight:
    def test_tells_apart_for_most_people_what_is_one_colour_without_red_and_green(self):
        red, green = (0.65, 0.36, 0.27), (0.42, 0.44, 0.26)

        assert _far(red, green, Sight.MOST) > 0.2
        assert _far(red, green, Sight.NO_GREEN) < 0.1

    @pytest.mark.parametrize("sight", list(Sight))
    def test_leaves_black_and_white_as_they_are(self, sight):
        assert colour_vision.seen(palette.WHITE, sight) == pytest.approx((1, 1, 1), abs=0.001)
        assert colour_vision.seen((0, 0, 0), sight) == pytest.approx((0, 0, 0), abs=0.001)


class TestPage:
    @EVERY
    @pytest.mark.parametrize("colour", ["#0f5c63", "#f2b705"])
    def test_keeps_the_contrast_on_the_rendered_page_for_every_way_of_seeing(
        self, make_face, monkeypatch, name, colour
    ):
        face = make_face(theme=themes.theme(name, colour))

        for what, text, grounds in _texts(face, monkeypatch):
            for sight in Sight:
                assert min(colour_vision.contrast(text, ground, sight) for ground in grounds) >= 4.45, (what, sight)

    def test_would_notice_words_that_fade_into_the_ground(self, make_face, monkeypatch):
        faded = replace(themes.theme("lantern", "#0f5c63"), label=(0.6, 0.75, 0.76))

        found = {what: (text, grounds) for what, text, grounds in _texts(make_face(theme=faded), monkeypatch)}

        text, grounds = found["labels"]
        assert min(colour_vision.contrast(text, ground) for ground in grounds) < 3

    @EVERY
    def test_goes_on_into_the_bleed_and_never_onto_a_neighbour(self, make_face, name):
        made = themes.theme(name, "#0f5c63")
        face = make_face(theme=made)

        over_the_edge = rendered(media.pdf([face], media.CR80_BLEED), dpi=100)[0]
        beside = rendered(media.pdf([face], media.A4), dpi=100)[0]

        town = [round(part * 255) for part in made.town]
        assert over_the_edge.getpixel((1, 1)) == pytest.approx(town, abs=2)
        left, top = (place / 25.4 * 100 for place in media.A4.corner(1))
        assert beside.getpixel((round(left) + 2, round(top) + 2)) == pytest.approx(town, abs=2)
        for outside in ((round(left) - 3, round(top) + 40), (round(left) + 40, round(top) - 3)):
            assert beside.getpixel(outside) == (255, 255, 255)

    @EVERY
    def test_looks_like_no_other_theme(self, make_face, name):
        front, _ = rendered(
            media.pdf([make_face(theme=themes.theme(name, "#0f5c63"), portrait=None)], media.CR80), dpi=60
        )
        others = [
            rendered(media.pdf([make_face(theme=themes.theme(other, "#0f5c63"), portrait=None)], media.CR80), dpi=60)[0]
            for other in ThemeName
            if other is not name
        ]

        assert all(front.tobytes() != other.tobytes() for other in others)


def _far(first: colour_vision.Colour, second: colour_vision.Colour, sight: Sight) -> float:
    pairs = zip(colour_vision.seen(first, sight), colour_vision.seen(second, sight), strict=True)
    return max(abs(a - b) for a, b in pairs)


def _texts(face, monkeypatch) -> Iterator[tuple[str, colour_vision.Colour, set[colour_vision.Colour]]]:
    """Every text of the page: its own colour, and all colours that lie under its letters when it is left away."""
    monkeypatch.undo()
    written = rendered(media.pdf([face], media.CR80), dpi=DPI)
    monkeypatch.setattr(Paper, "block", lambda *_: None)
    blank = rendered(media.pdf([face], media.CR80), dpi=DPI)
    for page, bare, places in zip(written, blank, (FRONT, BACK), strict=True):
        for what, place in places.items():
            box = tuple(round(side / 25.4 * DPI) for side in place)
            pairs = Counter(zip(_pixels(page.crop(box)), _pixels(bare.crop(box)), strict=True))
            inks = Counter()
            for (ink, ground), count in pairs.items():
                inks[ink] += count * (ink != ground)
            text, _ = inks.most_common(1)[0]
            yield what, _unit(text), {_unit(ground) for ink, ground in pairs if ink == text != ground}


def _pixels(picture: Image.Image) -> list[tuple[int, ...]]:
    flat = picture.tobytes()
    return list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))


def _unit(colour: tuple[int, ...]) -> colour_vision.Colour:
    red, green, blue = (part / 255 for part in colour)
    return red, green, blue
