"""Forms of a registration say as what their page showed it; what was changed meanwhile is shown anew and not done.

What a mark is, and who compares it, is domain/as_shown.py's. A page that was only looked at is shown again by `anew`;
a view whose form is typed shows what was typed beside what is saved (registration.py, evidence.py).
"""

from collections.abc import Callable

from flask import flash, g, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from cardservice.domain import as_shown, drafts
from cardservice.domain.approval import NotBeforeYou
from cardservice.domain.as_shown import ChangedMeanwhile
from cardservice.domain.draft_contents import Contents
from cardservice.web import desk, security_log
from cardservice.web.forms import DeskForm
from cardservice.web.languages import SHOWN_AT
from cardservice.web.parked import MARK
from cardservice.web.problem import Problem

PROBLEM = Problem(
    409,
    _("This was changed meanwhile"),
    _("Somebody, or another window, changed this registration after this page was opened. Nothing was done."),
    _("Look at it as it is now, then do it again."),
)
TABLE: dict[type[BaseException], Problem] = {
    ChangedMeanwhile: PROBLEM,
    NotBeforeYou: Problem(
        404,
        _("This registration does not wait for you"),
        _("Whoever registers it has changed or ended it, or it was never laid before you. Nothing was approved."),
        _("Go to the start page. When it is laid before you again, it is listed there."),
    ),
}
"""A part of the table in problems.py."""

TYPED = _(
    "Somebody, or another window, changed this registration after this page was opened. What you typed is here and is"
    " not saved yet. Where something else was saved meanwhile, it is said. Look at both, then go on."
)


class ShownForm(DeskForm):
    """A form of a registration, with the mark of the page that it was typed on."""

    as_shown = HiddenField()
    typed_on = HiddenField()
    """Where what is typed is compared with what is saved: the mark of the older page that it was typed on."""

    def shows(self, nonce: bytes) -> None:
        """Mark the page, unless it was sent and shows what was sent from an older one.

        What was typed before and not sent is laid over what is saved now; that it is older is said there (parked.py).
        """
        if self.before is not None and self.is_of_an_older_page:
            self.typed_on.data = self.before.mark
        if not self.is_posted:
            self.looks_at(nonce)

    def is_compared(self, nonce: bytes) -> None:
        """Mark the page as one that shows both: what is typed stays that of an older page until it is sent."""
        self.typed_on.data = self.typed_on.data or self.as_shown.data
        self.looks_at(nonce)

    def looks_at(self, nonce: bytes) -> None:
        """Mark the page as one that shows the registration as it is now."""
        self.as_shown.data = mark(nonce)


def read(draft_id: str) -> tuple[Contents, bytes]:
    """What is in a draft that this actor may see, and what the mark of its page is made of."""
    with desk.transaction() as session:
        draft = drafts.get(session, draft_id, actor=desk.actor(), now=desk.now(), to_open=True)
        return drafts.contents(draft, day_keys=desk.day_keys()), as_shown.nonce_of(draft)


def mark(nonce: bytes) -> str:
    """A mark for the forms of one page."""
    return as_shown.mark(nonce, desk.token_bytes)


def marked() -> str:
    """The mark that came with the form of this request; "" where none did, which is no mark of anything."""
    return request.form.get(MARK, "")


def anew(changed: ChangedMeanwhile, page: Callable[[str], ResponseReturnValue], at: str) -> ResponseReturnValue:
    """The page as it is now, which says on top what happened; where there is another one by now, it says so.

    `at`: the endpoint of the page, which mostly is not that of the button.
    """
    setattr(g, SHOWN_AT, url_for(at, draft_id=changed.draft_id))
    return _said(changed, page, f"{PROBLEM.happened} {PROBLEM.next}")


def typed(changed: ChangedMeanwhile, page: Callable[[str], ResponseReturnValue]) -> ResponseReturnValue:
    """A page with what was typed, which says on top what happened."""
    return _said(changed, page, TYPED)


def _said(
    changed: ChangedMeanwhile, page: Callable[[str], ResponseReturnValue], words: LazyString | str
) -> ResponseReturnValue:
    security_log.refused(changed, PROBLEM.status)
    g.changed_meanwhile = words
    answer = make_response(page(changed.draft_id))
    if answer.status_code == 200:
        answer.status_code = PROBLEM.status
    else:
        flash(str(words))
    return answer
