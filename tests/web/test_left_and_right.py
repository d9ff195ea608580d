"""Nothing on a screen is left or right by its style: it is at the start or at the end, which a language turns round.

Where a property has no such form (a transform, a shadow), the same rule for a page from right to left has to stand
beside it, or it is an exception by name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import tinycss2
from tinycss2.ast import Declaration, Node, QualifiedRule

ROOT = Path(__file__).parents[2]
NOT_OURS = {"vendor", "node_modules", "built"}
SHEETS = sorted(
    path for room in ("cardservice", "manual") for path in (ROOT / room).rglob("*.css") if not NOT_OURS & {*path.parts}
)
PAGES = sorted(
    path
    for room in ("templates", "cardservice", "manual")
    for path in (ROOT / room).rglob("*.html")
    if not NOT_OURS & {*path.parts}
)
SCRIPTS = sorted(path for path in (ROOT / "cardservice").rglob("*.js") if not NOT_OURS & {*path.parts})
RIGHT_TO_LEFT = '[dir="rtl"] '

# (file, selector, property): why it is the same in every language.
EXCEPTIONS = {
    ("desk.css", ".camera__mirrored", "transform"): "a face is looked at as in a mirror",
    ("verifier.css", "to", "transform"): "it shrinks towards its transform-origin, which is turned round",
}

PHYSICAL_NAME = re.compile(r"(^|-)(left|right)(-|$)")
PHYSICAL_WORD = {"float", "clear", "text-align", "text-align-last", "caption-side", "object-position", "background"}
PHYSICAL_WORD |= {"background-position", "transform-origin", "perspective-origin", "offset-position", "mask-position"}
FOUR_SIDES = re.compile(r"^(margin|padding|inset|border-width|border-style|border-color|scroll-(margin|padding))$")
SHADOWS = {"box-shadow", "text-shadow"}
TURNED = re.compile(r"\b(translateX|translate|translate3d|scaleX|skew|skewX|rotate|rotateY|matrix)\b")


@dataclass(frozen=True)
class Said:
    """One declaration of a style sheet."""

    selector: str
    name: str
    value: str


def declarations(css: str) -> Iterator[Said]:
    """Every declaration of a sheet, in layers, media and nested rules as well."""
    yield from _within(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), "")


def _within(rules: list[Node], around: str) -> Iterator[Said]:
    for rule in rules:
        if isinstance(rule, Declaration):
            yield Said(around, rule.name.lower(), tinycss2.serialize(rule.value).strip())
        elif rule.type in {"qualified-rule", "at-rule"} and rule.content is not None:
            own = tinycss2.serialize(rule.prelude).strip() if isinstance(rule, QualifiedRule) else ""
            inner = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            yield from _within(inner, f"{around} {own}".strip())


def of_one_side(said: Said) -> bool:
    """Whether it is another thing on the left than on the right."""
    if PHYSICAL_NAME.search(said.name):
        return True
    if said.name in PHYSICAL_WORD and re.search(r"\b(left|right)\b", said.value):
        return True
    if re.search(r"gradient\([^)]*\b(to (left|right)|(?!0deg|180deg)\d+deg)", said.value):
        return True
    parts = _parts(said.value)
    if FOUR_SIDES.match(said.name):
        return len(parts) == 4 and parts[1] != parts[3]
    if said.name == "border-radius":
        return any(_corners_differ(_parts(axis)) for axis in re.split(r"/(?![^(]*\))", said.value))
    if said.name in SHADOWS:
        return any(_moves_sideways(shadow) for shadow in re.split(r",(?![^(]*\))", said.value))
    if said.name == "transform-origin":
        return bool(parts) and parts[0] not in {"50%", "center"}
    return said.name in {"transform", "translate", "rotate"} and bool(TURNED.search(f"{said.name} {said.value}"))


def _parts(value: str) -> list[str]:
    """A value in parts, with what stands in brackets whole."""
    return re.findall(r"(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+", value)


def _corners_differ(corners: list[str]) -> bool:
    """Of one to four radii, from the upper left corner on with the clock."""
    upper_left = corners[0]
    upper_right = corners[1] if len(corners) > 1 else upper_left
    lower_right = corners[2] if len(corners) > 2 else upper_left
    lower_left = corners[3] if len(corners) > 3 else upper_right
    return upper_left != upper_right or lower_right != lower_left


def _moves_sideways(shadow: str) -> bool:
    lengths = [part for part in _parts(shadow) if re.match(r"[-+.\d]", part)]
    return bool(lengths) and float(re.match(r"[-+.\d]+", lengths[0])[0]) != 0  # type: ignore[index]


def wrong(file: str, css: str) -> list[tuple[str, str, str]]:
    """What a sheet says of one side only, without its other side."""
    all_said = list(declarations(css))
    turned = {(said.selector, said.name) for said in all_said if said.selector.startswith(RIGHT_TO_LEFT)}
    return [
        (said.selector, said.name, said.value)
        for said in all_said
        if of_one_side(said)
        and not (
            said.name.startswith("transform")
            and (said.selector.startswith(RIGHT_TO_LEFT) or (RIGHT_TO_LEFT + said.selector, said.name) in turned)
        )
        and (file, said.selector, said.name) not in EXCEPTIONS
    ]


def in_markup(text: str) -> list[str]:
    """What elements say of one side in their own style or in an attribute of old."""
    styles = re.findall(r"""\bstyle=(["'])(.*?)\1""", text)
    said = [one.value for _, style in styles for one in declarations(f"x {{ {style} }}") if of_one_side(one)]
    return said + re.findall(r"""\b(?:align|float)=["']?(?:left|right)\b""", text)


def in_script(text: str) -> list[str]:
    """Where a script puts something on one side."""
    side = r"(?:left|right|(?:margin|padding|border|inset)-?(?:left|right)\w*|float|cssfloat|text-?align|transform)"
    written = re.findall(
        rf"""\.style\.{side}\b|setProperty\(\s*["']{side}["']|cssText|\.animate\(""", text, re.IGNORECASE
    )
    return written + in_markup(text)


class TestAStyleSheet:
    @pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
    def test_knows_no_left_and_right(self, path: Path) -> None:
        assert wrong(path.name, path.read_text("utf-8")) == []

    def test_uses_every_exception(self) -> None:
        said = {(path.name, one.selector, one.name) for path in SHEETS for one in declarations(path.read_text("utf-8"))}

        assert EXCEPTIONS.keys() - said == set()


class TestAPage:
    def test_knows_none_in_its_own_style(self) -> None:
        assert {path.name: found for path in PAGES if (found := in_markup(path.read_text("utf-8")))} == {}

    def test_is_looked_for_where_pages_are(self) -> None:
        assert {path.name for path in SHEETS} == {"desk.css", "verifier.css", "page.css", "manual.css"}
        assert len(PAGES) > 80
        assert len(SCRIPTS) > 40


class TestAScript:
    def test_puts_nothing_left_or_right(self) -> None:
        assert {path.name: found for path in SCRIPTS if (found := in_script(path.read_text("utf-8")))} == {}


class TestTheSearch:
    @pytest.mark.parametrize(
        "said",
        [
            "left: 0", "margin-left: 1rem", "padding-right: 1rem", "border-left: 1px solid", "border-left-color: red",
            "border-top-left-radius: 1rem", "text-align: right", "float: left", "clear: both left",
            "margin: 0 1rem 0 2rem", "inset: 0 auto 0 0", "border-width: 0 0 1px 1px", "border-radius: 1rem 0",
            "border-radius: 1rem 1rem 0 1rem", "padding: 0 calc(1rem * 2) 0 0", "box-shadow: 2px 0 0 red",
            "background: url(a.svg) left top", "background: linear-gradient(to right, red, blue)",
            "background: linear-gradient(90deg, red, blue)", "transform: translateX(1rem)", "transform: rotate(45deg)",
            "scroll-margin-left: 1rem", "object-position: right", "rotate: 45deg", "transform-origin: 0 50%",
        ],
    )  # fmt: skip
    def test_finds(self, said: str) -> None:
        assert wrong("a.css", f"@layer one {{ @media print {{ .a {{ {said} }} }} }}") == [(".a", *_pair(said))]
        assert wrong("a.css", f".a {{ &:hover {{ {said} }} }}")

    @pytest.mark.parametrize(
        "said",
        [
            "inset-inline-start: 0", "margin: 0 1rem 2rem", "margin: 0 1rem 2rem 1rem", "text-align: start",
            "border-radius: 1rem 1rem 0 0", "border-radius: 3% / 5%", "border-radius: calc(var(--radius) * 1.5)",
            "box-shadow: inset 0 -.2rem 0 red, 0 1px 2px rgb(0 0 0 / .2)", "transform: translateY(1rem)",
            "background: linear-gradient(180deg, red, blue)", "margin: calc(-1 * var(--a)) calc(-1 * var(--a)) 1rem",
            "content: 'left'", "animation: to-the-right 1s", "grid-area: left",
        ],
    )  # fmt: skip
    def test_leaves(self, said: str) -> None:
        assert wrong("a.css", f".a {{ {said} }}") == []

    def test_takes_a_transform_only_with_its_other_side(self) -> None:
        turned = '.a { transform: rotate(45deg) } [dir="rtl"] .a { transform: rotate(-45deg) }'

        assert wrong("a.css", turned) == []
        assert wrong("a.css", turned.replace("transform", "margin-left"))

    @pytest.mark.parametrize(
        "script", ['a.style.left = "1px"', 'a.style.setProperty("margin-left", "0")', "`<p style='float: left'>`"]
    )
    def test_finds_it_in_a_script(self, script: str) -> None:
        assert in_script(script)


def _pair(said: str) -> tuple[str, str]:
    name, _, value = said.partition(":")
    return name, value.strip()
