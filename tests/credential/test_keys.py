"""Public keys: what is one, what it is called, and what it accepts."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cardservice.credential import cbor, keys
from cardservice.credential.errors import BadSignature, Malformed
from cardservice.credential.keys import Algorithm, BadKey, PublicKey
from tests.credential.published import vectors
from tests.verify.town import TestKey

BOTH = pytest.mark.parametrize("algorithm", Algorithm)
PRIME = 2**255 - 19


class TestPublicKey:
    @BOTH
    def test_accepts_the_signature_of_its_private_half(self, algorithm: Algorithm) -> None:
        signer = TestKey("signer", algorithm)

        signer.public.verify(signer.sign(b"message"), b"message")

    @BOTH
    def test_refuses_every_changed_bit_of_a_signature(self, algorithm: Algorithm) -> None:
        signer = TestKey("signer", algorithm)
        signature = int.from_bytes(signer.sign(b"message"))

        for bit in range(512):
            with pytest.raises(BadSignature):
                signer.public.verify((signature ^ 1 << bit).to_bytes(64), b"message")

    @BOTH
    def test_refuses_another_message_and_another_key(self, algorithm: Algorithm) -> None:
        signer = TestKey("signer", algorithm)
        signature = signer.sign(b"message")

        with pytest.raises(BadSignature):
            signer.public.verify(signature, b"massage")
        with pytest.raises(BadSignature):
            TestKey("another", algorithm).public.verify(signature, b"message")

    @BOTH
    @pytest.mark.parametrize("signature", [b"", bytes(64), bytes(63), bytes(65), b"\xff" * 64])
    def test_refuses_what_is_no_signature(self, algorithm: Algorithm, signature: bytes) -> None:
        with pytest.raises(BadSignature):
            TestKey("signer", algorithm).public.verify(signature, b"message")

    @BOTH
    def test_goes_out_and_comes_back_as_a_cose_key(self, algorithm: Algorithm) -> None:
        key = TestKey("signer", algorithm).public

        assert PublicKey.from_cose_key(key.to_cose_key()) == key

    @BOTH
    def test_is_named_by_the_thumbprint_of_rfc_9679(self, algorithm: Algorithm) -> None:
        key = TestKey("signer", algorithm).public
        required = {label: value for label, value in key.to_cose_map().items() if label in (1, -1, -2, -3)}

        assert key.key_id == hashlib.sha256(cbor.encode(required)).digest()[:8]

    def test_is_named_as_in_the_example_of_rfc_9679(self) -> None:
        # RFC 9679 §6: the key and the thumbprint printed there.
        x = bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d")
        y = bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c")

        key = PublicKey.from_coordinates(Algorithm.ES256, x + y)

        assert key.key_id == bytes.fromhex("496bd8afadf307e5")

    def test_is_written_as_a_jwk(self) -> None:
        p256, ed25519 = TestKey("a").public, TestKey("a", Algorithm.EDDSA).public

        assert p256.to_jwk()["kty"] == "EC"
        assert ed25519.to_jwk()["crv"] == "Ed25519"
        assert base64.urlsafe_b64decode(p256.to_jwk()["y"] + "=") == p256.coordinates[32:]
        assert base64.urlsafe_b64decode(ed25519.to_jwk()["x"] + "=") == ed25519.coordinates
        assert base64.urlsafe_b64decode(ed25519.to_jwk()["kid"] + "=") == ed25519.key_id

    def test_is_not_made_of_a_key_of_another_kind(self) -> None:
        for key in (ec.generate_private_key(ec.SECP384R1()), ed448.Ed448PrivateKey.generate()):
            with pytest.raises(BadKey):
                PublicKey.from_cryptography(key.public_key())


class TestFromCoseKey:
    @pytest.mark.parametrize(
        "changes",
        [
            {1: 4},
            {-1: 2},
            {-2: b""},
            {-2: bytes(32)},
            {-3: bytes(31)},
            {-3: True},
            {-1: True},
            {-4: bytes(32)},
            {2: b"somebody"},
            {3: -8},
            {3: -35},
        ],
    )
    def test_refuses_what_is_not_a_good_key(self, changes: dict[int, object]) -> None:
        with pytest.raises(BadKey):
            PublicKey.from_cose_map({**TestKey("a").public.to_cose_map(), **changes})

    def test_refuses_what_is_not_a_key_at_all(self) -> None:
        with pytest.raises(BadKey):
            PublicKey.from_cose_map([])
        with pytest.raises(Malformed):
            PublicKey.from_cose_key(b"")

    def test_takes_no_boolean_for_the_number_one(self) -> None:
        """To Python, true is 1: a verifier in another language would disagree about the same key."""
        point = TestKey("a", Algorithm.EDDSA).public.to_cose_map()

        with pytest.raises(BadKey, match="of a kind"):
            PublicKey.from_cose_map({**point, 1: True})

    def test_takes_a_key_without_its_id_and_algorithm(self) -> None:
        key = TestKey("a", Algorithm.EDDSA).public
        entries = {label: value for label, value in key.to_cose_map().items() if label not in (2, 3)}

        assert PublicKey.from_cose_map(entries) == key


def edwards_double(x: int, y: int) -> tuple[int, int]:
    """RFC 8032 §5.1: a point of Ed25519 added to itself."""
    d = -121665 * pow(121666, -1, PRIME)
    product = d * x * x * y * y
    return 2 * x * y * pow(1 + product, -1, PRIME) % PRIME, (y * y + x * x) * pow(1 - product, -1, PRIME) % PRIME


class TestEd25519:
    def test_knows_all_points_of_small_order(self) -> None:
        root_of_minus_one = pow(2, (PRIME - 1) // 4, PRIME)
        d = -121665 * pow(121666, -1, PRIME) % PRIME
        for y in keys._SMALL_ORDER:
            square = (y * y - 1) * pow(d * y * y + 1, -1, PRIME) % PRIME
            x = pow(square, (PRIME + 3) // 8, PRIME)
            x = x if x * x % PRIME == square else x * root_of_minus_one % PRIME
            point = (x, y)
            for _ in range(3):
                point = edwards_double(*point)
            assert point == (0, 1), "eight times the point is not neutral"
        assert len(keys._SMALL_ORDER) == 5

    @pytest.mark.parametrize("sign", [0, 1 << 255])
    def test_refuses_points_of_small_order(self, sign: int) -> None:
        for y in keys._SMALL_ORDER:
            with pytest.raises(BadKey):
                PublicKey.from_coordinates(Algorithm.EDDSA, (y | sign).to_bytes(32, "little"))

    @pytest.mark.parametrize("y", [PRIME, PRIME + 1, PRIME + 18, 2**255 - 1])
    def test_refuses_a_key_that_is_not_canonical(self, y: int) -> None:
        with pytest.raises(BadKey):
            PublicKey.from_coordinates(Algorithm.EDDSA, y.to_bytes(32, "little"))

    def test_refuses_a_key_of_another_length(self) -> None:
        with pytest.raises(BadKey):
            PublicKey.from_coordinates(Algorithm.EDDSA, b"\x05" * 31)

    def test_judges_every_signature_as_wycheproof_does(self) -> None:
        judged = 0
        for group in vectors("wycheproof/ed25519_test.json")["testGroups"]:
            native = Ed25519PublicKey.from_public_bytes(bytes.fromhex(group["publicKey"]["pk"]))
            key = PublicKey.from_cryptography(native)
            for case in group["tests"]:
                judged += 1
                try:
                    key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
                    accepted = True
                except BadSignature:
                    accepted = False
                assert accepted == (case["result"] == "valid"), case["comment"]
        assert judged > 100
