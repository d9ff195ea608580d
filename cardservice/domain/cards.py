"""Finding a card: by its number, because there is nothing else to find it by."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from cardservice.domain import audit, card_numbers, statistics
from cardservice.domain.actor import HOLDER, Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import month_of
from cardservice.domain.card_numbers import CardNumberMistyped as CardNumberMistyped
from cardservice.domain.errors import NotFound
from cardservice.storage.models import Card

_KIND = "card"


class CardNotFound(NotFound):
    """The number could be a card's, and no card of this town has it."""

    def __init__(self, card_number: str) -> None:
        super().__init__(
            f"There is no card {card_numbers.grouped(card_number)} in the register. "
            "Compare the number with the card; an expired card leaves the register."
        )
        self.card_number = card_number


class Befell(NamedTuple):
    """Something that happened to a card: what, in which month, and whether its holder did it, with the slip."""

    action: Action
    month: str
    by_holder: bool


def get(session: Session, card_number: str) -> Card:
    """Return the card of this number, as the register writes it. Raises `CardNotFound`."""
    card = session.get(Card, card_number)
    if card is None:
        raise CardNotFound(card_number)
    return card


def find(session: Session, typed_number: str, *, actor: Actor, now: datetime) -> Card:
    """Return the card whose number was typed, and count the look-up under the role that made it.

    Raises `CardNumberMistyped` or `CardNotFound`.
    """
    number = card_numbers.normalise(typed_number)
    statistics.add(session, f"card.looked up by {actor.role}", now=now)
    return get(session, number)


def history(session: Session, card: Card) -> list[Befell]:
    """Return what happened to a card, oldest first, out of the audit: by month, as everything about a card is told.

    Who did it is the auditors' to read. A card that was entered again, after its register was restored, begins there.
    """
    return [
        Befell(Action(entry.action), month_of(entry.day), entry.actor == HOLDER.code)
        for entry in audit.history(session, f"{_KIND}:{card.number}")
        # That an answer was given to a demand is about the card, and did not happen to it.
        if entry.action.startswith(f"{_KIND}.")
    ]
