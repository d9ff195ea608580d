"""zlib streams of cards: never a stored block, never more than the limits."""

import contextlib
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import deflate
from cardservice.credential.errors import Malformed

NOISE = random.Random(2026)
URI = b"https://vila-aberta.example"


class TestCompress:
    @pytest.mark.parametrize("size", [0, 1, 100, 700, 3000])
    def test_of_noise_has_no_stored_block_and_opens_anywhere(self, size: int) -> None:
        data = NOISE.randbytes(size)

        stream = deflate.compress(data, repeated=URI)

        assert zlib.decompress(stream) == data
        assert stream[2] & 0b110, "the first block is stored"

    def test_of_text_is_what_zlib_makes_of_it(self) -> None:
        assert deflate.compress(URI * 5, repeated=URI) == zlib.compress(URI * 5, 9)

    def test_refers_back_to_what_is_repeated(self) -> None:
        data = URI + NOISE.randbytes(700) + URI + b"/status/1" + NOISE.randbytes(64)

        with_reference = deflate.compress(data, repeated=URI)
        without = deflate.compress(data, repeated=b"not there")

        assert zlib.decompress(with_reference) == data
        assert len(with_reference) <= len(without) - 20

    @pytest.mark.parametrize("length", [3, 4, 10, 11, 12, 18, 19, 66, 130, 131, 227, 257, 258])
    @pytest.mark.parametrize("distance", [1, 2, 4, 5, 7, 24, 25, 192, 193, 1024, 1025, 24_576, 24_577, 32_768])
    def test_writes_every_length_and_distance(self, length: int, distance: int) -> None:
        repeated = NOISE.randbytes(length)
        data = repeated + NOISE.randbytes(max(distance - length, 0)) + repeated + NOISE.randbytes(40_000)

        stream = deflate.compress(data, repeated=repeated)

        assert zlib.decompress(stream) == data
        assert stream[2] & 0b110

    @pytest.mark.parametrize(("length", "distance"), [(2, 600), (259, 600), (20, 32_769)])
    def test_leaves_alone_what_deflate_cannot_refer_to(self, length: int, distance: int) -> None:
        repeated = NOISE.randbytes(length)
        data = repeated + NOISE.randbytes(distance - length) + repeated + NOISE.randbytes(40_000)

        assert zlib.decompress(deflate.compress(data, repeated=repeated)) == data


class TestDecompress:
    @pytest.mark.parametrize("level", [0, 1, 6, 9])
    def test_opens_the_streams_of_every_level(self, level: int) -> None:
        assert deflate.decompress(zlib.compress(URI, level)) == URI

    @pytest.mark.parametrize("data", [b"", b"x", b"\xd2\x84", b"\x1f\x8b\x08", b"\x78\xdb", b"\x58\x85"])
    def test_says_of_something_else_that_it_is_no_card(self, data: bytes) -> None:
        with pytest.raises(deflate.NotZlib):
            deflate.decompress(data)

    def test_refuses_a_bad_checksum(self) -> None:
        stream = bytearray(zlib.compress(URI))
        stream[-1] ^= 1

        with pytest.raises(Malformed):
            deflate.decompress(bytes(stream))

    @pytest.mark.parametrize("cut", [1, 4, 10])
    def test_refuses_a_stream_cut_short(self, cut: int) -> None:
        with pytest.raises(Malformed):
            deflate.decompress(zlib.compress(URI)[:-cut])

    def test_refuses_what_follows_the_stream(self) -> None:
        with pytest.raises(Malformed):
            deflate.decompress(zlib.compress(URI) + b"\0")

    def test_takes_64_kib_and_refuses_one_byte_more(self) -> None:
        assert len(deflate.decompress(zlib.compress(bytes(deflate.INFLATED_LIMIT), 9))) == deflate.INFLATED_LIMIT
        with pytest.raises(Malformed):
            deflate.decompress(zlib.compress(bytes(deflate.INFLATED_LIMIT + 1), 9))

    def test_refuses_more_than_4_kib_of_stream(self) -> None:
        with pytest.raises(Malformed):
            deflate.decompress(zlib.compress(NOISE.randbytes(deflate.COMPRESSED_LIMIT)))

    @given(st.binary(max_size=60))
    def test_of_anything_raises_only_our_own_errors(self, rest: bytes) -> None:
        with contextlib.suppress(Malformed):
            deflate.decompress(b"\x78\xda" + rest)
