"""From checked answers to a card in the hand: check, approve, issue, print, hand over; or spoil what was printed.

The order of issuing and that a repeated step makes nothing twice is domain/issuance.py's business. Pictures of the card
are drawn for each request and kept nowhere.
"""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import RadioField

from cardservice.domain import as_shown as seen
from cardservice.domain import card_numbers, cards, correction, drafts, issuance
from cardservice.domain.as_shown import ChangedMeanwhile
from cardservice.printing import preview, slip
from cardservice.printing.slip import SlipPaper
from cardservice.terms import DraftState, RevocationReason, StaffRole
from cardservice.web import as_shown, at_once, decided, desk, evidence_words, interpreter_languages, print_one, words
from cardservice.web.access import requires
from cardservice.web.forms import DeskForm, choices
from cardservice.web.pace import costly
from cardservice.web.print_one import LinesForm, pdf
from cardservice.web.registration import DESK_ROLES, next_page
from cardservice.web.step_up import confirmed

bp = Blueprint("issuance", __name__)

NOT_YET = (DraftState.EVIDENCE, DraftState.SECOND_LOOK, DraftState.ANSWERS)
SPOILT_BECAUSE = (RevocationReason.ISSUED_IN_ERROR, RevocationReason.DAMAGED, RevocationReason.NOT_HANDED_OVER)


@bp.get("/registrations/<string:draft_id>/check")
@requires(*DESK_ROLES)
def check(draft_id: str) -> ResponseReturnValue:
    """All answers with a picture of the card, to be read together with the resident before anything is signed."""
    with desk.transaction() as session:
        draft = drafts.get(session, draft_id, actor=desk.actor(), now=desk.now(), to_open=True)
        contents = drafts.contents(draft, day_keys=desk.day_keys())
        issued = draft.card_number is not None
    if issued:
        flash(gettext("The card of this registration was already issued. No second one was made."))
        return redirect(url_for("issuance.print_card", draft_id=draft_id))
    if draft.state in NOT_YET:
        return redirect(next_page(draft_id, draft.state))
    kept = drafts.typed(contents)
    mine = draft.creator_id == desk.actor().staff_id
    return render_template(
        "issuance/check.html",
        draft=draft,
        kept=kept,
        papers=contents.judged,
        kind=evidence_words.kind,
        mine=mine,
        photo_asked=contents.photo_asked,
        four_eyes=desk.settings().desk.four_eyes,
        valid_until=desk.valid_until(kept.birth_date),
        as_shown=as_shown.mark(seen.nonce_of(draft)),
    )


@bp.app_errorhandler(ChangedMeanwhile)
def look_again(changed: ChangedMeanwhile) -> ResponseReturnValue:
    """What was pressed on the page of all answers was pressed on other answers: here are those of now."""
    return as_shown.anew(changed, check, "issuance.check")


@bp.get("/registrations/<string:draft_id>/<any(front, back):side>.jpg")
@requires(*DESK_ROLES)
@costly
def picture(draft_id: str, side: str) -> Response:
    """One side of the card as it will look, with a panel where the code will be."""
    with desk.reading() as session:
        draft = drafts.get(session, draft_id, actor=desk.actor(), now=desk.now())
        kept = drafts.typed(drafts.contents(draft, day_keys=desk.day_keys()))
    valid_until = desk.valid_until(kept.birth_date)
    face = decided.face_before_issuing(desk.settings(), kept, valid_until=valid_until)
    return Response(preview.picture(face, back=side == "back"), mimetype="image/jpeg")


@bp.post("/registrations/<string:draft_id>/submit")
@requires(*DESK_ROLES)
def submit(draft_id: str) -> ResponseReturnValue:
    """Ask a second person to approve."""
    with desk.transaction() as session:
        issuance.submit(session, draft_id, marked=as_shown.marked(), actor=desk.actor(), now=desk.now())
    flash(gettext("The registration waits for a supervisor."))
    return redirect(url_for("start.today"))


@bp.post("/registrations/<string:draft_id>/approve")
@requires(StaffRole.SUPERVISOR)
def approve(draft_id: str) -> ResponseReturnValue:
    """Approve what another person registered."""
    with desk.transaction() as session:
        issuance.approve(session, draft_id, marked=as_shown.marked(), actor=desk.actor(), now=desk.now())
    flash(gettext("The registration is approved. The card can be issued."))
    return redirect(url_for("start.today"))


@bp.post("/registrations/<string:draft_id>/issue")
@requires(*DESK_ROLES)
@confirmed
def issue(draft_id: str) -> ResponseReturnValue:
    """Sign the card. Asked twice, it makes one."""
    issuance.issue(
        desk.transaction,
        draft_id,
        marked=as_shown.marked(),
        actor=desk.actor(),
        now=desk.now(),
        day_keys=desk.day_keys(),
        issuing=desk.here().issuing,
        token_bytes=desk.token_bytes,
    )
    return redirect(url_for("issuance.print_card", draft_id=draft_id))


@bp.get("/registrations/<string:draft_id>/print")
@requires(*DESK_ROLES)
def print_card(draft_id: str) -> ResponseReturnValue:
    """Print as often as the printer needs it, then hand over."""
    return print_one.page(draft_id, LinesForm())


@bp.get("/registrations/<string:draft_id>/slip.pdf")
@requires(*DESK_ROLES)
@costly
def slip_pdf(draft_id: str) -> Response:
    """The slip that goes home with the card (`?paper=`, `?language=`)."""
    paper = SlipPaper.RECEIPT if request.args.get("paper") == SlipPaper.RECEIPT else SlipPaper.A6
    face = decided.slip(desk.settings(), _issued(draft_id), language=request.args.get("language"))
    return pdf(slip.pdf(face, paper), "slip.pdf")


@bp.post("/cards/<string:card_number>/hand-over")
@requires(*DESK_ROLES)
def hand_over(card_number: str) -> ResponseReturnValue:
    """The card is in the holder's hand: from now on nothing here names them."""
    with desk.transaction() as session:
        issuance.hand_over(session, card_number, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
    flash(gettext("The card is handed over. Everything that was typed and the photo are erased."))
    # A card that this one replaces has ended with it.
    at_once.tell_if_it_waits()
    if request.form.get("next") == "scan":
        interpreter_languages.forget()  # the next card is somebody else's
        return redirect(url_for("read_back.scan"))
    return redirect(url_for("cards.show", card_number=card_number))


class SpoilForm(DeskForm):
    reason = RadioField(
        choices=choices({reason: words.REASONS[reason] for reason in SPOILT_BECAUSE}), validate_choice=False
    )


@bp.route("/cards/<string:card_number>/cancel", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@confirmed
def spoil(card_number: str) -> ResponseReturnValue:
    """The card is wrong or nobody takes it: revoke it and erase what was typed."""
    form = SpoilForm()
    if form.is_submitted() and (
        reason := form.choose("reason", SPOILT_BECAUSE, gettext("Choose why the card is cancelled"))
    ):
        with desk.transaction() as session:
            issuance.spoil(session, card_number, reason, actor=desk.actor(), now=desk.now())
        flash(gettext("The card is cancelled and the answers are erased. Destroy what was printed."))
        at_once.tell_if_it_waits()
        return redirect(url_for("start.today"))
    with desk.reading() as session:
        card = cards.get(session, card_numbers.normalise(card_number))
    return render_template("issuance/spoil.html", card=card, form=form)


@bp.post("/cards/<string:card_number>/correct")
@requires(*DESK_ROLES)
@confirmed
def correct(card_number: str) -> ResponseReturnValue:
    """Something on the printed card is wrong: it ends, and its answers come back."""
    with desk.transaction() as session:
        draft = correction.correct(
            session,
            card_numbers.normalise(card_number),
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
            token_bytes=desk.token_bytes,
        )
    flash(gettext("The card is cancelled: destroy card and slip. Correct the answers, then issue the new card."))
    at_once.tell_if_it_waits()
    return redirect(url_for("registration.details", draft_id=draft.id))


def _issued(draft_id: str) -> issuance.IssuedCard:
    with desk.reading() as session:
        return issuance.reprint(session, draft_id, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
