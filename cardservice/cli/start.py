"""Where both commands begin: Ctrl-C ends them in words at any moment, while their libraries are still being loaded too.

That takes a second on a slow machine, and whoever mistyped presses Ctrl-C in it. So nothing but the standard library is
imported before somebody listens.
"""

import sys
from importlib import import_module
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
        status = import_module(module).main()
    except KeyboardInterrupt:
        print("\nAborted!", file=sys.stderr)
        status = INTERRUPTED
    sys.exit(status)
