"""The public page for lost cards: with the slip's code a holder ends the card, asked by nobody who they are."""

import os
import re
from typing import Any

import pytest
from sqlalchemy import event, select

from cardservice.domain import retention, slip_codes
from cardservice.keystore import Purpose
from cardservice.storage.models import AuditEntry, Card
from cardservice.terms import CardState, StaffRole
from cardservice.verify import Kit, verify
from cardservice.web import guessing
from cardservice.web.desk import Keys
from web.hall import Builder, Finished, TownHall
from web.pages import Client
from web.test_slip import issued


def new_card(hall: TownHall, state: CardState = CardState.ACTIVE) -> tuple[str, str, str]:
    """Issue a card and return its number, its slip code and its residence code."""
    clerk = hall.browser(StaffRole.CLERK)
    draft_id, number = hall.issue(clerk)
    card = issued(hall, draft_id)
    if state is not CardState.SIGNED:
        clerk.submit(f"/cards/{number}/hand-over")
    if state is CardState.SUSPENDED:
        clerk.submit(f"/cards/{number}/suspend")
    return number, slip_codes.grouped(card.slip_code), card.residence_code


def state_of(hall: TownHall, number: str) -> CardState:
    with hall.sessions.begin() as session:
        return session.get_one(Card, number).state


@pytest.fixture
def holder(hall: TownHall) -> Client:
    return hall.browser()


def send(holder: Client, **fields: str) -> Any:
    return holder.post("/lost", data={"csrf_token": holder.csrf_from("/lost"), **fields})


class TestWithTheCode:
    @pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.SUSPENDED, CardState.SIGNED])
    def test_a_holder_sees_which_card_it_is_says_yes_and_it_has_ended(
        self, hall: TownHall, holder: Client, state: CardState
    ) -> None:
        number, code, _ = new_card(hall, state)

        asked = send(holder, code=code.lower())
        assert state_of(hall, number) is state
        done = send(holder, code=code, sure="yes")

        assert slip_codes.grouped(number) in asked.main.text
        assert "November 2028" in asked.main.text
        assert ("has not been handed over" in asked.main.text) == (state is CardState.SIGNED)
        assert "The card has ended" in done.main.text
        assert state_of(hall, number) is CardState.REVOKED

    def test_verifiers_know_before_the_page_is_read(self, hall: TownHall, holder: Client) -> None:
        _, code, residence_code = new_card(hall)

        done = send(holder, code=code, sure="yes")

        verdict = verify(residence_code, Kit.load(hall.settings.kit_folder), now=hall.clock.now)
        assert verdict.reason == "revoked"
        assert "The new list is published" in done.main.text

    def test_it_ends_also_where_the_status_key_is_locked_and_the_page_says_so(
        self, make_hall: Builder, finished_town: Finished
    ) -> None:
        hall = make_hall(keys=Keys(card=finished_town.keys[Purpose.CARD]))
        number, code, _ = new_card(hall)

        done = send(hall.browser(), code=code, sure="yes")

        assert state_of(hall, number) is CardState.REVOKED
        assert "with the next published list" in done.main.text

    def test_the_audit_says_holder_and_nothing_more(self, hall: TownHall, holder: Client) -> None:
        number, code, _ = new_card(hall)

        send(holder, code=code, sure="yes")

        with hall.sessions.begin() as session:
            entries = session.scalars(select(AuditEntry).where(AuditEntry.actor == "holder"))
            assert [(entry.action, entry.subject) for entry in entries] == [("card.revoked", f"card:{number}")]

    def test_twice_is_no_harm_and_said_kindly(self, hall: TownHall, holder: Client) -> None:
        _, code, _ = new_card(hall)

        pages = [send(holder, code=code, sure="yes").main.text for _ in range(2)]

        assert all("The card has ended" in page for page in pages)
        assert "has ended already" in send(holder, code=code).main.text

    def test_an_expired_card_is_said_to_be(self, hall: TownHall, holder: Client) -> None:
        number, code, _ = new_card(hall)
        hall.clock.passes(days=740)
        retention.housekeeping(hall.desk.transaction, now=hall.clock.now, day_keys=hall.day_keys)

        page = send(holder, code=code).main.text

        assert state_of(hall, number) is CardState.EXPIRED
        assert "Expired in" in page


class TestWithoutIt:
    @pytest.mark.parametrize("typed", ["", "0", "1" + "0" * 27, "7K2M-PX4Q-9T0A", "\x00", "🙂" * 28])
    @pytest.mark.parametrize("sure", ["", "yes"])
    def test_a_mistyped_code_is_told_without_asking_the_register(
        self, hall: TownHall, holder: Client, typed: str, sure: str
    ) -> None:
        csrf, asked = holder.csrf_from("/lost"), []
        event.listen(hall.sessions.kw["bind"], "before_cursor_execute", lambda *args: asked.append(args[2]))

        answer = holder.post("/lost", data={"csrf_token": csrf, "code": typed, "sure": sure})

        assert ("This is not a slip code" if typed else "Type the code that is on the slip") in answer.main.text
        assert not [statement for statement in asked if "cards" in statement]

    @pytest.mark.parametrize("sure", ["", "yes"])
    def test_an_unknown_code_is_told_in_plain_words(self, hall: TownHall, holder: Client, sure: str) -> None:
        new_card(hall)

        answer = send(holder, code=slip_codes.draw(os.urandom), sure=sure)

        assert "No card goes with this code" in answer.main.text

    def test_a_card_number_alone_ends_nothing(self, hall: TownHall, holder: Client) -> None:
        number, _, _ = new_card(hall)

        assert "Type the code that is on the slip" in send(holder, code=" ").main.text
        answer = send(holder, code=number, sure="yes")

        assert state_of(hall, number) is CardState.ACTIVE
        assert "This is the number of a card" in answer.main.text


class TestThePage:
    def test_is_the_same_for_everybody_signed_in_or_not(self, hall: TownHall, holder: Client) -> None:
        clerk = hall.browser(StaffRole.CLERK)

        pages = [re.sub(r'value="[^"]+"', "", browser.get("/lost").text) for browser in (holder, clerk)]

        assert "clara" not in pages[1]
        assert pages[0] == pages[1]

    def test_asks_a_stranger_for_no_sign_in_anywhere(self, holder: Client) -> None:
        page = holder.get("/lost")

        links = [link.attributes["href"] for link in page.page.all("a")]
        assert set(links) <= {"#content", "/lost"}

    def test_works_without_a_script_and_has_two_small_ones(self, holder: Client) -> None:
        page = holder.get("/lost").page

        scripts = [script.attributes["src"] for script in page.all("script")]
        assert scripts == ["/static/lost.js", "/static/typed-along.js"]
        assert {holder.get(script).status_code for script in scripts} == {200}

    def test_keeps_no_code_in_an_address(self, hall: TownHall, holder: Client) -> None:
        _, code, _ = new_card(hall)

        assert code not in holder.get(f"/lost?code={code}").text

    def test_needs_the_anti_forgery_value(self, hall: TownHall, holder: Client) -> None:
        number, code, _ = new_card(hall)

        answer = holder.post("/lost", data={"code": code, "sure": "yes"})

        assert answer.status_code == 400
        assert "Begin again" in answer.main.text
        assert state_of(hall, number) is CardState.ACTIVE


class TestTheLimit:
    def test_stops_a_flood_from_one_place_in_words_and_lets_go_by_itself(self, holder: Client) -> None:
        csrf = holder.csrf_from("/lost")
        answers = [
            holder.post("/lost", data={"csrf_token": csrf, "code": "x"}).status_code
            for _ in range(int(guessing.PER_SOURCE.split()[0]))
        ]

        refused = holder.post("/lost", data={"csrf_token": csrf, "code": "x"})

        assert set(answers) == {200}
        assert refused.status_code == 429
        assert "no card is locked" in refused.main.text
        assert holder.get("/lost").status_code == 200

    def test_does_not_use_up_the_chances_of_signing_in(self, holder: Client) -> None:
        csrf = holder.csrf_from("/lost")
        for _ in range(int(guessing.PER_SOURCE.split()[0]) + 1):
            holder.post("/lost", data={"csrf_token": csrf, "code": "x"})

        assert holder.sign_in("clara", "seven lamps under water").status_code == 302
