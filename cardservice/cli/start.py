"""Where both commands begin: Ctrl-C ends them in words at any moment, while their libraries are still being loaded too.

That takes a second on a slow machine, and whoever mistyped presses Ctrl-C in it. So nothing but the standard library is
imported before somebody listens; and nothing where the folder that one stands in was deleted, because libraries ask
while they are being loaded where they are.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

INTERRUPTED = 130
"""The exit status of what Ctrl-C ended: 128 and the signal's number, as shells say it."""


def cardservice() -> NoReturn:
    """The town's side."""
    _run("cardservice.cli.admin")


def cardverify() -> NoReturn:
    """The side of whoever checks a card."""
    _run("cardservice.cli.verify")


def _run(module: str) -> NoReturn:
    try:
        Path.cwd()
    except FileNotFoundError:
        sys.exit("The folder that you stand in is gone. Change into another one.")
    try:
        status = import_module(module).main()
    except KeyboardInterrupt:
        print("\nAborted!", file=sys.stderr)
        status = INTERRUPTED
    sys.exit(status)
