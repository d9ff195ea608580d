"""The words of the supervisor's sheet: the day from morning to evening, what is never done, and a bad day.

Pages are named as the desk names them (web/translations).
"""

from cardservice.printing.print_out_wording import SheetWording, Step, part
from cardservice.printing.words_in import WordsIn

_WORDS = {
    "en": SheetWording(
        title="The supervisor’s day",
        whose="For supervisors",
        steps=(
            Step("Read the start page.", "A red notice comes first: erasing has stopped, lists are past their time."),
            Step(
                "Approve, if your town asks for a second person.", "Look at every answer. Never approve what you typed."
            ),
            Step(
                "Look again where a clerk is in doubt.",
                "Decide by the town’s published rule, the same for everybody. Say why in plain words, and what to "
                "bring.",
            ),
            Step(
                "See that the lists are fresh.",
                "The service publishes by itself. If it says that it cannot: “Publish”.",
            ),
            Step(
                "Help somebody back in.",
                "Whoever has lost their sign-in needs two of you, face to face. Each reads out one half of the code.",
            ),
            Step("Empty the queue.", "What nobody fetches is revoked by itself after its day. Shred what was printed."),
            Step("Count the blank cards every evening.", "Do not look at the expected number before you have counted."),
        ),
        never=part(
            "Never",
            "Keep a list of names, not even on paper, not even for a day.",
            "Stop the erasing, or put it off because somebody asks for it.",
            "Ask for a name by mail or telephone.",
            "Let one person do both: type and approve, take in boxes and count them.",
        ),
        trouble=part(
            "On a bad day",
            "Blank or finished cards are gone: count, note it under “Blank cards”. Revoke finished ones by their "
            "number. Tell the administrator and the police.",
            "A court, an office or the press wants data: “What we hold”, then the page that answers a demand. "
            "Print it, add nothing, call the town’s lawyer. Do not search.",
            "A computer is stolen: the administrator signs its user out everywhere. No names are on it.",
            "Somebody leaves: the administrator closes the account on the same day.",
            "A key may be in other hands: the administrator marks it and publishes within the hour.",
        ),
    ),
    "fr": SheetWording(
        title="La journée de la personne responsable",
        whose="Pour les responsables",
        steps=(
            Step(
                "Lisez la page d’accueil.",
                "Un avis rouge passe d’abord\u00a0: effacement arrêté, listes périmées.",
            ),
            Step(
                "Approuvez, si la ville veut deux personnes.",
                "Regardez chaque réponse. N’approuvez jamais ce que vous avez tapé.",
            ),
            Step(
                "Regardez encore quand le guichet doute.",
                "Décidez selon la règle publiée de la ville, la même pour tout le monde. Dites pourquoi en mots "
                "simples, et quoi apporter.",
            ),
            Step(
                "Voyez si les listes sont fraîches.",
                "Le service publie de lui-même. S’il dit qu’il ne peut pas\u00a0: «\u00a0Publier\u00a0».",
            ),
            Step(
                "Aidez quelqu’un à revenir.",
                "Qui a perdu sa connexion a besoin de deux d’entre vous, face à face. Chaque personne lit une moitié "
                "du code.",
            ),
            Step(
                "Videz la file.",
                "Ce que personne ne vient chercher est révoqué tout seul après son jour. Détruisez ce qui est imprimé.",
            ),
            Step(
                "Comptez les cartes vierges chaque soir.",
                "Ne regardez pas le nombre attendu avant d’avoir compté.",
            ),
        ),
        never=part(
            "Jamais",
            "Garder une liste de noms, même sur papier, même un jour.",
            "Arrêter l’effacement, ou le retarder parce que quelqu’un le demande.",
            "Demander un nom par courriel ou par téléphone.",
            "Laisser une seule personne faire les deux\u00a0: taper et approuver, recevoir les boîtes et les compter.",
        ),
        trouble=part(
            "Un mauvais jour",
            "Des cartes vierges ou finies ont disparu\u00a0: comptez, notez-le sous «\u00a0Cartes vierges\u00a0». "
            "Révoquez les cartes finies par leur numéro. Prévenez l’administration et la police.",
            "Un tribunal, un service ou la presse veut des données\u00a0: «\u00a0Ce qu’on garde\u00a0», "
            "puis la page qui répond à une demande. Imprimez-la, n’ajoutez rien, appelez le service juridique. "
            "Ne cherchez pas.",
            "Un ordinateur est volé\u00a0: l’administration déconnecte partout qui s’en servait. Il n’y a aucun "
            "nom dessus.",
            "Quelqu’un s’en va\u00a0: l’administration ferme le compte le jour même.",
            "Une clé est peut-être en d’autres mains\u00a0: l’administration la marque et publie dans l’heure.",
        ),
    ),
    "es": SheetWording(
        title="El día de la persona responsable",
        whose="Para responsables",
        steps=(
            Step(
                "Lea la página de inicio.",
                "Un aviso rojo va primero: el borrado se ha parado, hay listas caducadas.",
            ),
            Step(
                "Apruebe, si el municipio pide una segunda persona.",
                "Mire cada respuesta. No apruebe nunca lo que usted escribió.",
            ),
            Step(
                "Mire otra vez cuando el mostrador duda.",
                "Decida por la regla publicada, igual para todo el mundo. Diga por qué con palabras sencillas, y qué "
                "traer.",
            ),
            Step(
                "Vea que las listas estén al día.",
                "El servicio publica solo. Si dice que no puede: «Publicar».",
            ),
            Step(
                "Ayude a alguien a volver a entrar.",
                "Quien ha perdido su acceso necesita a dos de ustedes, cara a cara. Cada persona lee "
                "una mitad del código.",
            ),
            Step(
                "Vacíe la cola.",
                "Lo que nadie recoge se anula solo después de su día. Destruya lo impreso.",
            ),
            Step(
                "Cuente las tarjetas en blanco cada tarde.",
                "No mire el número esperado antes de contar.",
            ),
        ),
        never=part(
            "Nunca",
            "Guardar una lista de nombres, ni en papel ni por un día.",
            "Parar el borrado, o retrasarlo porque alguien lo pide.",
            "Pedir un nombre por correo o por teléfono.",
            "Dejar que una sola persona haga las dos cosas: escribir y aprobar, recibir cajas y contarlas.",
        ),
        trouble=part(
            "En un mal día",
            "Faltan tarjetas en blanco o terminadas: cuente, anótelo en «Tarjetas en blanco». Anule las "
            "terminadas por su número. Avise a la administración y a la policía.",
            "Un juzgado, una oficina o la prensa quiere datos: «Lo que guardamos», y la página que responde a "
            "una petición. Imprímala, no añada nada, llame a la asesoría jurídica. No busque.",
            "Roban un ordenador: la administración cierra todas las sesiones de quien lo usaba. En él no hay nombres.",
            "Alguien deja el trabajo: la administración cierra la cuenta ese mismo día.",
            "Una clave puede estar en otras manos: la administración la marca y publica en una hora.",
        ),
    ),
    "pt": SheetWording(
        title="O dia de quem é responsável",
        whose="Para responsáveis",
        steps=(
            Step(
                "Leia a página inicial.",
                "Um aviso vermelho vem primeiro: o apagamento parou, há listas fora do prazo.",
            ),
            Step(
                "Aprove, se a cidade pede uma segunda pessoa.",
                "Veja cada resposta. Nunca aprove o que escreveu.",
            ),
            Step(
                "Veja outra vez quando o balcão tem dúvidas.",
                "Decida pela regra publicada, igual para toda a gente. Diga porquê em palavras simples, e o que "
                "trazer.",
            ),
            Step(
                "Veja se as listas estão em dia.",
                "O serviço publica sozinho. Se disser que não pode: «Publicar».",
            ),
            Step(
                "Ajude alguém a voltar a entrar.",
                "Quem perdeu o acesso precisa de duas pessoas, cara a cara. Cada uma lê metade do código.",
            ),
            Step(
                "Esvazie a fila.",
                "O que ninguém vem buscar é anulado sozinho depois do seu dia. Destrua o que foi impresso.",
            ),
            Step(
                "Conte os cartões em branco ao fim do dia.",
                "Não olhe para o número esperado antes de contar.",
            ),
        ),
        never=part(
            "Nunca",
            "Guardar uma lista de nomes, nem em papel, nem por um dia.",
            "Parar o apagamento, ou adiá-lo porque alguém pede.",
            "Pedir um nome por e-mail ou por telefone.",
            "Deixar uma só pessoa fazer as duas coisas: escrever e aprovar, receber caixas e contá-las.",
        ),
        trouble=part(
            "Num dia mau",
            "Faltam cartões em branco ou prontos: conte, anote em «Cartões em branco», anule os prontos pelo "
            "número, avise a administração e a polícia.",
            "Um tribunal, um serviço ou a imprensa quer dados: «O que guardamos», e a página que responde a um "
            "pedido. Imprima-a, não acrescente nada, chame o gabinete jurídico. Não procure.",
            "Roubam um computador: a administração fecha todas as sessões de quem o usava. Nele não há nomes.",
            "Alguém deixa o trabalho: a administração fecha a conta no mesmo dia.",
            "Uma chave pode estar noutras mãos: a administração marca-a e publica dentro de uma hora.",
        ),
    ),
    "ar": SheetWording(
        right_to_left=True,
        title="يوم المشرف",
        whose="للمشرفين",
        steps=(
            Step("اقرأ الصفحة الأولى.", "التنبيه الأحمر يأتي أولًا: محو توقف، أو قوائم فات وقتها."),
            Step("وافق، إن كانت البلدية تطلب شخصين.", "انظر في كل إجابة. ولا توافق أبدًا على ما كتبته أنت."),
            Step(
                "انظر مرة أخرى حين يشك موظف الشباك.",
                "قرّر بحسب قاعدة البلدية المنشورة، وهي واحدة للجميع. قل السبب بكلام بسيط، وماذا يُحضر الشخص.",
            ),
            Step("تأكد أن القوائم حديثة.", "الخدمة تنشر وحدها. وإذا قالت إنها لا تستطيع: «النشر»."),
            Step(
                "ساعد من فقد وسيلة دخوله.",
                "يحتاج إلى اثنين منكم، وجهًا لوجه. ويقرأ له كل واحد نصف الرمز.",
            ),
            Step("أفرغ قائمة الانتظار.", "ما لا يستلمه أحد يُلغى وحده بعد يومه. أتلف ما طُبع منه."),
            Step("عُدّ البطاقات الفارغة كل مساء.", "لا تنظر إلى العدد المتوقع قبل أن تعُدّ."),
        ),
        never=part(
            "لا تفعل هذا أبدًا",
            "الاحتفاظ بقائمة أسماء، ولو على ورق، ولو ليوم واحد.",
            "إيقاف المحو أو تأخيره لأن أحدًا يطلب ذلك.",
            "طلب اسم في رسالة أو بالهاتف.",
            "ترك شخص واحد يفعل الأمرين: يكتب ويوافق، أو يستلم العلب ويعُدّها.",
        ),
        trouble=part(
            "في يوم سيئ",
            "اختفت بطاقات فارغة أو جاهزة: عُدّها، واكتب ذلك تحت «البطاقات الفارغة»، وألغِ الجاهزة بأرقامها، وأخبر "
            "الإدارة والشرطة.",
            "محكمة أو دائرة أو صحافة تريد بيانات: «ما نحتفظ به»، ثم الصفحة التي تجيب عن الطلب. اطبعها ولا تزد "
            "عليها شيئًا، واتصل بمحامي البلدية. لا تبحث.",
            "سُرق حاسوب: تُنهي الإدارة كل جلسات من كان يستعمله. لا أسماء عليه.",
            "ترك أحد العمل: تغلق الإدارة حسابه في اليوم نفسه.",
            "قد يكون مفتاح في يد أخرى: تعلّمه الإدارة وتنشر خلال ساعة.",
        ),
    ),
}
WORDS = WordsIn(_WORDS)
