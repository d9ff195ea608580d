"""The services that a card opens, as paper calls them in the languages of a town. Screens have their own catalogues."""

from collections.abc import Collection

from cardservice.printing.words_in import WordsIn
from cardservice.terms import Service


def service_words(services: Collection[Service], language: str) -> tuple[str, ...]:
    """What these services are called in a language (ISO 639-1), in their usual order. Raises UnknownLanguage."""
    return tuple(words for service, words in WORDS[language].items() if service in services)


WORDS = WordsIn(
    "service",
    {
        Service.LIBRARY: "Library",
        Service.POOL: "Swimming pool",
        Service.CLINIC: "Clinic",
        Service.SCHOOL_MEALS: "School meals",
        Service.SPORTS: "Sports",
        Service.MUSEUM: "Museum",
        Service.COUNCIL: "Residents’ council",
    },
)
