"""One card printed while its holder waits, and its slip: on which printer, with which lines, and why once more.

The holder's own lines (emergency contact, allergy, language of an interpreter, gender) travel in the request that
prints and are in nothing but what is printed: they are neither kept nor parked (parked.py) nor shown again. A second
print says what became of the first (domain/print_parts.py).
"""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import StringField, TextAreaField

from cardservice.domain import drafts, issuance, print_parts, print_queue
from cardservice.domain.calendar import day_of
from cardservice.domain.pick_up import latest_day
from cardservice.domain.print_parts import Before
from cardservice.domain.print_queue import OnPaper
from cardservice.printing import optional_lines, slip, slip_wording
from cardservice.printing.optional_lines import LineKind, LineRefused, OptionalLine
from cardservice.printing.slip import SlipPaper
from cardservice.spooler import SpoolerError
from cardservice.terms import CameOut
from cardservice.web import decided, desk, interpreter_languages, pick_up, printers, words
from cardservice.web.access import requires
from cardservice.web.forms import UNREMEMBERED, DeskForm
from cardservice.web.pace import costly
from cardservice.web.printers import Printer
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("print_one", __name__, url_prefix="/registrations")

CARD_CODE = UNREMEMBERED | {"rows": "3", "data-scanned": "card", "data-sends": ""}
"""A field for the code of a printed card, heard wherever the focus is and sent at once (static/scan.js)."""


class LinesForm(DeskForm):
    """What a holder asked to have printed, in fields named by their kinds; and the code of the card that was printed.

    The code is looked at by read_back.py. Neither it nor a line is ever parked or shown again.
    """

    emergency_contact = StringField(render_kw=UNREMEMBERED | {"inputmode": "text"})
    allergy = StringField(render_kw=UNREMEMBERED)
    interpreter = StringField(render_kw=UNREMEMBERED)
    gender = StringField(render_kw=UNREMEMBERED)
    code = TextAreaField(render_kw=CARD_CODE)

    @property
    def has_wrong_line(self) -> bool:
        return any(self[kind.value].errors for kind in LineKind)

    def lines(self) -> tuple[OptionalLine, ...] | None:
        """The lines that were asked for; None after saying what is wrong with one."""
        found = []
        for kind in LineKind:
            try:
                found.append(optional_lines.line(kind, self[kind.value].data or ""))
            except LineRefused as refused:
                self.refuse(kind.value, words.line_problem(refused.code, refused.character))
        return None if self.problems() else tuple(one for one in found if one is not None)


def page(draft_id: str, form: LinesForm, *, is_read: bool = False) -> str:
    """The page on which a card is printed and handed over; `is_read`: its code was scanned just now, and is good."""
    with desk.reading() as session:
        draft = drafts.get(session, draft_id, actor=desk.actor(), now=desk.now())
        card = issuance.reprint(session, draft_id, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
        printed = print_queue.row_of(session, card.card_number)
    offered = printers.offered(desk.settings())
    return render_template(
        "issuance/print.html",
        draft_id=draft_id,
        card=card,
        form=form,
        is_read=is_read,
        printed=printed,
        in_a_job=printed is not None and print_queue.is_in_a_job(printed, now=desk.now()),
        came_out=CameOut,
        printers=offered,
        positions=max(one.medium.positions for one in offered),
        waits_until=draft.key_day if draft.key_day > day_of(desk.now()) else None,
        pick_up_days=pick_up.days_offered(latest_day(draft)),
        slip_printers=printers.for_slips(desk.settings()),
        slip_language=decided.slip(desk.settings(), card, language=interpreter_languages.chosen()).language,
        slip_languages=tuple(slip_wording.WORDS),
    )


@bp.post("/<string:draft_id>/card.pdf")
@requires(*DESK_ROLES)
@costly
def card_pdf(draft_id: str) -> ResponseReturnValue:
    """Print the card: the PDF to be opened, or straight to a printer that the desk reaches."""
    form = LinesForm()
    lines = form.lines()
    if lines is None:
        return page(draft_id, form), 422
    settings = desk.settings()
    default = printers.offered(settings)[0].name
    printer = printers.named(settings, request.form.get("printer", default))
    paper = printer.paper(request.form.get("position", 1, type=int))
    # Drawn before anything is written down: a card that cannot be drawn was not printed.
    with desk.reading() as session:
        card = issuance.reprint(session, draft_id, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
    made = printers.draw(settings, printer, [card], first_position=paper.first_position, lines=lines)
    if take_back := _claim(draft_id, paper):
        printers.take_back(take_back)
    spooled = _send(printer, card.card_number, made) if printer.queue else ""
    with desk.transaction() as session:
        print_parts.sent_one(session, card.card_number, spooled=spooled)
    if not printer.queue:
        return pdf(made)
    flash(gettext("The printer %(name)s has the card. Look at it when it comes out.", name=printer.called))
    return redirect(url_for("issuance.print_card", draft_id=draft_id))


@bp.post("/<string:draft_id>/slip")
@requires(*DESK_ROLES)
@costly
def print_slip(draft_id: str) -> ResponseReturnValue:
    """Print the slip on a printer that the desk reaches, in the language that was chosen."""
    settings = desk.settings()
    printer = printers.slip_printer(settings, request.form.get("printer", ""))
    with desk.reading() as session:
        card = issuance.reprint(session, draft_id, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
    face = decided.slip(settings, card, language=request.form.get("language"))
    printers.send(printer, slip.pdf(face, SlipPaper.A6))
    flash(gettext("The printer %(name)s has the slip.", name=printer.name))
    return redirect(url_for("issuance.print_card", draft_id=draft_id))


def pdf(content: bytes, name: str = "card.pdf") -> Response:
    """A PDF to be looked at in the browser, under a name that is the same for everybody's."""
    shown = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=shown)


def _claim(draft_id: str, paper: OnPaper) -> str:
    """Write down that the card is printed now; returns what the spooler should take back of the last print, or ""."""
    seen, times = request.form.get("before", ""), request.form.get("times", 0, type=int)
    before = Before(CameOut(seen), times) if seen in set(CameOut) else None
    with desk.transaction() as session:
        return print_parts.claim_one(
            session, draft_id, paper, before, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys()
        )


def _send(printer: Printer, card_number: str, made: bytes) -> str:
    try:
        return printers.send(printer, made)
    except SpoolerError as error:
        if printers.took_nothing(error):
            with desk.transaction() as session:
                print_parts.not_sent_one(session, card_number, actor=desk.actor(), now=desk.now())
        raise
