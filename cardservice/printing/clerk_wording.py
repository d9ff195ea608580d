"""The words of the clerk's sheet: a card in one visit, what is never done, and what to do when something is in the way.

Buttons and pages are named as the desk names them (web/translations).
"""

from cardservice.printing.print_out_wording import SheetWording, Step, part
from cardservice.printing.words_in import WordsIn

_WORDS = {
    "en": SheetWording(
        title="A card in one visit",
        whose="For clerks",
        steps=(
            Step("Say what happens.", "The answers are erased when the card is in their hand. Papers are not copied."),
            Step("Look at the papers and give them back.", "Write down nothing of them: no number, no country."),
            Step("Type the name as its owner writes it.", "One word is a name. Any script will do."),
            Step(
                "Take the photo, or none.",
                "Whoever wants no photo gets the same card. Head coverings and glasses stay.",
            ),
            Step("Check the answers together.", "Turn the screen or read aloud. Now a mistake costs nothing."),
            Step("Issue once, print card and slip.", "Hold the card against the screen: is every letter there?"),
            Step(
                "Put both into their hand, then click.",
                "Say: keep the slip in another place than the card, or with somebody you trust. With it you can end a "
                "lost card yourself.",
            ),
        ),
        never=part(
            "Never",
            "Photograph or copy a paper.",
            "Write a name, an address or a card number on paper, in a mail or a diary.",
            "Ask about a permit, a nationality or why somebody came.",
            "Let anybody work under your name. Sign out when you stand up.",
            "Send anybody away without saying what to bring.",
        ),
        trouble=part(
            "When something is in the way",
            "The printer stops: nothing is lost. Say what came out, then choose another printer.",
            "The page does not come: wait a minute, sign in again. What you saved is on your start page for an hour.",
            "A card is lost: who has the slip ends it at {page}. Or find the card by its number, and “Revoke”.",
            "A mistake is on the card: “Something on it is wrong: correct it”, then shred card and slip.",
            "Somebody wants names, a list, or to know about a person: there is none. Answer nothing, call your "
            "supervisor.",
        ),
    ),
    "fr": SheetWording(
        title="Une carte en une visite",
        whose="Pour le guichet",
        steps=(
            Step(
                "Dites ce qui se passe.",
                "Les réponses sont effacées dès que la carte est remise. Les papiers ne sont pas copiés.",
            ),
            Step("Regardez les papiers et rendez-les.", "N’en notez rien\u00a0: ni numéro, ni pays."),
            Step("Tapez le nom comme la personne l’écrit.", "Un seul mot suffit. Toutes les écritures conviennent."),
            Step(
                "Prenez la photo, ou pas.",
                "Qui n’en veut pas reçoit la même carte. Foulard, turban et lunettes restent.",
            ),
            Step(
                "Vérifiez ensemble les réponses.",
                "Tournez l’écran ou lisez à voix haute. Maintenant, une erreur ne coûte rien.",
            ),
            Step(
                "Délivrez une fois, imprimez carte et fiche.",
                "Tenez la carte à côté de l’écran\u00a0: toutes les lettres y sont-elles\u00a0?",
            ),
            Step(
                "Donnez les deux en main, puis cliquez.",
                "Dites\u00a0: gardez la fiche ailleurs que la carte, ou chez quelqu’un de confiance. Avec elle, vous "
                "pouvez mettre fin vous-même "
                "à une carte perdue.",
            ),
        ),
        never=part(
            "Jamais",
            "Photographier ou copier un papier.",
            "Noter un nom, une adresse ou un numéro de carte sur papier, dans un courriel ou un agenda.",
            "Demander un titre de séjour, une nationalité ou pourquoi quelqu’un est venu.",
            "Laisser quelqu’un travailler sous votre nom. Déconnectez-vous en vous levant.",
            "Renvoyer quelqu’un sans dire quoi apporter.",
        ),
        trouble=part(
            "Quand quelque chose bloque",
            "L’imprimante s’arrête\u00a0: rien n’est perdu. Dites ce qui est sorti, puis choisissez une autre "
            "imprimante.",
            "La page ne vient pas\u00a0: attendez une minute, reconnectez-vous. Ce que vous avez enregistré est à "
            "l’accueil pendant une heure.",
            "Une carte est perdue\u00a0: qui a la fiche y met fin sur {page}. Ou trouvez la carte par son numéro, "
            "et «\u00a0Révoquer\u00a0».",
            "Il y a une erreur sur la carte\u00a0: «\u00a0Annuler cette carte\u00a0», détruisez-la, recommencez.",
            "Quelqu’un veut des noms, une liste, ou savoir quelque chose sur une personne\u00a0: il n’y en a pas. "
            "Ne répondez rien, appelez votre responsable.",
        ),
    ),
    "es": SheetWording(
        title="Una tarjeta en una visita",
        whose="Para el mostrador",
        steps=(
            Step(
                "Diga lo que va a pasar.",
                "Las respuestas se borran al entregar la tarjeta. Los papeles no se copian.",
            ),
            Step("Mire los papeles y devuélvalos.", "No anote nada de ellos: ni número ni país."),
            Step(
                "Escriba el nombre como lo escribe la persona.", "Una sola palabra es un nombre. Vale toda escritura."
            ),
            Step(
                "Tome la foto, o ninguna.",
                "Quien no quiere foto recibe la misma tarjeta. Pañuelo, turbante y gafas se quedan.",
            ),
            Step(
                "Repase las respuestas con la persona.",
                "Gire la pantalla o lea en voz alta. Ahora un error no cuesta nada.",
            ),
            Step(
                "Emita una vez, imprima tarjeta y resguardo.",
                "Ponga la tarjeta junto a la pantalla: ¿están todas las letras?",
            ),
            Step(
                "Entregue las dos cosas en la mano y haga clic.",
                "Diga: guarde el resguardo en otro lugar que la tarjeta, o con alguien de confianza. Con él puede "
                "anular usted una tarjeta "
                "perdida.",
            ),
        ),
        never=part(
            "Nunca",
            "Fotografiar o copiar un papel.",
            "Anotar un nombre, una dirección o un número de tarjeta en papel, en un correo o en una agenda.",
            "Preguntar por un permiso, una nacionalidad o por qué vino alguien.",
            "Dejar que otra persona trabaje con su nombre. Al levantarse, salga.",
            "Mandar a alguien a casa sin decirle qué traer.",
        ),
        trouble=part(
            "Cuando algo no funciona",
            "La impresora se para: no se pierde nada. Diga qué ha salido y elija otra impresora.",
            "La página no llega: espere un minuto y entre otra vez. Lo que guardó está en la página de inicio "
            "durante una hora.",
            "Se pierde una tarjeta: quien tiene el resguardo la anula en {page}. O busque la tarjeta por su "
            "número, y «Anular».",
            "Hay un error en la tarjeta: «Algo está mal: corregirlo». Después destruya tarjeta y resguardo.",
            "Alguien quiere nombres, una lista o saber de una persona: no hay nada. No responda, llame a su "
            "responsable.",
        ),
    ),
    "pt": SheetWording(
        title="Um cartão numa visita",
        whose="Para o balcão",
        steps=(
            Step(
                "Diga o que vai acontecer.",
                "As respostas são apagadas quando o cartão é entregue. Os papéis não são copiados.",
            ),
            Step("Veja os papéis e devolva-os.", "Não anote nada deles: nem número, nem país."),
            Step("Escreva o nome como a pessoa o escreve.", "Uma só palavra é um nome. Serve qualquer escrita."),
            Step(
                "Tire a foto, ou nenhuma.",
                "Quem não quer foto recebe o mesmo cartão. Lenço, turbante e óculos ficam.",
            ),
            Step(
                "Verifiquem as respostas em conjunto.", "Vire o ecrã ou leia em voz alta. Agora um erro não custa nada."
            ),
            Step(
                "Emita uma vez, imprima cartão e talão.",
                "Ponha o cartão ao lado do ecrã: estão lá todas as letras?",
            ),
            Step(
                "Entregue os dois em mão e depois clique.",
                "Diga: guarde o talão num lugar diferente do cartão, ou com alguém de confiança. Com ele pode anular "
                "um cartão perdido sem ajuda.",
            ),
        ),
        never=part(
            "Nunca",
            "Fotografar ou copiar um papel.",
            "Anotar um nome, uma morada ou um número de cartão em papel, num e-mail ou numa agenda.",
            "Perguntar por um título de residência, uma nacionalidade ou porque é que alguém veio.",
            "Deixar alguém trabalhar com o seu nome. Ao levantar-se, saia.",
            "Mandar alguém embora sem dizer o que trazer.",
        ),
        trouble=part(
            "Quando alguma coisa falha",
            "A impressora para: nada se perde. Diga o que saiu e escolha outra impressora.",
            "A página não vem: espere um minuto e entre outra vez. O que guardou está na página inicial uma hora.",
            "Um cartão perde-se: quem tem o talão anula-o em {page}. Ou encontre o cartão pelo número, e «Anular».",
            "Há um erro no cartão: «Algo está errado: corrigir». Depois destrua o cartão e o talão.",
            "Alguém quer nomes, uma lista ou saber de uma pessoa: não há nada. Não responda, chame quem é responsável.",
        ),
    ),
    "ar": SheetWording(
        right_to_left=True,
        title="بطاقة في زيارة واحدة",
        whose="لموظفي الشباك",
        steps=(
            Step("قل ما الذي سيحدث.", "تُمحى الإجابات حين تُسلَّم البطاقة. والأوراق لا تُنسخ."),
            Step("انظر في الأوراق وأعدها.", "لا تكتب منها شيئًا: لا رقمًا ولا بلدًا."),
            Step("اكتب الاسم كما يكتبه صاحبه.", "كلمة واحدة تكفي. وكل كتابة مقبولة."),
            Step("التقط الصورة، أو لا تلتقطها.", "من لا يريد صورة يحصل على البطاقة نفسها. غطاء الرأس والنظارة يبقيان."),
            Step("راجعا الإجابات معًا.", "أدر الشاشة أو اقرأ بصوت مسموع. الخطأ الآن لا يكلف شيئًا."),
            Step("أصدر مرة واحدة، واطبع البطاقة والقسيمة.", "ضع البطاقة بجانب الشاشة: هل كل الحروف موجودة؟"),
            Step(
                "سلّم الاثنتين باليد، ثم انقر.",
                "قل: تُحفظ القسيمة في مكان غير مكان البطاقة، أو عند شخص موثوق. بها يمكنك بنفسك إنهاء بطاقة ضائعة.",
            ),
        ),
        never=part(
            "لا تفعل هذا أبدًا",
            "تصوير ورقة أو نسخها.",
            "كتابة اسم أو عنوان أو رقم بطاقة على ورق أو في رسالة أو في دفتر.",
            "السؤال عن الإقامة أو الجنسية أو عن سبب مجيء أحد.",
            "ترك أحد يعمل باسمك. سجّل الخروج حين تقوم.",
            "صرف أحد من دون أن تقول له ماذا يُحضر.",
        ),
        trouble=part(
            "حين يتعطل شيء",
            "توقفت الطابعة: لم يضع شيء. قل ما الذي خرج، ثم اختر طابعة أخرى.",
            "لا تظهر الصفحة: انتظر دقيقة وسجّل الدخول من جديد. ما حفظته تجده في صفحتك الأولى ساعة.",
            "ضاعت بطاقة: من معه القسيمة يُنهيها في {page}. أو ابحث عن البطاقة برقمها، ثم «إلغاء البطاقة».",
            "في البطاقة خطأ: «إلغاء هذه البطاقة»، ثم أتلفها وابدأ من جديد.",
            "يريد أحد أسماء أو قائمة أو خبرًا عن شخص: لا يوجد شيء من ذلك. لا تُجب، ونادِ المشرف.",
        ),
    ),
}
WORDS = WordsIn(_WORDS)
