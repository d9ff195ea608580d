"""The samples: each gives its answer with their own lists, and none is anything but "unknown city" in a real town."""

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from town_hall import NOON
from verify.town import Town

from cardservice import samples
from cardservice.credential.errors import Reason
from cardservice.scan import qr_texts
from cardservice.verify import Kit, verify
from cardservice.web import kit_samples

FILES = kit_samples.files()
TOLD = json.loads(FILES["samples/samples.json"])
CODES = {code["name"]: code for code in TOLD["codes"]}
KIT = Kit.from_files(
    {name.removeprefix("samples/kit/"): content for name, content in FILES.items() if name.startswith("samples/kit/")}
)


def at() -> datetime:
    return datetime.strptime(TOLD["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


class TestEverySample:
    @pytest.mark.parametrize("name", CODES)
    def test_gives_its_answer_with_the_samples_lists_at_their_time(self, name: str) -> None:
        answer = verify(CODES[name]["text"], KIT, now=at())

        assert KIT.problems == ()
        assert (str(answer.verdict), str(answer.reason)) == (CODES[name]["verdict"], CODES[name]["reason"])

    def test_has_one_for_each_answer_that_people_must_know(self) -> None:
        assert {name: code["reason"] for name, code in CODES.items()} == {
            "good-identity": "valid",
            "good-residence": "valid",
            "expired": "expired",
            "revoked": "revoked",
            "foreign": "valid",
            "unknown-city": "unknown-issuer",
            "forged": "bad-signature",
        }

    @pytest.mark.parametrize("name", CODES)
    def test_is_of_an_unknown_city_in_a_real_town(self, name: str) -> None:
        for now in (at(), NOON):
            assert verify(CODES[name]["text"], Town().kit(), now=now).reason is Reason.UNKNOWN_ISSUER

    @pytest.mark.parametrize("name", CODES)
    def test_is_on_its_picture(self, name: str, tmp_path: Path) -> None:
        assert qr_texts(_png(FILES[f"samples/{CODES[name]['picture']}"])) == [CODES[name]["text"]]

    def test_shows_a_portrait_a_name_in_two_scripts_and_what_a_foreign_card_is_good_for(self) -> None:
        identity = verify(CODES["good-identity"]["text"], KIT, now=at())
        foreign = verify(CODES["foreign"]["text"], KIT, now=at())
        residence = verify(CODES["good-residence"]["text"], KIT, now=at())

        assert identity.portrait is not None
        assert identity.portrait.startswith(b"RIFF")
        assert (identity.name, identity.name_second) == ("Amina Sample", "أمينة مثال")
        assert (foreign.issuer_name, foreign.recognised_for) == ("Sample City", ("library",))
        assert (residence.name, residence.portrait) == (None, None)

    def test_of_a_recognised_city_is_not_recognised_for_what_is_not_named(self) -> None:
        reasons = [verify(CODES["foreign"]["text"], KIT, now=at(), service=name).reason for name in ("library", "pool")]

        assert reasons == [Reason.VALID, Reason.NOT_RECOGNISED]


class TestTheSampleTown:
    def test_is_nowhere(self) -> None:
        assert {samples.TOWN, samples.CITY, samples.STRANGER} == {
            "https://sample.example", "https://city.sample.example", "https://unknown.sample.example",
        }  # fmt: skip

    def test_has_six_keys_that_anybody_can_make_again(self) -> None:
        ids = [key.key_id for key in samples.every_key()]

        assert len(set(ids)) == 6
        assert ids == [key.key_id for key in samples.every_key()]

    def test_signs_with_those_keys_and_no_other(self) -> None:
        assert KIT.trust_list is not None
        listed = {trusted.key.key_id for issuer in KIT.trust_list.issuers for trusted in issuer.keys}

        assert listed | {KIT.anchor.key_id if KIT.anchor else b""} <= {key.key_id for key in samples.every_key()}

    def test_comes_out_the_same_again(self) -> None:
        assert kit_samples.files() == FILES


def _png(picture: bytes) -> bytes:
    """The SVG's rectangles as a picture of four pixels a module."""
    from io import BytesIO

    from PIL import Image, ImageDraw

    ground, drawn = list(ET.fromstring(picture))
    side = int(str(ground.get("d")).split("h")[1].split("v")[0])
    image = Image.new("1", (side * 4, side * 4), 1)
    pen = ImageDraw.Draw(image)
    for run in str(drawn.get("d")).removeprefix("M").split("M"):
        x, rest = run.split(" ")
        y, width = rest.split("h")[0], rest.split("h")[1].split("v")[0]
        box = (int(x) * 4, int(y) * 4, (int(x) + int(width)) * 4 - 1, int(y) * 4 + 3)
        pen.rectangle(box, fill=0)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
