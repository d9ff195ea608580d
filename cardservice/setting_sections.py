"""The sections of config.toml, one class each: what may be set, within which bounds, and its default.

What holds between them, and the file itself, is settings.py's; printers and their sheets are printer_settings.py's.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from cardservice.setting_kinds import Flag, Language, Number, Place, Section, Whole, like

MEMORY = "memory"
"""The day-key folder that means: keep day keys in the memory of this one process."""

TownName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, strip_whitespace=True),
    # As it is printed on every card: no new line, and nothing that turns what follows it around.
    like(
        r"[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]*", "letters, without a new line or a hidden sign"
    ),
]
Colour = Annotated[str, like("#[0-9a-fA-F]{6}", "a colour like #0b4f6c")]
_HTTPS = "https://[a-z0-9.-]+"
_PORT = "(:[0-9]{1,5})?"
_PATH = "(/[A-Za-z0-9._~/-]*)?"
_HERE = f"({_HTTPS}|http://localhost){_PORT}"
Issuer = Annotated[str, like(_HTTPS + _PATH, "an address like https://cards.town.example, in small letters")]
KitAddress = Annotated[str, like(f"({_HERE}{_PATH})?", "empty, or an address like https://cards.town.example/kit")]
Origin = Annotated[
    str, like(f"({_HERE})?", "empty, or an address like https://desk.town.example with nothing after it")
]
SlipAddress = Annotated[
    str, like(f"({_HTTPS}{_PORT}{_PATH})?", "empty, or an address like https://desk.town.example/lost")
]
# The parts of an address as SQLAlchemy divides it, so that what it could not read is refused here, in words.
_FROM_1_TO_65535 = "(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
_SERVER = rf"([^:/]*(:[^@]*)?@)?(\[[^/?]+\]|[^/:?]+)?(:{_FROM_1_TO_65535})?(/[^?]*)?(\?.*)?"
DatabaseUrl = Annotated[
    str,
    like(
        rf"sqlite:///.*|postgresql(\+psycopg)?://{_SERVER}",
        "an address like sqlite:///register.db or postgresql://ROLE@localhost:5432/register, its port a number",
        is_secret=True,
    ),
]
"""It may have a password in it, which no refusal repeats."""
Recipient = Annotated[
    str, like("(age1[02-9ac-hj-np-z]{58})?", "empty, or a recipient of age: age1 and 58 more characters")
]


class Town(Section):
    """Who issues: printed on every card and signed into every code."""

    name: TownName
    issuer: Annotated[Issuer, StringConstraints(max_length=100)]
    names: dict[Language, TownName] = Field(default_factory=dict)
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1, max_length=3)
    training: Flag = False

    @property
    def words(self) -> str:
        """The town's name in every language it is given in: no password is made of it."""
        return " ".join((self.name, *self.names.values()))

    @field_validator("languages")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) < len(value):
            raise ValueError("each language once")
        return value

    @field_validator("issuer")
    @classmethod
    def _without_a_closing_slash(cls, value: str) -> str:
        return value.rstrip("/")


class Card(Section):
    """What a new card is: how long it is good for, a child's (0071) too, and which algorithm signs it (0001)."""

    validity_years: Whole = Field(default=2, ge=1, le=10)
    validity_years_child: Whole = Field(default=1, ge=1, le=10)
    child_age: Whole = Field(default=16, ge=0, le=21)
    algorithm: Literal["ES256", "EdDSA"] = "ES256"

    @field_validator("validity_years_child")
    @classmethod
    def _no_card_outlives_its_key(cls, value: int, info: ValidationInfo) -> int:
        # Keys are made for as long as validity_years asks; that one is missing here where it is wrong itself.
        if value > info.data.get("validity_years", value):
            raise ValueError("at most validity_years")
        return value


class Lists(Section):
    """How long the signed lists are good for (docs/decisions/0007)."""

    status_days: Whole = Field(default=14, ge=2, le=60)
    ttl_hours: Whole = Field(default=12, ge=1, le=168)
    trust_days: Whole = Field(default=90, ge=14, le=400)
    kit: Place = Field(default="kit", min_length=1)
    address: KitAddress = ""


class Keys(Section):
    """How the issuer keys are unlocked, beside the prompt, the environment and a file descriptor (docs/keys.md)."""

    passphrase_file: Place = ""


class Database(Section):
    """Where the register lives: SQLite by default, PostgreSQL where a city outgrows it."""

    url: DatabaseUrl = "sqlite:///register.db"


class Audit(Section):
    """Where a second copy of every audit checkpoint goes: a share of somebody outside (docs/audit.md)."""

    copies: Place = ""


class Backup(Section):
    """Whom a backup is encrypted to, unless the command says otherwise (docs/backups.md)."""

    recipient: Recipient = ""


class Retention(Section):
    """How soon what was typed at the counter is gone (docs/retention.md)."""

    idle_minutes: Whole = Field(default=60, ge=5, le=60)
    day_keys: Place = MEMORY


class Desk(Section):
    """The desk's pages: where they are served, how staff prove who they are, and how long a session lasts."""

    host: str = "127.0.0.1"
    port: Whole = Field(default=8000, ge=1, le=65535)
    https: Flag = True
    address: Origin = ""
    second_factor: Flag = True
    step_up_minutes: Whole = Field(default=5, ge=1, le=15)
    workers: Whole = Field(default=1, ge=1, le=16)
    threads: Whole = Field(default=4, ge=1, le=64)
    idle_minutes: Whole = Field(default=10, ge=1, le=60)
    session_hours: Whole = Field(default=10, ge=1, le=24)
    four_eyes: Flag = False
    cards_a_day: Whole = Field(default=0, ge=0, le=1000)
    batch_days: Whole = Field(default=0, ge=0, le=3)
    style_page: Flag = False


class Printing(Section):
    """How the card looks (docs/card-face.md). crest: a file; tactile_mark: millimetres from the upper edge."""

    colour: Colour = "#0b4f6c"
    theme: Literal["tide", "lantern", "garden", "loom"] = "tide"
    crest: Place = ""
    tactile_mark: Number = Field(default=0, ge=0, le=48)

    @field_validator("tactile_mark")
    @classmethod
    def _off_the_round_corners(cls, value: float) -> float:
        if 0 < value < 6:
            raise ValueError("0 for no mark, else from 6 to 48 mm from the upper edge of the card")
        return value


class Slip(Section):
    """The slip that goes home with a card: where its holder ends the card (docs/decisions/0025)."""

    address: SlipAddress = ""
