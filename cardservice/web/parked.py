"""What was typed survives signing in again.

When a form is sent and the session is over, its fields are parked in the register, sealed, for the person whose session
it was: the signed cookie says who, and the form's anti-forgery value that it came from them. The browser keeps the
random id of it and the address of its page, nothing that was typed. After the same person has signed in, the page is
shown with what they had typed, and nothing was done yet. Passwords, codes and files are never parked. Where the row is
and how it ends: domain/parked_forms.py, docs/decisions/0033.
"""

from collections.abc import Collection

from flask import current_app, request, session
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from cardservice.domain import parked_forms
from cardservice.domain.actor import Actor
from cardservice.domain.parked_forms import LONGEST_BYTES, TypedForm
from cardservice.printing.optional_lines import LineKind
from cardservice.web import access, addresses, desk

KEEP = "/keep"
"""Where a page that is left open sends what was typed in it: keep.py."""
STILL_HERE = "/still-here"
"""Where a page says that somebody is at work on it: keep.py."""

_KEPT = "parked"
# What proves something, what a card says of its holder, and lines that are printed and never stored: told again.
_NEVER = frozenset({"csrf_token", "code", "form_code", "page"}) | {kind.value for kind in LineKind}
_OF_THE_PAGE = frozenset({"as_shown", "form_id"})
"""What nobody typed."""
_NEVER_WITH = "confirm_"
"""What the names of a confirmation's fields begin with (step_up.py)."""

Kept = dict[str, str]


def keep(staff_id: int, *, without: Collection[str]) -> Kept | None:
    """Park the form of this request for whose session was just found to be over; `without` these fields.

    To be called while that session's cookie is still there. Returns what `remember` puts into the next one; None where
    there is nothing to keep, or nothing says that it came from them.
    """
    path = _page()
    if not _is_short() or not _asks_who(path) or not _came_from_our_form():
        return None
    fields = tuple(
        (name, text)
        for name, text in request.form.items(multi=True)
        if name not in {*_NEVER, *without} and not name.startswith(_NEVER_WITH)
    )
    if not any(text for name, text in fields if name not in _OF_THE_PAGE):
        return None
    with desk.transaction() as db:
        form_id = parked_forms.park(
            db,
            TypedForm(path, fields),
            staff_id=staff_id,
            now=desk.now(),
            day_keys=desk.day_keys(),
            token_bytes=desk.token_bytes,
        )
    return None if form_id is None else {"id": form_id, "path": path}


def remember(kept: Kept | None) -> None:
    """Let the new cookie of this browser say where what was typed is."""
    if kept is not None:
        session[_KEPT] = kept


def take_over(actor: Actor) -> Kept | None:
    """What waits for the person who has just signed in; what waits for somebody else ends here."""
    kept: Kept | None = session.get(_KEPT)
    if kept is None:
        return None
    with desk.transaction() as db:
        theirs = parked_forms.claim(db, kept["id"], actor=actor, now=desk.now())
    return kept if theirs else None


def typed_before() -> MultiDict[str, str] | None:
    """What this person had typed on the page of this request when their session was over."""
    kept: Kept | None = session.get(_KEPT)
    if kept is None or kept["path"] != request.path:
        return None
    with desk.reading() as db:
        typed = parked_forms.look(
            db,
            kept["id"],
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
            limits=desk.draft_limits(),
        )
    return None if typed is None else MultiDict(typed.fields)


def used() -> None:
    """The page's form was sent: what was parked for it is not needed any more."""
    kept: Kept | None = session.get(_KEPT)
    if kept is not None and kept["path"] == request.path:
        del session[_KEPT]
        with desk.transaction() as db:
            parked_forms.use(db, kept["id"], actor=desk.actor(), now=desk.now())


def _page() -> str:
    """The page on which the form of this request was typed: its own address, unless it was only sent to be kept."""
    return request.form.get("page", "") if _is_short() and request.path == KEEP else request.path


def _is_short() -> bool:
    """Whether it is a form at all, and no photo that would be read into memory for a session that is over."""
    return request.method == "POST" and 0 < (request.content_length or 0) <= LONGEST_BYTES


def _asks_who(path: str) -> bool:
    """Whether the page can be shown again, to somebody who is signed in."""
    endpoint = addresses.page_at(path)
    return endpoint is not None and bool(access.roles_of(current_app.view_functions[endpoint]))


def _came_from_our_form() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True
