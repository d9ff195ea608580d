"""cardverify as people and scripts use it: arguments in, words or JSON out, and an exit status."""

import fcntl
import io
import json
import os
import struct
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path

import pytest
import qrcode
from hostile_names import NAMES
from PIL import Image

from cardservice import scan
from cardservice.cli import verify
from cardservice.credential import base45, deflate
from cardservice.credential.claims import DAY, StatusReference
from cardservice.credential.trust_list import KeyPurpose, KeyState
from cardservice.verify import KitMemory, Reason
from tests.verify.town import MIDNIGHT, MORNING, TestKey, Town, trusted

TOWN = Town()
OTHER = Town(issuer="https://outra.example", names={"pt": "Outra"})
AT = ["--at", "2026-11-22T12:00:00Z"]
NOISE = "\x1b[2J\x07\x7f\u202eavliS anA\u2066\x9b31m\u2028\u200b"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    return write_kit(tmp_path / "kit", TOWN.files())


def write_kit(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def code(text: str) -> Image.Image:
    """A picture of a QR code, as it comes off a printer."""
    maker = qrcode.QRCode(box_size=4, border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    maker.add_data(text)
    return maker.make_image().get_image().convert("L")


def side_by_side(*pictures: Image.Image) -> Image.Image:
    sheet = Image.new("L", (sum(p.width for p in pictures) + 40, max(p.height for p in pictures)), 255)
    place = 0
    for picture in pictures:
        sheet.paste(picture, (place, 0))
        place += picture.width + 40
    return sheet


class Answer:
    """What one run said."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> dict[str, object]:
        assert self.out.count("\n") == 1, "one object on one line"
        return json.loads(self.out)  # type: ignore[no-any-return]


@pytest.fixture
def cardverify(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def run(*arguments: object, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        try:
            status = verify.main([str(argument) for argument in arguments])
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 1
        captured = capsys.readouterr()
        return Answer(status, captured.out, captured.err)

    return run


class TestExitStatus:
    def test_is_0_for_a_good_card(self, cardverify, kit) -> None:
        assert cardverify("--kit", kit, *AT, TOWN.text()).status == 0

    def test_is_1_for_a_bad_one(self, cardverify, kit) -> None:
        assert cardverify("--kit", kit, *AT, "https://shop.example").status == 1

    def test_is_1_for_a_sample_and_the_words_say_what_a_card_would_be(self, cardverify, kit) -> None:
        entry = TOWN.entry(trusted(TOWN.card_key, KeyPurpose.SAMPLE), trusted(TOWN.status_key, KeyPurpose.STATUS))
        (kit / "trust-list.cwt").write_bytes(TOWN.trust_list(entry).seal(TOWN.anchor))

        told = [cardverify("--kit", kit, *AT, TOWN.text(card)) for card in (TOWN.claims(), TOWN.claims(status=None))]

        assert [answer.status for answer in told] == [1, 1]
        first, second = (answer.out.splitlines()[:2] for answer in told)
        assert first == [
            "SAMPLE. It was made for training in Vila Aberta, and is good for nothing.",
            "It would be VALID. This is a card of Vila Aberta.",
        ]
        assert second[1].startswith("It would be CANNOT TELL.")

    def test_is_2_where_a_list_is_out_of_date(self, cardverify, kit) -> None:
        assert cardverify("--kit", kit, "--at", "2027-01-01", TOWN.text()).status == 2

    @pytest.mark.parametrize("broken", [b"", b"nonsense"])
    def test_is_2_where_the_trust_list_is_broken(self, cardverify, kit, broken) -> None:
        (kit / "trust-list.cwt").write_bytes(broken)

        answer = cardverify("--kit", kit, *AT, TOWN.text())

        assert answer.status == 2
        assert "CANNOT TELL" in answer.out
        assert "trust-list.cwt" in answer.out

    def test_is_2_in_an_empty_folder(self, cardverify, tmp_path) -> None:
        assert cardverify("--kit", tmp_path, *AT, TOWN.text()).status == 2

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["TEXT"],
            ["--kit"],
            ["--kit", "nowhere", "TEXT"],
            ["--kit", "KIT", "--at", "yesterday", "TEXT"],
            ["--kit", "KIT", "--colour", "TEXT"],
            ["--kit", "KIT", "TEXT", "TEXT"],
            ["--ki", "KIT", "TEXT"],
            ["--kit", "KIT", "--js", "TEXT"],
            ["--kit", "KIT", "nothing.png"],
            ["--kit", "KIT", "--anchor", "nowhere", "TEXT"],
            ["--kit", "KIT", "--anchor", "KIT/status/1.cwt", "TEXT"],
            ["--kit", "KIT", "--memory", "KIT/status/1.cwt", "TEXT"],
            ["--kit", "KIT", "--memory", "KIT/status", "TEXT"],
        ],
    )
    def test_is_64_for_wrong_usage_with_a_word_on_how(self, cardverify, kit, arguments) -> None:
        answer = cardverify(*[argument.replace("KIT", str(kit)) for argument in arguments])

        assert answer.status == 64
        assert "cardverify: " in answer.err
        assert "--help" in answer.err
        assert answer.out == ""

    def test_is_64_with_an_example_for_what_is_no_time(self, cardverify, kit) -> None:
        assert "'yesterday' is not a time such as 2026-11-22" in cardverify("--kit", kit, "--at", "yesterday").err

    @pytest.mark.parametrize("arguments", [["-\x1b[2J\u202e"], ["--at", "\x1b[2J\u202e"], ["\x1b[2J\u202e.png"]])
    def test_is_64_without_obeying_what_was_typed(self, cardverify, kit, arguments) -> None:
        answer = cardverify("--kit", kit, *arguments)

        assert answer.status == 64
        assert "[2J" in answer.err
        assert not set(answer.err) & {"\x1b", "\u202e"}

    def test_is_0_for_help_that_teaches(self, cardverify) -> None:
        answer = cardverify("--help")

        assert answer.status == 0
        assert (
            "cardverify --kit FOLDER [--for SERVICE] [--at TIME] [--json] [TEXT | PICTURE.png | CARD.pdf | -]"
            in answer.out
        )
        assert "Exit status: 0 valid, 1 not valid, 2 cannot tell" in answer.out
        assert "Example: zbarimg" in answer.out
        assert len(answer.out.splitlines()) < 24, "one screen"


class TestWhatIsChecked:
    def test_is_a_text_a_file_or_standard_input(self, cardverify, kit, tmp_path) -> None:
        (tmp_path / "code.txt").write_text(TOWN.text() + "\n")

        assert cardverify("--kit", kit, *AT, TOWN.text()).status == 0
        assert cardverify("--kit", kit, *AT, tmp_path / "code.txt").status == 0
        assert cardverify("--kit", kit, *AT, "-", stdin=TOWN.text().encode() + b"\r\n").status == 0
        assert cardverify("--kit", kit, *AT, stdin=TOWN.text().encode()).status == 0

    @pytest.mark.parametrize("text", ["x" * 5000, "a\0b", "", "/", "é", "\udcff"])
    def test_may_be_any_text(self, cardverify, kit, text) -> None:
        assert cardverify("--kit", kit, *AT, text).status == 1

    @pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"\0" * 10_000_000])
    def test_may_be_any_bytes(self, cardverify, kit, data) -> None:
        assert cardverify("--kit", kit, *AT, stdin=data).status == 1

    @pytest.mark.parametrize("text", ["BMW DEALER", "RIFFRAFF TWELVE", "GIF8", "BM"])
    def test_may_be_a_text_that_begins_like_a_picture(self, cardverify, kit, text) -> None:
        assert cardverify("--kit", kit, *AT, stdin=text.encode()).status == 1

    @pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp", "gif", "tiff"])
    def test_may_be_a_picture(self, cardverify, kit, tmp_path, kind) -> None:
        code(TOWN.text()).save(tmp_path / f"card.{kind}")

        assert cardverify("--kit", kit, *AT, "--json", tmp_path / f"card.{kind}").json["code"] == "identity"

    def test_may_be_a_picture_on_standard_input(self, cardverify, kit) -> None:
        picture = io.BytesIO()
        code(TOWN.text()).save(picture, "png")

        assert cardverify("--kit", kit, *AT, stdin=picture.getvalue()).status == 0

    def test_may_be_a_pdf_with_both_codes(self, cardverify, kit, tmp_path) -> None:
        front, back = code(TOWN.text(TOWN.claims().residence())), code(TOWN.text())
        front.save(tmp_path / "card.pdf", resolution=300, save_all=True, append_images=[back])

        answer = cardverify("--kit", kit, *AT, "--json", tmp_path / "card.pdf")

        assert answer.status == 0
        assert answer.json["code"] == "identity"
        assert [other["code"] for other in answer.json["also"]] == ["residence"]

    def test_leaves_with_the_worst_of_two_cards(self, cardverify, kit, tmp_path) -> None:
        expired = TOWN.claims(issued_at=MIDNIGHT - 2 * DAY, expires_at=MIDNIGHT)
        side_by_side(code(TOWN.text()), code(TOWN.text(expired.residence()))).save(tmp_path / "two.png")

        answer = cardverify("--kit", kit, *AT, "--json", tmp_path / "two.png")

        assert (answer.status, answer.json["reason"]) == (1, "valid")
        assert [other["reason"] for other in answer.json["also"]] == ["expired"]

    def test_overlooks_a_poster_beside_the_card(self, cardverify, kit, tmp_path) -> None:
        side_by_side(code("https://shop.example"), code(TOWN.text())).save(tmp_path / "two.png")

        answer = cardverify("--kit", kit, *AT, "--json", tmp_path / "two.png")

        assert (answer.status, answer.json["reason"]) == (0, "valid")
        assert "also" not in answer.json

    def test_says_of_a_picture_without_a_code_that_it_is_no_card(self, cardverify, kit, tmp_path) -> None:
        Image.new("L", (100, 100), 255).save(tmp_path / "blank.png")

        answer = cardverify("--kit", kit, *AT, "--json", tmp_path / "blank.png")

        assert (answer.status, answer.json["reason"]) == (1, "not-a-card")

    def test_may_be_a_line_for_each_code_as_zbarimg_prints_them(self, cardverify, kit, tmp_path) -> None:
        lines = f"{TOWN.text(TOWN.claims().residence())}\n\r\nhttps://shop.example\n{TOWN.text()}\r\n{TOWN.text()}\n"
        (tmp_path / "codes.txt").write_text(lines)

        answers = [
            cardverify("--kit", kit, *AT, "--json", stdin=lines.encode()),
            cardverify("--kit", kit, *AT, "--json", tmp_path / "codes.txt"),
        ]

        for answer in answers:
            assert (answer.status, answer.json["code"]) == (0, "identity")
            assert [other["code"] for other in answer.json["also"]] == ["residence"]

    def test_leaves_with_the_worst_of_two_lines(self, cardverify, kit) -> None:
        expired = TOWN.claims(issued_at=MIDNIGHT - 2 * DAY, expires_at=MIDNIGHT)

        answer = cardverify("--kit", kit, *AT, "--json", stdin=f"{TOWN.text()}\n{TOWN.text(expired)}".encode())

        assert (answer.status, answer.json["reason"]) == (1, "valid")
        assert [other["reason"] for other in answer.json["also"]] == ["expired"]

    @pytest.mark.parametrize("line", ["{text} \n", " {text}\n", "\t{text}\n", "{text}\v\n", "{text}\u2028\n"])
    def test_does_not_take_blanks_from_a_line(self, cardverify, kit, line) -> None:
        """A blank is one of Base45's letters."""
        assert cardverify("--kit", kit, *AT, stdin=line.format(text=TOWN.text()).encode()).status == 1

    def test_may_be_a_thousand_lines(self, cardverify, kit) -> None:
        lines = [f"HTTPS://SHOP.EXAMPLE/{place}" for place in range(999)]

        assert cardverify("--kit", kit, *AT, stdin="\n\n".join([*lines, TOWN.text()]).encode()).status == 0

    @pytest.mark.parametrize(
        ("more", "words"),
        [("\n1" * 1000, "more than 1000 lines"), ("\n" + "1" * scan.FILE_LIMIT, "too large")],
        ids=["lines", "bytes"],
    )
    def test_is_all_that_was_given_or_nothing(self, cardverify, kit, more, words) -> None:
        """A card beyond a bound may be the one that is not valid."""
        answer = cardverify("--kit", kit, *AT, stdin=(TOWN.text() + more).encode())

        assert answer.status == 64
        assert words in answer.err
        assert answer.out == ""


def huge_png(side: int) -> bytes:
    """A PNG of a few bytes that claims to be side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


class TestStreams:
    """One closed by the shell, a pipe whose reader leaves, a full disk: the status stays right, without a traceback."""

    @pytest.mark.parametrize("json", ["", "--json"])
    @pytest.mark.parametrize(("reader", "at", "status"), [("true", "2026-11-22T12", 0), ("true", "2029-01-01", 1)])
    def test_may_have_a_reader_that_leaves(self, kit, reader, at, status, json) -> None:
        said = shell(f"(sleep 0.1; $CARDVERIFY --kit {kit} --at {at} {json}; echo $? >&2) | {reader}", TOWN.text())

        assert said.stderr == f"{status}\n"

    def test_may_be_closed(self, kit) -> None:
        assert shell(f"$CARDVERIFY --kit {kit} --at 2026-11-22T12 >&-", TOWN.text()).returncode == 0
        assert shell(f"$CARDVERIFY --kit {kit} --at 2026-11-22T12 <&-", TOWN.text()).returncode == 1

    def test_may_have_no_room(self, kit) -> None:
        said = shell(f"$CARDVERIFY --kit {kit} --at 2026-11-22T12 >/dev/full", TOWN.text())

        assert said.returncode == 64
        assert said.stderr.startswith("cardverify: cannot write the answer: No space left on device\n")
        assert "Traceback" not in said.stderr


def shell(command: str, text: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which $CARDVERIFY is the program, with `text` on standard input."""
    program = f"{sys.executable} -m cardservice.cli.verify"
    environment = {**os.environ, "CARDVERIFY": program}
    return subprocess.run(
        ["sh", "-c", command], input=text, env=environment, capture_output=True, text=True, check=False
    )


class TestBadPictures:
    @pytest.mark.parametrize(
        ("data", "word"),
        [
            (huge_png(50_000), "too large"),
            (huge_png(10_000), "too large"),
            (huge_png(100), "cannot be read"),
            (b"\x89PNG\r\n\x1a\nnonsense", "cannot be read"),
            (b"RIFF1234WEBPnonsense", "cannot be read"),
            (b"%PDF-1.7 nonsense", "cannot be read"),
            (b"BM" + bytes(scan.FILE_LIMIT), "too large"),
        ],
    )
    def test_are_refused_in_words(self, cardverify, kit, tmp_path, data, word) -> None:
        (tmp_path / "bad.png").write_bytes(data)

        answer = cardverify("--kit", kit, *AT, tmp_path / "bad.png")

        assert answer.status == 64
        assert word in answer.err

    def test_are_refused_in_a_pdf_as_well(self, cardverify, kit, tmp_path, monkeypatch) -> None:
        Image.new("L", (2000, 2000), 255).save(tmp_path / "large.pdf", resolution=72)
        code("x").save(tmp_path / "long.pdf", save_all=True, append_images=[code("x")] * 2)

        assert "too large" in cardverify("--kit", kit, *AT, tmp_path / "large.pdf").err
        monkeypatch.setattr(scan, "PAGE_LIMIT", 2)
        assert "too many pages" in cardverify("--kit", kit, *AT, tmp_path / "long.pdf").err

    def test_without_the_extra_are_answered_with_how_to_get_it(self, cardverify, kit, tmp_path, monkeypatch) -> None:
        code("x").save(tmp_path / "card.png")
        monkeypatch.setitem(sys.modules, "zxingcpp", None)

        answer = cardverify("--kit", kit, *AT, tmp_path / "card.png")

        assert answer.status == 64
        assert "cardservice[scan]" in answer.err


class TestWords:
    def test_tell_what_the_card_says_and_what_to_do(self, cardverify, kit) -> None:
        out = cardverify("--kit", kit, *AT, TOWN.text()).out

        assert out.startswith("VALID. This is a card of Vila Aberta.\n")
        for fact in ("Amina Example", "1990-04-05", "7K3M-9QX2-R4P9", "20 November 2028"):
            assert fact in out
        assert "Compare the name" in out
        assert "picture in the code" in out
        assert "Trust list: 3 hours old. Status list: 3 hours old." in out

    def test_tell_nothing_of_the_holder_of_a_residence_code(self, cardverify, kit) -> None:
        out = cardverify("--kit", kit, *AT, TOWN.text(TOWN.claims().residence())).out

        assert "does not say whose card it is" in out
        assert "Amina" not in out

    @pytest.mark.parametrize(
        ("at", "age"),
        [
            ("2026-11-22T09:00:30+00:00", "new"),
            ("2026-11-22T09:01:00", "1 minute old"),
            ("2026-11-22T10:59:00+01:00", "59 minutes old"),
            ("2026-11-27T12:00:00", "5 days old"),
        ],
    )
    def test_tell_the_age_of_the_lists(self, cardverify, kit, at, age) -> None:
        assert f"Status list: {age}." in cardverify("--kit", kit, "--at", at, TOWN.text()).out

    def test_tell_that_there_is_no_list(self, cardverify, tmp_path) -> None:
        assert "Trust list: none that can be used." in cardverify("--kit", tmp_path, *AT, TOWN.text()).out

    def test_leave_the_number_of_another_city_as_it_is(self, cardverify, kit) -> None:
        assert "  ID-1\n" in cardverify("--kit", kit, *AT, TOWN.text(TOWN.claims(card_number="ID-1"))).out.replace(
            "Card number       ", "  "
        )

    def test_never_control_a_terminal(self, cardverify, tmp_path) -> None:
        town = Town(names={"pt": "Vila\x1b[31m"})
        folder = write_kit(tmp_path, town.files())
        card = town.claims(name=NOISE, name_second=NOISE, birth_date=NOISE, card_number=NOISE)

        for arguments in ([], ["--json"]):
            out = cardverify("--kit", folder, *AT, *arguments, town.text(card)).out
            assert "anA" in out
            assert not {character for character in out if character < " " and character != "\n"}
            assert not set(out) & {"\x7f", "\x9b", "\u202e", "\u2066", "\u2028", "\u200b"}

    @pytest.mark.parametrize("arguments", [[], ["--json"], ["--for", "pool"]])
    def test_show_two_hundred_hostile_names_and_obey_none(self, cardverify, tmp_path, arguments) -> None:
        """THREATS T20: markup, escape sequences, directions, in all that a card and a kit can say."""
        for place, name in enumerate(NAMES):
            town = Town(names={"pt": name})
            folder = write_kit(tmp_path / str(place), town.files(None, town.status_list(size=1 << 17)))
            (folder / "status" / "2.cwt").write_bytes(name.encode())
            card = town.claims(
                name=name, name_second=name, birth_date=name, card_number=name, language=name, portrait=None
            )

            answer = cardverify("--kit", folder, *AT, *arguments, town.text(card))

            assert answer.status == 0
            assert answer.err == ""
            for character in answer.out.replace("\n", ""):
                assert unicodedata.category(character) not in {"Cc", "Cs", "Co", "Zl", "Zp"}
                assert character in "\u200c\u200d" or unicodedata.category(character) != "Cf"

    def test_say_nothing_that_was_typed_in_place_of_a_card_raw(self, cardverify, kit) -> None:
        for name in (name for name in NAMES if "\0" not in name and not name.startswith("-")):
            answer = cardverify("--kit", kit, *AT, "--", name)

            assert not set(answer.out + answer.err) & {"\x1b", "\x9b", "\x07", "\u202e", "\x7f"}

    @pytest.mark.parametrize(
        ("at", "first_line"),
        [
            ("2026-11-24T09:00:00Z", "VALID. This is a card of Vila Aberta."),
            (
                "2026-11-24T09:00:01Z",
                "VALID on the list of Sunday, 22 November 2026. This is a card of Vila Aberta.",
            ),
            ("2026-12-06T08:59:59Z", "VALID on the list of Sunday, 22 November 2026. This is a card of Vila Aberta."),
            ("2026-12-06T09:00:00Z", "CANNOT TELL. The lists in this kit are out of date. Fetch new ones."),
        ],
    )
    def test_tell_of_which_day_the_list_is_once_it_is_older_than_two(self, cardverify, kit, at, first_line) -> None:
        answer = cardverify("--kit", kit, "--at", at, TOWN.text())

        assert answer.out.splitlines()[0] == first_line
        assert ("revoked since then" in answer.out) == ("on the list of" in first_line)
        assert cardverify("--kit", kit, "--at", at, "--json", TOWN.text()).json["fresh"] == (
            first_line == "VALID. This is a card of Vila Aberta."
        )

    def test_keep_the_joiners_that_a_script_needs(self, cardverify, kit) -> None:
        assert "می\u200cخواهم" in cardverify("--kit", kit, *AT, TOWN.text(TOWN.claims(name="می\u200cخواهم"))).out

    def test_come_out_on_a_terminal_that_knows_no_letters_but_latin(self, kit) -> None:
        command = [sys.executable, "-m", "cardservice.cli.verify", "--kit", str(kit), *AT]
        text = TOWN.text(TOWN.claims(name="كريم"))

        done = subprocess.run([*command, text], capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=False)

        assert done.returncode == 0
        assert b"\\u0643" in done.stdout

    def test_have_an_answer_for_every_reason_and_no_two_alike(self) -> None:
        assert set(verify.ANSWERS) == set(Reason)
        assert len(set(verify.ANSWERS.values())) == len(Reason)


class TestFor:
    """What the card is shown for, which matters for another city's."""

    @pytest.fixture
    def federated(self, tmp_path: Path) -> Path:
        files = TOWN.files(TOWN.trust_list(TOWN.entry(), OTHER.entry(recognised_for=("library", "sports"))))
        files["status/outra.example-1.cwt"] = OTHER.status_list().seal(OTHER.status_key)
        return write_kit(tmp_path / "federated", files)

    def test_lets_another_city_in_where_it_is_recognised(self, cardverify, federated) -> None:
        assert cardverify("--kit", federated, *AT, "--for", "library", OTHER.text()).status == 0
        assert cardverify("--kit", federated, *AT, OTHER.text()).status == 0

    def test_refuses_it_elsewhere_and_says_what_it_is_good_for(self, cardverify, federated) -> None:
        answer = cardverify("--kit", federated, *AT, "--for", "pool", OTHER.text())

        assert answer.status == 1
        assert answer.out.startswith("NOT VALID HERE. The card is good, but Outra is not recognised here for: pool.\n")
        assert "library, sports" in answer.out
        assert cardverify("--kit", federated, *AT, "--json", "--for", "pool", OTHER.text()).json["reason"] == (
            "not-recognised"
        )

    @pytest.mark.parametrize("service", ["", "Library", "pool!", "-pool", "a" * 33, "\x1b[2J"])
    def test_is_64_for_what_is_no_service(self, cardverify, kit, service) -> None:
        answer = cardverify("--kit", kit, *AT, f"--for={service}", TOWN.text())

        assert answer.status == 64
        assert "\x1b" not in answer.err


class TestForgeryEvening:
    """SCENARIOS 6 at the counter's own screen."""

    def test_has_eight_different_plain_answers_and_none_green(self, cardverify, tmp_path) -> None:
        old = TestKey("retired")
        entry = TOWN.entry(*TOWN.entry().keys, trusted(old, state=KeyState.RETIRED, retired_at=MIDNIGHT - DAY))
        folder = write_kit(tmp_path, TOWN.files(TOWN.trust_list(entry), TOWN.status_list([666])))
        edited = bytearray(deflate.decompress(base45.decode(TOWN.text())))
        edited[edited.find(b"Amina")] = ord("E")
        tricks = [
            ([*AT, base45.encode(deflate.compress(bytes(edited), repeated=b""))], "signature is wrong"),
            ([*AT, Town(issuer="https://outra.example").text()], "not from a town"),
            ([*AT, TOWN.text(TOWN.claims(issued_at=MIDNIGHT - DAY, expires_at=MIDNIGHT))], "has expired"),
            ([*AT, TOWN.text(TOWN.claims(status=StatusReference(uri=TOWN.uri, index=666)))], "revoked or suspended"),
            ([*AT, TOWN.text(key=old)], "not in use at that time"),
            (["--at", "2025-11-22", TOWN.text()], "clock of this machine is wrong"),
            ([*AT, "https://shop.example"], "not the code of a card"),
        ]

        answers = [cardverify("--kit", folder, *arguments) for arguments, _ in tricks]

        assert [answer.status for answer in answers] == [1, 1, 1, 1, 1, 2, 1]
        for answer, (_, words) in zip(answers, tricks, strict=True):
            assert words in answer.out
        # The eighth, a photocopy with another photo, is a genuine code: it asks for eyes instead.
        assert "Compare the name with the card and the face" in cardverify("--kit", folder, *AT, TOWN.text()).out


class TestMemory:
    def test_refuses_older_lists_from_then_on(self, cardverify, kit, tmp_path) -> None:
        memory = tmp_path / "memory"
        assert cardverify("--kit", kit, *AT, "--memory", memory, TOWN.text()).status == 0
        old = write_kit(tmp_path / "old", TOWN.files(None, TOWN.status_list(sequence=6)))

        answer = cardverify("--kit", old, *AT, "--json", "--memory", memory, TOWN.text())

        assert (answer.status, answer.json["reason"]) == (2, "status-missing")
        assert answer.json["kit_problems"] == [
            {"file": "status/1.cwt", "why": "older than the status list used before"}
        ]
        assert cardverify("--kit", kit, *AT, "--memory", memory, TOWN.text()).status == 0

    def test_holds_nothing_of_the_cards_that_were_checked(self, cardverify, kit, tmp_path) -> None:
        cardverify("--kit", kit, *AT, "--memory", tmp_path / "memory", TOWN.text())

        assert b"Amina" not in (tmp_path / "memory").read_bytes()
        assert {path.name for path in tmp_path.iterdir()} == {"kit", "memory"}

    def test_is_whole_and_newest_however_many_run_at_once(self, kit, tmp_path) -> None:
        """Each run sees what the one before it has written: a gate and a batch may share a memory."""
        memory, older, newer = (tmp_path / name for name in ("memory", "older", "newer"))
        write_kit(older, TOWN.files(None, TOWN.status_list(sequence=8)))
        write_kit(newer, TOWN.files(None, TOWN.status_list(sequence=9)))
        command = [sys.executable, "-m", "cardservice.cli.verify", *AT, "--memory", str(memory), "--kit"]

        runs = [
            subprocess.Popen([*command, str(folder), TOWN.text()], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for folder in (older, newer) * 4
        ]
        said = [run.communicate(timeout=60) for run in runs]

        assert [err for _, err in said] == [b""] * len(runs)
        assert {run.returncode for run in runs} <= {0, 2}
        (known,) = KitMemory.from_bytes(memory.read_bytes()).status_lists.values()
        assert known.sequence == 9
        assert {path.name for path in tmp_path.iterdir()} == {"kit", "memory", "older", "newer"}

    def test_waits_for_the_run_before_it(self, kit, tmp_path) -> None:
        """Otherwise one that loaded an older memory could write it over a newer one."""
        command = [sys.executable, "-m", "cardservice.cli.verify", *AT, "--memory", str(tmp_path / "memory")]
        held = os.open(tmp_path, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        run = subprocess.Popen([*command, "--kit", str(kit), TOWN.text()], stdout=subprocess.PIPE)

        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(1.5)
        assert not (tmp_path / "memory").exists()
        os.close(held)

        run.communicate(timeout=60)
        assert (run.returncode, (tmp_path / "memory").exists()) == (0, True)

    def test_is_written_only_where_there_is_something_new(self, cardverify, kit, tmp_path) -> None:
        memory = tmp_path / "memory"
        cardverify("--kit", kit, *AT, "--memory", memory, TOWN.text())
        before = memory.stat()

        cardverify("--kit", kit, *AT, "--memory", memory, TOWN.text())

        assert (memory.stat().st_ino, memory.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    def test_stays_as_it_was_where_the_disk_is_full(self, cardverify, kit, tmp_path, monkeypatch) -> None:
        memory = tmp_path / "memory"
        cardverify("--kit", kit, *AT, "--memory", memory, TOWN.text())
        before = memory.read_bytes()
        write_kit(kit, TOWN.files(None, TOWN.status_list(sequence=9)))

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        answer = cardverify("--kit", kit, *AT, "--memory", memory, TOWN.text())

        assert (answer.status, memory.read_bytes()) == (64, before)
        assert "No space left on device" in answer.err
        assert {path.name for path in tmp_path.iterdir()} == {"kit", "memory"}

    def test_is_not_made_where_there_was_nothing_to_remember(self, cardverify, tmp_path) -> None:
        (tmp_path / "empty").mkdir()

        cardverify("--kit", tmp_path / "empty", *AT, "--memory", tmp_path / "memory", TOWN.text())

        assert not (tmp_path / "memory").exists()


class TestAnchor:
    def test_is_the_one_that_was_pinned(self, cardverify, kit, tmp_path) -> None:
        (tmp_path / "another").write_bytes(TestKey("another").public.to_cose_key())

        assert cardverify("--kit", kit, *AT, "--anchor", kit / "anchor.cose", TOWN.text()).status == 0
        assert cardverify("--kit", kit, *AT, "--anchor", tmp_path / "another", TOWN.text()).status == 2


def test_the_clock_is_read_where_no_time_is_named(cardverify, tmp_path) -> None:
    folder = write_kit(tmp_path, TOWN.files(TOWN.trust_list(issued_at=MORNING + 10_000 * DAY)))

    assert "clock" in cardverify("--kit", folder, TOWN.text()).out
