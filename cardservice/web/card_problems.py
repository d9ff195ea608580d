"""What is said where no card can be made of what was entered, or given. Which error has which page: problems.py."""

from flask_babel import lazy_gettext as _

from cardservice.domain.key_rotation import KeyEndsTooEarly
from cardservice.domain.renewal import ReplacedAlready
from cardservice.printing.portrait import PortraitRefused
from cardservice.printing.text import MissingGlyph
from cardservice.web.problem import Problem

TABLE: dict[type[BaseException], Problem] = {
    ReplacedAlready: Problem(
        409,
        _("The old card has been replaced already"),
        _("Another new card was handed over in its place, and only that one counts. Nothing was done."),
        _("Ask for the newer card. Discard this registration; a card that was made for it is cancelled on its page."),
    ),
    KeyEndsTooEarly: Problem(
        503,
        _("The card key ends too early"),
        _("Verifiers stop believing the key that signs cards before this card would end, so none was issued."),
        _("Ask an administrator for the next card key, under Keys. What you saved is kept for an hour at most."),
    ),
    MissingGlyph: Problem(
        422,
        _("The card cannot show a letter of this name"),
        _("No typeface of this service has one of the letters, so the card would show an empty box. It was not made."),
        _("Check the letters of the name with the resident. If they are right, tell whoever runs the server."),
    ),
    PortraitRefused: Problem(
        422,
        _("This picture cannot be used"),
        _("The file is not a photo that can be printed. Everything else you entered is saved."),
        _("Go back and choose another picture, or take the photo with the camera."),
    ),
}
"""A part of the table in problems.py."""
