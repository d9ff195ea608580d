"""The wheel built from the tree installs and serves: templates, migrations, catalogues and fonts are inside."""

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


A_MOMENT = "1764115200"
"""SOURCE_DATE_EPOCH: what a build takes for the present (reproducible-builds.org)."""


def build(tree: Path, out: Path, **environment: str) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=tree, check=True, capture_output=True, env={**os.environ, **environment})
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("dist"), SOURCE_DATE_EPOCH=A_MOMENT)


NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "build", "dist"
)


def contents(wheel: Path) -> dict[str, str]:
    """The digest of every file in a wheel."""
    with zipfile.ZipFile(wheel) as opened:
        return {name: hashlib.sha256(opened.read(name)).hexdigest() for name in opened.namelist()}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's own files in a folder of their own, which the interpreter looks in before the tree."""
    site = tmp_path_factory.mktemp("site")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True)
    return site


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", str(installed / "bin" / "cardservice"), *arguments]
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@pytest.fixture
def served(installed: Path, tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n')
    process = run(installed, tmp_path, "demo", "--people", "people.jsonl", "--port", str(port))
    yield port, process
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)


class TestTheWheel:
    def test_carries_what_an_installed_service_needs(self, wheel: Path) -> None:
        names = zipfile.ZipFile(wheel).namelist()

        for needed in (
            r"cardservice/_templates/base\.html",
            r"cardservice/_migrations/versions/0001_.*\.py",
            r"cardservice/_config\.example\.toml",
            *(rf"cardservice/languages/ar/LC_MESSAGES/{one}\.mo" for one in ("messages", "paper", "verifier")),
            r"cardservice/languages/en/kit_note\.txt",
            r"cardservice/web/applicant/ti/LC_MESSAGES/applicant\.mo",
            r"cardservice/web/static/desk\.css",
            r"cardservice/printing/fonts/NotoSans-400\.ttf",
            r"cardservice/printing/fonts/LICENSES\.txt",
            r"cardservice/cli/sample_people\.jsonl",
            r"cardservice/py\.typed",
        ):
            assert any(re.fullmatch(needed, name) for name in names), needed

    def test_carries_nothing_of_npm_or_of_a_town(self, wheel: Path) -> None:
        names = zipfile.ZipFile(wheel).namelist()

        assert [name for name in names if re.search(r"node_modules|\.pem$|\.db$|(^|/)config\.toml$", name)] == []

    def test_is_the_same_to_the_last_byte_when_somebody_else_builds_it(self, wheel: Path, tmp_path: Path) -> None:
        """THREATS T27: whoever doubts a wheel builds it again, elsewhere and as somebody else."""
        tree = tmp_path / "elsewhere" / "tree"
        shutil.copytree(ROOT, tree, copy_function=shutil.copyfile, ignore=NOT_SOURCE)
        for path in tree.rglob("*"):
            os.utime(path, (0, 0))

        again = build(tree, tmp_path / "dist", SOURCE_DATE_EPOCH=A_MOMENT, TZ="Asia/Kathmandu", LC_ALL="C", USER="x")

        assert contents(again) == contents(wheel)
        assert again.read_bytes() == wheel.read_bytes()

    def test_installs_and_serves_the_desk(self, served: tuple[int, subprocess.Popen[str]]) -> None:
        port, process = served

        page = ask(f"http://127.0.0.1:{port}/sign-in", process)

        assert "<h1>" in page

    def test_is_what_runs(self, installed: Path, tmp_path: Path) -> None:
        code = "import cardservice; print(cardservice.__file__)"
        environment = {**os.environ, "PYTHONPATH": str(installed)}
        told = subprocess.run(
            [sys.executable, "-P", "-c", code],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )

        assert Path(told.stdout.strip()).is_relative_to(installed)


def ask(address: str, process: subprocess.Popen[str]) -> str:
    """The page, as soon as the service answers; its own words if it stops instead."""
    for _ in range(300):
        if process.poll() is not None:
            pytest.fail(f"the service stopped: {process.communicate()[0]}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    pytest.fail("the service did not answer within 30 seconds")
