"""The answer to a demand: about a card its four facts, about a person one page that is the same for everybody."""

import inspect
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, TownHall

from cardservice.domain import card_numbers, legal_answer
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.card_numbers import CardNumberMistyped, grouped
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.legal_answer import PersonAnswer
from cardservice.storage.models import AuditEntry
from cardservice.terms import CardState

UNKNOWN = card_numbers.draw(bytes)


def answers_given(session: Session) -> list[tuple[str, str]]:
    chosen = select(AuditEntry.actor, AuditEntry.subject).where(AuditEntry.action == "legal.answer given")
    return [(actor, subject) for actor, subject in session.execute(chosen)]


class TestAboutACard:
    def test_is_state_months_and_key_and_nothing_else(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], clerk: Actor
    ) -> None:
        number = make_card(CardState.SUSPENDED).card_number

        with town_hall.transaction() as session:
            said = legal_answer.about_card(session, grouped(number).lower(), actor=clerk, now=NOON)
            given = answers_given(session)

        assert (said.number, said.state, said.on) == (number, CardState.SUSPENDED, NOON.date())
        assert (said.issue_month, said.expiry_month) == ("2026-11", "2028-11")
        assert said.key_id == town_hall.card(number).key_id
        assert given == [(clerk.code, f"card:{number}")]

    def test_is_that_there_is_none_of_that_number(self, session: Session) -> None:
        said = legal_answer.about_card(session, UNKNOWN, actor=CONSOLE, now=NOON)

        assert (said.number, said.state) == (UNKNOWN, None)
        assert answers_given(session) == [("console", f"card:{UNKNOWN}")]

    def test_is_not_given_for_what_cannot_be_a_number(self, session: Session) -> None:
        with pytest.raises(CardNumberMistyped):
            legal_answer.about_card(session, "Karim al-Haddad", actor=CONSOLE, now=NOON)

        assert answers_given(session) == []


class TestAboutAPerson:
    def test_takes_no_word_about_whom(self) -> None:
        assert set(inspect.signature(legal_answer.about_a_person).parameters) == {"session", "actor", "now"}

    def test_says_since_when_the_register_is_kept(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            said = legal_answer.about_a_person(session, actor=CONSOLE, now=NOON + DAY)
            given = answers_given(session)

        assert said == PersonAnswer(on=date(2026, 11, 23), since=date(2026, 11, 22))
        assert given == [("console", "answer:person")]
