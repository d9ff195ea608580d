"""The queue of cards to print, by numbers: choose some or all, a printer, the first free place, and begin a job.

A job's own page is print_jobs.py. Which cards somebody may print is domain/print_queue.py's question, and names are
nowhere on these pages: a screen is read by the whole hall.
"""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from cardservice.domain import pick_up, print_queue
from cardservice.domain.calendar import day_of
from cardservice.terms import JobState, PrintState
from cardservice.web import dates, desk, print_worker, printers
from cardservice.web.access import requires
from cardservice.web.pace import costly
from cardservice.web.registration import DESK_ROLES

bp = Blueprint("print_queue", __name__, url_prefix="/print-queue")


@bp.get("")
@requires(*DESK_ROLES)
def show() -> ResponseReturnValue:
    """Every card that waits to be printed, is being printed, or is printed and not handed over."""
    with desk.reading() as session:
        queue = print_queue.to_print(session, actor=desk.actor(), now=desk.now())
        jobs = print_queue.jobs(session, actor=desk.actor(), now=desk.now())
    return render_template(
        "print_queue/queue.html",
        queue=queue,
        waiting=[one for one in queue if one.waiting],
        jobs=jobs,
        printers=printers.offered(desk.settings()),
        most_places=max(one.medium.positions for one in printers.offered(desk.settings())),
        states=PrintState,
        job_states=JobState,
    )


@bp.post("")
@requires(*DESK_ROLES)
@costly
def begin() -> ResponseReturnValue:
    """Put the chosen cards into a job, and start it where the printer prints by itself."""
    chosen = request.form.getlist("card")
    if not chosen:
        flash(gettext("Choose at least one card."))
        return redirect(url_for("print_queue.show"))
    printer = printers.named(desk.settings(), request.form.get("printer", ""))
    paper = printer.paper(request.form.get("position", 1, type=int))
    with desk.transaction() as session:
        job = print_queue.begin(
            session, chosen, paper, actor=desk.actor(), now=desk.now(), token_bytes=desk.token_bytes
        )
        left_out = len(set(chosen)) - len(print_queue.cards_of(session, job.id))
    if left_out:
        flash(
            ngettext(
                "%(num)s card was left out: it is in another job, or no longer here.",
                "%(num)s cards were left out: they are in another job, or no longer here.",
                left_out,
            )
        )
    if printer.queue:
        print_worker.start(job.id)
    return redirect(url_for("print_jobs.show", job_id=job.id))


@bp.post("/keep")
@requires(*DESK_ROLES)
def keep() -> ResponseReturnValue:
    """Keep the chosen cards for as many days as the town allows, where a printer will not be ready today."""
    chosen, days = set(request.form.getlist("card")), desk.settings().desk.batch_days
    with desk.transaction() as session:
        queue = print_queue.to_print(session, actor=desk.actor(), now=desk.now())
        kept = [one.draft_id for one in queue if one.card_number in chosen and days]
        for draft_id in kept:
            pick_up.keep(session, draft_id, days=days, actor=desk.actor(), now=desk.now(), day_keys=desk.day_keys())
    if kept:
        day = dates.day(day_of(desk.now()) + timedelta(days=days))
        flash(
            ngettext("%(num)s card is kept until %(day)s.", "%(num)s cards are kept until %(day)s.", len(kept), day=day)
        )
    return redirect(url_for("print_queue.show"))
