"""How often a worn card is read: a print and a camera, simulated, and zxing-cpp, for each level and module size.

The print: 300 dpi, dots that smear and grow. The wear: scratches and stains, together on 5 % of the code; no stain on a
finder pattern. The camera: any way round, tilted, out of focus, moved, under uneven light, with noise, as a JPEG, at 2
pixels a module of our own codes and more; other sizes and levels are seen from the same distances. It is read by what
`cardverify` reads pictures with, which is zxing-cpp. All follows from SEED.
`python -m bench.scan` prints the table of docs/decisions/0063.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, pi, sin, sqrt, tau

import cv2
import numpy as np
import pypdfium2
import qrcode
from numpy.typing import NDArray
from qrcode import constants, util

from bench.cards_to_print import cards
from bench.measure import Result
from cardservice.printing import layout, media
from cardservice.scan import texts_on_picture

Picture = NDArray[np.float32]
Square = tuple[float, float, float]
"""Left, top and side of a code, in millimetres of its card."""

SEED = 63
TRIALS = int(os.environ.get("BENCH_SCANS", "1000"))
CARDS = 8
GOAL = 0.99

LEVELS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
FEWEST_PIXELS, MOST_PIXELS = 2.0, 6.0
"""Of the camera, for one module of a code as we print it."""
COVERED = 0.05
HAIRLINE, GASH = 0.1, 0.22
"""Millimetres: the widest scratch of a card from a wallet, and of one that lay beside keys."""

_DPI, _FINER = 300, 2
cv2.setNumThreads(1)
_A_MM = _DPI * _FINER / 25.4  # pixels of the print, two a dot, so that dots can grow by less than one
_MARGIN = 2.0  # millimetres of the card that are seen around a code
_QUIET = layout.QUIET_MODULES


@dataclass(frozen=True, slots=True)
class Code:
    """One printed side: darkness from 0 to 1 at _A_MM, where its code stands, how wide a module is, what it says."""

    darkness: Picture
    square: Square
    module: float
    text: str


def identity() -> Result:
    """The share of identity codes that are read."""
    return _read(1)


def residence() -> Result:
    """The share of residence codes that are read."""
    return _read(0)


def _read(side: int) -> Result:
    sides = [printed[side] for printed in _printed()]
    return Result(
        ours=sum(seen(trial, sides[trial % CARDS]) for trial in range(TRIALS)) / TRIALS,
        peer=1.0,
        peer_name="every scan is read",
        unit="share",
        goal=GOAL,
        runs=TRIALS,
        more_is_better=True,
    )


@cache
def _printed() -> list[tuple[Code, Code]]:
    """Fronts and backs of real cards, from the PDF that goes to the printer."""
    found = []
    for face in cards(CARDS):
        places = layout.front_code(face.residence_code or ""), layout.back_code(face.identity_code or "")
        with pypdfium2.PdfDocument(media.pdf([face], media.CR80)) as document:
            pages = [
                np.array(page.render(scale=_DPI * _FINER / 72).to_pil().convert("L"), np.float32) for page in document
            ]
        texts = (face.residence_code or "", face.identity_code or "")
        front, back = (
            Code(
                _cut(1 - page / 255, square := _square(place)),
                (_MARGIN, _MARGIN, square[2]),
                place.dots / _DPI * 25.4,
                text,
            )
            for page, place, text in zip(pages, places, texts, strict=True)
        )
        found.append((front, back))
    return found


def _square(place: layout.CodePlace) -> Square:
    return place.left / layout.DOTS_A_MM, place.top / layout.DOTS_A_MM, place.side_mm


def _cut(page: Picture, square: Square) -> Picture:
    """The code and so much of the card around it; beyond the card is a dark table."""
    left, top, side = (round(length * _A_MM) for length in square)
    margin = round(_MARGIN * _A_MM)
    framed = np.pad(page, margin, constant_values=0.6)
    return framed[top : top + side + 2 * margin, left : left + side + 2 * margin]


def drawn(text: str, level: str, dots: int) -> Code:
    """A text as a code of this level in so many dots a module, on white."""
    made = qrcode.QRCode(error_correction=LEVELS[level], border=0, mask_pattern=2)
    made.add_data(util.QRData(text, mode=util.MODE_ALPHA_NUM))
    made.make(fit=True)
    modules = np.pad(np.array(made.modules, np.float32), _QUIET)
    quiet = _QUIET * dots * _FINER
    side = (len(modules) - 2 * _QUIET) * dots / _DPI * 25.4
    darkness = np.kron(modules, np.ones((dots * _FINER, dots * _FINER), np.float32))
    return Code(darkness, (quiet / _A_MM, quiet / _A_MM, side), dots / _DPI * 25.4, text)


def seen(trial: int, code: Code, *, pixels_a_mm: float | None = None, widest: float = HAIRLINE) -> bool:
    """Whether this code is read in this trial: the same trial treats every code alike, and from the same distance."""
    chance = np.random.default_rng((SEED, trial))
    pixels = chance.uniform(FEWEST_PIXELS, MOST_PIXELS) / code.module
    jpeg = camera(
        worn(printed(code.darkness, chance), code, chance, widest), code.square, pixels_a_mm or pixels, chance
    )
    return code.text in texts_on_picture(jpeg)


def printed(darkness: Picture, chance: np.random.Generator) -> Picture:
    """Ink on plastic, as grey from 0 to 255: dots smear, and grow or shrink; black is not black and white not white."""
    smeared = cv2.GaussianBlur(darkness, (0, 0), _FINER * chance.uniform(0.35, 0.6))
    grown = np.clip((smeared - 0.5 + chance.uniform(-0.05, 0.22)) * 1.6 + 0.5, 0, 1)
    white, black = chance.uniform(225, 245), chance.uniform(25, 60)
    return (white - (white - black) * grown).astype(np.float32)


def worn(picture: Picture, code: Code, chance: np.random.Generator, widest: float) -> Picture:
    """Scratches and one to four stains, together on COVERED of the code's square; no stain on a finder pattern."""
    height, width = picture.shape
    scratched = np.zeros((height, width), np.uint8)
    for _ in range(chance.poisson(2)):
        start, angle = chance.uniform(0, 1, 2) * (width, height), chance.uniform(0, pi)
        end = start + chance.uniform(4, 40) * _A_MM * np.array([cos(angle), sin(angle)])
        thick = max(1, round(chance.uniform(0.03, widest) * _A_MM))
        cv2.line(picture, _pixel(start), _pixel(end), float(chance.choice([235, 200, 90])), thick, cv2.LINE_AA)
        cv2.line(scratched, _pixel(start), _pixel(end), 1.0, thick)
    left, top, side = code.square
    inside = [round(length * _A_MM) for length in (top, top + side, left, left + side)]
    covered = scratched[inside[0] : inside[1], inside[2] : inside[3]]
    stains = chance.integers(1, 5)
    radius = side * sqrt(max(0.0, COVERED - covered.mean()) / stains / pi)
    while stains:
        across, down = chance.uniform(radius, side - radius, 2)
        colour = float(chance.choice([235, 60]))
        if not _on_a_finder(across, down, radius, code):
            place = (np.array([across, down]) + code.square[:2]) * _A_MM
            cv2.circle(picture, _pixel(place), round(radius * _A_MM), colour, -1)
            stains -= 1
    return picture


def _on_a_finder(across: float, down: float, radius: float, code: Code) -> bool:
    """Three corners are eight modules wide with their light border; without one of them a reader finds no code."""
    wide, side = 8 * code.module, code.square[2]
    for left, top in ((0.0, 0.0), (side - wide, 0.0), (0.0, side - wide)):
        nearest = min(max(across, left), left + wide), min(max(down, top), top + wide)
        if hypot(across - nearest[0], down - nearest[1]) < radius:
            return True
    return False


def camera(picture: Picture, square: Square, pixels_a_mm: float, chance: np.random.Generator) -> bytes:
    """What a camera makes of it at this distance: a JPEG."""
    scale = pixels_a_mm / _A_MM
    small = cv2.resize(picture, None, fx=min(1, 1.6 * scale), fy=min(1, 1.6 * scale), interpolation=cv2.INTER_AREA)
    side = square[2] * pixels_a_mm
    size = round(side * 1.7)
    turned = chance.uniform(0, tau)
    turn = np.array([[cos(turned), -sin(turned)], [sin(turned), cos(turned)]])
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    # Tilt: every corner nearer or further by up to a twentieth of the code, which is some 20 degrees.
    to = ((corners - 0.5) @ turn.T + chance.uniform(-0.05, 0.05, (4, 2))) * side + size / 2
    at = (corners * square[2] + square[:2]) * _A_MM * min(1, 1.6 * scale)
    matrix = cv2.getPerspectiveTransform(at.astype(np.float32), to.astype(np.float32))
    ground = chance.uniform(60, 170)
    out = cv2.warpPerspective(small, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=ground)
    out = _moved(cv2.GaussianBlur(out, (0, 0), chance.uniform(0.4, 0.8)), chance)
    lit = np.clip(out * _light(size, chance) + chance.normal(0, chance.uniform(2, 6), out.shape), 0, 255)
    quality = int(chance.uniform(65, 95))
    _, data = cv2.imencode(".jpg", lit.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def _moved(picture: Picture, chance: np.random.Generator) -> Picture:
    """The hand moves by up to a pixel and a half while the picture is taken."""
    length, angle = chance.uniform(0, 1.5), chance.uniform(0, pi)
    kernel = np.zeros((5, 5), np.float32)
    for step in np.linspace(-length / 2, length / 2, 21):
        kernel[round(2 + step * sin(angle)), round(2 + step * cos(angle))] += 1 / 21
    return cv2.filter2D(picture, -1, kernel)


def _light(size: int, chance: np.random.Generator) -> Picture:
    """From one side, by up to a third; and now and then the gloss of a lamp."""
    down, across = (np.mgrid[0:size, 0:size] / size).astype(np.float32)
    angle = chance.uniform(0, tau)
    slope = (across - 0.5) * cos(angle) + (down - 0.5) * sin(angle)
    light = chance.uniform(0.6, 1.0) * (1 + slope * chance.uniform(0, 0.6))
    x, y, wide = *chance.uniform(0.2, 0.8, 2), chance.uniform(0.05, 0.15)
    gloss = chance.uniform(0, 0.3) * (chance.uniform() < 0.3)
    return light + gloss * np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * wide**2))


def _pixel(place: NDArray[np.float64]) -> tuple[int, int]:
    return round(place[0]), round(place[1])


def table() -> Iterator[str]:
    """Rows of Markdown: each level in each size that has room, with wide scratches, from where we see our own."""
    faces = cards(CARDS)
    sides = (
        ("residence", [face.residence_code or "" for face in faces], 6, layout.FRONT_CODE_MOST),
        ("identity", [face.identity_code or "" for face in faces], 5, layout.CARD_HEIGHT - 2),
    )
    yield "| code | level | dots a module | width, mm | read |"
    yield "|---|---|---|---|---|"
    for name, texts, usual, room in sides:
        for level in LEVELS:
            for dots in (4, 5, 6, 7):
                codes = [drawn(text, level, dots) for text in texts]
                if max(code.square[2] for code in codes) <= room:
                    share = _share(codes, usual / _DPI * 25.4)
                    yield f"| {name} | {level} | {dots} | {codes[0].square[2]:.1f} | {share:.1%} |"


def _share(codes: list[Code], module: float) -> float:
    read = 0
    for trial in range(TRIALS):
        pixels = np.random.default_rng((SEED, trial)).uniform(FEWEST_PIXELS, MOST_PIXELS) / module
        read += seen(trial, codes[trial % len(codes)], pixels_a_mm=pixels, widest=GASH)
    return read / TRIALS


if __name__ == "__main__":
    for row in table():
        print(row, flush=True)
    sys.exit(0)
