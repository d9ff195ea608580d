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


_WORDS = {
    "en": {
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
    "fr": {
        "card": "Carte de la ville",
        "birth_date": "Date de naissance",
        "valid_until": "Valable jusqu’au",
        "valid_when_scanned": "Valable seulement si on la scanne.",
        "what_it_is": "Ouvre les services de {town} à toutes les personnes qui y vivent.",
        "what_it_is_not": "Ni titre de voyage, ni titre de séjour.",
        "two_codes": "Ce code dit le nom et la date de naissance\u00a0; celui du recto ne les dit pas.",
        "loss": "Perdue ou trouvée\u00a0? Mairie de {town}.",
        "emergency_contact": "Urgence",
        "allergy": "Allergie",
        "interpreter": "Interprète",
        "gender": "Genre",
        "not_yet_issued": "Pas encore délivrée",
        "sample": "EXEMPLE",
    },
    "pt": {
        "card": "Cartão da cidade",
        "birth_date": "Data de nascimento",
        "valid_until": "Válido até",
        "valid_when_scanned": "Válido apenas depois de lido.",
        "what_it_is": "Abre os serviços de {town} a todas as pessoas que aqui vivem.",
        "what_it_is_not": "Não é documento de viagem nem título de residência.",
        "two_codes": "Este código diz o nome e a data de nascimento; o da frente não.",
        "loss": "Perdido ou achado? Câmara municipal de {town}.",
        "emergency_contact": "Emergência",
        "allergy": "Alergia",
        "interpreter": "Intérprete",
        "gender": "Género",
        "not_yet_issued": "Ainda não emitido",
        "sample": "EXEMPLO",
    },
    "es": {
        "card": "Tarjeta vecinal",
        "birth_date": "Fecha de nacimiento",
        "valid_until": "Válida hasta",
        "valid_when_scanned": "Válida solo al escanearla.",
        "what_it_is": "Abre los servicios de {town} a todas las personas que viven aquí.",
        "what_it_is_not": "No es documento de viaje ni permiso de residencia.",
        "two_codes": "Este código dice el nombre y la fecha de nacimiento; el de delante, no.",
        "loss": "¿Perdida o encontrada? Ayuntamiento de {town}.",
        "emergency_contact": "Emergencia",
        "allergy": "Alergia",
        "interpreter": "Intérprete",
        "gender": "Género",
        "not_yet_issued": "Aún no emitida",
        "sample": "MUESTRA",
    },
    "ar": {
        "card": "بطاقة المدينة",
        "birth_date": "تاريخ الميلاد",
        "valid_until": "صالحة حتى",
        "valid_when_scanned": "لا تصلح إلا بعد مسحها.",
        "what_it_is": "تفتح خدمات {town} لكل من يعيش فيها.",
        "what_it_is_not": "ليست وثيقة سفر ولا تصريح إقامة.",
        "two_codes": "هذا الرمز يذكر الاسم وتاريخ الميلاد، ورمز الوجه الأمامي لا يذكرهما.",
        "loss": "ضاعت أو وُجدت؟ بلدية {town}.",
        "emergency_contact": "للطوارئ",
        "allergy": "الحساسية",
        "interpreter": "المترجم",
        "gender": "النوع الاجتماعي",
        "not_yet_issued": "لم تصدر بعد",
        "sample": "عيّنة",
    },
}
WORDS = WordsIn(_WORDS)
