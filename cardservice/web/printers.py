"""What cards can be printed on here: the town's printers, directly or as PDF, and a PDF for every usual paper.

A printer of config.toml that has a queue of the system's spooler is offered twice: it prints by itself, or its PDF is
opened, which works always. The PDFs are made in memory and handed over by bytes. What a medium is: medium.py.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import flash
from flask_babel import gettext, ngettext

from cardservice import spooler
from cardservice.domain import print_queue
from cardservice.domain.draft_contents import IssuedCard
from cardservice.domain.errors import NotFound
from cardservice.domain.print_parts import Part
from cardservice.domain.print_queue import OnPaper
from cardservice.printing import media
from cardservice.printing.media import Medium, Profile
from cardservice.printing.optional_lines import OptionalLine
from cardservice.web import decided, desk
from cardservice.web.quiet_log import describe

if TYPE_CHECKING:
    from cardservice.settings import Settings

log = logging.getLogger("cardservice.printing")

AS_PDF = "pdf."
"""What the name of a printer begins with where its PDF is opened; no printer of config.toml can be called so."""
USUAL = ("cr80", "a4", "letter", "a4-fold")


class NoSuchPrinter(NotFound):
    """The printer was taken out of config.toml, or never was there."""

    def __init__(self) -> None:
        super().__init__("There is no such printer. Choose another one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """A way to print. `queue` is the spooler's; "" for a PDF that somebody opens."""

    name: str
    medium: Medium
    profile: Profile = media.TRUE_TO_SIZE
    queue: str = ""
    options: tuple[str, ...] = ()
    blank: str = ""
    """The kind of blank that is counted; "" for paper that anybody has."""
    of_town: bool = True

    @property
    def called(self) -> str:
        """The printer's own name, whichever way it is used."""
        return self.name.removeprefix(AS_PDF)

    def paper(self, first_position: int = 1) -> OnPaper:
        """Where cards are to go; a place that the sheet has not is its first one."""
        places = self.medium.positions
        first = first_position if 1 <= first_position <= places else 1
        return OnPaper(printer=self.name, blank=self.blank, places=places, first_position=first)


def offered(settings: "Settings") -> tuple[Printer, ...]:
    """Every way to print, the town's own first, those that print by themselves before their PDFs."""
    own: list[Printer] = []
    for said in settings.printers:
        medium = settings.medium(said.medium)
        pdf = Printer(name=AS_PDF + said.name, medium=medium, profile=said.profile, blank=_blank(settings, medium.name))
        if medium.positions:
            direct = replace(pdf, name=said.name, queue=said.queue, options=said.options(medium))
            own += [direct, pdf] if said.queue else [pdf]
    taken = {one.name for one in own}
    usual = (
        Printer(name=AS_PDF + name, medium=media.named(name), blank=_blank(settings, name), of_town=False)
        for name in USUAL
    )
    return (*own, *(one for one in usual if one.name not in taken))


def for_slips(settings: "Settings") -> tuple[Printer, ...]:
    """The town's printers that print slips by themselves."""
    found = []
    for said in settings.printers:
        medium = settings.medium(said.medium)
        if said.queue and not medium.positions:
            found.append(Printer(name=said.name, medium=medium, queue=said.queue, options=said.options(medium)))
    return tuple(found)


def named(settings: "Settings", name: str) -> Printer:
    """One way to print cards by its name. Raises `NoSuchPrinter`."""
    return _named(offered(settings), name)


def slip_printer(settings: "Settings", name: str) -> Printer:
    """One of the printers for slips by its name. Raises `NoSuchPrinter`."""
    return _named(for_slips(settings), name)


def blanks(settings: "Settings") -> tuple[str, ...]:
    """The kinds of blank that are worth counting here."""
    return tuple(dict.fromkeys(one.blank for one in offered(settings) if one.blank))


def draw(
    settings: "Settings",
    printer: Printer,
    cards: Iterable[IssuedCard],
    *,
    first_position: int = 1,
    lines: tuple[OptionalLine, ...] = (),
) -> bytes:
    """The PDF of cards for a printer; `lines` are the holder's own, for one card. Raises MissingGlyph."""
    faces = [decided.face(settings, card, optional_lines=lines) for card in cards]
    first = first_position if printer.medium.positions > 1 else 1
    return media.pdf(faces, printer.medium, profile=printer.profile, first_position=first)


def draw_part(settings: "Settings", part: Part) -> bytes:
    """The PDF of a part of a job. Raises `NoSuchPrinter`, MissingGlyph."""
    return draw(settings, named(settings, part.printer), part.cards, first_position=part.first_position)


def send(printer: Printer, pdf: bytes) -> str:
    """Give a PDF to a printer that prints by itself; return what the spooler calls it. Raises `SpoolerError`."""
    return spooler.print_pdf(printer.queue, pdf, options=printer.options)


def took_nothing(error: Exception) -> bool:
    """Whether an error while printing says for sure that nothing will come out; one that nobody foresaw does not."""
    return isinstance(error, (spooler.SpoolerError, NoSuchPrinter))


def _named(ways: Iterable[Printer], name: str) -> Printer:
    for one in ways:
        if one.name == name:
            return one
    raise NoSuchPrinter


def _blank(settings: "Settings", medium: str) -> str:
    if medium.startswith(media.CR80.name):
        return media.CR80.name
    return medium if medium in {stock.name for stock in settings.stocks} else ""


def take_back(spooled: str) -> None:
    """Have the spooler end a job of its own that is to come out no more; say what becomes of the other cards in it."""
    try:
        ended = spooler.cancel(spooled)
    except (spooler.SpoolerError, ValueError) as error:
        log.warning("a job of the spooler could not be taken back [%s]", describe(error))
        flash(
            gettext(
                "The spooler does not say that it took its job back. Look at the printer: the cards may still come out."
            )
        )
        return
    if not ended:
        return
    with desk.transaction() as session:
        others = print_queue.taken_back(session, spooled)
    if others:
        flash(
            ngettext(
                "The printer was told to stop. %(num)s other card was in the same print: its job asks about it.",
                "The printer was told to stop. %(num)s other cards were in the same print: their job asks about them.",
                others,
            )
        )
