"""What was typed and not sent survives: a session that is over, a lost connection, a browser that is started anew.

Two ways lead here. A form is sent when the session is over: the signed cookie says whose it was, and the form's
anti-forgery value that it came from them; the next cookie holds the random id of it and the address of its page. Or a
page that says `keeps_typing` sends what is being typed (static/half-typed.js): found again by its person and page, as
after a crash there is no cookie. Either way it lies in the register, sealed, for that person alone, and nothing is
done with it. The browser keeps nothing that was typed. Passwords, codes and files are never parked. Where the row is
and how it ends: domain/parked_forms.py, docs/decisions/0033, 0086.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from flask import current_app, request, session
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms.validators import ValidationError

from cardservice.domain import parked_forms, sent_forms
from cardservice.domain.actor import Actor
from cardservice.domain.parked_forms import LONGEST_BYTES, TypedForm, Waiting
from cardservice.domain.retention import ParkedEnding
from cardservice.printing.optional_lines import LineKind
from cardservice.web import access, addresses, desk

View = TypeVar("View", bound=Callable[..., Any])

KEEP = "/keep"
"""Where a page that is left open sends what was typed in it: keep.py."""
HALF_TYPED = "/half-typed"
"""Where a page sends what is being typed in it: keep.py."""
STILL_HERE = "/still-here"
"""Where a page says that somebody is at work on it: keep.py."""
MARK = "as_shown"
"""The field that says as what the page showed its draft: as_shown.py."""
TYPED_ON = "typed_on"
"""The field with the mark of the older page that something was typed on, where both are shown: as_shown.py."""
AGAIN = "again"
"""In the address of a page, as `typed`: what waits for it shall be filled in, though it may be another's or old."""

_KEPT = "parked"
_KEEPS = "__keeps_typing__"
# What proves something, what a card says of its holder, and lines that are printed and never stored: told again.
_NEVER = frozenset({"csrf_token", "code", "form_code", "page", MARK, TYPED_ON}) | {kind.value for kind in LineKind}
_OF_THE_PAGE = frozenset({"form_id"})
"""What nobody typed."""
_NEVER_WITH = "confirm_"
"""What the names of a confirmation's fields begin with (step_up.py)."""

Kept = dict[str, str]
Fields = tuple[tuple[str, str], ...]


class Page(NamedTuple):
    """One of our own pages."""

    path: str
    view: Callable[..., Any]
    draft_id: str | None

    @property
    def keeps(self) -> str | None:
        """Whether what is being typed on it is kept, and what becomes of it when it is opened: `fills` or `asks`."""
        return getattr(self.view, _KEEPS, None)


@dataclass(frozen=True, slots=True)
class Before:
    """What was typed on a page before and not sent."""

    fields: MultiDict[str, str]
    is_older: bool = False
    """Whether its registration was saved since."""
    is_shown: bool = True
    """Whether it is filled in, and not only offered."""
    mark: str = ""
    """Of the page that it was typed on."""


def keeps_typing(*, asks: bool = False) -> Callable[[View], View]:
    """Keep what is being typed on this page.

    `asks`: it begins a registration, whosever that will be: what was typed is only offered, and is of no draft yet.
    """
    return access.marked(**{_KEEPS: "asks" if asks else "fills"})


def is_kept_here() -> bool:
    """Whether what is being typed on the page of this request is kept."""
    return _here().keeps is not None


def keep(staff_id: int, *, without: Collection[str]) -> Kept | None:
    """Park the form of this request for the person whose session it is, or was until just now; `without` these fields.

    To be called while that session's cookie is still there. Returns what `remember` puts into the next one; None where
    there is nothing to keep, or nothing says that it came from them.
    """
    page = _page(_typed_on()) if _is_short() else None
    if page is None or not access.roles_of(page.view) or not _came_from_our_form():
        return None
    fields = _typed(without)
    if request.path == HALF_TYPED and (not page.keeps or _was_sent()):
        return None
    # What was emptied again while somebody typed was done on purpose, and comes back empty where it is filled in.
    if not _says_anything(fields) and not (request.path == HALF_TYPED and page.keeps == "fills"):
        return None
    with desk.transaction() as db:
        form_id = parked_forms.park(
            db,
            TypedForm(page.path, fields, request.form.get(TYPED_ON) or request.form.get(MARK, "")),
            staff_id=staff_id,
            draft_id=page.draft_id,
            now=desk.now(),
            day_keys=desk.day_keys(),
            token_bytes=desk.token_bytes,
        )
    return None if form_id is None else {"id": form_id, "path": page.path}


def drop_if_emptied(*, without: Collection[str]) -> bool:
    """Whether nothing is typed any more on a page that only offers what was: what was kept of it ends."""
    page = _page(_typed_on())
    if page is None or page.keeps != "asks" or _says_anything(_typed(without)):
        return False
    _end(page, ParkedEnding.DROPPED)
    return True


def remember(kept: Kept | None) -> None:
    """Let the new cookie of this browser say where what was typed is."""
    if kept is not None:
        session[_KEPT] = kept


def take_over(actor: Actor) -> Kept | None:
    """What waits for the person who has just signed in; of what waits for somebody else this browser knows no more."""
    kept: Kept | None = session.get(_KEPT)
    if kept is None:
        return None
    with desk.reading() as db:
        return kept if parked_forms.is_theirs(db, kept["id"], actor=actor) else None


def typed_before() -> Before | None:
    """What this person had typed on the page of this request and not sent."""
    page, told = _here(), _told_by_the_cookie(request.path)
    if page.keeps:
        waiting = _waiting(page)
        if waiting is None:
            return None
        is_doubtful = waiting.is_older or (page.keeps == "asks" and told is None)
        is_shown = not is_doubtful or request.args.get("typed") == AGAIN
        return Before(MultiDict(waiting.typed.fields), waiting.is_older, is_shown, waiting.typed.mark)
    if told is None:
        return None
    with desk.reading() as db:
        typed = parked_forms.look(
            db, told, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys(), limits=desk.draft_limits()
        )
    return None if typed is None else Before(MultiDict(typed.fields))


def used() -> None:
    """The page's form was sent: what was parked for it is not needed any more."""
    _end(_here(), ParkedEnding.USED)


def drop(path: str) -> bool:
    """End what waits for this person on a page, as they do not want it any more; False where there is no such page."""
    page = _page(path)
    if page is not None:
        _end(page, ParkedEnding.DROPPED)
    return page is not None


def _end(page: Page, ending: ParkedEnding) -> None:
    told, waiting = _told_by_the_cookie(page.path), _waiting(page) if page.keeps else None
    if told is not None:
        del session[_KEPT]
    for form_id in {waiting.form_id if waiting else None, told} - {None}:
        with desk.transaction() as db:
            parked_forms.use(db, str(form_id), actor=desk.actor(), now=desk.now(), ending=ending)


def _told_by_the_cookie(path: str) -> str | None:
    """The id of what this browser sent from a page when its session was over."""
    kept: Kept | None = session.get(_KEPT)
    return kept["id"] if kept is not None and kept["path"] == path else None


def _waiting(page: Page) -> Waiting | None:
    with desk.reading() as db:
        return parked_forms.find(
            db,
            page.path,
            draft_id=page.draft_id,
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
            limits=desk.draft_limits(),
        )


def _typed_on() -> str:
    """The page on which the form of this request was typed: its own address, unless it was only sent to be kept."""
    return request.form.get("page", "") if request.path in {KEEP, HALF_TYPED} else request.path


def _here() -> Page:
    return _found(request.path, str(request.endpoint), request.view_args or {})


def _page(path: str) -> Page | None:
    found = addresses.page_at(path)
    return found and _found(path, *found)


def _found(path: str, endpoint: str, arguments: Mapping[str, Any]) -> Page:
    page = Page(path, current_app.view_functions[endpoint], arguments.get("draft_id"))
    # What the next of a family brings is no part of the registration of the first, whose card may be made meanwhile.
    return page._replace(draft_id=None) if page.keeps == "asks" else page


def _typed(without: Collection[str]) -> Fields:
    """The fields of the form of this request that may be kept."""
    return tuple(
        (name, text)
        for name, text in request.form.items(multi=True)
        if name not in {*_NEVER, *without} and not name.startswith(_NEVER_WITH)
    )


def _says_anything(fields: Fields) -> bool:
    return any(text for name, text in fields if name not in _OF_THE_PAGE)


def _is_short() -> bool:
    """Whether it is a form at all, and no photo that would be read into memory for a session that is over."""
    return request.method == "POST" and 0 < (request.content_length or 0) <= LONGEST_BYTES


def _was_sent() -> bool:
    """Whether the form did what it does already: what comes after it, late, is no more than it was."""
    with desk.reading() as db:
        return sent_forms.is_known(db, request.form.get("form_id", ""))


def _came_from_our_form() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True
