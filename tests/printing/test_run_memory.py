"""A long run takes as much memory as a short one: parts are drawn as they are asked for and then let go of."""

import tracemalloc
from collections.abc import Callable, Iterable, Iterator

from cardservice.printing import media
from cardservice.printing.card_face import CardFace

A_PART = 10


class TestMemory:
    def test_of_five_parts_is_that_of_two(self, make_face: Callable[..., CardFace]) -> None:
        list(media.in_parts(run(make_face, 1), media.A4, cards=A_PART))  # what is kept for every run is kept now

        short, long = (most_memory(run(make_face, parts)) for parts in (2, 5))

        assert long < 1.1 * short


def run(make_face: Callable[..., CardFace], parts: int) -> Iterator[CardFace]:
    """Cards with photographs of their own, made as they are asked for."""
    for number in range(parts * A_PART):
        yield make_face(
            card_number=f"7H3K-9Q2M-{number:04}",
            portrait=bytes(bytearray(make_face().portrait or b"")),
            identity_code=f"{number:04}" * 100,
            residence_code=f"{number:04}" * 70,
        )


def most_memory(faces: Iterable[CardFace]) -> int:
    """Bytes that were taken at most while all parts were drawn, one after the other."""
    tracemalloc.start()
    try:
        for part in media.in_parts(faces, media.A4, cards=A_PART):
            assert part.startswith(b"%PDF")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
