"""Prints the parts of a job, one after the other: claim, draw, give to the printer, write down that it was given.

The rule here: what is committed between two parts is all there is to know, so that a worker may be killed at any
moment and another may go on. A printer that surely took nothing gives its part back; one of which nobody knows leaves
the question to a person (domain/print_parts.py). In the service a worker is a thread of the process that was asked;
`cardservice print` is one too.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from cardservice.day_keys import DayKeys
from cardservice.domain import print_parts
from cardservice.domain.print_parts import Part
from cardservice.domain.retention import Transaction
from cardservice.terms import JobState
from cardservice.web import desk, printers
from cardservice.web.desk import Desk
from cardservice.web.quiet_log import describe

log = logging.getLogger("cardservice.printing")
_EXTENSION = "cardservice-print-worker"
_AT_ONCE = 4  # jobs; more printers than that stand in no hall


@dataclass(frozen=True, kw_only=True)
class Worker:
    """What printing needs from outside: the register, the keys of drafts, a clock, a pen and a printer."""

    transaction: Transaction
    day_keys: DayKeys
    clock: Callable[[], datetime]
    draw: Callable[[Part], bytes]
    send: Callable[[Part, bytes], str]
    """Gives a PDF to the printer and returns what the spooler calls it."""
    say: Callable[[Part], object] = lambda _part: None
    """Told of every part that was sent."""
    only_for: frozenset[str] | None = None
    """The printers that it can print on, by name; None for every one."""

    def work_off(self, job_id: str) -> bool:
        """Print a job until nothing of it is left to be sent; whether that was reached."""
        while (part := self._claim(job_id)) is not None:
            if not self._print(part):
                return False
            self.say(part)
        return True

    def _claim(self, job_id: str) -> Part | None:
        with self.transaction() as session:
            return print_parts.claim(session, job_id, now=self.clock(), day_keys=self.day_keys, only_for=self.only_for)

    def _print(self, part: Part) -> bool:
        try:
            pdf = self.draw(part)
        except Exception as error:  # noqa: BLE001 - told below; its words may hold what is printed
            self._give_back(part, error, JobState.STOPPED)
            return False
        try:
            spooled = self.send(part, pdf)
        except Exception as error:  # noqa: BLE001 - as above
            if printers.took_nothing(error):
                self._give_back(part, error, JobState.PRINTER_GONE)
            else:
                log.warning("a part of a job may or may not come out [%s]", describe(error))
            return False
        with self.transaction() as session:
            print_parts.sent(session, part, spooled=spooled)
        return True

    def _give_back(self, part: Part, error: Exception, state: JobState) -> None:
        log.warning("a part of a job was not printed [%s]", describe(error))
        with self.transaction() as session:
            print_parts.not_sent(session, part, state=state, now=self.clock())


def install(app: Flask) -> None:
    """Give every process of `app` its workers: a printer that keeps one waiting keeps no other printer waiting."""
    app.extensions[_EXTENSION] = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="print")


def start(job_id: str) -> None:
    """Have a job printed while its page is looked at."""
    here = desk.here()
    current_app.extensions[_EXTENSION].submit(_work_off, here, job_id)


def worker(here: Desk) -> Worker:
    """The worker of a desk."""
    return Worker(
        transaction=here.transaction,
        day_keys=here.day_keys,
        clock=here.clock,
        draw=lambda part: printers.draw_part(here.settings, part),
        send=lambda part, pdf: printers.send(printers.named(here.settings, part.printer), pdf),
    )


def _work_off(here: Desk, job_id: str) -> None:
    try:
        worker(here).work_off(job_id)
    except Exception as error:  # noqa: BLE001 - nobody waits for the answer of a thread: what was not sent is still queued
        log.error("a print job stands still [%s]", describe(error))
