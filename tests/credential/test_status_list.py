"""Status lists: the published examples, ours, and what another library reads."""

import base64
import zlib

import cbor2
import cwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cose
from cardservice.credential.errors import CredentialError, Malformed, NotACard
from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.credential.status_list import IndexOutOfRange, StatusList, open_status_list, pack
from tests.credential.published import vectors
from tests.verify.town import TestKey, Town

TOWN = Town()
BOTH = pytest.mark.parametrize("algorithm", Algorithm)


def changed(**changes: object) -> bytes:
    """The payload of a list with claims changed, by key with an underscore (m for minus); None leaves one out."""
    entries = cbor2.loads(TOWN.status_list([1]).encode())
    entries |= {int(key[1:].replace("m", "-")): value for key, value in changes.items()}
    return cbor2.dumps({key: value for key, value in entries.items() if value is not None})


def places(packed: bytes, **changes: object) -> dict[str, object]:
    return {"bits": 1, "lst": zlib.compress(packed), **changes}


class TestStatusList:
    @BOTH
    def test_opens_again(self, algorithm: Algorithm) -> None:
        signer = TestKey("status", algorithm)
        status_list = StatusList.build(
            uri="https://town.example/status/1",
            size=1 << 17,
            invalid=[0, 9, 131_071],
            reinstated=[7, 3],
            sequence=4,
            issued_at=1_800_000_000,
            expires_at=1_801_000_000,
            ttl=43_200,
            lowest_trust_sequence=2,
        )

        opened = open_status_list(status_list.seal(signer), signer.public)

        assert opened == status_list
        assert opened.reinstated == (3, 7)
        assert [index for index in range(opened.size) if opened.status(index)] == [0, 9, 131_071]

    @pytest.mark.parametrize("index", [-1, 1 << 17])
    def test_has_no_place_beyond_its_size(self, index: int) -> None:
        with pytest.raises(IndexOutOfRange):
            TOWN.status_list().status(index)
        with pytest.raises(IndexOutOfRange):
            TOWN.status_list([index])

    def test_is_verified_by_cwt(self) -> None:
        key = cwt.COSEKey.from_bytes(TOWN.status_key.public.to_cose_key())

        read = cwt.decode(TOWN.status_list([5]).seal(TOWN.status_key), key)

        assert read[2] == TOWN.uri
        assert read[65534] == 43_200
        assert zlib.decompress(read[65533]["lst"])[0] == 1 << 5

    def test_says_its_type_and_has_one_tag(self) -> None:
        tagged = cbor2.loads(TOWN.status_list().seal(TOWN.status_key))

        assert tagged.tag == 18
        assert cbor2.loads(tagged.value[0])[16] == "application/statuslist+cwt"

    @pytest.mark.parametrize("name", ["list_1bit_2pow20", "list_4bit_2pow20"])
    def test_is_byte_for_byte_the_published_example(self, name: str) -> None:
        published = vectors(f"status-list/{name}.json")
        width, size = published["bits"], published["size"]

        packed = bytearray(size * width // 8)
        for index, status in published["statuses"].items():
            one = pack(size, [int(index)], width=width, value=status)
            packed[int(index) * width // 8] |= one[int(index) * width // 8]

        assert cbor2.loads(bytes.fromhex(published["cbor_hex"])) == {"bits": width, "lst": zlib.compress(packed, 9)}
        read = StatusList.decode(changed(_65533={"bits": width, "lst": zlib.compress(packed)}))
        assert all(read.status(int(index)) == status for index, status in published["statuses"].items())

    def test_is_packed_as_in_the_small_example(self) -> None:
        published = vectors("status-list/small_1bit.json")
        invalid = [index for index, status in enumerate(published["statuses"]) if status]

        assert pack(16, invalid) == bytes.fromhex(published["raw_hex"])

    def test_opens_the_published_token(self) -> None:
        published = vectors("status-list/status_list_token_cwt.json")
        jwk, expected = published["public_jwk"], published["expect"]
        key = PublicKey.from_coordinates(Algorithm.ES256, _base64url(jwk["x"]) + _base64url(jwk["y"]))

        read = open_status_list(bytes.fromhex(published["cwt_hex"]), key)

        assert [read.status(index) for index in range(16)] == expected["statuses"]
        assert (read.uri, read.issued_at, read.expires_at) == (expected["sub"], expected["iat"], expected["exp"])
        assert (read.ttl, read.sequence) == (expected["ttl"], expected["iat"])

    @given(st.sets(st.integers(0, 799)))
    def test_has_set_exactly_what_was_named(self, invalid: set[int]) -> None:
        status_list = TOWN.status_list(invalid, size=800)

        assert {index for index in range(800) if status_list.status(index)} == invalid


def _base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class TestVanished:
    def test_is_false_where_revocations_only_came_in(self) -> None:
        assert not TOWN.status_list([1, 2]).vanished(TOWN.status_list([1]))

    def test_is_true_where_one_went(self) -> None:
        assert TOWN.status_list([2]).vanished(TOWN.status_list([1, 2]))

    def test_is_false_where_it_was_reinstated(self) -> None:
        assert not TOWN.status_list([2], reinstated=(1,)).vanished(TOWN.status_list([1, 2]))

    def test_is_true_where_the_list_shrank_or_changed_its_width(self) -> None:
        small = TOWN.status_list(size=800)

        assert small.vanished(TOWN.status_list(size=1600))
        assert TOWN.status_list(size=1600, width=2).vanished(small)


class TestOpenStatusList:
    def test_refuses_a_card_and_a_trust_list(self) -> None:
        for other in (cose.sign1(TOWN.claims().encode(), TOWN.status_key), TOWN.trust_list().seal(TOWN.status_key)):
            with pytest.raises(NotACard):
                open_status_list(other, TOWN.status_key.public)

    def test_refuses_a_cwt_tag_around_it(self) -> None:
        with pytest.raises(NotACard):
            open_status_list(b"\xd8\x3d" + TOWN.status_list().seal(TOWN.status_key), TOWN.status_key.public)

    @pytest.mark.parametrize(
        "payload",
        [
            cbor2.dumps([]),
            changed(_2=None),
            changed(_2=7),
            changed(_4=None),
            changed(_4=-1),
            changed(_6="now"),
            changed(_6=True),
            changed(_65534=1.5),
            changed(_m65537=-1),
            changed(_m65539="x"),
            changed(_65533=None),
            changed(_65533=places(bytes(8), bits=3)),
            changed(_65533=places(bytes(8), bits="1")),
            changed(_65533=places(bytes(8), bits=True)),
            changed(_65533={"bits": 1}),
            changed(_65533={"bits": 1, "lst": b"not zlib"}),
            changed(_65533={"bits": 1, "lst": zlib.compress(bytes(8))[:-1]}),
            changed(_65533={"bits": 1, "lst": zlib.compress(bytes(8)) + b"\0"}),
            changed(_65533={"bits": 1, "lst": zlib.compress(bytes((1 << 21) + 1), 9)}),
            changed(_m65538=7),
            changed(_m65538=["7"]),
            changed(_m65538=[-1]),
            changed(_m65538=[1 << 17]),
        ],
    )
    def test_refuses_a_claim_that_is_missing_or_of_the_wrong_kind(self, payload: bytes) -> None:
        with pytest.raises(Malformed):
            StatusList.decode(payload)

    @given(st.binary(max_size=80))
    def test_of_anything_raises_only_our_own_errors(self, data: bytes) -> None:
        with pytest.raises(CredentialError):
            open_status_list(data, TOWN.status_key.public)
