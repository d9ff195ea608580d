"""Our own test vectors, which the verifier in the browser reads as well, and the worked card of docs/card-format.md."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from cardservice.credential import base45, cbor, deflate
from cardservice.credential.cose import parse_sign1
from cardservice.verify import Kit, verify
from tests.vectors import make

LISTS = {path.name: path.read_bytes() for path in (make.FOLDER / "lists").iterdir()}
CASES = sorted(make.FOLDER.glob("*.json"))
DOCUMENT = Path(__file__).parents[2] / "docs" / "card-format.md"


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit.from_files(
        {
            "anchor.cose": LISTS["anchor.cose"],
            "trust-list.cwt": LISTS["trust-list.cwt"],
            "status/1.cwt": LISTS["status-1.cwt"],
            "status/2.cwt": LISTS["status-2.cwt"],
        }
    )


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_case_gets_the_answer_that_its_file_names(path: Path, kit: Kit) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))

    verdict = verify(case["qr_text"], kit, now=datetime.fromisoformat(case["now"]), service=case.get("service"))

    assert (verdict.reason, verdict.would_be) == (case["expect"], case.get("would_be"))


def test_a_list_that_lost_a_revocation_is_refused_by_who_remembers(kit: Kit) -> None:
    rolled_back = Kit.from_files(
        {
            "anchor.cose": LISTS["anchor.cose"],
            "trust-list.cwt": LISTS["trust-list.cwt"],
            "status/1.cwt": LISTS["status-1-rollback.cwt"],
        },
        remembered=kit.remember(),
    )

    assert [problem.why for problem in rolled_back.problems] == ["a revocation has vanished from the status list"]


def test_the_files_are_those_that_the_generator_makes(tmp_path: Path) -> None:
    make.write(tmp_path)

    for path in (*CASES, *(make.FOLDER / "lists").iterdir()):
        assert (tmp_path / path.relative_to(make.FOLDER)).read_bytes() == path.read_bytes(), path.name


class TestWorkedCard:
    """The card that the specification takes apart byte by byte."""

    text = json.loads((make.FOLDER / "valid-residence.json").read_text(encoding="utf-8"))["qr_text"]
    message = deflate.decompress(base45.decode(text))

    def test_is_taken_apart_completely_and_in_order(self) -> None:
        section = DOCUMENT.read_text(encoding="utf-8").split("## A card, byte by byte")[1]
        rows = re.findall(r"^([0-9a-f]{2}(?: [0-9a-f]{2})*)(?:  |$)", section, re.MULTILINE)

        assert bytes.fromhex(" ".join(rows)) == self.message

    def test_has_the_text_and_the_key_that_the_document_prints(self) -> None:
        document = DOCUMENT.read_text(encoding="utf-8")

        assert self.text in document
        assert make.TOWN.card_key.public.coordinates.hex() in document.replace("\n", "")
        assert make.TOWN.card_key.key_id.hex() in document

    def test_is_signed_over_what_the_document_says(self) -> None:
        message = parse_sign1(self.message)

        signed = cbor.encode(["Signature1", message.protected, b"", message.payload])

        make.TOWN.card_key.public.verify(message.signature, signed)
