"""What is said where something is not in the register, or not any more. Which error has which page: problems.py."""

from flask_babel import lazy_gettext as _

from cardservice.domain import errors
from cardservice.domain.cards import CardNotFound
from cardservice.domain.drafts import DraftGone, DraftNotFound
from cardservice.web.problem import Problem

_OF_A_RESIDENT = Problem(
    404,
    _("There is nothing here"),
    _("The registration has ended and is erased, or a colleague has it open, or the card number is not known."),
    _("Go to the start page. To find a card, type the number that is printed on it."),
)

TABLE: dict[type[BaseException], Problem] = {
    DraftNotFound: _OF_A_RESIDENT,
    DraftGone: _OF_A_RESIDENT,
    CardNotFound: _OF_A_RESIDENT,
    errors.NotFound: Problem(
        404,
        _("There is nothing here"),
        _("The register does not know what this address names, or does not know it any more."),
        _("Go to the start page, and from there to what you are looking for."),
    ),
}
"""A part of the table in problems.py."""
