"""Base45 as RFC 9285 defines it, checked against published vectors and against the plain way to compute it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45
from tests.credential.published import vectors

ALPHABET = base45.ALPHABET.decode()


def plain_encode(data: bytes) -> str:
    """RFC 9285 §4, one group after another."""
    text = ""
    for place in range(0, len(data) - 1, 2):
        value = data[place] << 8 | data[place + 1]
        text += ALPHABET[value % 45] + ALPHABET[value // 45 % 45] + ALPHABET[value // 2025]
    if len(data) % 2:
        text += ALPHABET[data[-1] % 45] + ALPHABET[data[-1] // 45]
    return text


class TestEncode:
    def test_gives_the_published_texts(self) -> None:
        published = vectors("base45/rfc9285_and_kirei.json")

        for case in published["rfc9285_valid"] + published["kirei_valid"]:
            assert base45.encode(bytes.fromhex(case["bytes_hex"])) == case["base45"]

    def test_gives_every_pair_of_bytes_its_group(self) -> None:
        every_pair = b"".join(value.to_bytes(2, "big") for value in range(1 << 16))

        assert base45.encode(every_pair) == plain_encode(every_pair)

    @given(st.binary(max_size=400))
    def test_gives_what_the_plain_way_gives(self, data: bytes) -> None:
        assert base45.encode(data) == plain_encode(data)


class TestDecode:
    def test_gives_back_the_published_bytes(self) -> None:
        published = vectors("base45/rfc9285_and_kirei.json")

        for case in published["rfc9285_valid"] + published["kirei_valid"]:
            assert base45.decode(case["base45"]) == bytes.fromhex(case["bytes_hex"])

    def test_refuses_the_published_bad_texts(self) -> None:
        published = vectors("base45/rfc9285_and_kirei.json")

        for text in published["rfc9285_invalid"] + published["kirei_invalid"]:
            with pytest.raises(base45.NotBase45):
                base45.decode(text)

    @pytest.mark.parametrize("text", ["a0", "BB8\n", "é", "٣٣", "A", "ABCD", ":::", "GGW", "::", "00:::000"])
    def test_refuses_what_no_bytes_encode_to(self, text: str) -> None:
        with pytest.raises(base45.NotBase45):
            base45.decode(text)

    @given(st.binary(max_size=400))
    def test_gives_back_what_was_encoded(self, data: bytes) -> None:
        assert base45.decode(base45.encode(data)) == data

    @given(st.text(alphabet=ALPHABET, max_size=60))
    def test_never_reads_two_texts_as_the_same_bytes(self, text: str) -> None:
        try:
            data = base45.decode(text)
        except base45.NotBase45:
            return
        assert base45.encode(data) == text
