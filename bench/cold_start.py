"""One run of cardverify, from nothing to an exit status, with the kit of a town of 1,000,000 cards."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Result, medians
from cardservice.credential.claims import StatusReference
from tests.verify.town import Town

LISTS = 8  # of 2^17 places
ROUNDS = 30


def cardverify() -> Result:
    """Against importing the elliptic curves of cryptography."""
    with tempfile.TemporaryDirectory() as folder:
        text = _write_kit(Path(folder))
        program = str(Path(sys.executable).with_name("cardverify"))
        ours = [program, "--kit", folder, "--at", "2026-11-22T12:00:00Z", "--json", text]
        peer = [sys.executable, "-c", "import cryptography.hazmat.primitives.asymmetric.ec"]
        assert b'"verdict": "valid"' in subprocess.run(ours, capture_output=True, check=True).stdout
        our_time, peer_time = medians(
            lambda: subprocess.run(ours, stdout=subprocess.DEVNULL, check=True),
            lambda: subprocess.run(peer, check=True),
            rounds=ROUNDS,
            calls=1,
        )
    return Result(
        ours=our_time * 1000,
        peer=peer_time * 1000,
        peer_name='python -c "import cryptography.hazmat.primitives.asymmetric.ec"',
        unit="milliseconds",
        goal=4,
        runs=ROUNDS,
    )


def _write_kit(folder: Path) -> str:
    """Write a kit of full lists with 1 % revoked; return the text of a good card of the last list."""
    town = Town()
    uris = tuple(f"{town.issuer}/status/{number}" for number in range(1, LISTS + 1))
    revoked = range(7, 1 << 17, 97)
    lists = [town.status_list(revoked, uri=uri) for uri in uris]
    for name, data in town.files(town.trust_list(town.entry(status_lists=uris)), *lists).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return town.text(town.claims(status=StatusReference(uri=uris[-1], index=8)))
