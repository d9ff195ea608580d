"""One card as something to print: every value that may differ between two cards, and nothing else.

Whoever prints a card hands over a CardFace; what is not in it cannot end up on paper. Values are printed as they come:
they were checked when the card was registered. Where each of them stands on the card: card_front.py and card_back.py.
"""

from dataclasses import dataclass
from datetime import date

from cardservice.printing import themes
from cardservice.printing.crest import Crest
from cardservice.printing.optional_lines import OptionalLine
from cardservice.printing.themes import Theme
from cardservice.printing.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFace:
    """What one card says and shows.

    birth_date: "YYYYMMDD", with 00 for an unknown month or day; card_number: grouped, as printed; languages: ISO 639-3,
    for the forms of letters; portrait: JPEG, 4:5; the two codes: QR texts, None while the card has not been issued;
    optional_lines: what the holder asked for, printed and kept nowhere; mark: where a punch goes, millimetres from the
    upper edge, or 0 for nowhere; sample: whether the town is a training town. Theme, crest, mark and sample
    are the town's and the same on all its cards.
    """

    town: str
    name: str
    birth_date: str
    card_number: str
    valid_until: date
    wording: Wording
    name_second: str | None = None
    language: str | None = None
    language_second: str | None = None
    portrait: bytes | None = None
    identity_code: str | None = None
    residence_code: str | None = None
    optional_lines: tuple[OptionalLine, ...] = ()
    theme: Theme = themes.DEFAULT
    crest: Crest | None = None
    mark: float = 0.0
    sample: bool = False

    @property
    def birth_date_words(self) -> str:
        """ISO 8601, so that it reads the same in every language; only the year where no more is known."""
        year, month, day = self.birth_date[:4], self.birth_date[4:6], self.birth_date[6:]
        return "-".join(part for part in (year, month, day) if part != "00")

    @property
    def valid_until_words(self) -> str:
        return self.valid_until.isoformat()
