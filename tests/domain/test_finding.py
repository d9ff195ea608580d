"""Finding a card by its number, by the code of its slip, or by scanning it; and what is said where none is found."""

from collections.abc import Callable
from pathlib import Path

import pytest
from town_hall import DAY, ISSUER, NOON, TownHall

from cardservice.credential import qr_text
from cardservice.credential.keys import Algorithm
from cardservice.domain import check_symbols, finding, key_rotation
from cardservice.domain.actor import CONSOLE
from cardservice.domain.card_numbers import CardNumberMistyped
from cardservice.domain.cards import CardNotFound
from cardservice.domain.errors import DomainError
from cardservice.domain.finding import NotFoundByScan, WhyNotFound
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.revocation import SlipCodeUnknown
from cardservice.domain.slip_codes import SlipCodeMistyped
from cardservice.keystore import Purpose, SigningKey
from cardservice.terms import CardState

MakeCard = Callable[..., IssuedCard]


def find(hall: TownHall, text: str, kit: Path | None = None, issuer: str = ISSUER) -> str:
    with hall.reading() as session:
        return finding.find(session, text, kit or hall.kit, issuer=issuer, now=NOON).number


def why(hall: TownHall, text: str, kit: Path | None = None, issuer: str = ISSUER) -> WhyNotFound:
    with pytest.raises(NotFoundByScan) as refused:
        find(hall, text, kit, issuer)
    return refused.value.why


class TestACard:
    def test_is_found_by_its_number_however_it_is_typed(self, town_hall: TownHall, make_card: MakeCard) -> None:
        number = make_card().card_number

        apart = (" ".join(number), "  -  ".join(number), " - ".join((number[:6], number[6:])))
        for typed in (number, f" {check_symbols.grouped(number).lower()} ", *apart):
            assert find(town_hall, typed) == number

    def test_is_found_by_its_slip_typed_or_scanned(self, town_hall: TownHall, make_card: MakeCard) -> None:
        card = make_card()
        grouped = check_symbols.grouped(card.slip_code)

        for typed in (
            card.slip_code,
            grouped,
            grouped.lower().replace("-", " "),
            " - ".join(card.slip_code),
            f"HTTPS://A.EXAMPLE/LOST#{card.slip_code}",
        ):
            assert find(town_hall, typed) == card.card_number

    @pytest.mark.parametrize("state", [CardState.SIGNED, CardState.ACTIVE, CardState.SUSPENDED, CardState.REVOKED])
    def test_is_found_by_scanning_it_in_any_state(
        self, town_hall: TownHall, make_card: MakeCard, state: CardState
    ) -> None:
        card = make_card(state)

        assert find(town_hall, f"{card.identity_code}\r\n") == card.card_number
        assert find(town_hall, card.residence_code) == card.card_number


class TestATypingSlip:
    @pytest.mark.parametrize("place", [0, 5, 11])
    def test_is_said_to_be_one_of_a_number(self, town_hall: TownHall, make_card: MakeCard, place: int) -> None:
        number = make_card().card_number
        wrong = number[:place] + ("2" if number[place] != "2" else "3") + number[place + 1 :]

        with pytest.raises(CardNumberMistyped):
            find(town_hall, wrong)

    def test_is_said_to_be_one_of_a_slip_code(self, town_hall: TownHall, make_card: MakeCard) -> None:
        with pytest.raises(SlipCodeMistyped):
            find(town_hall, make_card().slip_code[:-1])


class TestNothing:
    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("", CardNumberMistyped),
            ("000000000000", CardNotFound),
            ("0" * 28, SlipCodeUnknown),
            ("Karim al-Haddad", CardNumberMistyped),
            ("https://shop.example/#1", SlipCodeMistyped),
        ],
    )
    def test_is_found_by_what_is_nobodys(self, town_hall: TownHall, typed: str, expected: type[DomainError]) -> None:
        with pytest.raises(expected):
            find(town_hall, typed)

    @pytest.mark.parametrize("text", ["x" * 49, "https://shop.example/an/address/of/a/shop/that/is/long/enough"])
    def test_is_found_by_a_shops_code(self, town_hall: TownHall, text: str) -> None:
        assert why(town_hall, text) is WhyNotFound.NOT_A_CARD

    def test_is_found_by_half_a_card(self, town_hall: TownHall, make_card: MakeCard) -> None:
        assert why(town_hall, make_card().identity_code[:-9]) in {WhyNotFound.MALFORMED, WhyNotFound.NOT_A_CARD}

    def test_is_found_by_a_card_of_another_town(self, town_hall: TownHall, make_card: MakeCard) -> None:
        card = make_card()

        assert why(town_hall, card.residence_code, issuer="https://elsewhere.example") is WhyNotFound.OTHER_TOWN

    def test_is_found_by_a_card_that_somebody_forged(self, town_hall: TownHall, make_card: MakeCard) -> None:
        """It says the number of a real card, and is signed with a key of the forger's."""
        claims = town_hall.verdict(make_card().residence_code).claims
        assert claims is not None
        forger = SigningKey.generate(Purpose.CARD, Algorithm.ES256)

        class Forger:
            key_id, algorithm, sign = town_hall.keys[Purpose.CARD].key_id, Algorithm.ES256, forger.sign

        assert why(town_hall, qr_text.seal(claims, Forger())) is WhyNotFound.FORGED  # type: ignore[arg-type]

    def test_is_found_by_a_key_that_others_may_have(self, town_hall: TownHall, make_card: MakeCard) -> None:
        card = make_card()
        with town_hall.transaction() as session:
            key_rotation.mark_compromised(session, town_hall.keys[Purpose.CARD].key_id.hex(), actor=CONSOLE, now=NOON)
        town_hall.publish(now=NOON + DAY)

        assert why(town_hall, card.residence_code) is WhyNotFound.COMPROMISED

    def test_is_found_without_the_towns_lists(self, town_hall: TownHall, make_card: MakeCard, tmp_path: Path) -> None:
        assert why(town_hall, make_card().residence_code, kit=tmp_path / "none") is WhyNotFound.CANNOT_TELL
