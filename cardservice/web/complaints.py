"""Where somebody complains who was sent away: in the town's own words, where config.toml has some."""

from cardservice.web import desk, interpreter_languages
from cardservice.web.evidence_sentences import COMPLAIN
from cardservice.web.interpreter_languages import Both, Said


def place(language: str) -> Said | None:
    """What the town has written about it, in a language or else in its first one."""
    words = desk.settings().evidence.complaints
    return interpreter_languages.own(words, language) if words else None


def both(language: str) -> Both:
    """The same in the applicant's language and in that of the page; without it, that they are told where."""
    theirs, ours = place(language), place(interpreter_languages.here())
    return Both(theirs, ours) if theirs and ours else interpreter_languages.both(COMPLAIN, language)
