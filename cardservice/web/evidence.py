"""The first page of a registration: which papers were shown, what they come to, and what happens if it is too little.

Nothing of a person is typed here. What papers are worth is domain/evidence.py's, a second look and a refusal are
domain/second_look.py's; the words are evidence_words.py, the form papers_form.py.
"""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cardservice.domain import beginning, card_numbers, renewal, second_look, sent_forms
from cardservice.domain.as_shown import ChangedMeanwhile
from cardservice.domain.drafts import DraftNotFound
from cardservice.domain.organisations import LettersNoMore
from cardservice.domain.second_look import Papers
from cardservice.terms import DraftState, RefusedFor
from cardservice.web import as_shown, desk, interpreter_languages, parked
from cardservice.web.access import requires
from cardservice.web.counting import Counting, begun, of_request, read
from cardservice.web.languages import shows_typed
from cardservice.web.pace import costly
from cardservice.web.prefill import brought
from cardservice.web.registration import DESK_ROLES, next_page

bp = Blueprint("evidence", __name__)


@bp.route("/registrations/new", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
@parked.keeps_typing(asks=True)
@shows_typed
def new() -> ResponseReturnValue:
    """The first page of a new registration."""
    return interpreter_languages.begun_anew() or _begun(None)


@bp.route("/cards/<string:card_number>/replace", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
@parked.keeps_typing()
@shows_typed
def replace(card_number: str) -> ResponseReturnValue:
    """The first page of a registration that replaces a card which cannot be scanned."""
    with desk.reading() as session:
        card = renewal.check_replaceable(session, card_numbers.normalise(card_number))
    return _begun(card.number)


@bp.route("/registrations/<string:draft_id>/another", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
@parked.keeps_typing(asks=True)
@shows_typed
def another(draft_id: str) -> ResponseReturnValue:
    """The next person of a family: a registration of its own, which takes over where they live and their language."""
    return _begun(None, read(draft_id))


def _begun(replaces: str | None, family: Papers | None = None) -> ResponseReturnValue:
    try:
        return _begin(replaces, family)
    except ChangedMeanwhile as changed:
        # The page that began it was sent again, and its registration has been saved by another page since.
        return as_shown.typed(changed, _beside_what_is_saved)


def _begin(replaces: str | None, family: Papers | None) -> ResponseReturnValue:
    counting = begun(family)
    asked = _asked(counting)
    if asked == "refuse":
        _refuse(counting)
        return _ended()
    if asked in {"go", "second-look"}:
        try:
            return _go_on(*_open(counting, replaces, family, asks=asked == "second-look"))
        except LettersNoMore:
            # Somebody else's letter was the last of the month: the page says it beside the paper.
            counting = begun(family)
        except DraftNotFound:
            counting.form.draw_id()
            flash(gettext("This page was sent before, and what it began is over. Send it again to begin anew."))
    if counting.papers is None:
        return counting.page(replaces=replaces)
    flash(_sent_before())
    return counting.page(action=url_for("evidence.papers", draft_id=counting.papers.draft_id))


def _sent_before() -> str:
    return str(gettext("This page was sent before. Here is the registration that it began."))


def _open(counting: Counting, replaces: str | None, family: Papers | None, *, asks: bool) -> tuple[str, DraftState]:
    with desk.transaction() as session:
        was_sent = sent_forms.is_known(session, counting.form.form_id.data)
        draft = beginning.with_papers(
            session,
            counting.form.form_id.data,
            counting.seen,
            letters=counting.letters,
            asks=asks,
            replaces=replaces,
            language=family.language if family else None,
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
        )
    if was_sent:
        # Whoever went back for the next person must not take this one for theirs.
        flash(_sent_before())
    return draft.id, draft.state


def _refuse(counting: Counting) -> None:
    with desk.transaction() as session:
        beginning.refuse(
            session,
            counting.form.form_id.data,
            counting.refused_for,
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
        )


@bp.route("/registrations/<string:draft_id>/papers", methods=["GET", "POST"])
@requires(*DESK_ROLES)
@costly
@parked.keeps_typing()
def papers(draft_id: str) -> ResponseReturnValue:
    """The papers of a registration that was begun: add one, or go on."""
    try:
        return _papers(draft_id)
    except DraftNotFound:
        # The second click on what has ended it says the same as the first.
        if request.form.get("do") == "refuse" and _was_sent():
            return _ended()
        raise
    except ChangedMeanwhile as changed:
        return as_shown.typed(changed, _beside_what_is_saved)


def _beside_what_is_saved(draft_id: str) -> str:
    saved = read(draft_id)
    counting = Counting(saved)
    counting.beside_what_is_saved(saved)
    return counting.page(action=url_for("evidence.papers", draft_id=draft_id))


def _papers(draft_id: str) -> ResponseReturnValue:
    shown = read(draft_id)
    if shown.is_issued:
        return redirect(url_for("issuance.print_card", draft_id=draft_id))
    if not shown.is_mine:
        return redirect(url_for("second_look.show", draft_id=draft_id))
    counting = Counting(shown)
    asked = _asked(counting)
    if counting.said == "go" and counting.takes_away:
        # What is said on the page is what counts: a card is not made by papers that were unticked.
        _change(counting, draft_id, asks=False)
        return Counting(read(draft_id)).page()
    if counting.said == "go" and shown.is_accepted and not counting.outcome.is_met:
        return _go_on(draft_id, shown.state)
    if asked == "refuse":
        _end(counting, draft_id)
        return _ended()
    if asked in {"go", "second-look"}:
        try:
            return _go_on(draft_id, _change(counting, draft_id, asks=asked == "second-look"))
        except LettersNoMore:
            counting = Counting(shown)
    return counting.page()


def _change(counting: Counting, draft_id: str, *, asks: bool) -> DraftState:
    with desk.transaction() as session:
        kept = second_look.show(
            session,
            draft_id,
            counting.seen,
            letters=counting.letters,
            marked=as_shown.marked(),
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
        )
        if asks:
            second_look.ask(session, draft_id, actor=desk.actor(), now=desk.now())
        return kept.state


def _end(counting: Counting, draft_id: str) -> None:
    because = counting.refused_for or RefusedFor.POINTS
    with desk.transaction() as session:
        sent_forms.is_first(session, counting.form.form_id.data, now=desk.now())
        second_look.refuse(
            session,
            draft_id,
            because,
            marked=as_shown.marked(),
            actor=desk.actor(),
            now=desk.now(),
            day_keys=desk.day_keys(),
        )


def _was_sent() -> bool:
    with desk.reading() as session:
        return sent_forms.is_known(session, request.form.get("form_id", ""))


@bp.post("/registrations/points")
@requires(*DESK_ROLES)
def points() -> ResponseReturnValue:
    """What the ticks on the page come to, in words, for the page's script (`?draft=`, `?family=`)."""
    counting = of_request()
    explained = counting.explained
    return {
        "met": counting.is_enough,
        "title": counting.verdict,
        "reached": explained.reached,
        "parts": explained.parts,
    }


def _asked(counting: Counting) -> str:
    """What is to be done: "go" only where the papers are enough, the others only where they are not.

    No second look is asked for at papers of which one was declined.
    """
    looks = set() if counting.is_declined else {"second-look"}
    offered = {"go"} if counting.outcome.is_met else {"refuse"} | looks
    return counting.said if counting.said in offered else ""


def _go_on(draft_id: str, state: DraftState) -> ResponseReturnValue:
    """To the next page. A form's code goes along with this very request (307): nothing of it is kept on the way."""
    carries = state is DraftState.ANSWERS and brought()
    return redirect(next_page(draft_id, state), 307 if carries else 302)


def _ended() -> ResponseReturnValue:
    flash(gettext("The registration is ended. Nothing is kept of it but a count of the reason."))
    return redirect(url_for("start.today"))
