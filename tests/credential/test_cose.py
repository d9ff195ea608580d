"""COSE_Sign1: what is taken apart, what is refused, and what other libraries read."""

import base64

import cbor2
import pytest
from cryptography.x509 import load_der_x509_certificate

from cardservice.credential.cose import parse_sign1, sign1
from cardservice.credential.errors import BadSignature, Malformed, NotACard
from cardservice.credential.keys import Algorithm, PublicKey
from tests.credential.published import folder, vectors
from tests.verify.town import TestKey

BOTH = pytest.mark.parametrize("algorithm", Algorithm)
KEY = TestKey("signer")


def message(
    protected: object, unprotected: object, payload: object = b"payload", signature: object = bytes(64)
) -> bytes:
    """A COSE_Sign1 of these parts, signed by nobody."""
    header = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
    return cbor2.dumps(cbor2.CBORTag(18, [header, unprotected, payload, signature]))


class TestSign1:
    @BOTH
    @pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65_535, 65_536])
    def test_opens_again(self, algorithm: Algorithm, size: int) -> None:
        signer = TestKey("signer", algorithm)

        signed = sign1(bytes(size), signer, content_type="text/plain")

        taken_apart = parse_sign1(signed)
        assert taken_apart.open(signer.public) == bytes(size)
        assert taken_apart.key_id == signer.public.key_id
        assert taken_apart.content_type == "text/plain"

    @BOTH
    def test_is_the_same_message_to_cbor2(self, algorithm: Algorithm) -> None:
        signer = TestKey("signer", algorithm)

        tagged = cbor2.loads(sign1(b"payload", signer))

        assert tagged.tag == 18
        assert cbor2.loads(tagged.value[0]) == {1: int(algorithm), 4: signer.key_id}
        assert tagged.value[1:3] == [{}, b"payload"]

    def test_refuses_every_changed_bit(self) -> None:
        signed = sign1(b"payload", KEY)

        for bit in range(len(signed) * 8):
            changed = bytearray(signed)
            changed[bit // 8] ^= 1 << bit % 8
            with pytest.raises((NotACard, Malformed, BadSignature)):
                parse_sign1(bytes(changed)).open(KEY.public)

    def test_refuses_a_key_of_another_algorithm(self) -> None:
        with pytest.raises(BadSignature, match="another algorithm"):
            parse_sign1(sign1(b"payload", KEY)).open(TestKey("signer", Algorithm.EDDSA).public)


class TestParseSign1:
    @pytest.mark.parametrize("data", [b"", b"\xa0", b"\x84", cbor2.dumps(cbor2.CBORTag(17, [])), b"\xd8\x3d\xd2\x84"])
    def test_says_of_something_else_that_it_is_none(self, data: bytes) -> None:
        with pytest.raises(NotACard):
            parse_sign1(data)

    def test_takes_a_cwt_tag_only_where_asked(self) -> None:
        tagged = b"\xd8\x3d" + sign1(b"payload", KEY)

        assert parse_sign1(tagged, cwt_tag=True).open(KEY.public) == b"payload"
        with pytest.raises(NotACard):
            parse_sign1(tagged)
        with pytest.raises(NotACard):
            parse_sign1(b"\xd8\x3d" + tagged, cwt_tag=True)

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (message({1: -7, 2: [4]}, {}), "crit"),
            (message({1: -7}, {2: [4]}), "crit, unprotected"),
            (message({4: b"12345678"}, {1: -7}), "alg only unprotected"),
            (message({1: -7}, {1: -7}), "alg in both headers"),
            (message({}, {}), "no alg"),
            (message(b"", {}), "no protected header"),
            (message([], {}), "a protected header that is no map"),
            (message({1: -35}, {}), "another alg"),
            (message({1: "ES256"}, {}), "alg as a text"),
            (message({1: True}, {}), "alg as a boolean"),
            (message({1: -7, 4: "text"}, {}), "kid as a text"),
            (message({1: -7}, {4: 11}), "kid as a number"),
            (message({1: -7, 16: []}, {}), "typ as an array"),
            (message({1: -7, 16: False}, {}), "typ as a boolean"),
            (message({1: -7}, {}, payload=None), "a detached payload"),
            (message({1: -7}, {}, signature=bytes(63)), "a short signature"),
            (message({1: -7}, []), "an unprotected header that is no map"),
            (b"\xd2\x80", "no parts"),
            (b"\xd2\xa0", "a map"),
            (b"\xd2\xd2\x80", "the tag twice"),
            (sign1(b"payload", KEY) + b"\0", "trailing data"),
            (b"\xd2\x9f" + sign1(b"payload", KEY)[2:] + b"\xff", "an indefinite length"),
        ],
    )
    def test_refuses(self, data: bytes, why: str) -> None:
        with pytest.raises(Malformed):
            parse_sign1(data)

    def test_takes_a_key_id_from_either_header_and_none(self) -> None:
        assert parse_sign1(message({1: -7}, {4: b"kid"})).key_id == b"kid"
        assert parse_sign1(message({1: -7, 4: b"kid"}, {4: b"another"})).key_id == b"kid"
        assert parse_sign1(message({1: -7}, {})).key_id is None

    @pytest.mark.parametrize("name", ["eddsa-sig-01", "A_3"])
    def test_opens_the_published_messages(self, name: str) -> None:
        case = vectors(f"cose-wg/{name}.json")
        data = bytes.fromhex(case["output"]["cbor"])

        opened = parse_sign1(data).open(self._key(case["input"]["sign0"]["key"]))

        assert data.find(opened) > 0

    @pytest.mark.parametrize(
        ("name", "error"),
        [
            ("sign-fail-01", NotACard),  # another tag
            ("sign-fail-03", Malformed),  # another algorithm
            ("sign-fail-06", BadSignature),  # an attribute added
            ("sign-pass-01", Malformed),  # algorithm unprotected: docs/decisions/0006-stricter-than-the-vectors.md
            ("sign-pass-03", NotACard),  # no tag: the same
        ],
    )
    def test_refuses_the_published_messages(self, name: str, error: type[Exception]) -> None:
        case = vectors(f"cose-wg/{name}.json")

        with pytest.raises(error):
            parse_sign1(bytes.fromhex(case["output"]["cbor"])).open(self._key(case["input"]["sign0"]["key"]))

    @staticmethod
    def _key(published: dict[str, str]) -> PublicKey:
        def coordinate(name: str) -> bytes:
            plain = published.get(name + "_hex")
            return bytes.fromhex(plain) if plain else base64.urlsafe_b64decode(published[name] + "=")

        if published["kty"] == "OKP":
            return PublicKey.from_coordinates(Algorithm.EDDSA, coordinate("x"))
        return PublicKey.from_coordinates(Algorithm.ES256, coordinate("x") + coordinate("y"))

    @pytest.mark.parametrize("place", ["dgc-common", "dgc-national"])
    def test_opens_the_health_certificates_or_refuses_them_as_labelled(self, place: str) -> None:
        opened = 0
        for case in folder(place):
            expected = case["EXPECTEDRESULTS"].get("EXPECTEDVERIFY")
            if "COSE" not in case or expected is None:
                continue
            certificate = load_der_x509_certificate(base64.b64decode(case["TESTCTX"]["CERTIFICATE"]))
            try:
                key = PublicKey.from_cryptography(certificate.public_key())
                parse_sign1(bytes.fromhex(case["COSE"])).open(key)
                accepted = True
            except (NotACard, Malformed, BadSignature):
                accepted = False
            opened += accepted
            assert accepted <= expected, case["TESTCTX"]["DESCRIPTION"]
            if expected and not accepted:
                assert self._only_stricter(bytes.fromhex(case["COSE"])), case["TESTCTX"]["DESCRIPTION"]
        assert opened

    @staticmethod
    def _only_stricter(data: bytes) -> bool:
        """Whether it is one of those that decision 0006 refuses on purpose: the algorithm unprotected, or not ours."""
        protected, unprotected, *_ = cbor2.loads(data).value
        return 1 in unprotected or cbor2.loads(protected)[1] not in (-7, -8)
