"""What the code may not contain, wherever it stands: ways from text to code, to a command, to another host.

ruff's security rules (pyproject.toml) look for the well-known ones; here is what this house decided beyond them. Each
rule is tried against a planted line below it.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "cardservice"
PYTHON = sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts)
SCRIPTS = sorted(path for path in (PACKAGE / "web" / "static").rglob("*.js") if path.parent.name != "vendor")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Text that becomes code, objects or a template.
CODE = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
UNPACKERS = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "xmlrpc"}
# What speaks to another process or another host.
OUTWARD = {
    "aiohttp", "asyncio", "ftplib", "http.client", "http.server", "httpx", "imaplib", "ldap", "poplib", "requests",
    "smtplib", "socket", "ssl", "subprocess", "telnetlib", "urllib.request", "urllib3", "webbrowser",
}  # fmt: skip
OUTWARD_BECAUSE = {
    "printing/fonts/fetch.py": "set-up: npm, from a list without a shell",
    "spooler.py": "the system's spooler: lp, lpstat and cancel, from lists without a shell",
    "cli/demo.py": "looks for a free port of this machine",
    "cli/verify_http.py": "cardverify serve: answers this machine, knows nothing of the service",
    "cli/verify_connections.py": "the connections of verify_sources.py, which end by a fixed time",
    "cli/verify_sources.py": "kits, where somebody said on the command line: for cardverify, and of other cities",
}
STATEMENTS_BECAUSE = {
    "storage/session.py": "a pragma cannot be bound; each stands in a tuple of the line above",
    "storage/compaction.py": "a table's name cannot be bound; both are those of the models",
    "storage/safety.py": "a pragma cannot be bound; each stands in a table of the file",
}
WEAK = {"md5", "sha1", "MD5", "SHA1", "ECB", "TripleDES", "ARC4"}
PATTERNS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
# As functions and as methods; `text` is a method of many things that have nothing to do with SQL.
STATEMENTS = {"text"}
METHODS = {"exec_driver_sql", "execute", "executemany", "executescript"}

Found = list[str]


def modules_of(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
    return []


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def of_module(call: ast.Call, module: str) -> bool:
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == module


def text_made_code(tree: ast.AST) -> Found:
    made = [name_of(call) for call in calls(tree) if name_of(call) in CODE and not of_module(call, "re")]
    return made + [
        module for node in ast.walk(tree) for module in modules_of(node) if module.split(".")[0] in UNPACKERS
    ]


def ways_outward(tree: ast.AST) -> Found:
    named = [module for node in ast.walk(tree) for module in modules_of(node)]
    return [module for module in named if module in OUTWARD or module.split(".")[0] in OUTWARD]


def weak_primitives(tree: ast.AST) -> Found:
    used = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in WEAK]
    return used + [module for node in ast.walk(tree) for module in modules_of(node) if module.split(".")[-1] in WEAK]


def patterns_from_elsewhere(tree: ast.AST) -> Found:
    """Regular expressions that are neither written here nor escaped."""
    asked = [call for call in calls(tree) if of_module(call, "re") and name_of(call) in PATTERNS and call.args]
    return [ast.unparse(call) for call in asked if not _is_written_here(call.args[0])]


def statements_from_elsewhere(tree: ast.AST) -> Found:
    """SQL text with a value in it. What is put between the braces must be a constant of its file, in capitals."""
    asked = [call for call in calls(tree) if call.args and _takes_a_statement(call)]
    return [ast.unparse(call) for call in asked if not _is_written_here(call.args[0], chooses=True)]


def _takes_a_statement(call: ast.Call) -> bool:
    return name_of(call) in (METHODS if isinstance(call.func, ast.Attribute) else STATEMENTS)


def _is_written_here(node: ast.expr, *, chooses: bool = False) -> bool:
    if isinstance(node, ast.JoinedStr):
        return all(_is_fixed(part.value) for part in node.values if isinstance(part, ast.FormattedValue))
    if isinstance(node, ast.IfExp):
        return _is_written_here(node.body) and _is_written_here(node.orelse)
    if isinstance(node, ast.Constant | ast.Name):
        return True
    if chooses and isinstance(node, ast.Call):
        return True  # a statement built by SQLAlchemy, which binds its values
    return "re.escape(" in ast.unparse(node)


def _is_fixed(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_fixed(node.body) and _is_fixed(node.orelse)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def everywhere(rule: Callable[[ast.AST], Found], but: Iterable[str] = ()) -> Found:
    allowed = set(but)
    return [
        f"cardservice/{path.relative_to(PACKAGE)}: {found}"
        for path in PYTHON
        if str(path.relative_to(PACKAGE)) not in allowed
        for found in rule(ast.parse(path.read_text(encoding="utf-8")))
    ]


class TestTheCode:
    def test_makes_no_code_no_object_and_no_template_of_text(self) -> None:
        assert everywhere(text_made_code) == []

    def test_speaks_to_no_other_host_and_starts_no_command(self) -> None:
        assert everywhere(ways_outward, OUTWARD_BECAUSE) == []

    def test_uses_no_weak_hash_or_cipher(self) -> None:
        assert everywhere(weak_primitives) == []

    def test_makes_no_pattern_of_what_was_typed(self) -> None:
        assert everywhere(patterns_from_elsewhere) == []

    def test_puts_no_value_into_a_statement(self) -> None:
        assert everywhere(statements_from_elsewhere, STATEMENTS_BECAUSE) == []

    @pytest.mark.parametrize(
        ("rule", "source"),
        [
            (text_made_code, "eval(x)"),
            (text_made_code, "import pickle"),
            (text_made_code, "from xml.etree import ElementTree"),
            (text_made_code, "flask.render_template_string(x)"),
            (ways_outward, "import urllib.request"),
            (ways_outward, "from urllib import request"),
            (ways_outward, "from http.client import HTTPConnection"),
            (ways_outward, "import subprocess"),
            (weak_primitives, "hashlib.md5(x)"),
            (weak_primitives, "from hashlib import sha1"),
            (patterns_from_elsewhere, "re.compile(form.name.data)"),
            (patterns_from_elsewhere, "re.search(f'^{name}', x)"),
            (statements_from_elsewhere, "session.execute(f'SELECT {name}')"),
            (statements_from_elsewhere, "text('SELECT ' + name)"),
        ],
    )
    def test_is_told_of_a_planted_line(self, rule: Callable[[ast.AST], Found], source: str) -> None:
        assert rule(ast.parse(source)) != []


IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|postMessage|localStorage"
    r"|sessionStorage|indexedDB|document\.cookie|\bWebSocket\b|XMLHttpRequest|\bfetch\(|sendBeacon|__proto__|\bvar\b"
    # Fields that are written out where they are given are no stranger's.
    r"|Object\.assign(?!\(this[.\w]*, \{)"
)
IN_SCRIPTS_BECAUSE = {
    "papers.js": {"fetch("},  # what ticks come to: no person is on that page (docs/decisions/0034)
    "queue.js": {"fetch("},  # its own page, before it goes on to it
    "left-open.js": {"fetch("},  # of the desk: somebody is still at work
    "half-typed.js": {"fetch("},  # what is being typed, to the desk, to be kept sealed (docs/decisions/0086)
    "verifier/page/store.js": {"indexedDB", "localStorage"},  # the lists, and what the partner has set
    "verifier/page/lists.js": {"fetch("},  # the lists, by a timer
    "verifier/page/words.js": {"fetch("},  # the page's own words
    "verifier/page/fingerprint.js": {"fetch("},
    "verifier/page/self-test.js": {"fetch("},  # the samples
    "applicant-window.js": {"postMessage"},  # to the window of the same desk: a language, or that the session is over
    "verifier/page/offline.js": {"postMessage"},  # to its own worker: a newer page may take over
    "verifier/service-worker.js": {"fetch("},  # what it has not kept
}


class TestTheScripts:
    @pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
    def test_write_no_markup_keep_nothing_and_ask_nobody(self, script: Path) -> None:
        allowed = IN_SCRIPTS_BECAUSE.get(script.relative_to(PACKAGE / "web" / "static").as_posix(), set())

        assert set(IN_SCRIPTS.findall(script.read_text(encoding="utf-8"))) == allowed

    @pytest.mark.parametrize(
        "line",
        ["x.innerHTML = name", "localStorage.setItem(a, b)", "fetch('/')", "a.__proto__", "Object.assign(this, given)"],
    )
    def test_would_not_pass_with_a_planted_line(self, line: str) -> None:
        assert IN_SCRIPTS.search(line)


# What is not escaped: only a literal of the template itself.
UNESCAPED = re.compile(r"""\{\{(?:(?!\}\}).)*\|\s*safe\b""")
LITERAL = re.compile(r"""('[^'<>]*'|"[^"<>]*")\s*\|\s*safe\b""")


def unescaped(template: str) -> list[str]:
    """The expressions of a template that are shown as they are and are not its own words."""
    return [found for found in UNESCAPED.findall(template) if not LITERAL.search(found)] + re.findall(
        r"autoescape\s+false", template
    )


class TestTheTemplates:
    @pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
    def test_escape_everything_but_their_own_words(self, template: Path) -> None:
        assert unescaped(template.read_text(encoding="utf-8")) == []

    @pytest.mark.parametrize(
        "line", ["{{ name | safe }}", "{{ x }}{{ form.name.data|safe }}", "{% autoescape false %}"]
    )
    def test_would_not_pass_with_a_planted_line(self, line: str) -> None:
        assert unescaped(line) != []
