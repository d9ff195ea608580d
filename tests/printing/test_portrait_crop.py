"""The crop: begun around a head before a plain wall, whoever it is, and never outside the photograph."""

import io
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bench import portraits as made
from cardservice.printing import portrait_crop, sample_portraits
from cardservice.printing.portrait_crop import Crop, Move

SIZES = st.tuples(st.integers(64, 960), st.integers(80, 960))
CROPS = st.builds(Crop, *(st.integers(-5_000, 5_000) for _ in range(3)))


@pytest.fixture(scope="module")
def overlaps() -> dict[int, float]:
    """By person, how much of the right crop was suggested before a wall."""
    scenes = made.scenes(("light wall",))
    return {
        one.person: made.overlap(portrait_crop.suggested(one.photo).box(one.photo.size), one.right) for one in scenes
    }


class TestTheSuggestion:
    def test_is_near_enough_to_be_accepted_or_corrected_in_a_few_steps(self, overlaps: dict[int, float]) -> None:
        assert statistics.mean(overlaps.values()) > 0.75
        assert min(overlaps.values()) > 0.35

    @pytest.mark.parametrize(("part", "least"), [("skin", 0.65), ("style", 0.5)])
    def test_is_as_good_whatever_the_skin_and_whatever_is_on_the_head(
        self, overlaps: dict[int, float], part: str, least: float
    ) -> None:
        by: dict[str, list[float]] = {}
        for person, share in overlaps.items():
            by.setdefault(getattr(sample_portraits._Face.of(person), part), []).append(share)

        # A bun or an afro makes a head larger and the frame with it, so that styles differ more than skins.
        assert min(map(statistics.mean, by.values())) > least

    @pytest.mark.parametrize("size", [(960, 640), (640, 960), (64, 80)])
    def test_is_the_middle_before_anything_but_a_wall(self, size: tuple[int, int]) -> None:
        for picture in (Image.effect_noise(size, 120).convert("RGB"), Image.new("RGB", size, "white")):
            assert portrait_crop.suggested(picture) == portrait_crop.middle(size)

    def test_is_the_middle_where_the_head_is_cut(self) -> None:
        drawn = Image.open(io.BytesIO(sample_portraits.draw(3)))
        cut = drawn.crop((0, 200, drawn.width, drawn.height))

        assert portrait_crop.suggested(cut) == portrait_crop.middle(cut.size)


class TestACrop:
    @given(CROPS, SIZES)
    @settings(max_examples=150, deadline=None)
    def test_lies_within_its_photograph_and_is_four_by_five(self, crop: Crop, size: tuple[int, int]) -> None:
        left, upper, right, lower = crop.within(size).box(size)

        assert 0 <= left < right <= size[0]
        assert 0 <= upper < lower <= size[1] + 1e-6
        assert (right - left) / (lower - upper) == pytest.approx(0.8, abs=0.01)

    @given(CROPS, SIZES, st.lists(st.sampled_from(Move), max_size=12))
    @settings(max_examples=150, deadline=None)
    def test_stays_there_however_it_is_moved(self, crop: Crop, size: tuple[int, int], moves: list[Move]) -> None:
        crop = crop.within(size)
        for move in moves:
            crop = crop.moved(move, size)

        assert crop == crop.within(size)

    def test_goes_back_the_way_it_came(self) -> None:
        begun = Crop(300, 300, 300)

        for there, back in ((Move.UP, Move.DOWN), (Move.LEFT, Move.RIGHT), (Move.LARGER, Move.SMALLER)):
            again = begun.moved(there, (960, 720)).moved(back, (960, 720))
            assert (again.x, again.y, again.width) == pytest.approx((300, 300, 300), abs=2)

    def test_is_never_narrower_than_what_the_code_needs(self) -> None:
        crop = Crop(0, 0, 1000)
        for _ in range(100):
            crop = crop.moved(Move.SMALLER, (960, 720))

        assert crop.width * 960 / 1000 >= 64
