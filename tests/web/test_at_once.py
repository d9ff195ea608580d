"""Sixty-four requests for one and the same thing at once: one does it, the others find it done, none is an error."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from cardservice.domain import audit
from cardservice.storage.models import AuditEntry, Card
from cardservice.terms import CardState, StaffRole
from web.hall import Builder, TownHall
from web.pages import Client, mark_of

AT_ONCE = 64


def at_once(hall: TownHall, browser: Client, path: str, data: dict[str, str] | None = None) -> Counter[int]:
    """Send a form from sixty-four copies of a browser at the same moment; returns how often each status came."""
    form = {"csrf_token": browser.csrf(), **mark_of(hall.app, path), **(data or {})}
    cookie, together = browser.get_cookie("desk"), Barrier(AT_ONCE)
    assert cookie

    def press(_number: int) -> int:
        copy = hall.app.test_client()
        copy.set_cookie("desk", cookie.value)
        together.wait(60)
        return int(copy.post(path, data=form).status_code)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(press, range(AT_ONCE)))


def entries(hall: TownHall, action: str) -> int:
    with hall.sessions.begin() as session:
        audit.verify_chain(session)
        return session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


class TestAtOnce:
    def test_issuing_makes_one_card(self, hall: TownHall, clerk: Client) -> None:
        draft_id = hall.register(clerk)

        answers = at_once(hall, clerk, f"/registrations/{draft_id}/issue")

        assert answers == {302: AT_ONCE}
        with hall.sessions.begin() as session:
            assert [card.state for card in session.scalars(select(Card))] == [CardState.SIGNED]
        assert (entries(hall, "card.intent"), entries(hall, "card.signed")) == (1, 1)

    def test_handing_over_happens_once(self, hall: TownHall, clerk: Client) -> None:
        _, number = hall.issue(clerk)

        answers = at_once(hall, clerk, f"/cards/{number}/hand-over")

        assert answers == {302: AT_ONCE}
        assert entries(hall, "card.handed over") == 1

    def test_revoking_has_one_winner(self, hall: TownHall, clerk: Client, supervisor: Client) -> None:
        number = hall.hand_out(clerk)

        answers = at_once(hall, supervisor, f"/cards/{number}/revoke", {"reason": "lost"})

        assert answers == {302: 1, 409: AT_ONCE - 1}
        assert entries(hall, "card.revoked") == 1

    def test_approving_is_noted_once(self, make_hall: Builder) -> None:
        hall = make_hall(four_eyes=True)
        clerk, supervisor = hall.browser(StaffRole.CLERK), hall.browser(StaffRole.SUPERVISOR)
        draft_id = hall.register(clerk)
        clerk.submit(f"/registrations/{draft_id}/submit")

        answers = at_once(hall, supervisor, f"/registrations/{draft_id}/approve")

        assert answers == {302: AT_ONCE}
        assert entries(hall, "draft.approved") == 1


@pytest.mark.parametrize("path", ["issue", "discard"])
def test_issuing_and_discarding_at_once_leave_no_card_that_nobody_has(hall: TownHall, clerk: Client, path: str) -> None:
    """Whichever comes first wins: what was issued is not discarded by a page that showed no card of it."""
    draft_id = hall.register(clerk)
    other = "discard" if path == "issue" else "issue"

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(at_once, hall, clerk, f"/registrations/{draft_id}/{path}")
        second = pool.submit(at_once, hall, clerk, f"/registrations/{draft_id}/{other}")
        answers = first.result() + second.result()

    assert set(answers) <= {302, 404, 409}
    with hall.sessions.begin() as session:
        ended = {(card.state, card.draft is None) for card in session.scalars(select(Card))}
    assert ended <= {(CardState.REVOKED, True), (CardState.SIGNED, False)}
