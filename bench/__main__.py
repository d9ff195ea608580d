"""`python -m bench [NAME …]`: measure what is promised. One JSON object a line; exit status 1 if one does not hold.

Each measurement is a function in the module that BENCHES names; what they share is in measure.py.
"""

import argparse
import json
import sys
from collections.abc import Callable

from bench import (
    batch,
    browser,
    cards,
    cold_start,
    first_card,
    issuing,
    journey,
    lists,
    mutations,
    portraits,
    print_run,
    scan,
    sign_in,
)
from bench.measure import Result

BENCHES: dict[str, Callable[[], Result]] = {
    "verify-es256": cards.verify_es256,
    "verify-es256-peer": cards.verify_es256_against_claim169,
    "verify-eddsa": cards.verify_eddsa,
    "seal-es256": cards.seal_es256,
    "batch": batch.rate,
    "issue": issuing.issue,
    "first-card": first_card.click_to_pdf,
    "journey-time": journey.processor_time,
    "journey-wall-time": journey.wall_time,
    "journey-passkey-wall-time": journey.wall_time_with_a_passkey,
    "journey-code-wall-time": journey.wall_time_with_a_code,
    "journey-request-wall-time": journey.request_wall_time,
    "print-signed": print_run.signed,
    "print-drawn": print_run.drawn,
    "print-fpdf2": print_run.against_fpdf2,
    "print-weasyprint": print_run.against_weasyprint,
    "print-pretix": print_run.against_pretix,
    "print-two-processes": print_run.two_processes,
    "print-memory": print_run.memory,
    "scan-identity": scan.identity,
    "scan-residence": scan.residence,
    "sign-in": sign_in.right_among_wrong,
    "status-list-time": lists.time_to_publish,
    "status-list-size": lists.size,
    "cold-start": cold_start.cardverify,
    "browser-scan": browser.scan,
    "browser-compute": browser.compute,
    "browser-start": browser.start,
    "portrait-crop": portraits.crop,
    "portrait-likeness": portraits.likeness,
    "portrait-time": portraits.time_of_one,
    "mutations": mutations.outcome,
    "mutations-memory": mutations.memory,
    "mutations-time": mutations.time_of_one,
}


def main() -> int:
    """Run the named benches, or all; return 1 if one misses its goal."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what is promised.")
    # Not `choices`: argparse would look for the empty list of names among them as well.
    parser.add_argument("name", nargs="*", type=_known, metavar="NAME", help=", ".join(BENCHES))
    held = True
    for name in parser.parse_args().name or BENCHES:
        result = BENCHES[name]()
        held &= result.holds
        print(json.dumps({"bench": name, **result.as_dict()}), flush=True)
    return 0 if held else 1


def _known(name: str) -> str:
    if name not in BENCHES:
        raise argparse.ArgumentTypeError(f"no bench is called {name!r}; choose from {', '.join(BENCHES)}")
    return name


if __name__ == "__main__":
    sys.exit(main())
