"""The fast encoder makes the very symbols that `qrcode` makes."""

import random

import pytest
import qrcode
from qrcode import util

from cardservice.printing import qr_encoder, qr_image, qr_layout

SEED = 169


class TestEncode:
    @pytest.mark.parametrize("version", qr_encoder.VERSIONS)
    def test_equals_qrcode_module_for_module_in_every_version(self, version):
        text = _text(version)

        made = qr_image.symbol(text)

        assert (made.version, made.side, made.rows) == (version, 17 + 4 * version, _reference(text))

    @pytest.mark.parametrize("length", [1, 2, 3, 20, 311, 312, 1158])
    def test_equals_qrcode_for_odd_and_even_lengths(self, length):
        text = "".join(random.Random(length).choices(qr_encoder.ALPHABET, k=length))

        assert qr_image.symbol(text).rows == _reference(text)

    @pytest.mark.parametrize("dark", [0.05, 0.2, 0.35, 0.5, 0.7, 0.95])
    def test_finds_a_symbol_as_hard_to_read_as_qrcode_does_however_dark_it_is(self, dark):
        chance, layout = random.Random(SEED), qr_layout.layout_of(3)
        modules = [[chance.random() < dark for _ in range(layout.size)] for _ in range(layout.size)]
        matrix = qr_layout.joined(modules)
        differing = layout.across.differing(matrix), layout.down.differing(matrix)

        assert qr_encoder._penalty(matrix, *differing, layout) == util.lost_point(modules)

    def test_takes_version_23_for_an_identity_code_with_a_portrait(self):
        assert qr_encoder.smallest_version(1158) == 23

    def test_fills_the_largest_symbol_and_refuses_one_character_more(self):
        largest = qr_image.symbol("A" * 3391)

        assert (largest.version, largest.side) == (40, 177)
        with pytest.raises(qr_encoder.TooLongForQr):
            qr_encoder.encode("A" * 3392)


class TestEncodeAddress:
    @pytest.mark.parametrize(
        "address",
        [
            "https://town.example/lost",
            "https://town.example/lost#ABCDEFGHJKMNPQRSTVWXYZ0123",
            "https://town.example/lost#" + "A" * 19,
            "https://town.example/" + "7" * 22,
            "https://town.example/" + "7" * 20 + "ABCDEFGHJKMNPQRSTVWXYZ" + "/é",
            "otpauth://totp/Vila%20Aberta:nour?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Vila%20Aberta",
            "HTTPS://TOWN.EXAMPLE",
            "12345",
            "a",
        ],
    )
    def test_equals_qrcode_module_for_module_wherever_the_address_is_cut(self, address):
        assert qr_image.link(address).rows == _reference(address, None)

    @pytest.mark.parametrize("length", [*range(120, 141), 213, 214, 666, 2331])
    def test_takes_the_smallest_symbol_as_qrcode_does(self, length):
        address = "x" * length

        assert qr_image.link(address).rows == _reference(address, None)

    def test_refuses_what_no_symbol_holds(self):
        with pytest.raises(qr_encoder.TooLongForQr):
            qr_image.link("x" * 2332)


def _text(version: int) -> str:
    """As many characters as this version holds and the one before does not."""
    bits = util.BIT_LIMIT_TABLE[qr_layout.LEVEL][version] - 4 - qr_layout.count_bits(version)
    length = bits // 11 * 2 + (bits % 11 >= 6)
    return "".join(random.Random(SEED + version).choices(qr_encoder.ALPHABET, k=length))


def _reference(text: str, mode: int | None = util.MODE_ALPHA_NUM) -> tuple[str, ...]:
    """What `qrcode` makes of a text in one mode, or cut into parts as it sees fit."""
    code = qrcode.QRCode(error_correction=qr_layout.LEVEL, border=0)
    code.add_data(util.QRData(text, mode=mode) if mode else text)
    code.make(fit=True)
    return tuple("".join("01"[bool(module)] for module in row) for row in code.modules)
