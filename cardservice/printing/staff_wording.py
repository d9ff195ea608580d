"""The words of the sheet for staff, in the languages of a town: how a card is checked, and what each answer means.

What card holders read is poster_wording.py.
"""

from dataclasses import dataclass

from cardservice.printing.words_in import WordsIn
from cardservice.terms import CardCode


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the verifier, and what to do then."""

    word: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWording:
    """The words of a sheet in one language. Answers: valid, not valid, cannot tell, in this order."""

    title: str
    prepare: str
    compare: str
    purpose: str
    scan_front: str
    scan_back: str
    scan_either: str
    answers: tuple[Answer, Answer, Answer]
    keep_nothing: str

    def scan(self, code: CardCode | None) -> str:
        """What whoever wants this code scans; None is whoever hangs the general sheet."""
        return {CardCode.RESIDENCE: self.scan_front, CardCode.IDENTITY: self.scan_back, None: self.scan_either}[code]


_WORDS = {
    "en": StaffWording(
        title="How to check a resident card",
        prepare="Once only: scan this code, or open the address under it. From then on the page works without a "
        "network.",
        compare="At the bottom of the page open “Key of the town” and compare its twelve words with the words on this "
        "sheet. If one differs, do not use the page, and tell the town hall.",
        purpose="Under “Settings”, choose what cards are shown for here.",
        scan_front="Scan the small code on the front of the card. You need to know no more.",
        scan_back="Scan the large code on the back of the card, and compare the photo with the face.",
        scan_either="Scan the small code on the front. Scan the large one on the back only if you must know who it "
        "is, and say why.",
        answers=(
            Answer(
                "Valid",
                "The card is good. In amber: its lists are older than two days; open the page with a network soon.",
            ),
            Answer(
                "Not valid",
                "The word says why. Do not accept the card. It may be a mistake: stay friendly, and point the way to "
                "the town hall.",
            ),
            Answer(
                "Cannot tell",
                "Scan again. If it stays so, open the page once with a network.",
            ),
        ),
        keep_nothing="Photograph no card and write down no card number. The page keeps nothing, and nobody is told "
        "about a check.",
    ),
    "fr": StaffWording(
        title="Comment vérifier une carte de la ville",
        prepare="Une seule fois\u00a0: scannez ce code, ou ouvrez l’adresse écrite dessous. Ensuite, la page marche "
        "sans réseau.",
        compare="En bas de la page, ouvrez «\u00a0Clé de la ville\u00a0» et comparez ses douze mots avec ceux de "
        "cette feuille. Si un mot diffère, n’utilisez pas la page et prévenez la mairie.",
        purpose="Sous «\u00a0Réglages\u00a0», choisissez pour quoi les cartes sont montrées ici.",
        scan_front="Scannez le petit code au recto de la carte. Vous n’avez pas besoin d’en savoir plus.",
        scan_back="Scannez le grand code au verso de la carte, et comparez la photo avec le visage.",
        scan_either="Scannez le petit code au recto. Ne scannez le grand code au verso que si vous devez savoir qui "
        "c’est, et dites pourquoi.",
        answers=(
            Answer(
                "Valable",
                "La carte est bonne. En orange\u00a0: les listes ont plus de deux jours\u00a0; ouvrez bientôt la page "
                "avec le réseau.",
            ),
            Answer(
                "Non valable",
                "Le mot dit pourquoi. N’acceptez pas la carte. C’est peut-être une erreur\u00a0: restez aimable et "
                "indiquez la mairie.",
            ),
            Answer(
                "Impossible à dire",
                "Scannez encore une fois. Si rien ne change, ouvrez la page avec le réseau.",
            ),
        ),
        keep_nothing="Ne photographiez aucune carte et ne notez aucun numéro de carte. La page ne garde rien, et "
        "personne n’apprend qu’une carte a été vérifiée.",
    ),
    "es": StaffWording(
        title="Cómo comprobar una tarjeta vecinal",
        prepare="Una sola vez: escanee este código o abra la dirección que está debajo. Después la página funciona "
        "sin red.",
        compare="Abajo en la página, abra «Clave de la ciudad» y compare sus doce palabras con las de esta hoja. Si "
        "una es distinta, no use la página y avise al ayuntamiento.",
        purpose="En «Ajustes», elija para qué se muestran aquí las tarjetas.",
        scan_front="Escanee el código pequeño de la parte de delante de la tarjeta. No necesita saber más.",
        scan_back="Escanee el código grande de la parte de atrás de la tarjeta y compare la foto con la cara.",
        scan_either="Escanee el código pequeño de delante. Escanee el grande de atrás solo si tiene que saber "
        "quién es, y diga por qué.",
        answers=(
            Answer(
                "Válida",
                "La tarjeta es válida. En ámbar: las listas tienen más de dos días; abra pronto la página con red.",
            ),
            Answer(
                "No válida",
                "La palabra dice por qué. No acepte la tarjeta. Puede ser un error: sea amable e indique el camino al "
                "ayuntamiento.",
            ),
            Answer(
                "No se puede saber",
                "Escanee otra vez. Si sigue igual, abra la página una vez con red.",
            ),
        ),
        keep_nothing="No fotografíe ninguna tarjeta ni anote su número. La página no guarda nada, y nadie se entera "
        "de una comprobación.",
    ),
    "pt": StaffWording(
        title="Como verificar um cartão da cidade",
        prepare="Uma só vez: leia este código ou abra o endereço que está por baixo. Depois a página funciona sem "
        "rede.",
        compare="No fim da página, abra «Chave da cidade» e compare as suas doze palavras com as desta folha. Se uma "
        "for diferente, não use a página e avise a câmara municipal.",
        purpose="Em «Definições», escolha para que são mostrados aqui os cartões.",
        scan_front="Leia o código pequeno na frente do cartão. Não precisa de saber mais.",
        scan_back="Leia o código grande no verso do cartão e compare a foto com o rosto.",
        scan_either="Leia o código pequeno na frente. Leia o grande no verso só se tiver de saber quem é, e diga "
        "porquê.",
        answers=(
            Answer(
                "Válido",
                "O cartão é válido. Em âmbar: as listas têm mais de dois dias; abra em breve a página com rede.",
            ),
            Answer(
                "Não válido",
                "A palavra diz porquê. Não aceite o cartão. Pode ser um erro: seja amável e indique o caminho para a "
                "câmara municipal.",
            ),
            Answer(
                "Não se sabe",
                "Leia outra vez. Se continuar assim, abra a página uma vez com rede.",
            ),
        ),
        keep_nothing="Não fotografe nenhum cartão nem anote o número. A página não guarda nada, e ninguém fica a "
        "saber de uma verificação.",
    ),
    "ar": StaffWording(
        title="كيف تُفحص بطاقة المدينة",
        prepare="مرة واحدة فقط: امسح هذا الرمز، أو افتح العنوان المكتوب تحته. بعد ذلك تعمل الصفحة من دون شبكة.",
        compare="في أسفل الصفحة افتح «مفتاح المدينة» وقارن كلماته الاثنتي عشرة بالكلمات المكتوبة في هذه الورقة. إذا "
        "اختلفت كلمة فلا تستعمل الصفحة، وأخبر البلدية.",
        purpose="تحت «الإعدادات» اختر لأي خدمة تُعرض البطاقات هنا.",
        scan_front="امسح الرمز الصغير على الوجه الأمامي للبطاقة. لا تحتاج إلى معرفة أكثر من ذلك.",
        scan_back="امسح الرمز الكبير على الوجه الخلفي للبطاقة، وقارن الصورة بالوجه.",
        scan_either="امسح الرمز الصغير على الوجه الأمامي. ولا تمسح الرمز الكبير على الوجه الخلفي إلا إذا كان لا بد أن "
        "تعرف من هو، وقل السبب.",
        answers=(
            Answer(
                "صالحة",
                "البطاقة سليمة. وإذا ظهرت بالأصفر فالقوائم أقدم من يومين: افتح الصفحة قريبًا مع الشبكة.",
            ),
            Answer(
                "غير صالحة",
                "الكلمة تقول السبب. لا تقبل البطاقة. قد يكون في الأمر خطأ: عامِل صاحبها بلطف ودُلّه على البلدية.",
            ),
            Answer(
                "لا يمكن الجزم",
                "امسح مرة أخرى. إذا بقي الحال كذلك فافتح الصفحة مرة مع الشبكة.",
            ),
        ),
        keep_nothing="لا تصوّر أي بطاقة ولا تكتب رقمها. لا تحتفظ الصفحة بشيء، ولا يُخبَر أحد بالفحص.",
    ),
}
WORDS = WordsIn(_WORDS)
