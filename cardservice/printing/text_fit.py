"""How a text of any length comes to fit its place on the card: by rule, whole, never cut off.

First it stands on one line as large as it may. Then it wraps at spaces and after hyphens (Han and kana between any two
characters) and shrinks down to MIN_SIZE. At last it is condensed, and a word that is longer than the line is broken
between letters. Words are never hyphenated: a hyphen that is not in a name would change it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf

from fontTools import unicodedata as scripts

from cardservice.printing import text as shaping
from cardservice.printing import typefaces
from cardservice.printing.text import Line

MIN_SIZE = 6.0
"""The smallest type on a card, in points."""

_STEP = 0.25
_ONE_LINE_DOWN_TO = 0.72
_CONDENSED_BEFORE_BREAKING_WORDS = 0.8
_LEADING = 1.16
_GAP = 0.08
_CAPITAL, _TAIL = 0.72, 0.2  # what Latin capitals and tails take, whether or not a text has any
_NO_SPACES = frozenset({"Hani", "Hira", "Kana"})


@dataclass(frozen=True, slots=True)
class Block:
    """A text in lines. All but squeeze in points; squeeze: horizontal scale, 1 unless condensed.

    ascent and descent are the same for every line, so that blocks of plain and of accented letters stand alike.
    """

    text: str
    lines: tuple[Line, ...]
    size: float
    squeeze: float
    leading: float
    ascent: float
    descent: float

    @property
    def height(self) -> float:
        return self.ascent + self.descent + self.leading * (len(self.lines) - 1)

    @property
    def width(self) -> float:
        return max(line.width for line in self.lines) * self.size * self.squeeze


def fit(
    text: str,
    width: float,
    height: float,
    *,
    largest: float,
    smallest: float = MIN_SIZE,
    language: str | None = None,
    weight: int = typefaces.REGULAR,
) -> Block:
    """Set a text into a box (points). Raises MissingGlyph."""
    setter = Setter(text, width, height, language=language, weight=weight)
    whole = setter.whole
    size = min(largest, width / whole.width if whole.width else largest)
    if size >= max(smallest, largest * _ONE_LINE_DOWN_TO) and setter.rows(size) >= 1:
        return setter.block([whole.text], size)
    size = largest
    while size >= smallest:
        lines = setter.wrapped(size, 1, break_words=False)
        if lines is not None:
            return setter.block(lines, size)
        size -= _STEP
    return setter.condensed(smallest)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is never broken, with its width in ems, and whether a space stands before it."""

    text: str
    width: float
    spaced: bool


class Setter:
    """One text that is being set into one box (points): measured once, tried at several sizes. Raises MissingGlyph."""

    def __init__(
        self,
        text: str,
        width: float,
        height: float = inf,
        *,
        language: str | None = None,
        weight: int = typefaces.REGULAR,
    ) -> None:
        self._language, self._weight = language, weight
        self._width, self._height = width, height
        self.whole = self._shape(text)
        self._letter_widths: dict[str, float] = {}

    # Measured only when a line has to be broken, which is seldom.
    @cached_property
    def _space(self) -> float:
        return self._shape(" ").width

    @cached_property
    def _words(self) -> list[_Part]:
        return [self._part(*word) for word in _words(self.whole.text)]

    @property
    def _leading(self) -> float:
        return max(_LEADING, self._ascent + self._descent + _GAP)

    @property
    def _ascent(self) -> float:
        return max(_CAPITAL, self.whole.ascent)

    @property
    def _descent(self) -> float:
        return max(_TAIL, self.whole.descent)

    def rows(self, size: float) -> int:
        """How many lines of this size the box has room for; letters as tall as they are in this very text."""
        ink = self._ascent + self._descent
        return int((self._height / size - ink) / self._leading + 1e-6) + 1 if ink * size <= self._height + 1e-6 else 0

    def wrapped(self, size: float, squeeze: float, *, break_words: bool, rows: int | None = None) -> list[str] | None:
        """The lines at this size, of about the same length; None where they do not fit."""
        limit = self._width / (size * squeeze)
        parts = list(self._broken(limit)) if break_words else self._words
        rows = self.rows(size) if rows is None else rows
        lines = _wrap(parts, limit, self._space)
        if lines is None or len(lines) > rows:
            return None
        narrow, wide = limit / 2, limit
        while wide - narrow > 0.05:
            middle = (narrow + wide) / 2
            tighter = _wrap(parts, middle, self._space)
            if tighter is not None and len(tighter) <= len(lines):
                wide, lines = middle, tighter
            else:
                narrow = middle
        return ["".join(" " * (part.spaced and i > 0) + part.text for i, part in enumerate(line)) for line in lines]

    def condensed(self, size: float) -> Block:
        """At the smallest size: as little condensed as fits, whole words while that is still easy to read."""
        rows = max(1, self.rows(size))
        for break_words, least in ((False, _CONDENSED_BEFORE_BREAKING_WORDS), (True, 0.0)):
            too_much, enough = 1.0, least
            lines = self.wrapped(size, 1.0, break_words=break_words, rows=rows)
            if lines is not None:
                return self.block(lines, size)
            for _ in range(12):
                middle = (too_much + enough) / 2
                tried = self.wrapped(size, middle, break_words=break_words, rows=rows)
                if tried is None:
                    too_much = middle
                else:
                    enough, lines = middle, tried
            if lines is not None:
                return self.block(lines, size, enough)
        return self.block([self.whole.text], size)

    def at(self, size: float, squeeze: float) -> Block:
        """At this very size and squeeze, in as many lines as that takes."""
        lines = self.wrapped(size, squeeze, break_words=True, rows=len(self.whole.text))
        return self.block(lines or [self.whole.text], size, squeeze)

    def block(self, lines: list[str], size: float, squeeze: float = 1.0) -> Block:
        """Shape the lines; where kerning across a break made one wider than reckoned, all give way by that much."""
        shaped = tuple(self._line(line) for line in lines)
        widest = max(line.width for line in shaped) * size
        squeeze = min(squeeze, self._width / widest) if widest else squeeze
        ascent, descent = self._ascent * size, self._descent * size
        return Block(self.whole.text, shaped, size, squeeze, self._leading * size, ascent, descent)

    def _broken(self, limit: float) -> Iterator[_Part]:
        """The words, those wider than a line letter by letter."""
        for word in self._words:
            letters = shaping.clusters(word.text) if word.width > limit else [word.text]
            if len(letters) == 1:
                yield _Part(word.text, min(word.width, limit), word.spaced)
                continue
            apart = [self._letter_width(letter) for letter in letters]
            # Joined letters are narrower than the same letters alone.
            joined = word.width / (sum(apart) or 1)
            for i, (letter, width) in enumerate(zip(letters, apart, strict=True)):
                yield _Part(letter, min(width * joined, limit), word.spaced and i == 0)

    def _letter_width(self, letter: str) -> float:
        if letter not in self._letter_widths:
            self._letter_widths[letter] = self._shape(letter).width
        return self._letter_widths[letter]

    def _part(self, text: str, spaced: bool) -> _Part:
        return _Part(text, self._shape(text).width, spaced)

    def _line(self, text: str) -> Line:
        # Direction is a paragraph's, not a line's (UAX #9, P2): Latin words alone on a line of an Arabic name too.
        base = int(self.whole.right_to_left)
        return self.whole if text == self.whole.text else self._shape(text, base)

    def _shape(self, text: str, base: int | None = None) -> Line:
        return shaping.shape(text, language=self._language, weight=self._weight, base=base)


def _wrap(parts: list[_Part], limit: float, space: float) -> list[list[_Part]] | None:
    """Fill line after line; None where a part is wider than a line."""
    lines: list[list[_Part]] = []
    used = 0.0
    for part in parts:
        if part.width > limit + 1e-6:
            return None
        needed = part.width + (space if part.spaced else 0)
        if lines and used + needed <= limit + 1e-6:
            lines[-1].append(part)
            used += needed
        else:
            lines.append([part])
            used = part.width
    return lines


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """What a line may end with, and whether a space stood before it."""
    for word in text.split(" "):
        spaced = True
        for part in _word_parts(word):
            yield part, spaced
            spaced = False


def _word_parts(word: str) -> Iterator[str]:
    """After a hyphen, and between Han or kana characters, a line may end inside a word."""
    letters = shaping.clusters(word)
    part = ""
    for letter, following in pairwise([*letters, ""]):
        part += letter
        dense = following and {scripts.script(letter[0]), scripts.script(following[0])} <= _NO_SPACES
        if dense or (letter in "-‐–" and len(part) > 1 and following) or not following:
            yield part
            part = ""
