"""How a colour looks to people who see other colours than most do, and on a printer that has black alone.

The matrices are those of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
Deficiency" (IEEE TVCG 15, 2009), for a receptor that is missing altogether; they act on linear light. They are an
estimate: good enough to refuse two colours that some people cannot tell apart.
"""

from enum import StrEnum

Colour = tuple[float, float, float]
"""Red, green and blue from 0 to 1, as sRGB writes them."""

Matrix = tuple[tuple[float, float, float], ...]


class Sight(StrEnum):
    """A way of seeing the card; the values are the words that a refused colour is told in."""

    MOST = "as most people see it"
    NO_RED = "as seen without red receptors"
    NO_GREEN = "as seen without green receptors"
    NO_BLUE = "as seen without blue receptors"
    GREY = "in black and white"


_MATRICES: dict[Sight, Matrix] = {
    Sight.NO_RED: (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    Sight.NO_GREEN: (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    Sight.NO_BLUE: (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    # What a printer in grey makes of a colour: the luma of ITU-R BT.601, on the values as they are written.
    Sight.GREY: ((0.299, 0.587, 0.114),) * 3,
}


def seen(colour: Colour, sight: Sight) -> Colour:
    """The colour as it looks that way."""
    if sight is Sight.MOST:
        return colour
    matrix = _MATRICES[sight]
    if sight is Sight.GREY:
        return _times(matrix, colour)
    red, green, blue = (_written(_clamped(part)) for part in _times(matrix, _map_linear(colour)))
    return red, green, blue


def linear(part: float) -> float:
    """One part of an sRGB colour as linear light."""
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def luminance(colour: Colour) -> float:
    """Relative luminance, from 0 for black to 1 for white (WCAG 2.2)."""
    red, green, blue = (linear(part) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Colour, second: Colour, sight: Sight = Sight.MOST) -> float:
    """From 1 (the same) to 21 (black on white), as WCAG 2.2 defines contrast ratio, between colours seen that way."""
    lighter, darker = sorted((luminance(seen(first, sight)), luminance(seen(second, sight))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def lowest_contrast(first: Colour, second: Colour) -> tuple[float, Sight]:
    """The contrast for whom it is least, and who that is."""
    return min((contrast(first, second, sight), sight) for sight in Sight)


def _map_linear(colour: Colour) -> Colour:
    red, green, blue = (linear(part) for part in colour)
    return red, green, blue


def _written(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _clamped(part: float) -> float:
    return min(1.0, max(0.0, part))


def _times(matrix: Matrix, colour: Colour) -> Colour:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return red, green, blue
