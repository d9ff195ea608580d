"""What issuing asks before it signs and after it has signed."""

import pytest

from cardservice.credential import qr_text
from cardservice.credential.claims import StatusReference
from cardservice.credential.errors import BadSignature
from cardservice.credential.personal import InvalidPersonalData
from cardservice.verify import lint
from cardservice.verify.lint import UnfitToIssue
from tests.verify.town import MIDNIGHT, TODAY, YEAR, TestKey, Town

TOWN = Town()
CARD = TOWN.claims(portrait=b"RIFF\0\0\0\0WEBP", name_second="كريم الحدّاد", language_second="ara")
KEY = TOWN.card_key


class TestCheckClaims:
    @pytest.mark.parametrize(
        "card", [CARD, CARD.residence(), TOWN.claims(birth_date=None, portrait=None, language=None)]
    )
    def test_lets_a_good_card_pass(self, card: object) -> None:
        lint.check_claims(card, today=TODAY)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "changes",
        [
            {"issued_at": MIDNIGHT + 1},
            {"expires_at": MIDNIGHT + YEAR + 3600},
            {"expires_at": MIDNIGHT},
            {"issuer": "http://vila-aberta.example"},
            {"issuer": "vila-aberta"},
            {"card_number": ""},
            {"status": None},
            {"status": StatusReference(uri="ftp://vila-aberta.example", index=1)},
            {"name": None},
        ],
    )
    def test_refuses_what_would_not_be_a_card(self, changes: dict[str, object]) -> None:
        with pytest.raises(UnfitToIssue):
            lint.check_claims(TOWN.claims(**changes), today=TODAY)

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "Ana\u202eSilva"},
            {"name_second": "x" * 129},
            {"language": "english"},
            {"language_second": "AR"},
            {"birth_date": "19900230"},
            {"birth_date": f"{TODAY.year + 1}0101"},
            {"portrait": b"\xff\xd8\xff\xe0"},
            {"portrait": b"RIFF\0\0\0\0WEBP" + bytes(1000)},
        ],
    )
    def test_refuses_what_may_not_stand_on_a_card(self, changes: dict[str, object]) -> None:
        with pytest.raises(InvalidPersonalData):
            lint.check_claims(TOWN.claims(**changes), today=TODAY)

    def test_refuses_claims_that_their_payload_does_not_say(self, monkeypatch: pytest.MonkeyPatch) -> None:
        another = TOWN.claims(card_number="another").encode()
        monkeypatch.setattr(type(CARD), "encode", lambda _: another)

        with pytest.raises(UnfitToIssue, match="payload"):
            lint.check_claims(CARD, today=TODAY)


class TestCheckText:
    def test_lets_the_code_pass_that_says_what_was_to_be_signed(self) -> None:
        lint.check_text(qr_text.seal(CARD, KEY), CARD, KEY.public)

    def test_refuses_a_code_that_says_something_else(self) -> None:
        with pytest.raises(UnfitToIssue):
            lint.check_text(qr_text.seal(CARD.residence(), KEY), CARD, KEY.public)

    def test_refuses_a_code_that_names_another_key(self) -> None:
        signer = TestKey("signer")
        signer.key_id = b"12345678"

        with pytest.raises(UnfitToIssue):
            lint.check_text(qr_text.seal(CARD, signer), CARD, signer.public)

    def test_refuses_a_code_that_another_key_signed(self) -> None:
        impostor = TestKey("impostor")
        impostor.key_id = KEY.key_id

        with pytest.raises(BadSignature):
            lint.check_text(qr_text.seal(CARD, impostor), CARD, KEY.public)
