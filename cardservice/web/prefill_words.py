"""What the form for home says, as the desk's catalogues have it: a table of words for each language.

The page asks no server, so it carries every language's words, and the names of languages, with it. It is the same file
for everybody: no request decides its language, so this reads the catalogues and not flask-babel.
"""

from collections.abc import Mapping
from typing import Any

from babel import Locale

from cardservice.web import languages
from cardservice.web.languages import N_, Catalogue

WORDS: Mapping[str, str] = {
    "title": N_("Fill in your form before your visit"),
    "what": N_("Resident cards"),
    "languages": N_("Language of this page"),
    "not_started": N_(
        "This form needs JavaScript. It is off in this browser, or the browser is too old. You can simply come to the "
        "town hall: somebody there types your answers."
    ),
    "lead": N_(
        "It makes your visit shorter. You get a code: print it, or show it on your telephone. At the town hall it is "
        "scanned, and nobody has to type your answers."
    ),
    "just_come": N_("You do not need this form. You can also just come."),
    "told": N_("What happens with your answers"),
    "stays_here": N_(
        "They stay on this device. This page sends nothing and keeps nothing. When you close it, they are gone."
    ),
    "others_here": N_("If others use this device too, press “Erase everything” when you are done."),
    "not_asked": N_("Nobody is asked for legal status, nationality, gender or an address."),
    "problems": N_("Some answers need another look"),
    "name": N_("Full name"),
    "name_hint": N_("As it should be on the card, in any script. One word is a name."),
    "name.blank": N_("Enter the name as it should be on the card"),
    "name.too-long": N_("The name is too long for a card. Choose which part of it should be there"),
    "name.bad-character": N_("The name contains %(character)s, which is not part of a name. Type the name again"),
    "name.no-letter": N_("The name has no letter in it"),
    "language": N_("Language of the name"),
    "language_hint": N_("It decides how the letters are drawn."),
    "language.blank": N_("Choose the language of this name"),
    "choose": N_("Choose a language"),
    "letters": N_("Letters on the screen"),
    "letters.capitals": N_("Capitals"),
    "letters.more": N_("More letters"),
    "letters.space": N_("Space"),
    "letters.erase": N_("Erase"),
    "letters.close": N_("Close"),
    "letters.back": N_("One letter towards the beginning"),
    "letters.on": N_("One letter towards the end"),
    "letters.apart": N_("Do not join"),
    "letters.joined": N_("Join"),
    "letters.choose": N_("Choose the language of this name"),
    "letters.forms": N_("Each letter has several forms: choose a letter, then its form."),
    "letters.none": N_(
        "Chinese characters are too many to show here. The keyboard of this computer can be set to them."
    ),
    "birth_date": N_("Birth date"),
    "birth_date_hint": N_("For example 27 3 1985. If you do not know the day or the month, leave it empty."),
    "day": N_("Day"),
    "month": N_("Month"),
    "year": N_("Year"),
    "date.blank": N_("Enter the birth date"),
    "date.no-year": N_("The birth date needs a year"),
    "date.no-month": N_("The birth date needs a month"),
    "date.not-in-numbers": N_("Write the birth date in numbers, for example 27 3 1985"),
    "date.not-a-date": N_("There is no such day. Check the day, the month and the year"),
    "date.in-the-future": N_("The birth date is in the future"),
    "date.too-long-ago": N_("The birth date is too long ago. Check the year"),
    "second_script": N_("The name in a second script"),
    "second": N_("Name in a second script"),
    "second_hint": N_("Only if you wish: for example your Arabic name beside the Latin one."),
    "second_language": N_("Language of the name in the second script"),
    "no_second": N_("No name in a second script"),
    "make": N_("Make the code"),
    "erase": N_("Erase everything"),
    "erased": N_("Everything is erased."),
    "keep": N_("Save this form as a file: it also works without a network"),
    "ready": N_("Your answers as a code"),
    "bring": N_("Bring it to the town hall with your papers: on paper, or on this screen."),
    "symbol": N_("The code with your answers"),
    "no_card": N_("This is not a card and proves nothing. It only saves typing."),
    "not_for_others": N_("Whoever scans the code can read your answers. Show it only at the town hall."),
    "for_the_desk": N_(
        "For the desk: scan this code on the start page, with the papers or with the answers. It fills in what is "
        "still empty."
    ),
    "print": N_("Print"),
    "change": N_("Change the answers"),
}


def table(language: str, first: tuple[str, ...]) -> dict[str, Any]:
    """What the page needs of one language. `first`: the languages of names that are offered first."""
    locale, catalogue = Locale.parse(language), Catalogue(language)
    return {
        "direction": locale.text_direction,
        "said": {name: catalogue.gettext(words) for name, words in WORDS.items()},
        "names": list(languages.names_in(locale, first).items()),
    }
