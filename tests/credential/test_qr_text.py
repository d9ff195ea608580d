"""The text of a QR code: sealed, opened, and read by libraries that we did not write."""

import cbor2
import claim169
import cwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45, deflate, qr_text
from cardservice.credential.claims import CardClaims
from cardservice.credential.cose import sign1
from cardservice.credential.errors import BadSignature, CredentialError, Malformed, NotACard
from cardservice.credential.keys import Algorithm, PublicKey
from tests.credential.published import folder, vectors
from tests.verify.town import PORTRAIT, TestKey, Town

BOTH = pytest.mark.parametrize("algorithm", Algorithm)
TOWN = Town()
CARDS = {
    "identity": TOWN.claims(),
    "identity without a portrait": TOWN.claims(portrait=None),
    "identity in two scripts": TOWN.claims(name_second="كريم الحدّاد", language_second="ara"),
    "identity of the longest name": TOWN.claims(name="é" * 128),
    "residence": TOWN.claims().residence(),
}
EVERY_CARD = pytest.mark.parametrize("card", CARDS.values(), ids=CARDS.keys())


class TestSeal:
    @BOTH
    @EVERY_CARD
    def test_opens_again(self, algorithm: Algorithm, card: CardClaims) -> None:
        signer = TestKey("signer", algorithm)

        assert qr_text.open_text(qr_text.seal(card, signer)).open(signer.public) == card

    @BOTH
    @EVERY_CARD
    def test_is_verified_by_claim169(self, algorithm: Algorithm, card: CardClaims) -> None:
        signer = TestKey("signer", algorithm)
        text = qr_text.seal(card, signer)

        if algorithm is Algorithm.ES256:
            read = claim169.decode_with_ecdsa_p256(text, b"\x04" + signer.public.coordinates)
        else:
            read = claim169.decode_with_ed25519(text, signer.public.coordinates)

        assert read.verification_status == "verified"
        assert read.claim169.id == card.card_number
        assert read.claim169.full_name == card.name
        assert read.claim169.date_of_birth == card.birth_date
        assert read.claim169.secondary_full_name == card.name_second
        assert [face.data for face in read.claim169.face or []] == ([card.portrait] if card.portrait else [])
        assert read.cwt_meta.issuer == card.issuer
        assert read.cwt_meta.expires_at == card.expires_at

    @BOTH
    @EVERY_CARD
    def test_is_verified_by_cwt(self, algorithm: Algorithm, card: CardClaims) -> None:
        signer = TestKey("signer", algorithm)
        message = deflate.decompress(base45.decode(qr_text.seal(card, signer)))

        read = cwt.decode(message, cwt.COSEKey.from_bytes(signer.public.to_cose_key()))

        assert read[169][1] == card.card_number

    @EVERY_CARD
    def test_never_has_a_stored_block(self, card: CardClaims) -> None:
        # MOSIP's PixelPass crashes on one.
        assert base45.decode(qr_text.seal(card, TOWN.card_key))[2] & 0b110

    def test_fits_the_codes_that_are_printed(self) -> None:
        # Version 23-M holds 1,248 characters, version 10-M 311; the portrait has 500 bytes.
        assert len(PORTRAIT) == 500
        assert len(qr_text.seal(CARDS["identity"], TOWN.card_key)) <= 1_248
        assert len(qr_text.seal(CARDS["identity in two scripts"], TOWN.card_key)) <= 1_248
        assert len(qr_text.seal(CARDS["residence"], TOWN.card_key)) <= 311


class TestOpenText:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "https://shop.example/offer",
            "HTTPS://SHOP.EXAMPLE",
            "WIFI:S:CAFE;;",
            "00",
            "\u0000",
            "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOOK.IR9B+9G4G50PHZF0AT4V22F",
        ],
    )
    def test_says_of_other_codes_that_they_are_no_card(self, text: str) -> None:
        with pytest.raises(NotACard):
            qr_text.open_text(text)

    @pytest.mark.parametrize("data", [b"", b"hello", b"\xa1\x01\x02", b"\x84\x40\xa0\x40\x40", b"\xd0\x83"])
    def test_says_of_other_things_in_zlib_that_they_are_no_card(self, data: bytes) -> None:
        with pytest.raises(NotACard):
            qr_text.open_text(base45.encode(deflate.compress(data, repeated=b"")))

    def test_says_of_a_list_that_it_is_no_card(self) -> None:
        signed_list = TOWN.trust_list().seal(TOWN.anchor)

        with pytest.raises(NotACard):
            qr_text.open_text(base45.encode(deflate.compress(signed_list, repeated=b"")))

    def test_refuses_more_text_than_a_code_holds(self) -> None:
        with pytest.raises(Malformed):
            qr_text.open_text("0" * (qr_text.TEXT_LIMIT + 1))

    def test_takes_a_card_inside_a_cwt_tag(self) -> None:
        card = CARDS["identity"]
        message = b"\xd8\x3d" + sign1(card.encode(), TOWN.card_key)

        text = base45.encode(deflate.compress(message, repeated=card.issuer.encode()))

        assert qr_text.open_text(text).open(TOWN.card_key.public) == card

    def test_tells_the_issuer_before_the_signature_is_checked(self) -> None:
        sealed = qr_text.open_text(TOWN.text())

        assert sealed.issuer_hint == TOWN.issuer
        assert sealed.key_id == TOWN.card_key.key_id

    def test_names_nobody_in_a_log(self) -> None:
        assert repr(qr_text.open_text(TOWN.text())).startswith("SealedCard(message=Sign1(ES256, ")
        assert "Amina" not in repr(qr_text.open_text(TOWN.text()))

    def test_reads_the_published_cards(self) -> None:
        read = 0
        for case in folder("claim169-idpass"):
            key = case.get("signing_key")
            if case["category"] == "invalid" or "encrypted" in case["name"]:
                with pytest.raises(NotACard):
                    qr_text.open_text(case["qr_data"])
            elif key is None:
                # Not signed at all: docs/decisions/0006-stricter-than-the-vectors.md.
                with pytest.raises(Malformed, match="signature"):
                    qr_text.open_text(case["qr_data"])
                payload = cbor2.loads(deflate.decompress(base45.decode(case["qr_data"]))).value[2]
                assert CardClaims.decode(payload).card_number == case["expected_claim169"]["id"]
                read += 1
            else:
                card = qr_text.open_text(case["qr_data"]).open(self._key(key))
                assert card.name == case["expected_claim169"]["fullName"]
                assert card.expires_at == case["expected_cwt_meta"]["expiresAt"]
                assert card.status is None
                read += 1
        assert read >= 5

    def test_unpacks_the_health_certificates_as_labelled_and_takes_none_for_a_card(self) -> None:
        unpacked = 0
        for case in folder("dgc-common") + folder("dgc-national"):
            text, expected = case["PREFIX"].removeprefix("HC1:").removeprefix("HL0:"), case["EXPECTEDRESULTS"]
            if False in (expected.get("EXPECTEDB45DECODE"), expected.get("EXPECTEDCOMPRESSION")):
                with pytest.raises(NotACard):
                    qr_text.open_text(text)
                continue
            message = deflate.decompress(base45.decode(text))
            assert message.hex() == case.get("COSE", message.hex()).lower()
            with pytest.raises(NotACard):
                CardClaims.decode(cbor2.loads(message).value[2])
            unpacked += 1
        assert unpacked == 13

    @staticmethod
    def _key(published: dict[str, str]) -> PublicKey:
        point = bytes.fromhex(published["public_key_hex"])
        if published["algorithm"] == "EdDSA":
            return PublicKey.from_coordinates(Algorithm.EDDSA, point)
        return PublicKey.from_coordinates(Algorithm.ES256, point[1:])

    def test_reads_the_example_of_the_specification(self) -> None:
        example = vectors("claim169-mosip-spec/spec_1.2_example.json")
        token = bytes.fromhex(example["assembled_token_tag61_tag18_hex"])

        sealed = qr_text.open_text(base45.encode(deflate.compress(token, repeated=b"")))

        card = CardClaims.decode(sealed.message.payload)
        assert sealed.key_id == bytes.fromhex(example["unprotected"]["4"])
        assert (card.name, card.birth_date) == ("Janardhan BS", "19840418")
        assert card.portrait is not None
        assert card.portrait.startswith(b"RIFF")

    def test_says_of_what_pixelpass_packs_that_it_is_no_card(self) -> None:
        for case in vectors("pixelpass/decode.json"):
            with pytest.raises(NotACard):
                qr_text.open_text(case["qr"])

    @given(st.text(max_size=200) | st.text(alphabet=base45.ALPHABET.decode(), max_size=200))
    def test_of_anything_raises_only_our_own_errors(self, text: str) -> None:
        with pytest.raises(CredentialError):
            qr_text.open_text(text)

    @given(st.data())
    def test_of_a_changed_card_raises_only_our_own_errors(self, data: st.DataObject) -> None:
        message = bytearray(sign1(CARDS["identity without a portrait"].encode(), TOWN.card_key))
        for place in data.draw(st.lists(st.integers(0, len(message) - 1), min_size=1, max_size=4, unique=True)):
            message[place] ^= data.draw(st.integers(1, 255))

        text = base45.encode(deflate.compress(bytes(message), repeated=b""))

        with pytest.raises((NotACard, Malformed, BadSignature)):
            qr_text.open_text(text).open(TOWN.card_key.public)
