"""`python -m bench.print_alone COUNT`: print so many signed cards in parts, and tell the most kilobytes that took.

A program of its own, because whoever measures has the peers in memory as well.
"""

import re
import sys
from pathlib import Path

from bench.cards_to_print import stream
from cardservice.printing import media

if __name__ == "__main__":
    for part in media.in_parts(stream(int(sys.argv[1])), media.A4):
        assert part.startswith(b"%PDF")
    # Not getrusage: there a new program begins with the most that the one which started it had.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(found[1] if found else 0)
