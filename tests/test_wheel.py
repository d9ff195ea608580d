"""The wheel built from the tree installs and serves: templates, migrations, catalogues and fonts are inside."""

import os
import re
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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


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
            r"cardservice/web/translations/ar/LC_MESSAGES/messages\.mo",
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
