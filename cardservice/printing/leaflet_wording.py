"""The words of the leaflet for residents: what the card is and is not, the visit, what is kept, and a lost card.

Plain words, to be understood by somebody who reads slowly or in a second language. They say the same to everybody.
"""

from cardservice.printing.print_out_wording import LeafletWording, part
from cardservice.printing.words_in import WordsIn

WORDS = WordsIn(
    "leaflet",
    LeafletWording(
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
)
