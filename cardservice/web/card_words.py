"""The words of a card's page: what befell it, what can be done next, and why a scan leads to no card.

As in words.py, the short words of the domain become language only here; one without words is a mistake that
tests/web/test_cards.py finds.
"""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cardservice.domain.audit import Action
from cardservice.domain.cards import Befell
from cardservice.domain.finding import WhyNotFound
from cardservice.terms import CardState

BEFELL: dict[Action, LazyString] = {
    Action.CARD_INTENT: _("Issuing begun"),
    Action.CARD_SIGNED: _("Signed"),
    Action.CARD_PRINTED: _("Printed"),
    Action.CARD_REPRINTED: _("Printed again"),
    Action.CARD_CAME_OUT_BADLY: _("Came out badly"),
    Action.CARD_DID_NOT_COME_OUT: _("Did not come out"),
    Action.CARD_HANDED_OVER: _("Handed over"),
    Action.CARD_SUSPENDED: _("Suspended"),
    Action.CARD_REINSTATED: _("Reinstated"),
    Action.CARD_REVOKED: _("Revoked"),
    Action.CARD_REPLACED: _("Replaced by a new card"),
    Action.CARD_EXPIRED: _("Expired"),
    Action.CARD_ENTERED: _("Entered again after the register was restored"),
}
_BY_ITS_HOLDER: LazyString = _("Ended by its holder, with the slip")

NEXT_STEPS: dict[CardState, LazyString] = {
    CardState.INTENT: _("Issuing was interrupted. Whoever began it finds it on their start page."),
    CardState.SIGNED: _("It is not handed over yet. Whoever registered it finds it on their start page."),
    CardState.ACTIVE: _(
        "Lost, and may turn up again: suspend it. Gone for good: revoke it. Damaged, or a name that has changed: "
        "replace it; the old card ends when the new one is handed over."
    ),
    CardState.SUSPENDED: _("Nobody can use it. If it turned up, reinstate it; if it is gone, revoke or replace it."),
    CardState.REVOKED: _("It stays revoked. Its holder can have a new card."),
    CardState.REPLACED: _("It ended when the new card was handed over. Only the new one counts."),
    CardState.EXPIRED: _("Its time is over. Its holder can have a new card."),
}
NOT_FOUND: dict[WhyNotFound, LazyString] = {
    WhyNotFound.NOT_A_CARD: _("This is neither a card number, nor a slip code, nor the code of a card"),
    WhyNotFound.MALFORMED: _("The code was not read whole. Scan it again, or type the card's number"),
    WhyNotFound.OTHER_TOWN: _("This is another town's card. The register here does not know it"),
    WhyNotFound.FORGED: _("This town did not sign this card. Keep calm, and ask a supervisor"),
    WhyNotFound.COMPROMISED: _("This card was signed with a key that others may have. Type its number instead"),
    WhyNotFound.CANNOT_TELL: _("The lists of this town are missing. Publish them, or type the card's number"),
}


def befell_words(one: Befell) -> LazyString:
    """What happened, in words."""
    return _BY_ITS_HOLDER if one.by_holder else BEFELL[one.action]
