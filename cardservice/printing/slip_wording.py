"""The words of the slip, one language a slip: what to do when the card is lost, and what the town keeps.

Plain words, to be understood by somebody who reads slowly or in a second language. They say the same to everybody:
nothing here depends on who the holder is. The words of the card itself are in wording.py.
"""

from dataclasses import dataclass

from cardservice.printing.words_in import WordsIn


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipWording:
    """The words of a slip in one language. Lists are read one line after the other."""

    right_to_left: bool = False
    title: str
    keep: str
    card_number: str
    valid_until: str
    slip_code: str
    if_lost: str
    steps: tuple[str, ...]
    page: str
    what_is_kept: str
    kept: tuple[str, ...]


def spoken(*candidates: str | None) -> str:
    """The first of these languages (ISO 639-1 or 639-3) that slips have words in, else English."""
    for candidate in candidates:
        short = _SHORT.get(candidate or "", candidate or "")
        if short in WORDS:
            return short
    return "en"


_SHORT = {"eng": "en", "fra": "fr", "spa": "es", "por": "pt", "ara": "ar"}

_WORDS = {
    "en": SlipWording(
        title="Slip for your card",
        keep="Keep this slip in another place than the card, or with somebody you trust. It does not say whose it is.",
        card_number="Card number",
        valid_until="Valid until",
        slip_code="Slip code",
        if_lost="If the card is lost or stolen",
        steps=(
            "Scan the code with a telephone, or open the page below and type the slip code.",
            "Say yes. The card ends at once and for good. Nobody asks who you are.",
            "Or bring this slip to the town hall. There you get a new card.",
        ),
        page="Page for lost cards",
        what_is_kept="What the town keeps about you",
        kept=(
            "Your name, birth date and photo are on your card. The town erased them when you were given the card.",
            "The town keeps the number of the card, whether it is good, and its first and last month. Nobody can "
            "search for you by name.",
            "You were not asked for legal status, nationality or address. Your papers were not copied.",
            "Whoever scans the large code reads your name. The small one says only: this card is good.",
        ),
    ),
    "fr": SlipWording(
        title="Fiche de votre carte",
        keep="Gardez cette fiche ailleurs que la carte, ou chez quelqu’un de confiance. Elle ne dit pas à qui elle "
        "est.",
        card_number="Numéro de la carte",
        valid_until="Valable jusqu’au",
        slip_code="Code de la fiche",
        if_lost="Si la carte est perdue ou volée",
        steps=(
            "Scannez le code avec un téléphone, ou ouvrez la page ci-dessous et tapez le code de la fiche.",
            "Dites oui. La carte prend fin tout de suite et pour toujours. Personne ne demande qui vous êtes.",
            "Ou apportez cette fiche à la mairie. Vous y recevez une nouvelle carte.",
        ),
        page="Page des cartes perdues",
        what_is_kept="Ce que la ville garde sur vous",
        kept=(
            "Votre nom, votre date de naissance et votre photo sont sur votre carte. La ville les a effacés chez elle "
            "en vous donnant la carte.",
            "La ville garde le numéro de la carte, si elle est bonne, son premier et son dernier mois. Personne ne "
            "peut vous chercher par votre nom.",
            "On ne vous a demandé ni statut légal, ni nationalité, ni adresse. Vos papiers n’ont pas été copiés.",
            "Qui scanne le grand code lit votre nom. Qui scanne le petit lit seulement\u00a0: cette carte est bonne.",
        ),
    ),
    "pt": SlipWording(
        title="Talão do seu cartão",
        keep="Guarde este talão num lugar diferente do cartão, ou com alguém de confiança. Não diz de quem é.",
        card_number="Número do cartão",
        valid_until="Válido até",
        slip_code="Código do talão",
        if_lost="Se o cartão for perdido ou roubado",
        steps=(
            "Leia o código com um telemóvel, ou abra a página abaixo e escreva o código do talão.",
            "Diga que sim. O cartão acaba logo e para sempre. Ninguém pergunta quem é.",
            "Ou traga este talão à câmara municipal. Lá recebe um cartão novo.",
        ),
        page="Página dos cartões perdidos",
        what_is_kept="O que a cidade guarda sobre si",
        kept=(
            "O seu nome, data de nascimento e foto estão no seu cartão. A cidade apagou-os quando lhe deu o cartão.",
            "A cidade guarda o número do cartão, se é válido, o primeiro e o último mês. Ninguém pode "
            "procurar o seu nome.",
            "Não lhe perguntaram a situação legal, a nacionalidade nem a morada. Os seus papéis não foram copiados.",
            "Quem lê o código grande vê o seu nome. Quem lê o pequeno vê apenas: este cartão é válido.",
        ),
    ),
    "es": SlipWording(
        title="Resguardo de su tarjeta",
        keep="Guarde este resguardo en otro lugar que la tarjeta, o con alguien de confianza. No dice de quién es.",
        card_number="Número de la tarjeta",
        valid_until="Válida hasta",
        slip_code="Código del resguardo",
        if_lost="Si pierde la tarjeta o se la roban",
        steps=(
            "Escanee el código con un teléfono, o abra la página de abajo y escriba el código del resguardo.",
            "Diga que sí. La tarjeta termina en el acto y para siempre. Nadie pregunta quién es usted.",
            "O traiga este resguardo al ayuntamiento. Allí recibe una tarjeta nueva.",
        ),
        page="Página de tarjetas perdidas",
        what_is_kept="Lo que el municipio guarda sobre usted",
        kept=(
            "Su nombre, fecha de nacimiento y foto están en su tarjeta. El municipio los borró al darle la tarjeta.",
            "El municipio guarda el número de la tarjeta, si es válida, su primer y su último mes. Nadie puede "
            "buscarle por su nombre.",
            "No se le preguntó por su situación legal, su nacionalidad ni su dirección. Sus papeles no se copiaron.",
            "Quien escanea el código grande lee su nombre. Quien escanea el pequeño lee solo: es válida.",
        ),
    ),
    "ar": SlipWording(
        right_to_left=True,
        title="قسيمة بطاقتك",
        keep="تُحفظ هذه القسيمة في مكان غير مكان البطاقة، أو عند شخص موثوق. لا تذكر القسيمة لمن هي.",
        card_number="رقم البطاقة",
        valid_until="صالحة حتى",
        slip_code="رمز القسيمة",
        if_lost="إذا ضاعت البطاقة أو سُرقت",
        steps=(
            "يُمسح الرمز المربع بالهاتف، أو تُفتح الصفحة المكتوبة أدناه ويُكتب رمز القسيمة.",
            "الجواب: نعم. تنتهي البطاقة فورًا وإلى الأبد. لا أحد يسأل من أنت.",
            "أو يمكنك المجيء بهذه القسيمة إلى البلدية، وهناك تُعطى لك بطاقة جديدة.",
        ),
        page="صفحة البطاقات الضائعة",
        what_is_kept="ما تحتفظ به البلدية عنك",
        kept=(
            "اسمك وتاريخ ميلادك وصورتك على بطاقتك. محتها البلدية من عندها حين سلّمتك البطاقة.",
            "تحتفظ البلدية برقم البطاقة، وهل هي صالحة، وشهرها الأول وشهرها الأخير. لا يستطيع أحد أن يبحث عنك باسمك.",
            "لم يسألك أحد عن وضعك القانوني ولا جنسيتك ولا عنوانك. ولم تُنسخ أوراقك.",
            "من يمسح الرمز الكبير يقرأ اسمك. ومن يمسح الرمز الصغير يقرأ فقط: هذه البطاقة صالحة.",
        ),
    ),
}
WORDS = WordsIn(_WORDS)
