"""A supervisor's second look at papers that are not enough: the kinds here, the papers themselves at the counter.

Whoever registers sees on the same page that it waits, and what came of it. Who may decide is domain/second_look.py's.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import RadioField

from cardservice.domain import second_look
from cardservice.domain.approval import NotBeforeYou
from cardservice.domain.as_shown import ChangedMeanwhile
from cardservice.domain.drafts import DraftNotFound
from cardservice.domain.second_look import Papers
from cardservice.terms import AcceptedFor, DraftState, StaffRole
from cardservice.web import as_shown, desk, evidence_words
from cardservice.web.access import requires
from cardservice.web.as_shown import ShownForm
from cardservice.web.forms import choices
from cardservice.web.registration import DESK_ROLES, next_page

bp = Blueprint("second_look", __name__, url_prefix="/registrations")


class AcceptForm(ShownForm):
    because = RadioField(choices=choices(evidence_words.ACCEPTED_FOR), validate_choice=False)


@bp.route("/<string:draft_id>/second-look", methods=["GET", "POST"])
@requires(*DESK_ROLES)
def show(draft_id: str) -> ResponseReturnValue:
    """What was shown, and whether a supervisor accepts it."""
    papers, form = _read(draft_id), AcceptForm()
    if papers.state is not DraftState.SECOND_LOOK:
        return redirect(next_page(draft_id, papers.state))
    if form.is_submitted() and (
        because := form.choose("because", AcceptedFor, gettext("Choose why the papers are accepted"))
    ):
        with desk.transaction() as session:
            second_look.accept(
                session,
                draft_id,
                because,
                marked=as_shown.marked(),
                actor=desk.actor(),
                now=desk.now(),
                day_keys=desk.day_keys(),
            )
        flash(gettext("The papers are accepted. Whoever registers can go on."))
        return redirect(url_for("start.today"))
    form.shows(papers.nonce)
    return _page(papers, form)


def _page(papers: Papers, form: AcceptForm) -> str:
    return render_template(
        "evidence/second_look.html",
        form=form,
        papers=papers,
        missing=evidence_words.missing,
        fault=evidence_words.fault_in_general,
        kind=evidence_words.kind,
        may_decide=not papers.is_mine and desk.actor().role is StaffRole.SUPERVISOR,
    )


@bp.post("/<string:draft_id>/second-look/decline")
@requires(StaffRole.SUPERVISOR)
def decline(draft_id: str) -> ResponseReturnValue:
    """The papers are not enough."""
    with desk.transaction() as session:
        second_look.decline(
            session,
            draft_id,
            marked=as_shown.marked(),
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
        )
    flash(gettext("The papers are not accepted. Whoever registers sees it, and can add a paper or end it."))
    return redirect(url_for("start.today"))


@bp.errorhandler(ChangedMeanwhile)
def look_again(changed: ChangedMeanwhile) -> ResponseReturnValue:
    """It was decided about other papers: here are those of now."""
    return as_shown.anew(changed, _anew, "second_look.show")


def _anew(draft_id: str) -> ResponseReturnValue:
    papers, form = _read(draft_id), AcceptForm()
    if papers.state is not DraftState.SECOND_LOOK:
        return redirect(next_page(draft_id, papers.state))
    form.looks_at(papers.nonce)
    return _page(papers, form)


def _read(draft_id: str) -> Papers:
    try:
        with desk.reading() as session:
            return second_look.read(session, draft_id, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
    except DraftNotFound:
        # Most often the clerk has brought another paper meanwhile: nothing has ended.
        raise NotBeforeYou if desk.actor().role is StaffRole.SUPERVISOR else DraftNotFound from None
