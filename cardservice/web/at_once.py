"""Published at once: when a card ended, paused or came back, verifiers can have the new list with the next breath.

The rule here: what was done stays done. Where publishing fails or the status key is locked, the change waits for the
next list (the timer tries once a minute), and the page says so (docs/decisions/0026-published-at-once.md).
"""

import logging

from flask import flash
from flask_babel import gettext

from cardservice.domain import publication
from cardservice.domain.actor import SERVICE
from cardservice.web import desk
from cardservice.web.quiet_log import describe

log = logging.getLogger("cardservice.publication")


def publish() -> bool:
    """Publish what has changed, after its transaction. True where verifiers can now have all of it."""
    try:
        with desk.reading() as session:
            if not publication.has_changes(session):
                return True
        desk.here().publish(actor=SERVICE, now=desk.now())
    except Exception as error:  # noqa: BLE001 - the card has ended already: a page that said otherwise would be false
        log.warning("the change waits for the next list [%s]", describe(error))
        return False
    return True


def said() -> str:
    """Publish what has changed, and return what verifiers know now, for the page that follows."""
    if publish():
        return str(gettext("The new list is published: verifiers that fetch it know."))
    return str(gettext("Verifiers learn it with the next published list."))


def tell_if_it_waits() -> None:
    """Publish what has changed; where that is not possible now, the page that follows says so."""
    if not publish():
        flash(gettext("Verifiers learn of the card that ended with the next published list."))
