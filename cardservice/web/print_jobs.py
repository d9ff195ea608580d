"""One print job: how far it is, its PDFs, what came out of the printer, and where the rest shall go.

A form that was sent twice does nothing twice: a part is claimed once (domain/print_parts.py). Works without a script,
by a page that loads itself anew.
"""

import contextlib

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from cardservice.domain import print_parts, print_queue
from cardservice.domain.print_queue import Job
from cardservice.terms import CameOut, JobState, PrintState
from cardservice.web import desk, print_worker, printers
from cardservice.web.access import requires
from cardservice.web.pace import costly
from cardservice.web.print_one import pdf
from cardservice.web.printers import NoSuchPrinter, Printer
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("print_jobs", __name__, url_prefix="/print-queue/<string:job_id>")


@bp.get("")
@requires(*DESK_ROLES)
def show(job_id: str) -> ResponseReturnValue:
    """The job as it is now."""
    job = _job(job_id)
    printer, offered = _printer(job), printers.offered(desk.settings())
    return render_template(
        "print_queue/job.html",
        job=job,
        printer=printer,
        asked=[*job.unsure, *job.of(PrintState.SENT)],
        taken_back=job.of(PrintState.TAKEN_BACK),
        is_done=bool(job.cards) and len(job.of(PrintState.CAME_OUT)) == len(job.cards),
        given=len(job.cards) - len(job.of(PrintState.QUEUED)),
        others=[one for one in offered if one.name != job.row.printer],
        most_places=max(one.medium.positions for one in offered),
        states=PrintState,
        job_states=JobState,
        came_out=CameOut,
    )


@bp.post("/parts/<int:part>.pdf")
@requires(*DESK_ROLES)
@costly
def part_pdf(job_id: str, part: int) -> Response:
    """One part as a PDF, once: it counts as sent, and the job's page asks what came out."""
    job = _job(job_id)
    with desk.transaction() as session:
        claimed = print_parts.claim(session, job.row.id, now=desk.now(), day_keys=desk.day_keys(), part=part)
    if claimed is None:
        raise print_queue.JobNotFound
    try:
        made = printers.draw_part(desk.settings(), claimed)
    except Exception:
        with desk.transaction() as session:
            print_parts.not_sent(session, claimed, now=desk.now(), state=JobState.STOPPED)
        raise
    with desk.transaction() as session:
        print_parts.sent(session, claimed)
    return pdf(made)


@bp.post("/came-out")
@requires(*DESK_ROLES)
def came_out(job_id: str) -> ResponseReturnValue:
    """What somebody saw: all of it is good, or card by card. Cards of a print that was ended are told card by card."""
    everything = request.form.get("everything", "")
    seen = {}
    for card in _job(job_id).cards:
        said = "" if card.state is PrintState.TAKEN_BACK else everything
        if (said := said or request.form.get(f"card-{card.card_number}", "")) in set(CameOut):
            seen[card.card_number] = CameOut(said)
    if not seen:
        flash(gettext("Nothing was chosen, so nothing was noted. Say of all cards, or of each, how they came out."))
        return _back_to(job_id)
    with desk.transaction() as session:
        take_back = print_queue.answer(session, job_id, seen, actor=desk.actor(), now=desk.now())
    for spooled in take_back:
        printers.take_back(spooled)
    again = sum(one is not CameOut.WELL for one in seen.values())
    if again:
        flash(
            ngettext(
                "%(num)s card is in the queue again. Its next print is a reprint.",
                "%(num)s cards are in the queue again. Their next print is a reprint.",
                again,
            )
        )
    return _back_to(job_id)


@bp.post("/stop")
@requires(*DESK_ROLES)
def stop(job_id: str) -> ResponseReturnValue:
    """Send no more; what the printer was given still comes out."""
    with desk.transaction() as session:
        print_queue.stop(session, job_id, actor=desk.actor(), now=desk.now())
    return _back_to(job_id)


@bp.post("/go-on")
@requires(*DESK_ROLES)
def go_on(job_id: str) -> ResponseReturnValue:
    """Go on with what was never sent."""
    with desk.transaction() as session:
        print_queue.go_on(session, job_id, actor=desk.actor(), now=desk.now())
    _start(job_id)
    return _back_to(job_id)


@bp.post("/move")
@requires(*DESK_ROLES)
def move(job_id: str) -> ResponseReturnValue:
    """Send what was never sent to another printer."""
    printer = printers.named(desk.settings(), request.form.get("printer", ""))
    paper = printer.paper(request.form.get("position", 1, type=int))
    with desk.transaction() as session:
        print_queue.move(session, job_id, paper, actor=desk.actor(), now=desk.now())
    _start(job_id)
    return _back_to(job_id)


@bp.post("/put-back")
@requires(*DESK_ROLES)
def put_back(job_id: str) -> ResponseReturnValue:
    """Put what was never sent back into the queue."""
    with desk.transaction() as session:
        print_queue.put_back(session, job_id, actor=desk.actor(), now=desk.now())
    return redirect(url_for("print_queue.show"))


def _job(job_id: str) -> Job:
    with desk.reading() as session:
        return print_queue.job(session, job_id, actor=desk.actor(), now=desk.now())


def _printer(job: Job) -> Printer | None:
    with contextlib.suppress(NoSuchPrinter):
        return printers.named(desk.settings(), job.row.printer)
    return None


def _start(job_id: str) -> None:
    printer = _printer(_job(job_id))
    if printer is not None and printer.queue:
        print_worker.start(job_id)


def _back_to(job_id: str) -> ResponseReturnValue:
    """To the job's page, or to the queue where its last card has left it."""
    try:
        _job(job_id)
    except print_queue.JobNotFound:
        return redirect(url_for("print_queue.show"))
    return redirect(url_for("print_jobs.show", job_id=job_id))
