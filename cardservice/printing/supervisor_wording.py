"""The words of the supervisor's sheet: the day from morning to evening, what is never done, and a bad day.

Pages are named as the desk names them (languages/).
"""

from cardservice.printing.print_out_wording import SheetWording, Step, part
from cardservice.printing.words_in import WordsIn

WORDS = WordsIn(
    "supervisor's sheet",
    SheetWording(
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
)
