"""What can go wrong between the queue and the printer, as pages: a part of the table in problems.py."""

from flask_babel import lazy_gettext as _

from cardservice import spooler
from cardservice.domain import blank_stock, print_parts, print_queue
from cardservice.printing import column
from cardservice.web import printers
from cardservice.web.problem import Problem

TABLE: dict[type[BaseException], Problem] = {
    print_queue.NothingToPrint: Problem(
        409,
        _("There is nothing to print"),
        _("The chosen cards are in a job already, were handed over, or have ended. Nothing was printed."),
        _("Go to the queue: it shows where each card is."),
    ),
    print_parts.WhatCameOut: Problem(
        409,
        _("This card was printed before"),
        _("A second print is a reprint, and needs a reason. Nothing was printed."),
        _("Go back, say what became of the last print, and print again."),
    ),
    print_parts.InAJob: Problem(
        409,
        _("This card is in a print job"),
        _("A job has not come to this card yet, or is just sending it. Nothing else was printed."),
        _("Go to the queue and let the job go on, or put its cards back."),
    ),
    print_parts.PartAlreadySent: Problem(
        409,
        _("This part was printed before"),
        _("Its PDF was opened already. So that no card is printed twice unnoticed, it was not made again."),
        _("Go to the page of the job and say what came out. What did not can be printed again."),
    ),
    printers.NoSuchPrinter: Problem(
        404,
        _("There is no such printer"),
        _("It is not in this town's settings, or not any more. Nothing was printed."),
        _("Go back and choose another printer, or a PDF."),
    ),
    spooler.SpoolerError: Problem(
        503,
        _("The printer takes nothing"),
        _("The desk cannot reach this printer, or it refuses. The card is as it was, and nothing is lost."),
        _("Choose another printer, or open the PDF. If the printer seems to print after all, look before you go on."),
    ),
    column.DoesNotFit: Problem(
        422,
        _("The text does not fit the paper"),
        _("The town's list of papers is longer than the leaflet can show in letters that everybody can read."),
        _("Tell whoever runs the server: the list for the leaflet must be shorter."),
    ),
    blank_stock.NotANumberOfBlanks: Problem(
        422,
        _("This is not a number of blanks"),
        _("What was typed is no number, or one that no box holds. Nothing was noted."),
        _("Go back and type a number in digits."),
    ),
}
