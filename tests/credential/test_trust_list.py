"""The trust list: out and in again, and everything it may not be."""

from dataclasses import replace

import cbor2
import cwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential.errors import BadSignature, CredentialError, Malformed, NotACard
from cardservice.credential.keys import Algorithm
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustList, open_trust_list
from tests.verify.town import MIDNIGHT, TestKey, Town, trusted

TOWN = Town()
OTHER = Town(issuer="https://outra.example", names={"pt": "Outra", "ar": "أوترا"}, algorithm=Algorithm.EDDSA)


def changed(*path: int, value: object) -> bytes:
    """The payload of a trust list with one part changed, found by keys and places; None takes it out."""
    entries = cbor2.loads(TOWN.trust_list().encode())
    part = entries
    for key in path[:-1]:
        part = part[key]
    if value is None:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return cbor2.dumps(entries)


ISSUERS = -65541
KEY = (ISSUERS, 0, 3, 0)


class TestTrustList:
    @pytest.mark.parametrize("town", [TOWN, OTHER])
    def test_opens_again(self, town: Town) -> None:
        retired = trusted(TestKey("old"), state=KeyState.RETIRED, retired_at=MIDNIGHT)
        trust_list = town.trust_list(
            town.entry(retired, trusted(town.card_key), trusted(town.status_key, KeyPurpose.STATUS)),
            Town(issuer="https://third.example").entry(recognised_for=("library", "pool")),
            next_anchor=TestKey("next anchor").public,
        )

        opened = open_trust_list(trust_list.seal(town.anchor), town.anchor.public)

        assert opened == trust_list
        assert list(opened.issuers[0].names) == list(town.names)

    def test_calls_an_issuer_by_its_own_name_first(self) -> None:
        assert OTHER.entry().name == "Outra"
        assert replace(OTHER.entry(), names={}).name == "https://outra.example"

    def test_is_verified_by_cwt(self) -> None:
        key = cwt.COSEKey.from_bytes(TOWN.anchor.public.to_cose_key())

        assert cwt.decode(TOWN.trust_list().seal(TOWN.anchor), key)[-65537] == 5

    def test_never_changes_the_numbers_of_purposes_and_states(self) -> None:
        # A number is for ever: these tables may only grow.
        assert {purpose.name: purpose.value for purpose in KeyPurpose} == {"CARD": 0, "STATUS": 1, "SAMPLE": 2}
        assert [state.name for state in KeyState] == ["ANNOUNCED", "ACTIVE", "RETIRED", "COMPROMISED"]


class TestOpenTrustList:
    def test_refuses_another_signer(self) -> None:
        with pytest.raises(BadSignature):
            open_trust_list(TOWN.trust_list().seal(TOWN.card_key), TOWN.anchor.public)

    def test_refuses_a_status_list(self) -> None:
        with pytest.raises(NotACard):
            open_trust_list(TOWN.status_list().seal(TOWN.anchor), TOWN.anchor.public)

    @pytest.mark.parametrize(
        "twice", [(TOWN.entry(), TOWN.entry()), (TOWN.entry(), OTHER.entry(trusted(TOWN.card_key)))]
    )
    def test_refuses_one_issuer_or_one_key_twice(self, twice: tuple[object, ...]) -> None:
        with pytest.raises(Malformed, match="twice"):
            TrustList.decode(TOWN.trust_list(*twice).encode())  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "payload",
        [
            cbor2.dumps([]),
            changed(1, value=None),
            changed(1, value=7),
            changed(6, value=None),
            changed(6, value=-1),
            changed(-65537, value="5"),
            changed(-65537, value=True),
            changed(-65540, value=None),
            changed(-65542, value=7),
            changed(ISSUERS, value=None),
            changed(ISSUERS, value={}),
            changed(ISSUERS, 0, value=7),
            changed(ISSUERS, 0, 1, value=None),
            changed(ISSUERS, 0, 2, value={}),
            changed(ISSUERS, 0, 2, 0, value=["pt"]),
            changed(ISSUERS, 0, 2, 0, value=["pt", 7]),
            changed(ISSUERS, 0, 3, value=7),
            changed(ISSUERS, 0, 3, 0, value=7),
            changed(ISSUERS, 0, 4, value=[7]),
            changed(ISSUERS, 0, 5, value=[7]),
            changed(*KEY, 1, value=None),
            changed(*KEY, 1, -2, value=bytes(32)),
            changed(*KEY, 2, value=9),
            changed(*KEY, 2, value="card"),
            changed(*KEY, 3, value=4),
            changed(*KEY, 4, value=None),
            changed(*KEY, 5, value=1.5),
            changed(*KEY, 6, value="never"),
        ],
    )
    def test_refuses_a_part_that_is_missing_or_of_the_wrong_kind(self, payload: bytes) -> None:
        with pytest.raises(Malformed):
            TrustList.decode(payload)

    @given(st.binary(max_size=80))
    def test_of_anything_raises_only_our_own_errors(self, data: bytes) -> None:
        with pytest.raises(CredentialError):
            open_trust_list(data, TOWN.anchor.public)
