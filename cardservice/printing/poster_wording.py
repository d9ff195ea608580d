"""The words of the posters, in the languages of a town: what a card holder is asked for, and how staff check a card.

Plain words, to be understood by somebody who reads slowly or in a second language. They say the same to everybody.
The words of the card itself are in wording.py, those of its slip in slip_wording.py, services in service_wording.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cardservice.printing.wording import UnknownLanguage
from cardservice.terms import CardCode, IdentityReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: the sentence in large letters, what the code says, and what whoever checks does."""

    show: str
    says: str
    scan: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the verifier, and what to do then."""

    word: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterWording:
    """The words of both posters in one language. Answers: valid, not valid, cannot tell, in this order."""

    right_to_left: bool = False
    accepted: str
    front: Asked
    back: Asked
    either: Asked
    reasons: Mapping[IdentityReason, str]
    quiet: str
    check: str
    fingerprint: str
    staff_title: str
    prepare: str
    compare: str
    answers: tuple[Answer, Answer, Answer]
    keep_nothing: str

    def asked(self, code: CardCode | None) -> Asked:
        """What is asked for by who wants this code; None is whoever hangs the general poster."""
        return {CardCode.RESIDENCE: self.front, CardCode.IDENTITY: self.back, None: self.either}[code]


def poster_wording(language: str) -> PosterWording:
    """The words in a language (ISO 639-1). Raises UnknownLanguage."""
    if language not in _WORDS:
        raise UnknownLanguage(language)
    return _WORDS[language]


def languages() -> tuple[str, ...]:
    """The languages (ISO 639-1) that posters have words in."""
    return tuple(_WORDS)


_WORDS = {
    "en": PosterWording(
        accepted="Resident card accepted here",
        front=Asked(
            show="Show the front of your card.",
            says="The small code says: this card is good. It does not say your name.",
            scan="Scan the small code on the front of the card. You need to know no more.",
        ),
        back=Asked(
            show="Show the back of your card.",
            says="The large code says your name and birth date, and shows your photo if the card has one.",
            scan="Scan the large code on the back of the card, and compare the photo with the face.",
        ),
        either=Asked(
            show="Show the side that you are asked for.",
            says="The front does not say your name. The back says your name and birth date; whoever asks for it tells "
            "you why.",
            scan="Scan the small code on the front. Scan the large one on the back only if you must know who it is, "
            "and say why.",
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
        staff_title="How to check a resident card",
        prepare="Once only: scan this code, or open the address under it. From then on the page works without a "
        "network.",
        compare="Compare the twelve words on the page with the words on this sheet. If one differs, do not use the "
        "page, and tell the town hall.",
        answers=(
            Answer(word="Valid", do="The card is good."),
            Answer(
                word="Not valid",
                do="Do not accept the card. It may be a mistake: stay friendly, and point the way to the town hall.",
            ),
            Answer(word="Cannot tell", do="Scan again. If it stays so, open the page once with a network."),
        ),
        keep_nothing="Photograph no card and write down no card number. The page keeps nothing, and nobody is told "
        "about a check.",
    ),
    "fr": PosterWording(
        accepted="Carte de résident acceptée ici",
        front=Asked(
            show="Montrez le recto de votre carte.",
            says="Le petit code dit\u00a0: cette carte est bonne. Il ne dit pas votre nom.",
            scan="Scannez le petit code au recto de la carte. Vous n’avez pas besoin d’en savoir plus.",
        ),
        back=Asked(
            show="Montrez le verso de votre carte.",
            says="Le grand code dit votre nom et votre date de naissance, et montre votre photo si la carte en a une.",
            scan="Scannez le grand code au verso de la carte, et comparez la photo avec le visage.",
        ),
        either=Asked(
            show="Montrez le côté qu’on vous demande.",
            says="Le recto ne dit pas votre nom. Le verso dit votre nom et votre date de naissance\u00a0; qui le "
            "demande vous dit pourquoi.",
            scan="Scannez le petit code au recto. Ne scannez le grand code au verso que si vous devez savoir qui "
            "c’est, et dites pourquoi.",
        ),
        reasons={
            IdentityReason.RECORD: "Pourquoi\u00a0: un dossier est tenu ici à votre nom.",
            IdentityReason.AGE: "Pourquoi\u00a0: votre âge décide de ce que vous pouvez avoir ici.",
            IdentityReason.ONCE_EACH: "Pourquoi\u00a0: chaque personne participe une seule fois.",
            IdentityReason.HANDED_TO_ONE: "Pourquoi\u00a0: ce qui est remis ici est pour une seule personne.",
        },
        quiet="Personne n’est informé de votre passage, pas même la mairie. La carte est vérifiée sur place, sans "
        "réseau.",
        check="Vérifiez une carte vous-même",
        fingerprint="Empreinte de la clé de la ville",
        staff_title="Comment vérifier une carte de résident",
        prepare="Une seule fois\u00a0: scannez ce code, ou ouvrez l’adresse écrite dessous. Ensuite, la page marche "
        "sans réseau.",
        compare="Comparez les douze mots de la page avec ceux de cette feuille. Si un mot diffère, n’utilisez pas la "
        "page et prévenez la mairie.",
        answers=(
            Answer(word="Valable", do="La carte est bonne."),
            Answer(
                word="Non valable",
                do="N’acceptez pas la carte. C’est peut-être une erreur\u00a0: restez aimable et indiquez la mairie.",
            ),
            Answer(word="Indécis", do="Scannez encore. Si cela reste, ouvrez la page une fois avec le réseau."),
        ),
        keep_nothing="Ne photographiez aucune carte et ne notez aucun numéro de carte. La page ne garde rien, et "
        "personne n’est informé d’une vérification.",
    ),
    "es": PosterWording(
        accepted="Aquí se acepta la tarjeta vecinal",
        front=Asked(
            show="Muestre el anverso de su tarjeta.",
            says="El código pequeño dice: esta tarjeta es buena. No dice su nombre.",
            scan="Escanee el código pequeño del anverso de la tarjeta. No necesita saber más.",
        ),
        back=Asked(
            show="Muestre el reverso de su tarjeta.",
            says="El código grande dice su nombre y fecha de nacimiento, y muestra su foto si la tarjeta la lleva.",
            scan="Escanee el código grande del reverso de la tarjeta y compare la foto con la cara.",
        ),
        either=Asked(
            show="Muestre el lado que le pidan.",
            says="El anverso no dice su nombre. El reverso dice su nombre y fecha de nacimiento; quien lo pide le dice "
            "por qué.",
            scan="Escanee el código pequeño del anverso. Escanee el grande del reverso solo si tiene que saber quién "
            "es, y diga por qué.",
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
        fingerprint="Huella de la clave del municipio",
        staff_title="Cómo comprobar una tarjeta vecinal",
        prepare="Una sola vez: escanee este código o abra la dirección que está debajo. Después la página funciona sin "
        "red.",
        compare="Compare las doce palabras de la página con las de esta hoja. Si una es distinta, no use la página y "
        "avise al ayuntamiento.",
        answers=(
            Answer(word="Válida", do="La tarjeta es buena."),
            Answer(
                word="No válida",
                do="No acepte la tarjeta. Puede ser un error: sea amable e indique el camino al ayuntamiento.",
            ),
            Answer(word="No se sabe", do="Escanee otra vez. Si sigue igual, abra la página una vez con red."),
        ),
        keep_nothing="No fotografíe ninguna tarjeta ni anote su número. La página no guarda nada, y nadie se entera de "
        "una comprobación.",
    ),
    "pt": PosterWording(
        accepted="Aqui aceita-se o cartão de residente",
        front=Asked(
            show="Mostre a frente do seu cartão.",
            says="O código pequeno diz: este cartão está bom. Não diz o seu nome.",
            scan="Leia o código pequeno na frente do cartão. Não precisa de saber mais.",
        ),
        back=Asked(
            show="Mostre o verso do seu cartão.",
            says="O código grande diz o seu nome e a data de nascimento, e mostra a sua foto se o cartão a tiver.",
            scan="Leia o código grande no verso do cartão e compare a foto com o rosto.",
        ),
        either=Asked(
            show="Mostre o lado que lhe pedirem.",
            says="A frente não diz o seu nome. O verso diz o seu nome e a data de nascimento; quem o pede diz-lhe "
            "porquê.",
            scan="Leia o código pequeno na frente. Leia o grande no verso só se tiver de saber quem é, e diga porquê.",
        ),
        reasons={
            IdentityReason.RECORD: "Porquê: aqui é mantido um registo em seu nome.",
            IdentityReason.AGE: "Porquê: a sua idade decide o que pode ter aqui.",
            IdentityReason.ONCE_EACH: "Porquê: cada pessoa participa uma só vez.",
            IdentityReason.HANDED_TO_ONE: "Porquê: o que aqui se entrega é para uma só pessoa.",
        },
        quiet="Ninguém fica a saber que esteve aqui, nem a câmara municipal. O cartão é verificado no local, sem rede.",
        check="Verifique um cartão",
        fingerprint="Impressão digital da chave do município",
        staff_title="Como verificar um cartão de residente",
        prepare="Uma só vez: leia este código ou abra o endereço que está por baixo. Depois a página funciona sem "
        "rede.",
        compare="Compare as doze palavras da página com as desta folha. Se uma for diferente, não use a página e avise "
        "a câmara municipal.",
        answers=(
            Answer(word="Válido", do="O cartão está bom."),
            Answer(
                word="Não válido",
                do="Não aceite o cartão. Pode ser um erro: seja amável e indique o caminho para a câmara municipal.",
            ),
            Answer(word="Não se sabe", do="Leia outra vez. Se continuar assim, abra a página uma vez com rede."),
        ),
        keep_nothing="Não fotografe nenhum cartão nem anote o número. A página não guarda nada, e ninguém fica a saber "
        "de uma verificação.",
    ),
    "ar": PosterWording(
        right_to_left=True,
        accepted="بطاقة المقيم مقبولة هنا",
        front=Asked(
            show="أظهر الوجه الأمامي لبطاقتك.",
            says="يقول الرمز الصغير: هذه البطاقة صالحة. ولا يذكر اسمك.",
            scan="امسح الرمز الصغير على الوجه الأمامي للبطاقة. لا تحتاج إلى معرفة أكثر من ذلك.",
        ),
        back=Asked(
            show="أظهر الوجه الخلفي لبطاقتك.",
            says="يذكر الرمز الكبير اسمك وتاريخ ميلادك، ويُظهر صورتك إن كانت على البطاقة صورة.",
            scan="امسح الرمز الكبير على الوجه الخلفي للبطاقة، وقارن الصورة بالوجه.",
        ),
        either=Asked(
            show="أظهر الوجه الذي يُطلب منك.",
            says="الوجه الأمامي لا يذكر اسمك. والوجه الخلفي يذكر اسمك وتاريخ ميلادك، ومن يطلبه يقول لك السبب.",
            scan="امسح الرمز الصغير على الوجه الأمامي. ولا تمسح الرمز الكبير على الوجه الخلفي إلا إذا كان لا بد أن "
            "تعرف من هو، وقل السبب.",
        ),
        reasons={
            IdentityReason.RECORD: "السبب: يُحفظ هنا ملف باسمك.",
            IdentityReason.AGE: "السبب: عمرك يحدد ما يمكنك الحصول عليه هنا.",
            IdentityReason.ONCE_EACH: "السبب: يشارك كل شخص مرة واحدة فقط.",
            IdentityReason.HANDED_TO_ONE: "السبب: ما يُسلَّم هنا هو لشخص واحد فقط.",
        },
        quiet="لا يُخبَر أحد بأنك كنت هنا، ولا حتى البلدية. تُفحص البطاقة في مكانها ومن دون شبكة.",
        check="افحص بطاقة بنفسك",
        fingerprint="بصمة مفتاح البلدية",
        staff_title="كيف تُفحص بطاقة المقيم",
        prepare="مرة واحدة فقط: امسح هذا الرمز، أو افتح العنوان المكتوب تحته. بعد ذلك تعمل الصفحة من دون شبكة.",
        compare="قارن الكلمات الاثنتي عشرة في الصفحة بالكلمات المكتوبة في هذه الورقة. إذا اختلفت كلمة فلا تستعمل "
        "الصفحة، وأخبر البلدية.",
        answers=(
            Answer(word="صالحة", do="البطاقة سليمة."),
            Answer(word="غير صالحة", do="لا تقبل البطاقة. قد يكون في الأمر خطأ: كن لطيفًا، ودُلّ صاحبها على البلدية."),
            Answer(word="لا يمكن الجزم", do="امسح مرة أخرى. إذا بقي الحال كذلك فافتح الصفحة مرة مع الشبكة."),
        ),
        keep_nothing="لا تصوّر أي بطاقة ولا تكتب رقمها. لا تحتفظ الصفحة بشيء، ولا يُخبَر أحد بالفحص.",
    ),
}
