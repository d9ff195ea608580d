"""A card that is scanned before it is handed over: it reads, it is ours, and it is as it was signed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from town_hall import DAY, ISSUER, NOON, TownHall

from cardservice.credential import qr_text
from cardservice.credential.claims import CardClaims, StatusReference, start_of_day
from cardservice.credential.keys import Algorithm
from cardservice.domain import reading_back
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.reading_back import CardNotRead, WhyNotRead
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import Card, Draft
from cardservice.terms import CardState, StaffRole

MakeCard = Callable[..., IssuedCard]


def read(hall: TownHall, text: str, kit: Path | None = None, expected: str | None = None) -> str:
    with hall.reading() as session:
        return reading_back.read(
            session, text, kit or hall.kit, issuer=ISSUER, now=NOON, day_keys=hall.day_keys, expected=expected
        ).number


def why(hall: TownHall, text: str, kit: Path | None = None, expected: str | None = None) -> WhyNotRead:
    with pytest.raises(CardNotRead) as refused:
        read(hall, text, kit, expected)
    return refused.value.why


class TestACardAtTheDesk:
    def test_is_read_by_either_of_its_codes(self, town_hall: TownHall, make_card: MakeCard) -> None:
        card = make_card(CardState.SIGNED)

        assert read(town_hall, card.identity_code + "\r\n") == card.card_number
        assert read(town_hall, card.residence_code) == card.card_number

    def test_is_not_handed_over_by_being_read(self, town_hall: TownHall, make_card: MakeCard) -> None:
        card = make_card(CardState.SIGNED)

        read(town_hall, card.identity_code)

        assert town_hall.card(card.card_number).state is CardState.SIGNED

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            (CardState.ACTIVE, WhyNotRead.HANDED_OVER),
            (CardState.SUSPENDED, WhyNotRead.HANDED_OVER),
            (CardState.REVOKED, WhyNotRead.ENDED),
        ],
    )
    def test_is_refused_in_any_other_state(
        self, town_hall: TownHall, make_card: MakeCard, state: CardState, expected: WhyNotRead
    ) -> None:
        assert why(town_hall, make_card(state).identity_code) is expected

    def test_is_refused_when_it_was_signed_again_for_somebody_else(
        self, town_hall: TownHall, make_card: MakeCard
    ) -> None:
        """The code verifies and its number is at the desk: only the bytes tell that this is not what was signed."""
        card, other = make_card(CardState.SIGNED), make_card(CardState.SIGNED)
        with town_hall.transaction() as session:
            here, there = (session.get_one(Draft, town_hall.card(one.card_number).draft_id) for one in (card, other))
            contents = reading_back.drafts.contents(there, day_keys=town_hall.day_keys)
            reading_back.drafts.seal(here, contents, day_keys=town_hall.day_keys)

        assert why(town_hall, card.identity_code) is WhyNotRead.NOT_AS_SIGNED


class TestTheCardOfOneRegistration:
    def test_is_read(self, town_hall: TownHall, make_card: MakeCard) -> None:
        card = make_card(CardState.SIGNED)

        assert read(town_hall, card.residence_code, expected=card.card_number) == card.card_number

    @pytest.mark.parametrize("state", [CardState.SIGNED, CardState.ACTIVE, CardState.REVOKED])
    def test_is_no_other_card_whatever_became_of_that_one(
        self, town_hall: TownHall, make_card: MakeCard, state: CardState
    ) -> None:
        card, other = make_card(CardState.SIGNED), make_card(state)

        assert why(town_hall, other.identity_code, expected=card.card_number) is WhyNotRead.OTHER_CARD


class TestSomethingElse:
    @pytest.mark.parametrize("text", ["", "hello", "https://shop.example/1", "0000000000"])
    def test_is_no_card(self, town_hall: TownHall, text: str) -> None:
        assert why(town_hall, text) is WhyNotRead.NOT_A_CARD

    def test_that_was_read_half_is_said_to_be_so(self, town_hall: TownHall, make_card: MakeCard) -> None:
        text = make_card(CardState.SIGNED).identity_code

        assert why(town_hall, text[:-30]) in {WhyNotRead.MALFORMED, WhyNotRead.NOT_A_CARD}

    def test_of_another_town_is_another_towns(self, town_hall: TownHall, clerk: Actor) -> None:
        town_hall.issuing = replace(town_hall.issuing, issuer="https://elsewhere.example")
        text = town_hall.issue(town_hall.register(clerk), clerk).identity_code

        assert why(town_hall, text) in {WhyNotRead.OTHER_TOWN, WhyNotRead.FORGED}

    def test_signed_with_another_key_is_a_forgery(self, town_hall: TownHall, make_card: MakeCard, clerk: Actor) -> None:
        forger = SigningKey.generate(Purpose.CARD, Algorithm.ES256)

        class Forger:
            key_id, algorithm, sign = town_hall.keys[Purpose.CARD].key_id, Algorithm.ES256, forger.sign

        card = make_card(CardState.SIGNED)
        row = town_hall.card(card.card_number)
        claims = CardClaims(
            issuer=ISSUER,
            card_number=card.card_number,
            issued_at=start_of_day(NOON.date()),
            expires_at=start_of_day(card.valid_until),
            status=StatusReference(uri=town_hall.issuing.status_uri(row.list_number), index=row.position),
            name="Somebody Else",
        )

        forged = qr_text.seal(claims, Forger())  # type: ignore[arg-type]

        assert why(town_hall, forged) is WhyNotRead.FORGED
        assert why(town_hall, forged, expected="another one") is WhyNotRead.FORGED, "what it says is not believed"

    def test_cannot_be_told_without_a_kit(self, town_hall: TownHall, make_card: MakeCard, tmp_path: Path) -> None:
        assert why(town_hall, make_card(CardState.SIGNED).identity_code, tmp_path) is WhyNotRead.CANNOT_TELL
        assert why(town_hall, make_card(CardState.SIGNED).identity_code, tmp_path / "none") is WhyNotRead.CANNOT_TELL

    def test_of_a_city_that_this_one_recognises_is_another_towns(
        self, town_hall: TownHall, make_card: MakeCard
    ) -> None:
        text = make_card(CardState.SIGNED).identity_code

        with town_hall.reading() as session, pytest.raises(CardNotRead) as refused:
            reading_back.read(
                session, text, town_hall.kit, issuer="https://here.example", now=NOON, day_keys=town_hall.day_keys
            )

        assert refused.value.why is WhyNotRead.OTHER_TOWN

    def test_that_verifies_and_is_not_in_the_register_is_not_known(
        self, town_hall: TownHall, make_card: MakeCard
    ) -> None:
        card = make_card(CardState.SIGNED)
        with town_hall.transaction() as session:
            row = session.get_one(Card, card.card_number)
            row.draft_id = None
            session.delete(row)

        assert why(town_hall, card.identity_code) is WhyNotRead.NOT_KNOWN

    def test_whose_day_is_over_is_not_as_it_was_signed(self, town_hall: TownHall, make_card: MakeCard) -> None:
        card = make_card(CardState.SIGNED)
        town_hall.day_keys.destroy_before(NOON.date() + DAY)

        assert why(town_hall, card.identity_code) is WhyNotRead.NOT_AS_SIGNED

    def test_is_read_by_a_clerk_who_did_not_register_it(self, town_hall: TownHall, make_card: MakeCard) -> None:
        """Who hands over holds the card: two clerks and one queue of people (SCENARIOS 4)."""
        card = make_card(CardState.SIGNED)
        town_hall.hand_over(read(town_hall, card.identity_code), town_hall.hire("second", StaffRole.CLERK))

        assert town_hall.card(card.card_number).state is CardState.ACTIVE
