"""`cardservice demo`: a town, cards in every script, verified offline; nobody named in what the town keeps."""

import base64
import json
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from demo_town import CANARY, Demo, make

from cardservice import settings
from cardservice.cli.admin import main
from cardservice.domain import kit_folder
from cardservice.scan import qr_texts
from cardservice.verify import Kit, verify
from cardservice.visit_settings import WEEKDAYS


def writings(name: str) -> list[bytes]:
    """The ways a name could be found on a disk."""
    return [
        name.encode(),
        name.encode("utf-16-le"),
        name.encode("utf-16-be"),
        base64.b64encode(name.encode())[:-4],
        name.encode().hex().encode(),
        name[::-1].encode(),
    ]


def one(folder: Path, name: str) -> Path:
    """A people file of one person."""
    path = folder / "people.jsonl"
    path.write_text(json.dumps({"name": name, "birth_date": "1987-03-14"}) + "\n", encoding="utf-8")
    return path


class TestDemo:
    def test_makes_a_card_for_every_sample_resident(self, demo: Demo) -> None:
        assert demo.result.exit_code == 0, demo.result.output
        assert len(demo.cards) == 12

    def test_says_of_both_codes_of_every_card_that_it_is_a_sample_and_would_be_valid(self, demo: Demo) -> None:
        assert demo.result.output.count("sample: would be valid until") == 24

    def test_has_no_card_that_a_verifier_calls_valid(self, demo: Demo) -> None:
        kit, now = Kit.load(demo.folder / "kit"), datetime.now(UTC)
        texts = [card[kind] for card in demo.cards for kind in ("identity", "residence")]

        verdicts = [verify(text, kit, now=now) for text in texts]

        assert {(one.verdict, one.reason, one.would_be) for one in verdicts} == {("not-valid", "sample", "valid")}

    def test_says_sample_on_every_page_that_it_prints(self, demo: Demo) -> None:
        for file in (demo.folder / "cards.pdf", *(demo.folder / "slips").iterdir()):
            for page in pypdfium2.PdfDocument(file):
                said = page.get_textpage().get_text_range()
                assert "SAMPLE" in said or "EXEMPLE" in said or "MUESTRA" in said or "EXEMPLO" in said or "عيّنة" in said

    def test_says_last_where_the_verifier_is_and_that_any_server_of_files_will_do(self, demo: Demo) -> None:
        verifier, files = demo.result.output.splitlines()[-2:]

        assert "http://localhost:8000/kit/" in verifier
        assert files.endswith(f"python3 -m http.server --directory {demo.folder / 'kit'}")

    def test_writes_a_kit_that_has_everything(self, demo: Demo) -> None:
        kit = demo.folder / "kit"
        named = kit_folder.checksums((kit / "SHA256SUMS").read_bytes())

        assert {path.relative_to(kit).as_posix() for path in kit.rglob("*") if path.is_file()} == {
            *named, "SHA256SUMS",
        }  # fmt: skip
        assert {
            "anchor.cose", "index.html", "jwks.json", "manifest.webmanifest", "README.txt", "README.en.txt",
            "README.fr.txt", "samples/samples.json", "samples/kit/trust-list.cwt", "service-worker.js", "status/1.cwt",
            "status/2.cwt", "status/id.outra-margem.example-1.cwt", "trust-list.cwt", "vendor/zxing_reader.wasm",
            "words/en.json",
        } <= named.keys()  # fmt: skip

    def test_prints_a_front_and_a_back_for_every_card(self, demo: Demo) -> None:
        assert len(pypdfium2.PdfDocument(demo.folder / "cards.pdf")) == 24

    def test_writes_a_picture_of_each_code(self, demo: Demo) -> None:
        names = sorted(path.name for path in (demo.folder / "codes").iterdir())

        assert names[:2] == ["001-identity.png", "001-residence.png"]
        assert names[24:] == ["visitor-identity.png", "visitor-residence.png"]

    def test_has_a_visitor_whose_town_is_recognised_for_its_library(self, demo: Demo) -> None:
        kit, now = Kit.load(demo.folder / "kit"), datetime.now(UTC)
        (code,) = qr_texts((demo.folder / "codes" / "visitor-residence.png").read_bytes())

        library, pool = (verify(code, kit, now=now, service=service) for service in ("library", "pool"))

        assert (library.would_be, library.issuer_name) == ("valid", "Outra Margem")
        assert pool.would_be == "not-recognised"
        assert demo.result.output.count("sample: would be valid, of Outra Margem, for: library") == 2

    def test_tells_the_staffs_passwords_to_their_owner_only(self, demo: Demo) -> None:
        staff = demo.folder / "staff.txt"

        assert stat.S_IMODE(staff.stat().st_mode) == 0o600
        lines = [line.split() for line in staff.read_text().splitlines()]
        assert [line[0] for line in lines] == ["clerk", "supervisor", "administrator", "auditor"]
        assert all(len(line) == 3 for line in lines)

    def test_names_nobody_in_what_the_town_keeps_and_publishes(self, eddsa_demo: Demo) -> None:
        kept = [path for half in ("town", "kit") for path in (eddsa_demo.folder / half).rglob("*") if path.is_file()]
        found = [path.name for path in kept for written in writings(CANARY) if written in path.read_bytes()]

        assert len(kept) >= 10
        assert found == []

    def test_would_find_a_name_that_was_kept(self, eddsa_demo: Demo) -> None:
        assert any(written in (eddsa_demo.folder / "qr.jsonl").read_bytes() for written in writings(CANARY))

    def test_goes_on_after_people_it_cannot_take_and_says_why_without_naming_them(self, eddsa_demo: Demo) -> None:
        told = [line for line in eddsa_demo.result.output.splitlines() if line.startswith("line ")]

        assert [line.split(":")[0] for line in told] == [f"line {number}" for number in (2, 3, 4, 5, 6)]
        assert len(eddsa_demo.cards) == 2
        assert "Ola" not in eddsa_demo.result.output
        assert eddsa_demo.result.exit_code == 0

    def test_leaves_a_town_whose_commands_need_no_passphrase_and_publish_to_the_same_kit(self, demo: Demo) -> None:
        before = (demo.folder / "kit" / "status" / "1.cwt").read_bytes()

        told = CliRunner().invoke(main, ["--town", str(demo.folder / "town"), "publish"])

        assert told.exit_code == 0, told.output
        assert (demo.folder / "kit" / "status" / "1.cwt").read_bytes() != before

    def test_leaves_a_town_whose_anchor_is_asked_for_by_itself(self, demo: Demo) -> None:
        before = (demo.folder / "kit" / "trust-list.cwt").read_bytes()

        told = CliRunner().invoke(
            main,
            ["--town", str(demo.folder / "town"), "publish"],
            env={"CARDSERVICE_PASSPHRASE_ANCHOR": demo.passphrase},
        )

        assert told.exit_code == 0, told.output
        assert (demo.folder / "kit" / "trust-list.cwt").read_bytes() != before

    def test_leaves_a_town_at_which_visits_can_be_booked_on_any_day(self, demo: Demo) -> None:
        assert set(settings.load(demo.folder / "town").visits.hours) == set(WEEKDAYS)

    def test_can_be_run_again_over_itself(self, tmp_path: Path) -> None:
        (tmp_path / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n')
        first = make(tmp_path / "out", "--people", str(tmp_path / "people.jsonl"))
        second = make(tmp_path / "out", "--people", str(tmp_path / "people.jsonl"))

        assert (first.result.exit_code, second.result.exit_code) == (0, 0)

    def test_says_so_when_nobody_could_be_taken(self, tmp_path: Path) -> None:
        (tmp_path / "people.jsonl").write_text("[]\n")

        told = make(tmp_path / "out", "--people", str(tmp_path / "people.jsonl"))

        assert told.result.exit_code == 1
        assert "No line of the people file could be taken" in told.result.output

    def test_leaves_alone_what_it_did_not_make(self, tmp_path: Path) -> None:
        (tmp_path / "staff.txt").write_text("mine")

        told = make(tmp_path)

        assert told.result.exit_code == 1
        assert "has a staff.txt that the demo did not make" in told.result.output
        assert (tmp_path / "staff.txt").read_text() == "mine"

    def test_may_stand_beside_the_people_it_is_asked_for(self, tmp_path: Path) -> None:
        people = one(tmp_path, "Y")

        first = make(tmp_path, "--people", str(people))
        second = make(tmp_path, "--people", str(people))

        assert (first.result.exit_code, second.result.exit_code) == (0, 0), second.result.output
        assert people.exists()

    def test_writes_the_slip_of_every_card_and_nobodys_name_on_it(self, demo: Demo) -> None:
        slips = sorted((demo.folder / "slips").iterdir())
        said = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(slips[0]))

        assert [path.name for path in slips] == [f"{number:03}.pdf" for number in range(1, 13)]
        assert demo.cards[0]["card_number"][:4] in said
        assert demo.cards[0]["name"] not in said

    def test_shows_the_pockets_of_the_holders_to_their_owner_only(self, demo: Demo) -> None:
        readable = [path.name for path in demo.folder.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
        behind = {"town", "neighbour", "codes", "slips"}  # folders that nobody else may enter

        assert {stat.S_IMODE((demo.folder / name).stat().st_mode) for name in behind} == {0o700}
        assert not {"cards.pdf", "qr.jsonl", "staff.txt", "passphrase.txt"} & set(readable)

    @pytest.mark.parametrize("typed", ["Z\u030cofie  da Silva", " Žofie da Silva "])
    def test_takes_a_name_as_the_desk_does(self, tmp_path: Path, typed: str) -> None:
        told = make(tmp_path / "out", "--people", str(one(tmp_path, typed)))

        assert [card["name"] for card in told.cards] == ["Žofie da Silva"]
        assert "\n1 card: " in told.result.output

    @pytest.mark.parametrize(
        ("typed", "reason"),
        [
            ("Ana\x07", "name is bad-character U+0007"),
            ("Ana \N{GRINNING FACE}", "name is bad-character U+1F600 GRINNING FACE"),
            ("x" * 129, "name is too-long"),
            ("\N{CJK UNIFIED IDEOGRAPH-30000}", "make fonts-rare-han"),
        ],
    )
    def test_says_what_is_wrong_with_a_name(self, tmp_path: Path, typed: str, reason: str) -> None:
        told = make(tmp_path / "out", "--people", str(one(tmp_path, typed)))

        assert "line 1: " in told.result.output
        assert reason in told.result.output

    def test_says_so_when_its_port_is_taken_before_it_makes_anything(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])

            told = CliRunner().invoke(main, ["demo", "--out", str(tmp_path / "out"), "--port", port])

        assert told.exit_code == 1
        assert f"Port {port} is in use" in told.output
        assert not (tmp_path / "out").exists()
