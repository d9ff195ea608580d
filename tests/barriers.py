"""axe in a page of a real browser: what would be in somebody's way.

Its script is put into a document once, and only what it found comes back: carrying over what it did not find took
longer than looking for it.
"""

import json
from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_RUN = "async (options) => globalThis.axe ? JSON.stringify((await axe.run(options)).violations) : null"


def barriers(page: Page, *, only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What axe finds on the page as it is now; `only`: the rules to look at, all if none is named."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(only)} if only else {})}
    found = page.evaluate(_RUN, options)
    if found is None:
        page.evaluate(AXE_SCRIPT)
        found = page.evaluate(_RUN, options)
    return json.loads(found)  # type: ignore[no-any-return]
