"""The words of the slip, one language a slip: what to do when the card is lost, and what the town keeps.

Plain words, to be understood by somebody who reads slowly or in a second language. They say the same to everybody:
nothing here depends on who the holder is. The words of the card itself are in wording.py.
"""

from dataclasses import dataclass

from cardservice import catalogues
from cardservice.printing.words_in import WordsIn


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipWording:
    """The words of a slip in one language. Lists are read one line after the other."""

    title: str
    keep: str
    card_number: str
    valid_until: str
    slip_code: str
    if_lost: str
    steps: tuple[str, ...]
    page: str
    what_is_kept: str
    kept: tuple[str, ...]


def spoken(*candidates: str | None) -> str:
    """The first of these languages (ISO 639-1 or 639-3) that slips have words in, else English."""
    for candidate in candidates:
        short = catalogues.short(candidate or "")
        if short in WORDS:
            return short
    return catalogues.ENGLISH


WORDS = WordsIn(
    "slip",
    SlipWording(
        title="Slip for your card",
        keep="Keep this slip in another place than the card, or with somebody you trust. It does not say whose it is.",
        card_number="Card number",
        valid_until="Valid until",
        slip_code="Slip code",
        if_lost="If the card is lost or stolen",
        steps=(
            "Scan the code with a telephone, or open the page below and type the slip code.",
            "Say yes. The card ends at once and for good. Nobody asks who you are.",
            "Or bring this slip to the town hall. There you get a new card.",
        ),
        page="Page for lost cards",
        what_is_kept="What the town keeps about you",
        kept=(
            "Your name, birth date and photo are on your card. The town erased them when you were given the card.",
            "The town keeps the number of the card, whether it is good, and its first and last month. Nobody can "
            "search for you by name.",
            "You were not asked for legal status, nationality or address. Your papers were not copied.",
            "Whoever scans the large code reads your name. The small one says only: this card is good.",
        ),
    ),
)
