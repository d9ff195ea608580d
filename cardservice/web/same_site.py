"""Steps are only taken from our own pages, whatever a form may carry.

Browsers say where a request comes from (`Sec-Fetch-Site`, W3C Fetch Metadata). Together with SameSite=Strict cookies
and the anti-forgery value of every form this is the third lock on the same door (THREATS T22). The usual check of the
Referer header cannot be used: our pages send none.
"""

from flask import request
from flask_wtf.csrf import CSRFError

SAFE_METHODS = frozenset({"GET", "HEAD"})
OUR_OWN = frozenset({"same-origin", "none"})


def refuse_other_sites() -> None:
    """Before each request: a step that another site's page asked for is refused like a form without its value."""
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in OUR_OWN:
        raise CSRFError("asked for by a page of another site")
