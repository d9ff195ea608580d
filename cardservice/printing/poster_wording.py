"""The words of the poster, in the languages of a town: what a card holder is asked for, and that nobody is told.

Plain words, to be understood by somebody who reads slowly or in a second language. They say the same to everybody.
What staff read is staff_wording.py, what services are called is service_wording.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cardservice.printing.words_in import WordsIn
from cardservice.terms import CardCode, IdentityReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, in a sentence for large letters, and what that code says."""

    show: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterWording:
    """The words of a poster in one language."""

    right_to_left: bool = False
    accepted: str
    front: Asked
    back: Asked
    either: Asked
    reasons: Mapping[IdentityReason, str]
    quiet: str
    check: str
    fingerprint: str

    def asked(self, code: CardCode | None) -> Asked:
        """What is asked for by who wants this code; None is whoever hangs the general poster."""
        return {CardCode.RESIDENCE: self.front, CardCode.IDENTITY: self.back, None: self.either}[code]


_WORDS = {
    "en": PosterWording(
        accepted="Resident card accepted here",
        front=Asked(
            show="Show the front of your card.",
            says="The small code says: this card is good. It does not say your name.",
        ),
        back=Asked(
            show="Show the back of your card.",
            says="The large code says your name and birth date, and shows your photo if the card has one.",
        ),
        either=Asked(
            show="Show the side that you are asked for.",
            says="The front does not say your name. The back says your name and birth date; whoever asks for it tells "
            "you why.",
        ),
        reasons={
            IdentityReason.RECORD: "Why: a record is kept here in your name.",
            IdentityReason.AGE: "Why: your age decides what you can have here.",
            IdentityReason.ONCE_EACH: "Why: everybody takes part once.",
            IdentityReason.HANDED_TO_ONE: "Why: what is handed over here is for one person only.",
        },
        quiet="Nobody is told that you were here, not even the town hall. The card is checked on the spot, without a "
        "network.",
        check="Check a card yourself",
        fingerprint="Fingerprint of the town’s key",
    ),
    "fr": PosterWording(
        accepted="Carte de la ville acceptée ici",
        front=Asked(
            show="Montrez le recto de votre carte.",
            says="Le petit code dit\u00a0: cette carte est bonne. Il ne dit pas votre nom.",
        ),
        back=Asked(
            show="Montrez le verso de votre carte.",
            says="Le grand code dit votre nom et votre date de naissance, et montre votre photo si la carte en a une.",
        ),
        either=Asked(
            show="Montrez le côté qu’on vous demande.",
            says="Le recto ne dit pas votre nom. Le verso dit votre nom et votre date de naissance\u00a0; qui le "
            "demande vous dit pourquoi.",
        ),
        reasons={
            IdentityReason.RECORD: "Pourquoi\u00a0: un dossier est tenu ici à votre nom.",
            IdentityReason.AGE: "Pourquoi\u00a0: votre âge décide de ce que vous pouvez avoir ici.",
            IdentityReason.ONCE_EACH: "Pourquoi\u00a0: chaque personne participe une seule fois.",
            IdentityReason.HANDED_TO_ONE: "Pourquoi\u00a0: ce qui est remis ici est pour une seule personne.",
        },
        quiet="Personne n’apprend que vous étiez ici, pas même la mairie. La carte est vérifiée sur place, sans "
        "réseau.",
        check="Vérifiez une carte vous-même",
        fingerprint="Empreinte de la clé de la ville",
    ),
    "es": PosterWording(
        accepted="Aquí se acepta la tarjeta vecinal",
        front=Asked(
            show="Muestre la parte de delante de su tarjeta.",
            says="El código pequeño dice: esta tarjeta es válida. No dice su nombre.",
        ),
        back=Asked(
            show="Muestre la parte de atrás de su tarjeta.",
            says="El código grande dice su nombre y fecha de nacimiento, y muestra su foto si la tarjeta la lleva.",
        ),
        either=Asked(
            show="Muestre el lado que le pidan.",
            says="La parte de delante no dice su nombre. La de atrás dice su nombre y fecha de nacimiento; quien la "
            "pide le dice por qué.",
        ),
        reasons={
            IdentityReason.RECORD: "Por qué: aquí se lleva un registro a su nombre.",
            IdentityReason.AGE: "Por qué: su edad decide lo que puede recibir aquí.",
            IdentityReason.ONCE_EACH: "Por qué: cada persona participa una sola vez.",
            IdentityReason.HANDED_TO_ONE: "Por qué: lo que se entrega aquí es para una sola persona.",
        },
        quiet="Nadie se entera de que estuvo aquí, ni siquiera el ayuntamiento. La tarjeta se comprueba en el acto, "
        "sin red.",
        check="Compruebe usted una tarjeta",
        fingerprint="Huella de la clave de la ciudad",
    ),
    "pt": PosterWording(
        accepted="Aqui aceita-se o cartão da cidade",
        front=Asked(
            show="Mostre a frente do seu cartão.",
            says="O código pequeno diz: este cartão é válido. Não diz o seu nome.",
        ),
        back=Asked(
            show="Mostre o verso do seu cartão.",
            says="O código grande diz o seu nome e a data de nascimento, e mostra a sua foto se o cartão a tiver.",
        ),
        either=Asked(
            show="Mostre o lado que lhe pedirem.",
            says="A frente não diz o seu nome. O verso diz o seu nome e a data de nascimento; quem o pede diz-lhe "
            "porquê.",
        ),
        reasons={
            IdentityReason.RECORD: "Porquê: aqui é mantido um registo em seu nome.",
            IdentityReason.AGE: "Porquê: a sua idade decide o que pode ter aqui.",
            IdentityReason.ONCE_EACH: "Porquê: cada pessoa participa uma só vez.",
            IdentityReason.HANDED_TO_ONE: "Porquê: o que aqui se entrega é para uma só pessoa.",
        },
        quiet="Ninguém fica a saber que esteve aqui, nem a câmara municipal. O cartão é verificado no local, sem rede.",
        check="Verifique um cartão",
        fingerprint="Impressão digital da chave da cidade",
    ),
    "ar": PosterWording(
        right_to_left=True,
        accepted="بطاقة المدينة مقبولة هنا",
        front=Asked(
            show="يُرجى إظهار الوجه الأمامي للبطاقة.",
            says="يقول الرمز الصغير: هذه البطاقة صالحة. ولا يذكر اسمك.",
        ),
        back=Asked(
            show="يُرجى إظهار الوجه الخلفي للبطاقة.",
            says="يذكر الرمز الكبير اسمك وتاريخ ميلادك، ويُظهر صورتك إن كانت على البطاقة صورة.",
        ),
        either=Asked(
            show="يُرجى إظهار الوجه المطلوب.",
            says="الوجه الأمامي لا يذكر اسمك. والوجه الخلفي يذكر اسمك وتاريخ ميلادك، ومن يطلبه يقول لك السبب.",
        ),
        reasons={
            IdentityReason.RECORD: "السبب: يُحفظ هنا ملف باسمك.",
            IdentityReason.AGE: "السبب: عمرك يحدد ما يمكنك الحصول عليه هنا.",
            IdentityReason.ONCE_EACH: "السبب: يشارك كل شخص مرة واحدة فقط.",
            IdentityReason.HANDED_TO_ONE: "السبب: ما يُسلَّم هنا هو لشخص واحد فقط.",
        },
        quiet="لا يُخبَر أحد بأنك كنت هنا، ولا حتى البلدية. تُفحص البطاقة في مكانها ومن دون شبكة.",
        check="لفحص بطاقة بنفسك",
        fingerprint="بصمة مفتاح البلدية",
    ),
}
WORDS = WordsIn(_WORDS)
