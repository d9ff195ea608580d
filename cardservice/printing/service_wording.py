"""The services that a card opens, as paper calls them in the languages of a town. Screens have their own catalogues."""

from collections.abc import Collection

from cardservice.printing.words_in import WordsIn
from cardservice.terms import Service


def service_words(services: Collection[Service], language: str) -> tuple[str, ...]:
    """What these services are called in a language (ISO 639-1), in their usual order. Raises UnknownLanguage."""
    return tuple(words for service, words in WORDS[language].items() if service in services)


_WORDS = {
    "en": {
        Service.LIBRARY: "Library",
        Service.POOL: "Swimming pool",
        Service.CLINIC: "Clinic",
        Service.SCHOOL_MEALS: "School meals",
        Service.SPORTS: "Sports",
        Service.MUSEUM: "Museum",
        Service.COUNCIL: "Residents’ council",
    },
    "fr": {
        Service.LIBRARY: "Bibliothèque",
        Service.POOL: "Piscine",
        Service.CLINIC: "Centre de santé",
        Service.SCHOOL_MEALS: "Cantine scolaire",
        Service.SPORTS: "Sports",
        Service.MUSEUM: "Musée",
        Service.COUNCIL: "Conseil des résidents",
    },
    "es": {
        Service.LIBRARY: "Biblioteca",
        Service.POOL: "Piscina",
        Service.CLINIC: "Centro de salud",
        Service.SCHOOL_MEALS: "Comedor escolar",
        Service.SPORTS: "Deportes",
        Service.MUSEUM: "Museo",
        Service.COUNCIL: "Consejo vecinal",
    },
    "pt": {
        Service.LIBRARY: "Biblioteca",
        Service.POOL: "Piscina",
        Service.CLINIC: "Centro de saúde",
        Service.SCHOOL_MEALS: "Cantina escolar",
        Service.SPORTS: "Desporto",
        Service.MUSEUM: "Museu",
        Service.COUNCIL: "Conselho de residentes",
    },
    "ar": {
        Service.LIBRARY: "المكتبة",
        Service.POOL: "المسبح",
        Service.CLINIC: "المركز الصحي",
        Service.SCHOOL_MEALS: "وجبات المدرسة",
        Service.SPORTS: "الرياضة",
        Service.MUSEUM: "المتحف",
        Service.COUNCIL: "مجلس المقيمين",
    },
}
WORDS = WordsIn(_WORDS)
