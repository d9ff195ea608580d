"""Which way each stretch of a text runs: the Unicode Bidirectional Algorithm, UAX #9.

Complete (embeddings, overrides, isolates, bracket pairs) so that the Unicode Consortium's own test file decides
whether it is right, not our idea of which names there are. Text goes in and comes out in logical order; joining and
reordering of letters inside a run is HarfBuzz's work (text.py). Rule names (P2, X5a, W1 …) are those of UAX #9.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

# BidiBrackets.txt, each opening bracket before its closing one.
_BRACKETS = (
    "()[]{}༺༻༼༽᚛᚜⁅⁆⁽⁾₍₎⌈⌉⌊⌋〈〉❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟅⟆⟦⟧⟨⟩"
    "⟪⟫⟬⟭⟮⟯⦃⦄⦅⦆⦇⦈⦉⦊⦋⦌⦍⦐⦏⦎⦑⦒⦓⦔⦕⦖⦗⦘⧘⧙⧚⧛⧼⧽⸢⸣⸤⸥⸦⸧⸨⸩⹕⹖"
    "⹗⹘⹙⹚⹛⹜〈〉《》「」『』【】〔〕〖〗〘〙〚〛﹙﹚﹛﹜﹝﹞（）［］｛｝｟｠｢｣"
)
_CLOSING = dict(zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True))
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_EMBEDDINGS = frozenset({"LRE", "RLE", "LRO", "RLO"})
_ISOLATES = frozenset({"LRI", "RLI", "FSI"})
_REMOVED = _EMBEDDINGS | {"PDF", "BN"}  # X9
_NEUTRAL = _ISOLATES | {"B", "S", "WS", "ON", "PDI"}
# A text of these alone has nothing to resolve; most names have no others.
_ONE_WAY = frozenset({"L", "EN", "ES", "ET", "CS", "NSM", "S", "WS", "ON"})
_MAX_DEPTH = 125
_BRACKET_STACK = 63
# The direction a resolved type counts for: numbers are right-to-left among neutrals (N0, N1).
_STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one direction: text[start:end], in logical order."""

    start: int
    end: int
    level: int

    @property
    def right_to_left(self) -> bool:
        return self.level % 2 == 1


def runs(text: str, base: int | None = None) -> list[Run]:
    """The runs of one line, from left to right as they are drawn. base: 0, 1, or None to take it from the text."""
    return reordered(levels(text, base)[1])


def reordered(found: list[int]) -> list[Run]:
    """The runs of a line whose characters have these levels, from left to right as they are drawn (rule L2)."""
    stretches = []
    start = 0
    for level, group in groupby(found):
        end = start + len(list(group))
        stretches.append(Run(start, end, level))
        start = end
    return [stretches[i] for i in visual_order([run.level for run in stretches])]


def levels(text: str, base: int | None = None) -> tuple[int, list[int]]:
    """The level of the paragraph and of each character (rules P2 to L1); an odd level runs right to left."""
    original = [unicodedata.bidirectional(char) or "L" for char in text]
    if not base and _ONE_WAY.issuperset(original):
        return 0, [0] * len(original)
    if base is None:
        base = 1 if _first_strong(original, 0) in ("R", "AL") else 0
    isolates = _matching_isolates(original)
    found, types = _explicit(original, base)
    # All sequences are cut before any is resolved: resolving changes the levels that cutting looks at.
    for sequence in list(_sequences(original, found, base, isolates)):
        _resolve(sequence, text, original, types, found)
    _finish(original, found, base)
    return base, found


def visual_order(found: list[int]) -> list[int]:
    """Indices in the order in which they are drawn from left to right (L2)."""
    order = list(range(len(found)))
    lowest_odd = min((level for level in found if level % 2), default=0)
    for level in range(max(found, default=0), lowest_odd - 1, -1) if lowest_odd else ():
        start = 0
        for reverse, group in groupby(order, key=lambda i: found[i] >= level):
            end = start + len(list(group))
            if reverse:
                order[start:end] = order[start:end][::-1]
            start = end
    return order


def _first_strong(types: list[str], start: int, *, until_pdi: bool = False) -> str | None:
    """The first strong type that stands in no isolate (P2); for FSI, within its own isolate (X5c)."""
    depth = 0
    for kind in types[start:]:
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            if depth == 0 and until_pdi:
                return None
            depth = max(0, depth - 1)
        elif depth == 0 and kind in ("L", "R", "AL"):
            return kind
    return None


def _matching_isolates(types: list[str]) -> dict[int, int]:
    """From each isolate initiator that is closed to its PDI (BD9)."""
    found, waiting = {}, []
    for i, kind in enumerate(types):
        if kind in _ISOLATES:
            waiting.append(i)
        elif kind == "PDI" and waiting:
            found[waiting.pop()] = i
    return found


def _explicit(original: list[str], base: int) -> tuple[list[int], list[str]]:
    """Levels and types after the explicit formatting characters (X1 to X8)."""
    found, types = [base] * len(original), original[:]
    stack = _Stack(base)
    for i, kind in enumerate(original):
        if kind == "B":
            continue
        if kind == "PDI":
            stack.close_isolate()
        found[i] = stack.top.level
        if kind not in _REMOVED:
            types[i] = stack.top.override or kind
        if kind in _EMBEDDINGS:
            stack.open_embedding(kind)
        elif kind == "PDF":
            stack.close_embedding()
        elif kind in _ISOLATES:
            stack.open_isolate(_isolate_is_rtl(original, i))
    return found, types


@dataclass(frozen=True, slots=True)
class _Status:
    level: int
    override: str | None = None
    isolate: bool = False


class _Stack:
    """The directional status stack (X1), and what was opened too deep to be on it."""

    def __init__(self, base: int) -> None:
        self._entries = [_Status(base)]
        self._lost_isolates = self._lost_embeddings = self._open_isolates = 0

    @property
    def top(self) -> _Status:
        return self._entries[-1]

    def open_embedding(self, kind: str) -> None:
        """X2 to X5."""
        if not self._push(kind[0] == "R", {"LRO": "L", "RLO": "R"}.get(kind)) and not self._lost_isolates:
            self._lost_embeddings += 1

    def open_isolate(self, right_to_left: bool) -> None:
        """X5a to X5c."""
        if self._push(right_to_left, isolate=True):
            self._open_isolates += 1
        else:
            self._lost_isolates += 1

    def close_isolate(self) -> None:
        """X6a."""
        if self._lost_isolates:
            self._lost_isolates -= 1
        elif self._open_isolates:
            self._lost_embeddings = 0
            while not self._entries.pop().isolate:
                pass
            self._open_isolates -= 1

    def close_embedding(self) -> None:
        """X7."""
        if self._lost_isolates:
            return
        if self._lost_embeddings:
            self._lost_embeddings -= 1
        elif not self.top.isolate and len(self._entries) > 1:
            self._entries.pop()

    def _push(self, right_to_left: bool, override: str | None = None, *, isolate: bool = False) -> bool:
        level = (self.top.level + 1) | 1 if right_to_left else (self.top.level + 2) & ~1
        fits = level <= _MAX_DEPTH and not self._lost_isolates and not self._lost_embeddings
        if fits:
            self._entries.append(_Status(level, override, isolate))
        return fits


def _isolate_is_rtl(original: list[str], i: int) -> bool:
    if original[i] == "FSI":
        return _first_strong(original, i + 1, until_pdi=True) in ("R", "AL")
    return original[i] == "RLI"


@dataclass(frozen=True, slots=True)
class _Sequence:
    """An isolating run sequence (BD13): places in the text, and the directions that meet it at its two ends."""

    places: list[int]
    level: int
    before: str
    after: str

    @property
    def direction(self) -> str:
        return "RL"[self.level % 2 == 0]


def _sequences(original: list[str], found: list[int], base: int, isolates: dict[int, int]) -> Iterator[_Sequence]:
    """X10: level runs joined across isolates, without the characters that X9 removes."""
    kept = [i for i, kind in enumerate(original) if kind not in _REMOVED]
    level_runs = [list(group) for _, group in groupby(kept, key=lambda i: found[i])]
    starting = {run[0]: run for run in level_runs}
    rank = {i: place for place, i in enumerate(kept)}
    closers = set(isolates.values())
    for run in level_runs:
        if run[0] in closers:
            continue
        places = run[:]
        while (pdi := isolates.get(places[-1])) is not None:
            places += starting[pdi]
        level = found[run[0]]
        first, last = rank[places[0]], rank[places[-1]]
        preceding = found[kept[first - 1]] if first else base
        unclosed = original[places[-1]] in _ISOLATES
        following = base if unclosed or last + 1 == len(kept) else found[kept[last + 1]]
        yield _Sequence(places, level, "LR"[max(level, preceding) % 2], "LR"[max(level, following) % 2])


def _resolve(sequence: _Sequence, text: str, original: list[str], types: list[str], found: list[int]) -> None:
    """Resolve one sequence (W1 to N2) and give its characters their levels (I1, I2)."""
    resolved = [types[i] for i in sequence.places]
    _resolve_weak(resolved, sequence.before)
    _resolve_brackets(resolved, sequence, text, [original[i] for i in sequence.places])
    _resolve_neutral(resolved, sequence)
    for i, kind in zip(sequence.places, resolved, strict=True):
        if sequence.level % 2:
            found[i] += kind != "R"
        else:
            found[i] += {"L": 0, "R": 1}.get(kind, 2)


def _resolve_weak(types: list[str], before: str) -> None:
    _resolve_marks_and_arabic(types, before)
    for i in range(1, len(types) - 1):  # W4
        around = types[i - 1]
        if around == types[i + 1] and (types[i], around) in (("ES", "EN"), ("CS", "EN"), ("CS", "AN")):
            types[i] = around
    for start, end in _stretches(types, frozenset({"ET"})):  # W5
        if "EN" in (types[start - 1] if start else None, types[end] if end < len(types) else None):
            types[start:end] = ["EN"] * (end - start)
    strong = before
    for i, kind in enumerate(types):  # W6, W7
        if kind in ("ES", "ET", "CS"):
            types[i] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            types[i] = "L"


def _resolve_marks_and_arabic(types: list[str], before: str) -> None:
    previous = strong = before
    for i, original in enumerate(types):
        kind = original
        if kind == "NSM":  # W1
            types[i] = kind = "ON" if previous in _ISOLATES or previous == "PDI" else previous
        previous = kind
        if kind in ("L", "R", "AL"):  # W2, W3
            strong = kind
            types[i] = "R" if kind == "AL" else kind
        elif kind == "EN" and strong == "AL":
            types[i] = "AN"


def _resolve_brackets(types: list[str], sequence: _Sequence, text: str, original: list[str]) -> None:
    """N0: both brackets of a pair take the direction of what they hold, or of what stands before them."""
    own = sequence.direction
    for opening, closing in _bracket_pairs([text[i] for i in sequence.places], types):
        inside = {_STRONG.get(kind) for kind in types[opening + 1 : closing]} - {None}
        if own in inside:
            direction = own
        elif inside:
            before = (_STRONG[kind] for kind in reversed(types[:opening]) if kind in _STRONG)
            direction = next(before, sequence.before)
        else:
            continue
        for bracket in (opening, closing):
            types[bracket] = direction
            for i in range(bracket + 1, len(types)):
                if original[i] != "NSM":
                    break
                types[i] = direction


def _bracket_pairs(chars: list[str], types: list[str]) -> list[tuple[int, int]]:
    """BD16: pairs of places, in order of the opening bracket. U+2329 and U+3008 are the same bracket."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for i, kind in enumerate(types):
        if kind != "ON":
            continue
        char = unicodedata.normalize("NFD", chars[i])
        if char in _CLOSING:
            if len(waiting) == _BRACKET_STACK:
                return sorted(pairs)
            waiting.append((char, i))
        elif char in _OPENING:
            for depth in range(len(waiting) - 1, -1, -1):
                if waiting[depth][0] == unicodedata.normalize("NFD", _OPENING[char]):
                    pairs.append((waiting[depth][1], i))
                    del waiting[depth:]
                    break
    return sorted(pairs)


def _resolve_neutral(types: list[str], sequence: _Sequence) -> None:
    for start, end in _stretches(types, _NEUTRAL):  # N1, N2
        before = _STRONG[types[start - 1]] if start else sequence.before
        after = _STRONG[types[end]] if end < len(types) else sequence.after
        types[start:end] = [before if before == after else sequence.direction] * (end - start)


def _stretches(types: list[str], kinds: frozenset[str]) -> list[tuple[int, int]]:
    """Where neighbours are all of these kinds: (start, end)."""
    found, start = [], 0
    for wanted, group in groupby(types, key=lambda kind: kind in kinds):
        end = start + len(list(group))
        if wanted:
            found.append((start, end))
        start = end
    return found


def _finish(original: list[str], found: list[int], base: int) -> None:
    """Removed characters stay with what is before them (5.2); separators and trailing space return to base (L1)."""
    previous = base
    for i, kind in enumerate(original):
        if kind in _REMOVED:
            found[i] = previous
        previous = found[i]
    trailing = True
    for i in range(len(original) - 1, -1, -1):
        kind = original[i]
        trailing = kind in ("B", "S") or (trailing and (kind in _REMOVED | _ISOLATES or kind in ("WS", "PDI")))
        if trailing:
            found[i] = base
