"""What a setting may be, in the words that a refusal uses: numbers, true or false, and texts of a form.

Sections of config.toml are made of these. TOML knows one kind from another, so that `true` is no number here and "2" is
none either: whoever wrote it meant something else.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Strict

Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Flag = Annotated[bool, Strict()]


class Section(BaseModel):
    """A part of config.toml: what is not known in it is refused, and nothing changes it afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def like(pattern: str, words: str, *, is_secret: bool = False) -> AfterValidator:
    """A text of this form; `words`: what that is, to whoever wrote another. What is secret is not shown to them."""
    form = re.compile(pattern)

    def check(value: str) -> str:
        if form.fullmatch(value) is None:
            raise ValueError(f"must be {words}" + ("" if is_secret else f", is {value!r}"))
        return value

    return AfterValidator(check)


Language = Annotated[str, like(r"[a-z]{2,3}", "the short name of a language, like en or ti")]
Place = Annotated[str, like(r"[^\x00]*", "the name of a file or a folder")]
