"""What a card says: in and out of its payload, and the payloads of others."""

from datetime import date

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import claims
from cardservice.credential.claims import CardClaims, CodeKind, StatusReference
from cardservice.credential.errors import CredentialError, Malformed, NotACard
from tests.verify.town import MIDNIGHT, Town

CARD = Town().claims()
FULL = Town().claims(name_second="كريم الحدّاد", language_second="ara")


def payload(**changes: object) -> bytes:
    """The payload of a card with some of its CWT claims changed, by key with an underscore; None leaves one out."""
    entries = cbor2.loads(CARD.encode())
    for key, value in changes.items():
        entries[int(key[1:])] = value
    return cbor2.dumps({key: value for key, value in entries.items() if value is not None})


def identity(**changes: object) -> bytes:
    """The same for a claim inside Claim 169."""
    inner = cbor2.loads(CARD.encode())[169]
    for key, value in changes.items():
        inner[int(key[1:])] = value
    return payload(_169={key: value for key, value in inner.items() if value is not None})


class TestEncode:
    def test_says_exactly_what_the_design_lists(self) -> None:
        assert cbor2.loads(FULL.encode()) == {
            1: FULL.issuer,
            4: FULL.expires_at,
            6: FULL.issued_at,
            169: {
                1: FULL.card_number,
                2: "1.2.1",
                3: "eng",
                4: FULL.name,
                8: "19900405",
                19: FULL.name_second,
                20: "ara",
                62: [{0: FULL.portrait, 1: 0, 2: 4}],
            },
            65535: {"status_list": {"idx": 77_123, "uri": "https://vila-aberta.example/status/1"}},
        }

    def test_says_nothing_of_the_holder_in_a_residence_code(self) -> None:
        says = cbor2.loads(FULL.residence().encode())

        assert says[169] == {1: FULL.card_number, 2: "1.2.1"}
        assert set(says) == {1, 4, 6, 169, 65535}

    def test_is_deterministic(self) -> None:
        assert FULL.encode() == cbor2.dumps(cbor2.loads(FULL.encode()), canonical=True)

    def test_points_both_codes_to_the_same_place(self) -> None:
        assert FULL.residence().status == FULL.status


class TestDecode:
    @pytest.mark.parametrize(
        "card", [CARD, FULL, CARD.residence(), Town().claims(portrait=None), Town().claims(status=None)]
    )
    def test_gives_back_what_was_encoded(self, card: CardClaims) -> None:
        assert CardClaims.decode(card.encode()) == card

    def test_takes_claim_169_wrapped_in_bytes(self) -> None:
        wrapped = payload(_169=cbor2.dumps(cbor2.loads(CARD.encode())[169]))

        assert CardClaims.decode(wrapped) == CARD

    @pytest.mark.parametrize(
        ("portrait", "expected"),
        [
            ({0: b"picture", 1: 0, 2: 4}, b"picture"),
            ([{0: b"picture", 1: 0}], b"picture"),
            ([{0: b"template", 1: 1}, {0: b"picture", 1: 0}], b"picture"),
            ([{0: b"template", 1: 1}], None),
            ([{0: b"no format", 1: False}], None),
            ([{0: b"no format"}], None),
            ([], None),
        ],
    )
    def test_takes_the_portrait_as_an_array_or_a_map(self, portrait: object, expected: bytes | None) -> None:
        assert CardClaims.decode(identity(_62=portrait)).portrait == expected

    def test_leaves_aside_what_it_does_not_know(self) -> None:
        assert CardClaims.decode(identity(_9=1, _22="citizen", _99=[1, 2])) == CARD

    @pytest.mark.parametrize(
        "data",
        [cbor2.dumps([]), cbor2.dumps({}), payload(_169=None), cbor2.dumps({-260: {1: {}}})],
    )
    def test_says_of_other_claims_that_they_are_no_card(self, data: bytes) -> None:
        with pytest.raises(NotACard):
            CardClaims.decode(data)

    @pytest.mark.parametrize(
        "data",
        [
            payload(_1=None),
            payload(_1=7),
            payload(_4=None),
            payload(_4="1800000000"),
            payload(_4=1.8e9),
            payload(_4=-1),
            payload(_4=True),
            payload(_4=253_402_300_800),
            payload(_4=MIDNIGHT),
            payload(_6=None),
            payload(_6=-1),
            payload(_6=b""),
            payload(_169=[]),
            payload(_169=b""),
            payload(_169=b"\x80"),
            payload(_65535=[]),
            payload(_65535={}),
            payload(_65535={"status_list": []}),
            payload(_65535={"status_list": {"idx": 1}}),
            payload(_65535={"status_list": {"idx": -1, "uri": "u"}}),
            payload(_65535={"status_list": {"idx": True, "uri": "u"}}),
            payload(_65535={"status_list": {"idx": "1", "uri": "u"}}),
            payload(_65535={"status_list": {"idx": 1, "uri": b"u"}}),
            identity(_1=None),
            identity(_1=7),
            identity(_3=7),
            identity(_4=b"name"),
            identity(_8=19900405),
            identity(_19=[]),
            identity(_62=b"picture"),
            identity(_62=["picture"]),
            identity(_62=[{0: "picture", 1: 0}]),
            CARD.encode() + b"\0",
            CARD.encode()[:-1],
        ],
    )
    def test_refuses_a_claim_that_is_missing_or_of_the_wrong_kind(self, data: bytes) -> None:
        with pytest.raises(Malformed):
            CardClaims.decode(data)

    @given(st.binary(max_size=120))
    def test_of_anything_raises_only_our_own_errors(self, data: bytes) -> None:
        with pytest.raises(CredentialError):
            CardClaims.decode(data)


class TestCardClaims:
    def test_are_an_identity_code_where_they_have_a_name(self) -> None:
        assert CARD.code is CodeKind.IDENTITY
        assert CARD.residence().code is CodeKind.RESIDENCE

    def test_are_valid_until_the_day_before_they_expire(self) -> None:
        card = Town().claims(expires_at=claims.start_of_day(date(2028, 11, 22)))

        assert card.valid_until == date(2028, 11, 21)

    def test_never_change_a_key(self) -> None:
        # A key is for ever: this table may only grow.
        assert claims._TEXTS == {
            3: "language",
            4: "name",
            8: "birth_date",
            19: "name_second",
            20: "language_second",
        }

    def test_name_nobody_in_a_log(self) -> None:
        assert repr(CARD) == "CardClaims(identity code of https://vila-aberta.example)"


class TestIssuerOf:
    def test_names_the_issuer_of_an_unchecked_payload(self) -> None:
        assert claims.issuer_of(CARD.encode()) == CARD.issuer

    @pytest.mark.parametrize("data", [cbor2.dumps([]), cbor2.dumps({}), cbor2.dumps({1: 7})])
    def test_names_none_where_there_is_none(self, data: bytes) -> None:
        assert claims.issuer_of(data) is None


def test_a_status_reference_is_compared_by_what_it_says() -> None:
    assert StatusReference(uri="u", index=1) == StatusReference(uri="u", index=1)
