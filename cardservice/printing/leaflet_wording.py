"""The words of the leaflet for residents: what the card is and is not, the visit, what is kept, and a lost card.

Plain words, to be understood by somebody who reads slowly or in a second language. They say the same to everybody.
"""

from cardservice.printing.print_out_wording import LeafletWording, part
from cardservice.printing.words_in import WordsIn

_WORDS = {
    "en": LeafletWording(
        title="The resident card",
        for_whom="For everybody who lives in {town}",
        promise="Young or old, with or without other papers: one card, the same for all.",
        it_is=part(
            "What the card is",
            "It says: this person lives in {town}.",
            "It opens the library, the pool, the clinic and other services of the town. Look for the sign “{sign}”.",
            "The small code on the front says only: this card is good. It does not say your name.",
            "The large code on the back says your name and birth date. Whoever asks for it tells you why.",
        ),
        it_is_not=part(
            "What the card is not",
            "Not a residence permit. It gives no right to stay.",
            "Not a passport, and no proof of nationality. You cannot travel with it.",
            "No protection from the police. Think before you show it to them.",
            "Not a duty. Nobody has to have one.",
        ),
        visit=part(
            "Your visit",
            "You show your papers. We look at them and give them back. We copy nothing and write down no number.",
            "Say your name as it should be on the card.",
            "We take a photo, if you wish.",
            "We check the card together. You take it home with a slip. Keep the slip apart from the card.",
        ),
        bring="What to bring",
        bring_usually="Something that shows who you are, and something that shows that you live here. Old and foreign "
        "papers may count, and so may a letter from a shelter or an association.",
        ask="Not sure? Come and ask: for that you need not say your name. Nobody asks about your permit, your "
        "nationality or why you came.",
        kept=part(
            "What the town keeps about you",
            "Until you have the card: your answers, locked, for that day. If you pick it up later, 14 days at most.",
            "When you have the card: nothing with your name. Name, birth date and photo are on your card. The "
            "town erases them.",
            "It keeps the number of the card, whether it is good, and its first and last month. Nobody can search "
            "for you by name.",
            "When your card is checked, nobody is told, not even the town hall.",
        ),
        lost=part(
            "If the card is lost or stolen",
            "Scan this code with a telephone, or open the page below, and type the code on your slip. The card "
            "ends at once. Nobody asks who you are.",
            "Or come to the town hall with the slip. There you also get a new card.",
        ),
        lost_page="Page for lost cards",
    ),
    "fr": LeafletWording(
        title="La carte de la ville",
        for_whom="Pour toutes les personnes qui vivent à {town}",
        promise="À tout âge, avec ou sans autres papiers\u00a0: une seule carte, la même pour tout le monde.",
        it_is=part(
            "Ce qu’est la carte",
            "Elle dit\u00a0: cette personne vit à {town}.",
            "Elle ouvre la bibliothèque, la piscine, le centre de santé et d’autres services de la ville. "
            "Cherchez l’affiche «\u00a0{sign}\u00a0».",
            "Le petit code au recto dit seulement\u00a0: cette carte est bonne. Il ne dit pas votre nom.",
            "Le grand code au verso dit votre nom et votre date de naissance. Qui le demande vous dit pourquoi.",
        ),
        it_is_not=part(
            "Ce qu’elle n’est pas",
            "Pas un titre de séjour. Elle ne donne pas le droit de rester.",
            "Pas un passeport, ni une preuve de nationalité. Elle ne permet pas de voyager.",
            "Pas une protection face à la police. Réfléchissez avant de la lui montrer.",
            "Pas une obligation. Chaque personne choisit d’en avoir une ou non.",
        ),
        visit=part(
            "Votre visite",
            "Vous montrez vos papiers. Nous les regardons et nous vous les rendons. Nous ne copions rien et ne "
            "notons aucun numéro.",
            "Vous dites votre nom tel qu’il doit être sur la carte.",
            "Nous prenons une photo, si vous le voulez.",
            "Nous vérifions la carte ensemble. Vous l’emportez avec une fiche. Gardez la fiche loin de la carte.",
        ),
        bring="Ce qu’il faut apporter",
        bring_usually="Quelque chose qui montre qui vous êtes, et quelque chose qui montre que vous vivez ici. Des "
        "papiers anciens ou étrangers peuvent compter, une lettre d’un foyer ou d’une association aussi.",
        ask="Un doute\u00a0? Venez demander\u00a0: pour cela, pas besoin de dire votre nom. Personne ne demande votre "
        "titre de séjour, votre nationalité ou pourquoi vous êtes là.",
        kept=part(
            "Ce que la ville garde sur vous",
            "Tant que vous n’avez pas la carte\u00a0: vos réponses, sous clé, ce jour-là. Si vous venez la "
            "chercher plus tard, 14 jours au plus.",
            "Quand vous avez la carte\u00a0: rien avec votre nom. Nom, date de naissance et photo sont sur votre "
            "carte. La ville les efface chez elle.",
            "Elle garde le numéro de la carte, si elle est bonne, son premier et son dernier mois. Personne ne "
            "peut vous chercher par votre nom.",
            "Quand votre carte est vérifiée, personne ne l’apprend, pas même la mairie.",
        ),
        lost=part(
            "Si la carte est perdue ou volée",
            "Scannez ce code avec un téléphone, ou ouvrez la page ci-dessous, et tapez le code de votre fiche. La "
            "carte prend fin tout de suite. Personne ne demande qui vous êtes.",
            "Ou venez à la mairie avec la fiche. Vous y recevez aussi une nouvelle carte.",
        ),
        lost_page="Page des cartes perdues",
    ),
    "es": LeafletWording(
        title="La tarjeta vecinal",
        for_whom="Para todas las personas que viven en {town}",
        promise="De cualquier edad, con o sin otros papeles: una sola tarjeta, igual para todo el mundo.",
        it_is=part(
            "Qué es la tarjeta",
            "Dice: esta persona vive en {town}.",
            "Con ella puede usar la biblioteca, la piscina, el centro de salud y otros servicios del municipio. "
            "Busque el cartel «{sign}».",
            "El código pequeño de delante solo dice: esta tarjeta es válida. No dice su nombre.",
            "El código grande de atrás dice su nombre y fecha de nacimiento. Quien lo pide le dice por qué.",
        ),
        it_is_not=part(
            "Qué no es la tarjeta",
            "No es un permiso de residencia. No da derecho a quedarse.",
            "No es un pasaporte ni prueba la nacionalidad. No sirve para viajar.",
            "No protege de la policía. Piénselo antes de enseñársela.",
            "No es obligatoria. Nadie tiene que tenerla.",
        ),
        visit=part(
            "Su visita",
            "Muestre sus papeles. Los miramos y se los devolvemos. No copiamos nada ni anotamos ningún número.",
            "Diga su nombre como debe estar en la tarjeta.",
            "Tomamos una foto, si usted quiere.",
            "Revisamos la tarjeta con usted. Se la lleva a casa con un resguardo. Guarde el resguardo lejos de la "
            "tarjeta.",
        ),
        bring="Qué traer",
        bring_usually="Algo que muestre quién es usted y algo que muestre que vive aquí. Los papeles antiguos o de "
        "otro país pueden valer, y también una carta de un albergue o de una asociación.",
        ask="¿Tiene dudas? Venga a preguntar: para eso no hace falta decir su nombre. Nadie le pregunta por su "
        "permiso, su nacionalidad ni por qué vino.",
        kept=part(
            "Lo que el municipio guarda sobre usted",
            "Hasta que tenga la tarjeta: sus respuestas, bajo llave, ese día. Si la recoge más tarde, 14 días "
            "como mucho.",
            "Cuando tenga la tarjeta: nada con su nombre. Nombre, fecha de nacimiento y foto están en su tarjeta. "
            "El municipio los borra.",
            "Guarda el número de la tarjeta, si es válida, su primer y su último mes. Nadie puede buscarle por su "
            "nombre.",
            "Cuando se comprueba su tarjeta nadie se entera, ni siquiera el ayuntamiento.",
        ),
        lost=part(
            "Si pierde la tarjeta o se la roban",
            "Escanee este código con un teléfono, o abra la página de abajo, y escriba el código de su resguardo. "
            "La tarjeta termina en el acto. Nadie pregunta quién es usted.",
            "O venga al ayuntamiento con el resguardo. Allí también recibe una tarjeta nueva.",
        ),
        lost_page="Página de tarjetas perdidas",
    ),
    "pt": LeafletWording(
        title="O cartão da cidade",
        for_whom="Para todas as pessoas que vivem em {town}",
        promise="De qualquer idade, com ou sem outros papéis: um só cartão, igual para toda a gente.",
        it_is=part(
            "O que é o cartão",
            "Diz: esta pessoa vive em {town}.",
            "Com ele pode usar a biblioteca, a piscina, o centro de saúde e outros serviços da cidade. Procure o "
            "cartaz «{sign}».",
            "O código pequeno na frente diz apenas: este cartão é válido. Não diz o seu nome.",
            "O código grande no verso diz o seu nome e a data de nascimento. Quem o pede diz-lhe porquê.",
        ),
        it_is_not=part(
            "O que o cartão não é",
            "Não é um título de residência. Não dá o direito de ficar.",
            "Não é um passaporte nem prova a nacionalidade. Não serve para viajar.",
            "Não protege da polícia. Pense antes de o mostrar.",
            "Não é obrigatório. Ninguém tem de o ter.",
        ),
        visit=part(
            "A sua visita",
            "Mostre os seus papéis. Vemos os papéis e devolvemo-los. Não copiamos nada nem anotamos nenhum número.",
            "Diga o seu nome como deve estar no cartão.",
            "Tiramos uma foto, se quiser.",
            "Verificamos o cartão consigo. Leve-o para casa com um talão. Guarde o talão longe do cartão.",
        ),
        bring="O que trazer",
        bring_usually="Algo que mostre quem é e algo que mostre que vive aqui. Papéis antigos ou de outro país podem "
        "contar, e também uma carta de um centro de acolhimento ou de uma associação.",
        ask="Tem dúvidas? Venha perguntar: para isso não precisa de dizer o nome. Ninguém pergunta pelo seu título de "
        "residência, pela nacionalidade nem porque é que veio.",
        kept=part(
            "O que a cidade guarda sobre si",
            "Até ter o cartão: as suas respostas, fechadas à chave, nesse dia. Se o vier buscar mais tarde, 14 "
            "dias no máximo.",
            "Quando tem o cartão: nada com o seu nome. Nome, data de nascimento e foto estão no seu cartão. A "
            "cidade apaga-os.",
            "Guarda o número do cartão, se é válido, o primeiro e o último mês. Ninguém pode procurar o seu nome.",
            "Quando o seu cartão é verificado, ninguém fica a saber, nem a câmara municipal.",
        ),
        lost=part(
            "Se o cartão for perdido ou roubado",
            "Leia este código com um telemóvel, ou abra a página abaixo, e escreva o código do seu talão. O cartão "
            "acaba logo. Ninguém pergunta quem é.",
            "Ou venha à câmara municipal com o talão. Lá recebe também um cartão novo.",
        ),
        lost_page="Página dos cartões perdidos",
    ),
    "ar": LeafletWording(
        right_to_left=True,
        title="بطاقة المدينة",
        for_whom="لكل من يعيش في {town}",
        promise="للصغير والكبير، لمن عنده أوراق أخرى ولمن ليست عنده: بطاقة واحدة، هي نفسها للجميع.",
        it_is=part(
            "ما هي البطاقة",
            "تقول البطاقة: هذا الشخص يعيش في {town}.",
            "تفتح لك المكتبة والمسبح والمركز الصحي وخدمات أخرى في المدينة، حيث توجد لافتة «{sign}».",
            "الرمز الصغير على الوجه الأمامي يقول فقط: هذه البطاقة صالحة. ولا يذكر اسمك.",
            "الرمز الكبير على الوجه الخلفي يذكر اسمك وتاريخ ميلادك. ومن يطلبه يقول لك السبب.",
        ),
        it_is_not=part(
            "ما لا تفعله البطاقة",
            "ليست تصريح إقامة. ولا تعطي حق البقاء.",
            "ليست جواز سفر، ولا تُثبت الجنسية. لا يمكن السفر بها.",
            "لا تحمي من الشرطة. الأفضل التفكير قبل إظهارها لهم.",
            "ليست واجبة. لا أحد ملزم بحملها.",
        ),
        visit=part(
            "زيارتك",
            "نطلب رؤية أوراقك. ننظر فيها ونعيدها إليك. لا ننسخ شيئًا ولا نكتب أي رقم.",
            "نسألك عن اسمك كما يجب أن يُكتب على البطاقة.",
            "نلتقط لك صورة إن أردت.",
            "نراجع البطاقة معًا. ثم نعطيك إياها ومعها قسيمة. تُحفظ القسيمة في البيت بعيدًا عن البطاقة.",
        ),
        bring="ما يلزم إحضاره",
        bring_usually="شيئًا يبيّن من أنت، وشيئًا يبيّن أنك تعيش هنا. قد تُقبل الأوراق القديمة والأجنبية، وكذلك رسالة "
        "من مأوى أو جمعية.",
        ask="هل من شك؟ يمكنك المجيء والسؤال من غير ذكر اسمك. لا أحد يسألك عن إقامتك ولا عن جنسيتك ولا لماذا جئت.",
        kept=part(
            "ما تحتفظ به البلدية عنك",
            "قبل استلام البطاقة: إجاباتك، محفوظة بقفل، في ذلك اليوم. وإذا استلمتها لاحقًا فأربعة عشر يومًا على الأكثر.",
            "بعد استلام البطاقة: لا شيء يحمل اسمك. الاسم وتاريخ الميلاد والصورة على بطاقتك. والبلدية تمحوها من عندها.",
            "تحتفظ برقم البطاقة، وهل هي صالحة، وشهرها الأول وشهرها الأخير. لا يستطيع أحد أن يبحث عنك باسمك.",
            "حين تُفحص بطاقتك لا يُخبَر أحد بذلك، ولا حتى البلدية.",
        ),
        lost=part(
            "إذا ضاعت البطاقة أو سُرقت",
            "يُمسح هذا الرمز بالهاتف، أو تُفتح الصفحة المكتوبة أدناه، ويُكتب رمز القسيمة. تنتهي البطاقة فورًا. لا أحد "
            "يسأل من أنت.",
            "أو يمكنك المجيء إلى البلدية ومعك القسيمة، وهناك تُعطى لك أيضًا بطاقة جديدة.",
        ),
        lost_page="صفحة البطاقات الضائعة",
    ),
}
WORDS = WordsIn(_WORDS)
