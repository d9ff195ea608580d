"""`python -m manual FOLDER`: write the manual. Pictures and papers that the guide shows are made there before."""

import sys
from pathlib import Path

from manual import papers, site


def main() -> int:
    """Exit status 1, and every problem at once, where a link leads nowhere or a picture is missing."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/manual")
    papers.write(out / "papers")
    documents = site.read()
    problems = site.problems(documents, out)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        return 1
    site.write(documents, out)
    sys.stdout.write(f"{out / 'index.html'}: {len(documents)} pages.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
