"""The table of states: every pair is either a move with one audit entry, or refused."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from town_hall import NOON, TownHall

from cardservice.domain import lifecycle
from cardservice.domain.actor import SERVICE
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.lifecycle import MAY_FOLLOW, MoveRefused
from cardservice.storage.models import AuditEntry, Card
from cardservice.terms import CardState

# Written out a second time on purpose: a change of the table must be meant.
ALLOWED = {
    ("intent", "signed"), ("intent", "revoked"),
    ("signed", "active"), ("signed", "revoked"),
    ("active", "suspended"), ("active", "revoked"), ("active", "replaced"), ("active", "expired"),
    ("suspended", "active"), ("suspended", "revoked"), ("suspended", "replaced"), ("suspended", "expired"),
}  # fmt: skip
INVALID = {CardState.SUSPENDED, CardState.REVOKED, CardState.REPLACED}


class TestMayFollow:
    def test_names_every_state(self) -> None:
        assert set(MAY_FOLLOW) == set(CardState)

    def test_has_final_states(self) -> None:
        assert [state for state, following in MAY_FOLLOW.items() if not following] == [
            CardState.REVOKED,
            CardState.REPLACED,
            CardState.EXPIRED,
        ]


class TestMove:
    def test_goes_where_the_table_says_and_nowhere_else(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        number = make_card().card_number
        for before in CardState:
            for to in CardState:
                with town_hall.transaction() as session:
                    card = session.get_one(Card, number)
                    card.state, card.revoke_month = before, None
                    card.place.invalid, card.place.reinstated = before in INVALID, False
                    session.flush()
                    entries = session.scalar(select(func.count()).select_from(AuditEntry)) or 0

                    if (before.value, to.value) not in ALLOWED:
                        with pytest.raises(MoveRefused, match="Look at it again"):
                            lifecycle.move(session, card, to, actor=SERVICE, now=NOON)
                        assert card.state is before
                        continue
                    lifecycle.move(session, card, to, actor=SERVICE, now=NOON)

                    assert card.state is to
                    assert card.place.invalid is (to in INVALID or (before in INVALID and to is CardState.EXPIRED))
                    assert card.place.reinstated is (before is CardState.SUSPENDED and to is CardState.ACTIVE)
                    assert card.revoke_month == ("2026-11" if to.value in {"revoked", "replaced"} else None)
                    assert session.scalar(select(func.count()).select_from(AuditEntry)) == entries + 1
