"""The words of the clerk's sheet: a card in one visit, what is never done, and what to do when something is in the way.

Buttons and pages are named as the desk names them (languages/).
"""

from cardservice.printing.print_out_wording import SheetWording, Step, part
from cardservice.printing.words_in import WordsIn

WORDS = WordsIn(
    "clerk's sheet",
    SheetWording(
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
)
