"""Renewal reads the old card: what it says begins the new registration, if our own verifier and the register agree."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from town_hall import DAY, NOON, REGISTRATION, TownHall

from cardservice.credential import qr_text
from cardservice.credential.claims import CardClaims
from cardservice.credential.keys import Algorithm
from cardservice.domain import key_rotation, renewal, retention, revocation
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.registration import Registration
from cardservice.domain.renewal import OldCardRefused, WhyNot
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import Card
from cardservice.terms import CardState

MakeCard = Callable[..., IssuedCard]
YEARS = timedelta(days=731)


def read(hall: TownHall, text: str, **changed: object) -> Registration:
    with hall.reading() as session:
        given = {"issuer": hall.town.issuer, "now": NOON} | changed
        return renewal.from_signed_card(session, text, hall.kit, **given)  # type: ignore[arg-type]


def why_not(hall: TownHall, text: str, **changed: object) -> WhyNot:
    with pytest.raises(OldCardRefused) as refused:
        read(hall, text, **changed)
    return refused.value.why


def claims_of(hall: TownHall, issued: IssuedCard) -> CardClaims:
    return qr_text.open_text(issued.identity_code).open(hall.keys[Purpose.CARD].public)


class TestAGoodCard:
    def test_gives_its_answers_and_no_portrait(self, town_hall: TownHall, make_card: MakeCard) -> None:
        issued = make_card()

        read_back = read(town_hall, issued.identity_code)

        said = replace(REGISTRATION, portrait_print=None, portrait_code=None, replaces=issued.card_number)
        assert read_back == said

    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\t", "\r\n\r\n"])
    def test_may_come_with_the_key_that_a_scanner_presses_at_the_end(
        self, town_hall: TownHall, make_card: MakeCard, ending: str
    ) -> None:
        assert read(town_hall, make_card().identity_code + ending).name == REGISTRATION.name

    def test_becomes_a_new_card_that_ends_it(self, town_hall: TownHall, clerk: Actor, make_card: MakeCard) -> None:
        old = make_card()
        draft_id = town_hall.register(clerk, read(town_hall, old.identity_code))

        new = town_hall.issue(draft_id, clerk)
        town_hall.hand_over(new.card_number, clerk)

        assert town_hall.card(old.card_number).state is CardState.REPLACED
        assert new.registration.name == old.registration.name

    @pytest.mark.parametrize("housekept", [True, False])
    def test_is_good_for_renewal_after_its_last_day_while_the_register_knows_it(
        self, town_hall: TownHall, make_card: MakeCard, housekept: bool
    ) -> None:
        issued, later = make_card(), NOON + YEARS + 20 * DAY
        town_hall.publish(now=later)
        if housekept:
            retention.housekeeping(town_hall.transaction, now=later, day_keys=town_hall.day_keys)

        assert read(town_hall, issued.identity_code, now=later).replaces == issued.card_number


class TestNoRenewal:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", WhyNot.NOT_A_CARD),
            ("https://shop.example/offer", WhyNot.NOT_A_CARD),
            ("NCFOXN%TS3DH", WhyNot.NOT_A_CARD),
        ],
    )
    def test_of_what_is_no_card(self, town_hall: TownHall, text: str, why: WhyNot) -> None:
        assert why_not(town_hall, text) in {why, WhyNot.MALFORMED}

    def test_of_a_code_that_was_cut_off(self, town_hall: TownHall, make_card: MakeCard) -> None:
        assert why_not(town_hall, make_card().identity_code[:-9]) in {WhyNot.MALFORMED, WhyNot.NOT_A_CARD}

    def test_of_the_front(self, town_hall: TownHall, make_card: MakeCard) -> None:
        assert why_not(town_hall, make_card().residence_code) is WhyNot.RESIDENCE_CODE

    @pytest.mark.parametrize(
        ("state", "why"),
        [
            (CardState.REVOKED, WhyNot.REVOKED),
            (CardState.SUSPENDED, WhyNot.SUSPENDED),
            (CardState.SIGNED, WhyNot.NOT_HANDED_OVER),
        ],
    )
    @pytest.mark.parametrize("published", [True, False])
    def test_of_a_card_that_is_not_good_published_or_not(
        self, town_hall: TownHall, make_card: MakeCard, state: CardState, why: WhyNot, published: bool
    ) -> None:
        issued = make_card(state)
        if published:
            town_hall.publish()

        assert why_not(town_hall, issued.identity_code) is why

    def test_before_verifiers_know_that_it_came_back(
        self, town_hall: TownHall, clerk: Actor, make_card: MakeCard
    ) -> None:
        issued = make_card(CardState.SUSPENDED)
        town_hall.publish()
        with town_hall.transaction() as session:
            revocation.reinstate(session, issued.card_number, actor=clerk, now=NOON)

        assert why_not(town_hall, issued.identity_code) is WhyNot.CANNOT_TELL

    def test_of_a_revoked_card_after_its_last_day(self, town_hall: TownHall, make_card: MakeCard) -> None:
        """The verifier stops at "expired" and never comes to the list; the register does not."""
        issued, later = make_card(CardState.REVOKED), NOON + YEARS
        town_hall.publish(now=later)

        assert why_not(town_hall, issued.identity_code, now=later) is WhyNot.REVOKED

    def test_of_a_card_that_has_left_the_register(self, town_hall: TownHall, make_card: MakeCard) -> None:
        issued, later = make_card(), NOON + YEARS + 60 * DAY
        town_hall.publish(now=later)
        retention.housekeeping(town_hall.transaction, now=later, day_keys=town_hall.day_keys)

        assert why_not(town_hall, issued.identity_code, now=later) is WhyNot.NOT_KNOWN

    def test_of_another_signature(self, town_hall: TownHall, make_card: MakeCard) -> None:
        claims = claims_of(town_hall, make_card())

        forged = qr_text.seal(claims, SigningKey.generate(Purpose.CARD, Algorithm.ES256))

        assert why_not(town_hall, forged) is WhyNot.FORGED

    @pytest.mark.parametrize("changed", ["place", "key", "month"])
    def test_of_a_card_that_the_register_did_not_make_like_this(
        self, town_hall: TownHall, make_card: MakeCard, changed: str
    ) -> None:
        """Somebody has the town's key and a number that is known."""
        issued = make_card()
        values = {
            "place": {},
            "key": {"key_id": town_hall.keys[Purpose.STATUS].key_id.hex()},
            "month": {"expiry_month": "2030-01"},
        }[changed]
        text = issued.identity_code
        if changed == "place":
            claims = claims_of(town_hall, issued)
            assert claims.status is not None
            elsewhere = replace(claims.status, index=claims.status.index ^ 1)
            text = qr_text.seal(claims._replace(status=elsewhere), town_hall.keys[Purpose.CARD])
        else:
            with town_hall.transaction() as session:
                session.execute(update(Card).values(**values))

        assert why_not(town_hall, text) is WhyNot.FORGED

    def test_of_a_card_of_a_compromised_key(self, town_hall: TownHall, make_card: MakeCard) -> None:
        issued = make_card()
        with town_hall.transaction() as session:
            key_id = town_hall.keys[Purpose.CARD].key_id.hex()
            key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=NOON)
        town_hall.publish()

        assert why_not(town_hall, issued.identity_code) is WhyNot.COMPROMISED

    def test_of_another_town(self, town_hall: TownHall, make_card: MakeCard) -> None:
        issued = make_card()

        assert why_not(town_hall, issued.identity_code, issuer="https://other.example") is WhyNot.OTHER_TOWN
        stranger = claims_of(town_hall, issued)._replace(issuer="https://other.example")
        text = qr_text.seal(stranger, SigningKey.generate(Purpose.CARD, Algorithm.ES256))
        assert why_not(town_hall, text) is WhyNot.OTHER_TOWN

    def test_with_lists_that_are_out_of_date_or_not_there(self, town_hall: TownHall, make_card: MakeCard) -> None:
        issued = make_card()

        assert why_not(town_hall, issued.identity_code, now=NOON + 15 * DAY) is WhyNot.CANNOT_TELL
        town_hall.kit = town_hall.kit / "nowhere"
        assert why_not(town_hall, issued.identity_code) is WhyNot.CANNOT_TELL

    def test_names_nobody_in_its_refusal(self, town_hall: TownHall, make_card: MakeCard) -> None:
        with pytest.raises(OldCardRefused) as refused:
            read(town_hall, make_card(CardState.REVOKED).identity_code)

        assert "Karim" not in str(refused.value) + repr(refused.value)


class TestHostileTexts:
    def test_never_break_it(self, town_hall: TownHall) -> None:
        for length in (1, 10, 100, 5_000):
            assert why_not(town_hall, os.urandom(length).decode("latin-1")) in {WhyNot.NOT_A_CARD, WhyNot.MALFORMED}
