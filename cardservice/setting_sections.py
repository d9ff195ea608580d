"""The sections of config.toml, one class each: what may be set, within which bounds, and its default.

What holds between them, and the file itself, is settings.py's; printers and their sheets are printer_settings.py's.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

MEMORY = "memory"
"""The day-key folder that means: keep day keys in the memory of this one process."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
TownName = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
KitAddress = Annotated[
    str, StringConstraints(pattern=r"^((https://[a-z0-9.-]+|http://localhost)(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?)?$")
]
Origin = Annotated[str, StringConstraints(pattern=r"^((https://[a-z0-9.-]+|http://localhost)(:[0-9]{1,5})?)?$")]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Town(Section):
    """Who issues: printed on every card and signed into every code."""

    name: TownName
    issuer: Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*)?$", max_length=100)]
    names: dict[Language, TownName] = Field(default_factory=dict)
    languages: tuple[Language, ...] = Field(default=("en",), min_length=1, max_length=3)
    training: bool = False

    @property
    def words(self) -> str:
        """The town's name in every language it is given in: no password is made of it."""
        return " ".join((self.name, *self.names.values()))

    @field_validator("issuer")
    @classmethod
    def _without_a_closing_slash(cls, value: str) -> str:
        return value.rstrip("/")


class Card(Section):
    """What a new card is: how long it is good for, a child's (0071) too, and which algorithm signs it (0001)."""

    validity_years: int = Field(default=2, ge=1, le=10)
    validity_years_child: int = Field(default=1, ge=1, le=10)
    child_age: int = Field(default=16, ge=0, le=21)
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

    status_days: int = Field(default=14, ge=2, le=60)
    ttl_hours: int = Field(default=12, ge=1, le=168)
    trust_days: int = Field(default=90, ge=14, le=400)
    kit: str = Field(default="kit", min_length=1)
    address: KitAddress = ""


class Keys(Section):
    """How the issuer keys are unlocked, beside the prompt, the environment and a file descriptor (docs/keys.md)."""

    passphrase_file: str = ""


class Database(Section):
    """Where the register lives: SQLite by default, PostgreSQL where a city outgrows it."""

    url: Annotated[str, StringConstraints(pattern=r"^(sqlite:///|postgresql(\+psycopg)?://)")] = "sqlite:///register.db"


class Audit(Section):
    """Where a second copy of every audit checkpoint goes: a share of somebody outside (docs/audit.md)."""

    copies: str = ""


class Backup(Section):
    """Whom a backup is encrypted to, unless the command says otherwise (docs/backups.md)."""

    recipient: Annotated[str, StringConstraints(pattern=r"^(age1[02-9ac-hj-np-z]{58})?$")] = ""


class Retention(Section):
    """How soon what was typed at the counter is gone (docs/retention.md)."""

    idle_minutes: int = Field(default=60, ge=5, le=60)
    day_keys: str = MEMORY


class Desk(Section):
    """The desk's pages: where they are served, how staff prove who they are, and how long a session lasts."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    https: bool = True
    address: Origin = ""
    second_factor: bool = True
    step_up_minutes: int = Field(default=5, ge=1, le=15)
    workers: int = Field(default=1, ge=1, le=16)
    threads: int = Field(default=4, ge=1, le=64)
    idle_minutes: int = Field(default=10, ge=1, le=60)
    session_hours: int = Field(default=10, ge=1, le=24)
    four_eyes: bool = False
    cards_a_day: int = Field(default=0, ge=0, le=1000)
    batch_days: int = Field(default=0, ge=0, le=3)
    style_page: bool = False


class Printing(Section):
    """How the card looks (docs/card-face.md). crest: a file; tactile_mark: millimetres from the upper edge."""

    colour: Colour = "#0b4f6c"
    theme: Literal["tide", "lantern", "garden", "loom"] = "tide"
    crest: str = ""
    tactile_mark: float = Field(default=0, ge=0, le=48, allow_inf_nan=False)

    @field_validator("tactile_mark")
    @classmethod
    def _off_the_round_corners(cls, value: float) -> float:
        if 0 < value < 6:
            raise ValueError("0 for no mark, else from 6 to 48 mm from the upper edge of the card")
        return value


class Slip(Section):
    """The slip that goes home with a card: where its holder ends the card (docs/decisions/0025)."""

    address: Annotated[str, StringConstraints(pattern=r"^(https://[a-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?)?$")] = ""
