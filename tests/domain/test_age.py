"""What a birth date decides: who is a child, how long a card is good, and that a part not known sends nobody away."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from town_hall import REGISTRATION, TownHall

from cardservice.credential.personal import InvalidBirthDate
from cardservice.domain.actor import Actor
from cardservice.domain.age import Validity

TODAY = date(2026, 11, 22)
TOWN = Validity(years=3, child_years=1, child_age=16)


class TestAChild:
    @pytest.mark.parametrize(
        ("born", "is_child"),
        [
            ("20101123", True),
            ("20101122", False),
            ("20101121", False),
            ("20101200", True),
            ("20101100", False),
            ("20110000", True),
            ("20100000", False),
            ("20261122", True),
            ("18760101", False),
        ],
    )
    def test_is_whoever_is_younger_for_certain(self, born: str, is_child: bool) -> None:
        assert TOWN.is_child(born, today=TODAY) is is_child

    @pytest.mark.parametrize(("today", "is_child"), [(date(2030, 2, 28), True), (date(2030, 3, 1), False)])
    def test_of_29_february_is_a_year_older_on_1_march(self, today: date, is_child: bool) -> None:
        assert Validity(years=2, child_age=18).is_child("20120229", today=today) is is_child

    @pytest.mark.parametrize("born", ["20261122", "20260000", "19850312"])
    def test_is_nobody_where_the_town_makes_no_difference(self, born: str) -> None:
        assert not Validity(years=2).is_child(born, today=TODAY)

    @pytest.mark.parametrize("born", ["", "1985", "20110004", "20110231"])
    def test_is_not_told_from_what_is_no_birth_date(self, born: str) -> None:
        with pytest.raises(InvalidBirthDate):
            TOWN.is_child(born, today=TODAY)


class TestValidity:
    def test_is_shorter_for_a_child(self) -> None:
        assert TOWN.end("20190304", issued_on=TODAY) == date(2027, 11, 22)
        assert TOWN.end("19850312", issued_on=TODAY) == TOWN.longest(TODAY) == date(2029, 11, 22)


class TestTheCardOfAChild:
    def test_says_the_same_day_in_the_register_in_both_codes_and_on_paper(
        self, town_hall: TownHall, clerk: Actor
    ) -> None:
        town_hall.issuing = replace(town_hall.issuing, validity=replace(TOWN, years=2))
        child, adult = (
            town_hall.issue(town_hall.register(clerk, replace(REGISTRATION, birth_date=born)), clerk)
            for born in ("20150000", "19850300")
        )

        assert (child.valid_until, adult.valid_until) == (date(2027, 11, 21), date(2028, 11, 21))
        for card, month in ((child, "2027-11"), (adult, "2028-11")):
            assert town_hall.card(card.card_number).expiry_month == month
            for code in (card.identity_code, card.residence_code):
                verdict = town_hall.verdict(code)
                assert verdict.reason == "valid"
                assert verdict.claims is not None
                assert verdict.claims.valid_until == card.valid_until

    def test_is_refused_by_every_verifier_from_the_next_day_on(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.issuing = replace(town_hall.issuing, validity=replace(TOWN, years=2))
        card = town_hall.issue(town_hall.register(clerk, replace(REGISTRATION, birth_date="20150704")), clerk)
        town_hall.hand_over(card.card_number, clerk)
        last, after = datetime(2027, 11, 21, 23, 59, 59, tzinfo=UTC), datetime(2027, 11, 22, tzinfo=UTC)
        town_hall.publish(now=last)

        assert town_hall.verdict(card.identity_code, now=last).reason == "valid"
        assert town_hall.verdict(card.identity_code, now=after).reason == "expired"
