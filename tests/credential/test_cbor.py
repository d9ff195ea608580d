"""CBOR as signed content may use it."""

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cbor
from cardservice.credential.errors import Malformed
from tests.credential.published import vectors

scalars = st.integers(-(2**64), 2**64 - 1) | st.text() | st.binary() | st.booleans() | st.none()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.integers(-(2**64), 2**64 - 1) | st.text(), inner, max_size=5)
    ),
    max_leaves=12,
)


def depth(value: Any) -> int:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0)
    return 0


def is_plain(value: object) -> bool:
    """Whether a value is of the kinds that signed content may have."""
    if isinstance(value, dict):
        return all(type(key) in (int, str) and is_plain(inner) for key, inner in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    return value is None or (type(value) in (bool, int, str, bytes) and not is_long(value))


def is_long(value: object) -> bool:
    """Whether a number needs a tag."""
    return type(value) is int and not -(2**64) <= value < 2**64


class TestDecode:
    @given(values)
    def test_gives_back_what_was_encoded(self, value: Any) -> None:
        encoded = cbor.encode(value)

        if depth(value) > cbor.DEPTH_LIMIT:
            with pytest.raises(Malformed):
                cbor.decode(encoded)
        else:
            assert cbor.decode(encoded) == value

    @given(st.binary(max_size=80))
    def test_of_anything_agrees_with_cbor2_or_refuses(self, data: bytes) -> None:
        try:
            value = cbor.decode(data)
        except Malformed:
            return
        assert value == cbor2.loads(data)
        assert len(cbor2.dumps(value)) == len(data)

    def test_reads_or_refuses_the_examples_of_the_standard(self) -> None:
        read = 0
        for case in vectors("cbor/appendix_a.json"):
            data = bytes.fromhex(case["hex"])
            if is_plain(cbor2.loads(data)) and cbor2.dumps(cbor2.loads(data)) == data:
                assert cbor.decode(data) == cbor2.loads(data)
                read += 1
            else:
                with pytest.raises(Malformed):
                    cbor.decode(data)
        assert read > 30

    def test_refuses_everything_that_is_not_well_formed(self) -> None:
        for case in vectors("cbor/not_well_formed_a.json"):
            with pytest.raises(Malformed):
                cbor.decode(bytes.fromhex(case["hex"]))

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            ("", "nothing"),
            ("1817", "23 in two bytes"),
            ("1900ff", "255 in three bytes"),
            ("1a0000ffff", "65,535 in five bytes"),
            ("1b00000000ffffffff", "four bytes' worth in nine"),
            ("18", "a number cut short"),
            ("1901", "a longer number cut short"),
            ("6261", "a text cut short"),
            ("41", "bytes cut short"),
            ("8201", "an array cut short"),
            ("a101", "a map cut short"),
            ("0000", "a second value"),
            ("9fff", "an array of indefinite length"),
            ("bfff", "a map of indefinite length"),
            ("5f4100ff", "bytes of indefinite length"),
            ("7f6100ff", "a text of indefinite length"),
            ("a201000100", "the same number twice"),
            ("a2616100616100", "the same text twice"),
            ("a1410000", "a key of bytes"),
            ("a1f500", "a key true, which Python takes for 1"),
            ("a18000", "a key that is an array"),
            ("61ff", "a text that is not UTF-8"),
            ("63eda080", "a surrogate"),
            ("f93c00", "a float"),
            ("fb3ff0000000000000", "a long float"),
            ("f7", "undefined"),
            ("f0", "a simple value"),
            ("f8ff", "a long simple value"),
            ("c11a00000000", "a time tag"),
            ("d81d00", "a reference to another value"),
            ("1c", "a reserved form"),
            ("81" * 7 + "00", "seven arrays deep"),
            ("9841" + "00" * 65, "an array of 65"),
            ("b841" + "".join(f"19{key:04x}00" for key in range(256, 256 + 65)), "a map of 65"),
            ("9bffffffffffffffff", "an array longer than memory"),
            ("5bffffffffffffffff", "bytes longer than memory"),
        ],
    )
    def test_refuses(self, data: str, why: str) -> None:
        with pytest.raises(Malformed):
            cbor.decode(bytes.fromhex(data))

    def test_takes_the_largest_that_is_allowed(self) -> None:
        assert cbor.decode(bytes.fromhex("81" * 6 + "00")) == [[[[[[0]]]]]]
        assert cbor.decode(bytes.fromhex("9840" + "00" * 64)) == [0] * 64
        assert cbor.decode(bytes.fromhex("9841" + "00" * 65), items=65) == [0] * 65

    def test_keeps_a_bad_text_out_of_the_error(self) -> None:
        with pytest.raises(Malformed) as refused:
            cbor.decode(b"\x66Ana\xff\xff!")

        assert refused.value.__cause__ is None
        assert refused.value.__suppress_context__
        assert "Ana" not in str(refused.value)


class TestEncode:
    def test_is_deterministic_whatever_the_order(self) -> None:
        assert (
            cbor.encode({169: 1, 4: 2, -1: 3})
            == cbor.encode({-1: 3, 169: 1, 4: 2})
            == bytes.fromhex("a304022003") + b"\x18\xa9\x01"
        )
