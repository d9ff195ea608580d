"""Make static/letters/alphabets.js from CLDR: the letters of each language that a name may be written in.

Run: `make letters`. The data is CLDR's exemplar sets (UTS 35, part 2), of the npm packages cldr-misc-full and cldr-core
that package-lock.json pins. `letters` are the main set, which a language cannot be written without, `more` the
auxiliary one and the language's second script; each in CLDR's order, marks last. What is decided beyond that stands in
the constants, with its reason (docs/decisions/0081).
"""

import json
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cardservice.web import languages

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / "node_modules"
OUT = FOLDER.parent / "static" / "letters"

STANDS_IN = {"rom": "fi"}
"""CLDR has no Romani, which is written in several ways: Finnish has the widest auxiliary set of Latin letters."""
ALL_FIRST = {"ml"}
"""CLDR has the vowel signs of Malayalam in its auxiliary set; nobody's name is without them."""
SECOND_SCRIPT = {"sr": "sr-Latn", "bs": "bs-Cyrl", "uz": "uz-Cyrl"}
"""Languages whose people write their names in two scripts of one direction."""
FORMS = re.compile(r"ETHIOPIC SYLLABLE (?:SEBATBEIT )?(.*?)(?:[AEIOU]+)$")
"""An Ethiopic letter's name is its consonant and its vowel; with a W between them it is still of that consonant."""
MANY = 70
"""From so many letters of a cased script on, a letter of the index and its mark are two keys: Vietnamese."""
IDEOGRAPHS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
SYLLABLES = re.compile(r"[\uac00-\ud7a3]")
JAMO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
"""What Korean syllables are made of, in the order of the alphabet; hangul.js puts them together."""
LATIN = "abcdefghijklmnopqrstuvwxyz"
NO_LETTERS = "\u0640\u17b4\u17b5"
"""What only stretches a word (tatweel), and Khmer vowels that are never written."""
APOSTROPHES = ("׳", "’", "'")
OTHER_SIGNS = (".", "״")


def alphabets() -> dict[str, dict[str, object]]:
    """What alphabets.js holds, by code of the language (ISO 639-3)."""
    return {code: _alphabet(code) for code in languages.NAME_LANGUAGES}


def exemplars(locale: str, kind: str) -> list[str]:
    """One set of a locale, in its order: a letter, or several code points that CLDR counts as one."""
    characters = _cldr("cldr-misc-full", f"main/{locale}/characters.json")["main"][locale]["characters"]
    return list(_members(characters.get(kind) or "[]"))


def locale_of(code: str) -> str:
    """Where CLDR has a language."""
    return STANDS_IN.get(code, languages.short_code(code))


def is_letter(member: str) -> bool:
    """Whether a member of a set is a letter or a mark of one, not a digit or a stop."""
    return all(unicodedata.category(one)[0] in "LM" for one in member) and member not in NO_LETTERS


def _alphabet(code: str) -> dict[str, object]:
    locale = locale_of(code)
    main, auxiliary = exemplars(locale, "exemplarCharacters"), exemplars(locale, "auxiliary")
    script = _script(main)
    cased = script is not None and _has_capitals(script)
    letters = _letters(locale, main, auxiliary, latin=script == "Latn", cased=cased)
    second = exemplars(SECOND_SCRIPT[locale], "exemplarCharacters") if locale in SECOND_SCRIPT else []
    more = [] if script == "Hang" else _keys(main + auxiliary + second, cased=cased)
    if cased:
        more += _marks_of(letters + more)
    found: dict[str, object] = {
        "lang": languages.short_code(code),
        "dir": "rtl" if any(unicodedata.bidirectional(one[0]) in {"R", "AL"} for one in letters) else "ltr",
        "cased": cased,
        "letters": _in_order(letters),
        "more": _in_order(one for one in more if not _is_spelt(one, letters)),
        "signs": " ".join(_signs(locale, main)),
    }
    if any(FORMS.match(unicodedata.name(one[0])) for one in letters):
        found |= {"letters": " ".join(ranges(forms) for forms in _by_consonant(letters)), "forms": True}
    joiners = [one for one in _joiners(code, rtl=found["dir"] == "rtl") if one in auxiliary or code == "ckb"]
    return found | ({"joiners": "".join(joiners)} if joiners else {})


def _letters(locale: str, main: list[str], auxiliary: list[str], *, latin: bool, cased: bool) -> list[str]:
    """The keys of the first page: those of the main set, or what spells them."""
    if SYLLABLES.search("".join(main)):
        return list(JAMO)
    letters = _keys(main + (auxiliary if locale in ALL_FIRST else []), cased=cased)
    if latin:
        letters = _with_the_rest_of_latin(letters)
    if cased and len(letters) > MANY:
        letters = _marks_apart(letters, exemplars(locale, "index"))
    return [one for one in letters if not unicodedata.name(one[0]).startswith("KATAKANA")]


def _keys(members: Iterable[str], *, cased: bool) -> list[str]:
    """The members that need a key: no digits, no capitals, no kanji, and nothing that other members spell."""
    found = [member for member in members if is_letter(member) and not IDEOGRAPHS.search(member)]
    small = [
        unicodedata.normalize("NFC", one.lower() if cased else one) for one in found if len(one.lower()) == len(one)
    ]
    alone = {*LATIN, *(key for key in small if len(key) == 1)}
    return list(dict.fromkeys(key for key in small if key in alone or not _is_spelt(key, alone)))


def _is_spelt(key: str, keys: Container[str]) -> bool:
    return key in keys or all(one in keys for one in key)


def _script(members: Iterable[str]) -> str | None:
    """Which script a set is of, among those of which it matters."""
    name = next((unicodedata.name(one[0]) for one in members if one[0].isalpha()), "")
    return next((code for begins, code in _SCRIPTS.items() if name.startswith(begins)), None)


_SCRIPTS = {
    "LATIN": "Latn", "GREEK": "Grek", "CYRILLIC": "Cyrl", "ARMENIAN": "Armn", "GEORGIAN": "Geor", "HANGUL": "Hang",
}  # fmt: skip


def _has_capitals(script: str) -> bool:
    """As CLDR says: Georgian has capitals in Unicode, and no name begins with one."""
    metadata = _cldr("cldr-core", "scriptMetadata.json")["scriptMetadata"]
    return bool(metadata[script]["hasCase"] == "YES")


def _with_the_rest_of_latin(letters: list[str]) -> list[str]:
    """The plain letters that a language does not count as its own, each after the one before it: names travel."""
    found = list(letters)
    for place, letter in enumerate(LATIN):
        if letter not in found:
            after = found.index(LATIN[place - 1]) + 1 if place else 0
            while place and after < len(found) and _base(found[after]) == LATIN[place - 1]:
                after += 1
            found.insert(after, letter)
    return found


def _base(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


def _marks_apart(letters: list[str], index: list[str]) -> list[str]:
    plain = {one.lower() for one in index} | set(LATIN)
    marks: list[str] = []
    for letter in letters:
        apart = unicodedata.normalize("NFD", letter)
        for mark in apart[1:] if letter not in plain else "":
            if unicodedata.normalize("NFC", apart.replace(mark, "")) in plain and mark not in marks:
                marks.append(mark)
    return [one for one in letters if one in plain] + marks


def _joiners(code: str, *, rtl: bool) -> str:
    """What may keep letters apart or join them; CLDR names both wherever they are harmless, Arabic included."""
    return "" if code == "ara" else "\u200c" if rtl else "\u200c\u200d"


def _marks_of(letters: Iterable[str]) -> list[str]:
    """The marks that letters of the language bear: what is borrowed from elsewhere may bear them on others."""
    marks = {mark for letter in letters for mark in unicodedata.normalize("NFD", letter)[1:] if _is_mark(mark)}
    return sorted(marks)


def _by_consonant(letters: Iterable[str]) -> Iterator[str]:
    """The forms of each consonant together, the plain one first; what has no forms last."""
    rows: dict[str, str] = {}
    for letter in letters:
        name = FORMS.match(unicodedata.name(letter[0]))
        consonant = (name[1].removesuffix("W") or name[1]) if name else letter
        rows[consonant] = rows.get(consonant, "") + letter
    yield from sorted(rows.values(), key=lambda row: _is_mark(row))


def _in_order(keys: Iterable[str]) -> str:
    return ranges(sorted(keys, key=_is_mark), " ")


def ranges(keys: Sequence[str], between: str = "") -> str:
    """Neighbours in Unicode as a UnicodeSet has them, `a-d`: a third of the data is saved."""
    runs: list[list[str]] = []
    for key in keys:
        follows = bool(runs) and len(key) == len(runs[-1][-1]) == 1 and ord(key) == ord(runs[-1][-1]) + 1
        runs[-1].append(key) if follows else runs.append([key])
    return between.join(f"{run[0]}-{run[-1]}" if len(run) > 2 else between.join(run) for run in runs)


def _is_mark(key: str) -> bool:
    return unicodedata.category(key[0])[0] == "M"


def _signs(locale: str, main: list[str]) -> Iterator[str]:
    """What stands in names beside letters, as far as the language has it: one apostrophe is enough."""
    used = exemplars(locale, "punctuation")
    yield from ["-", *[one for one in APOSTROPHES if one in used][:1]]
    yield from (one for one in OTHER_SIGNS if one in used)
    yield from (one for one in main if one == "·")


def _members(written: str) -> Iterator[str]:
    """The members of a set as CLDR's JSON writes it: no ranges, no sets within sets."""
    for sequence, code, escaped, one in re.findall(r"\{(.*?)\}|\\u([0-9A-F]{4})|\\(.)|([^\s])", written[1:-1]):
        yield sequence.replace("\\", "") or (chr(int(code, 16)) if code else escaped or one)


def _cldr(package: str, path: str) -> Any:
    return json.loads((PACKAGES / package / path).read_text(encoding="utf-8"))


def script() -> str:
    """The text of alphabets.js."""
    version = _cldr("cldr-misc-full", "package.json")["version"]
    rows = (f"  {code}: {json.dumps(one, ensure_ascii=False)},\n" for code, one in alphabets().items())
    # What is not seen is written as its number, so that a reader sees it.
    table = "".join(rows).replace("\u200c", "\\u200c").replace("\u200d", "\\u200d")
    return (
        f"// Made by `make letters` from cldr-misc-full {version} (Unicode-3.0, LICENSE.txt): do not change by hand.\n"
        "// docs/decisions/0081 says what is in it.\n\n"
        f"export const ALPHABETS = {{\n{table}}};\n"
    )


def main() -> None:
    """Write the file, and the licence of the data beside it."""
    OUT.mkdir(exist_ok=True)
    (OUT / "alphabets.js").write_text(script(), encoding="utf-8")
    (OUT / "LICENSE.txt").write_bytes((PACKAGES / "cldr-misc-full" / "LICENSE").read_bytes())


if __name__ == "__main__":
    main()
