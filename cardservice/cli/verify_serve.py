"""`cardverify serve`: the verifier over HTTP on this machine, for software in other languages.

What it answers, and to whom, is verify_http.py; here are its kit, its options, its beginning and its end.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cardservice.cli.verify_http import VerifierServer, is_this_machine
from cardservice.cli.verify_options import FOR_HELP, add_kit_options, kit_of, service
from cardservice.cli.verify_words import Parser, printable
from cardservice.verify import CredentialError, Kit, KitNotFound

RETRY = 10  # seconds until what failed is tried again
_LOOK = 0.25  # seconds

DESCRIPTION = "Check cards for other programs on this machine, over HTTP."
EPILOG = """\
Ask: curl -s --data-binary "NCFOXN..." http://127.0.0.1:8765/
The answer to POST / is the JSON of cardverify --json; to POST /portrait, with the portrait in base64.
A kit that was brought up to date is taken up by itself. Stop with Ctrl-C or SIGTERM.
Exit status: 0 stopped, 64 wrong usage, or the address cannot be used."""


class KitOnDisk:
    """The kit, loaded again when its files are others."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Raises KitNotFound, CredentialError, OSError."""
        self._options = options
        self._lock = threading.Lock()
        self._seen = self._look()
        self._kit = kit_of(options)
        self._failed: str | None = None
        self._again = 0.0  # when to try once more what failed

    def current(self) -> Kit:
        """Return the newest kit, also where it cannot be remembered.

        Where the folder is gone, or has no trust list that can be used, the last kit serves until its lists end. What
        fails is said once, and tried again after a while even if nobody changes the files.
        """
        with self._lock:
            seen = self._look()
            if seen != self._seen or (self._failed is not None and time.monotonic() >= self._again):
                self._seen, self._again = seen, time.monotonic() + RETRY
                self._take_up()
            return self._kit

    def _take_up(self) -> None:
        unwritten: list[str] = []
        try:
            kit = kit_of(self._options, unwritten=lambda error: unwritten.append(_reason(error)))
        except (KitNotFound, CredentialError, OSError) as error:
            return self._say(f"the kit cannot be loaded, and the one before is used: {_reason(error)}")
        if kit.trust_list is None and self._kit.trust_list is not None:
            why = "; ".join(problem.why for problem in kit.problems)
            return self._say(f"the new kit is not used, and the one before is: {why}")
        self._kit = kit
        return self._say(f"the kit is used but cannot be remembered: {unwritten[0]}" if unwritten else None)

    def _say(self, failed: str | None) -> None:
        """Tell whoever runs this of a failure, once until there is another or it is over."""
        if failed not in (None, self._failed):
            print(f"cardverify: {printable(failed)}", file=sys.stderr, flush=True)
        self._failed = failed

    def _look(self) -> list[tuple[str, int, int, int]]:
        folder: Path = self._options.kit
        found = []
        for path in (folder / "trust-list.cwt", folder / "anchor.cose", *sorted((folder / "status").glob("*.cwt"))):
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((path.name, status.st_ino, status.st_size, status.st_mtime_ns))
        return found


def _reason(error: Exception) -> str:
    """What went wrong, without the names of folders, which may be somebody's."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def main(arguments: Sequence[str]) -> int:
    """Answer until told to stop; return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not is_this_machine(options.host) and not options.beyond_this_machine:
        parser.error(
            f"{options.host} is more than this machine. Whoever reaches it could check cards, and reads along what it "
            "answers. If the network is yours alone, add --beyond-this-machine"
        )
    try:
        kit = KitOnDisk(options)
        server = VerifierServer(
            (options.host, options.port),
            kit.current,
            clock=lambda: datetime.now(UTC),
            service=options.service,
            any_host=options.beyond_this_machine,
        )
    except KitNotFound as error:
        parser.error(str(error))
    except (OSError, CredentialError) as error:
        parser.error(f"cannot begin: {error}")
    told_to_stop: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: told_to_stop.append(number))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"cardverify: http://{printable(host)}:{server.server_address[1]}/", file=sys.stderr, flush=True)
    while not told_to_stop:
        # The system may give a signal to any thread; Python runs the handler when this one wakes up.
        time.sleep(_LOOK)
    server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="cardverify serve",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_kit_options(parser)
    parser.add_argument("--for", dest="service", type=service, metavar="SERVICE", help=FOR_HELP)
    parser.add_argument("--port", type=_port, default=8765, help="default: 8765; 0 takes any that is free")
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--beyond-this-machine", action="store_true", help="let other machines ask")
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port such as 8765")
    return int(text)
