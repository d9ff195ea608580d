"""The fixed words of a card, in the languages of its town.

A card carries its words in every language given, the first one first. They say the same to everybody: nothing here
depends on who the holder is. `{town}` is replaced by the name of the town. Screens have their own catalogues in web.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of a card, each in the languages of the town; `languages` are their ISO 639-1 codes, in order."""

    languages: tuple[str, ...]
    card: tuple[str, ...]
    birth_date: tuple[str, ...]
    valid_until: tuple[str, ...]
    card_number: tuple[str, ...]
    scan_front: tuple[str, ...]
    valid_when_scanned: tuple[str, ...]
    what_it_is: tuple[str, ...]
    what_it_is_not: tuple[str, ...]
    loss: tuple[str, ...]
    not_yet_issued: tuple[str, ...]


class UnknownLanguage(ValueError):
    """The card has no words in this language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"Cards have no words in {language!r} yet. They have them in: {', '.join(sorted(_WORDS))}.")
        self.language = language


def wording(languages: Sequence[str] = ("en",)) -> Wording:
    """The words in these languages (ISO 639-1, or a longer tag that begins with it). Raises UnknownLanguage."""
    codes = tuple(dict.fromkeys(language.lower().replace("_", "-").partition("-")[0] for language in languages))
    for code in codes:
        if code not in _WORDS:
            raise UnknownLanguage(code)
    names = [field.name for field in fields(Wording) if field.name != "languages"]
    return Wording(languages=codes, **{name: tuple(_WORDS[code][name] for code in codes) for name in names})


def languages() -> tuple[str, ...]:
    """The languages that cards have words in."""
    return tuple(_WORDS)


_WORDS = {
    "en": {
        "card": "Resident card",
        "birth_date": "Date of birth",
        "valid_until": "Valid until",
        "card_number": "Card number",
        "scan_front": "Resident: yes. Name: not told.",
        "valid_when_scanned": "Valid only when scanned.",
        "what_it_is": "Opens the services of {town} to everybody who lives here.",
        "what_it_is_not": "Not a travel document. It says nothing about nationality or the right to stay.",
        "loss": "Lost or found? Tell the town hall of {town}.",
        "not_yet_issued": "Not issued yet",
    },
    "fr": {
        "card": "Carte de résident",
        "birth_date": "Date de naissance",
        "valid_until": "Valable jusqu’au",
        "card_number": "Numéro de carte",
        "scan_front": "Résident : oui. Nom : non révélé.",
        "valid_when_scanned": "Valable seulement une fois scannée.",
        "what_it_is": "Ouvre les services de {town} à toutes les personnes qui y vivent.",
        "what_it_is_not": "N’est pas un titre de voyage. Ne dit rien de la nationalité ni du droit au séjour.",
        "loss": "Perdue ou trouvée ? Prévenez la mairie de {town}.",
        "not_yet_issued": "Pas encore délivrée",
    },
    "pt": {
        "card": "Cartão de residente",
        "birth_date": "Data de nascimento",
        "valid_until": "Válido até",
        "card_number": "Número do cartão",
        "scan_front": "Residente: sim. Nome: não revelado.",
        "valid_when_scanned": "Válido apenas depois de lido.",
        "what_it_is": "Abre os serviços de {town} a todas as pessoas que aqui vivem.",
        "what_it_is_not": "Não é um documento de viagem. Nada diz sobre nacionalidade ou direito de residência.",
        "loss": "Perdeu ou encontrou? Avise a câmara municipal de {town}.",
        "not_yet_issued": "Ainda não emitido",
    },
    "es": {
        "card": "Tarjeta vecinal",
        "birth_date": "Fecha de nacimiento",
        "valid_until": "Válida hasta",
        "card_number": "Número de tarjeta",
        "scan_front": "Residente: sí. Nombre: no se dice.",
        "valid_when_scanned": "Válida solo al escanearla.",
        "what_it_is": "Abre los servicios de {town} a todas las personas que viven aquí.",
        "what_it_is_not": "No es un documento de viaje. Nada dice de la nacionalidad ni del derecho a residir.",
        "loss": "¿Perdida o encontrada? Avise al ayuntamiento de {town}.",
        "not_yet_issued": "Aún no emitida",
    },
    "ar": {
        "card": "بطاقة مقيم",
        "birth_date": "تاريخ الميلاد",
        "valid_until": "صالحة حتى",
        "card_number": "رقم البطاقة",
        "scan_front": "مقيم: نعم. الاسم: لا يظهر.",
        "valid_when_scanned": "لا تصلح إلا بعد مسحها.",
        "what_it_is": "تفتح خدمات {town} لكل من يعيش فيها.",
        "what_it_is_not": "ليست وثيقة سفر، ولا تقول شيئًا عن الجنسية أو حق الإقامة.",
        "loss": "ضاعت أو وجدتها؟ أبلغ بلدية {town}.",
        "not_yet_issued": "لم تصدر بعد",
    },
}
