"""The fixed words of a card, in the languages of its town.

A card carries its words in every language given, the first one first. They say the same to everybody: nothing here
depends on who the holder is. `{town}` is replaced by the name of the town. Screens have their own catalogues in web.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from cardservice.printing.words_in import WordsIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of a card, each in the languages of the town; `languages` are their ISO 639-1 codes, in order."""

    languages: tuple[str, ...]
    card: tuple[str, ...]
    birth_date: tuple[str, ...]
    valid_until: tuple[str, ...]
    valid_when_scanned: tuple[str, ...]
    what_it_is: tuple[str, ...]
    what_it_is_not: tuple[str, ...]
    two_codes: tuple[str, ...]
    loss: tuple[str, ...]
    emergency_contact: tuple[str, ...]
    allergy: tuple[str, ...]
    interpreter: tuple[str, ...]
    gender: tuple[str, ...]
    not_yet_issued: tuple[str, ...]
    sample: tuple[str, ...]


def wording(languages: Sequence[str] = ("en",)) -> Wording:
    """The words in these languages (ISO 639-1, or a longer tag that begins with it). Raises UnknownLanguage."""
    codes = tuple(dict.fromkeys(language.lower().replace("_", "-").partition("-")[0] for language in languages))
    names = [field.name for field in fields(Wording) if field.name != "languages"]
    return Wording(languages=codes, **{name: tuple(WORDS[code][name] for code in codes) for name in names})


WORDS = WordsIn(
    "card",
    {
        "card": "Resident card",
        "birth_date": "Date of birth",
        "valid_until": "Valid until",
        "valid_when_scanned": "Valid only when scanned.",
        "what_it_is": "Opens the services of {town} to everybody who lives here.",
        "what_it_is_not": "Not a travel document, not a residence permit.",
        "two_codes": "This code tells name and date of birth; the one on the front does not.",
        "loss": "Lost or found? Town hall of {town}.",
        "emergency_contact": "Emergency",
        "allergy": "Allergy",
        "interpreter": "Interpreter",
        "gender": "Gender",
        "not_yet_issued": "Not issued yet",
        "sample": "SAMPLE",
    },
)
