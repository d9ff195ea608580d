"""The words of the audit: what was done and by whom, for an auditor who reads no code.

The code stands beside the words: it is what the exported file and a checkpoint have. As in words.py, an action without
words is a mistake that tests/web/test_audit.py finds; one that a newer program wrote has its code alone.
"""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from cardservice.domain.actor import CONSOLE, HOLDER, SERVICE
from cardservice.domain.audit import Action

ACTIONS: dict[Action, LazyString] = {
    Action.DRAFT_OPENED: _("Registration begun"),
    Action.DRAFT_REOPENED: _("Registration opened again"),
    Action.DRAFT_SUBMITTED: _("Registration sent for approval"),
    Action.DRAFT_APPROVED: _("Registration approved"),
    Action.SECOND_LOOK_ASKED: _("Second look asked for"),
    Action.SECOND_LOOK_ACCEPTED: _("Papers accepted at a second look"),
    Action.SECOND_LOOK_DECLINED: _("Papers not accepted at a second look"),
    Action.DRAFT_KEPT: _("Card kept for pick-up"),
    Action.DRAFT_HANDED_OVER: _("Registration erased: the card was handed over"),
    Action.DRAFT_DISCARDED: _("Registration erased: discarded"),
    Action.DRAFT_REFUSED: _("Registration erased: refused"),
    Action.DRAFT_SPOILT: _("Registration erased: the card was spoilt"),
    Action.DRAFT_IDLE: _("Registration erased: left too long"),
    Action.DRAFT_DUE: _("Registration erased: its last day came"),
    Action.DRAFT_KEY_GONE: _("Registration erased: its key is gone"),
    Action.DRAFT_TOWN_CLOSED: _("Registration erased: the town stopped using this service"),
    Action.CARD_INTENT: _("Issuing of a card begun"),
    Action.CARD_SIGNED: _("Card signed"),
    Action.CARD_HANDED_OVER: _("Card handed over"),
    Action.CARD_SUSPENDED: _("Card suspended"),
    Action.CARD_REINSTATED: _("Card reinstated"),
    Action.CARD_REVOKED: _("Card revoked"),
    Action.CARD_REPLACED: _("Card replaced by a new one"),
    Action.CARD_EXPIRED: _("Card expired"),
    Action.CARD_ENTERED: _("Card entered again after the register was restored"),
    Action.CARD_PRINTED: _("Card printed"),
    Action.CARD_REPRINTED: _("Card printed again"),
    Action.CARD_CAME_OUT_BADLY: _("Card came out badly"),
    Action.CARD_DID_NOT_COME_OUT: _("Card did not come out"),
    Action.BLANKS_RECEIVED: _("Blank cards received"),
    Action.BLANKS_SPOILT: _("Blank cards spoilt"),
    Action.BLANKS_COUNTED: _("Blank cards counted: as many as there should be"),
    Action.BLANKS_DIFFER: _("Blank cards counted: a difference"),
    Action.STAFF_ADDED: _("Staff account added"),
    Action.STAFF_ROLE: _("Role of a staff account changed"),
    Action.STAFF_PASSWORD: _("Password of a staff account changed"),
    Action.STAFF_DISABLED: _("Staff account closed"),
    Action.STAFF_VOUCHED: _("Vouched for a staff member who lost their sign-in"),
    Action.STAFF_RECOVERED: _("Sign-in recovered"),
    Action.STAFF_RECOVERY_CANCELLED: _("Recovery of a sign-in cancelled"),
    Action.SESSIONS_ENDED: _("Sessions of a staff account ended"),
    Action.PASSKEY_ADDED: _("Passkey added"),
    Action.PASSKEY_REMOVED: _("Passkey removed"),
    Action.CODE_APP_ADDED: _("Code app added"),
    Action.CODE_APP_REMOVED: _("Code app removed"),
    Action.FACTORS_REMOVED: _("All passkeys and code apps removed"),
    Action.KEY_ANNOUNCED: _("Key announced"),
    Action.KEY_ACTIVATED: _("Key activated"),
    Action.KEY_RETIRED: _("Key retired"),
    Action.KEY_COMPROMISED: _("Key reported as compromised"),
    Action.LIST_PUBLISHED: _("List published"),
    Action.ORGANISATION_ADDED: _("Organisation added"),
    Action.ORGANISATION_CHANGED: _("Organisation changed"),
    Action.ORGANISATION_REMOVED: _("Organisation removed"),
    Action.PARTNER_ADDED: _("Partner added"),
    Action.PARTNER_CHANGED: _("Partner changed"),
    Action.PARTNER_REMOVED: _("Partner removed"),
    Action.CITY_RECOGNISED: _("Another city recognised"),
    Action.CITY_FOLLOWED: _("The anchor of another city followed to the next"),
    Action.CITY_FORGOTTEN: _("Another city no longer recognised"),
    Action.REGISTER_RESTORED: _("Register restored from a copy"),
    Action.LEGAL_ANSWER: _("Answer to a demand given"),
    Action.TOWN_CLOSED: _("The town stopped using this service"),
}
_OTHERS: dict[str, LazyString] = {
    SERVICE.code: _("The service itself"),
    CONSOLE.code: _("The command line"),
    HOLDER.code: _("Somebody with the card’s slip"),
}


def of_action(code: str) -> LazyString | None:
    """What was done; None for what this version does not know."""
    return ACTIONS[Action(code)] if code in set(Action) else None


def of_actor(code: str) -> LazyString | None:
    """Who did it: an account by its number, never by a name; None for what this version does not know."""
    kind, _colon, number = code.partition(":")
    return _("Account %(number)s", number=number) if kind == "staff" else _OTHERS.get(code)
