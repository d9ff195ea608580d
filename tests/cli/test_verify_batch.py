"""`cardverify --batch`: an answer for each line, whatever stands on it, in the order of the lines."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from cli.asking import Answer, ask, write
from hostile_names import NAMES

from cardservice.cli import verify_batch
from cardservice.credential.claims import StatusReference
from tests.verify.town import Town

TOWN = Town()
OTHER = Town(issuer="https://outra.example", names={"pt": "Outra"})
AT = ["--at", "2026-11-22T12:00:00Z"]
GOOD, RESIDENCE = TOWN.text(), TOWN.text(TOWN.claims().residence())
REVOKED = TOWN.text(TOWN.claims(status=StatusReference(TOWN.uri, 666)))
FOREIGN = OTHER.text()
STRANGE = {
    b"": "not-a-card",
    b"https://shop.example": "not-a-card",
    b"\xff\xfe\x00": "not-a-card",
    b"0" * 100_000: None,
    GOOD.encode()[:-4]: None,
    GOOD.encode() + b" ": None,
    b"\x1b[2J\x1b]0;x\x07": "not-a-card",
    "\u202eabc".encode(): "not-a-card",
}


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    files = TOWN.files(TOWN.trust_list(TOWN.entry(), OTHER.entry(recognised_for=("library",))), TOWN.status_list([666]))
    return write(tmp_path / "kit", {**files, "status/o-1.cwt": OTHER.status_list().seal(OTHER.status_key)})


@pytest.fixture
def batch(kit: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(lines: bytes, *arguments: object) -> Answer:
        (tmp_path / "cards.txt").write_bytes(lines)
        return ask("--kit", kit, *AT, *arguments, "--batch", tmp_path / "cards.txt")

    return run


def lines_of(*texts: str | bytes) -> bytes:
    return b"".join((text.encode() if isinstance(text, str) else text) + b"\n" for text in texts)


class TestAnswers:
    def test_are_a_line_each_with_its_number_and_nothing_of_the_card(self, batch) -> None:
        answer = batch(lines_of(GOOD, REVOKED, RESIDENCE, FOREIGN))

        assert answer.out == "1\tvalid\tvalid\n2\tnot-valid\trevoked\n3\tvalid\tvalid\n4\tvalid\tvalid\n"
        assert answer.status == 1
        assert answer.err == "4 lines: 3 valid, 1 not valid, 0 cannot tell.\n  revoked: 1\n"

    def test_are_the_json_of_each_card_where_it_is_asked_for(self, batch, kit: Path) -> None:
        answer = batch(lines_of(GOOD, REVOKED), "--json")

        found = [json.loads(line) for line in answer.out.splitlines()]
        assert [one.pop("line") for one in found] == [1, 2]
        assert found == [ask("--kit", kit, *AT, "--json", text).json for text in (GOOD, REVOKED)]

    def test_are_for_the_service_that_was_named(self, batch) -> None:
        assert batch(lines_of(GOOD, FOREIGN), "--for", "pool").out == "1\tvalid\tvalid\n2\tnot-valid\tnot-recognised\n"

    def test_come_for_whatever_stands_on_a_line(self, batch) -> None:
        answer = batch(lines_of(GOOD, *STRANGE, GOOD))

        answers = [line.split("\t") for line in answer.out.splitlines()]
        assert [int(number) for number, _, _ in answers] == list(range(1, len(STRANGE) + 3))
        assert [outcome for _, outcome, _ in answers] == ["valid", *["not-valid"] * len(STRANGE), "valid"]
        for (_, _, reason), expected in zip(answers[1:-1], STRANGE.values(), strict=True):
            assert reason in ({expected} if expected else {"malformed", "not-a-card", "bad-signature"})
        assert answer.out.isascii()
        assert not set(answer.out) & {chr(number) for number in range(32) if chr(number) not in "\t\n"}

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
    def test_take_any_end_of_a_line_and_what_a_spreadsheet_puts_first(self, batch, end: bytes) -> None:
        answer = batch(b"\xef\xbb\xbf" + GOOD.encode() + b"\r\n" + GOOD.encode() + end)

        assert answer.out == "1\tvalid\tvalid\n2\tvalid\tvalid\n"
        assert answer.status == 0

    def test_of_a_line_without_an_end_need_no_memory(self, batch) -> None:
        assert batch(b"0" * 5_000_000 + b"\n" + GOOD.encode()).out.endswith("2\tvalid\tvalid\n")

    def test_may_be_asked_for_on_standard_input(self, kit: Path) -> None:
        assert ask("--kit", kit, *AT, "--batch", "-", stdin=lines_of(GOOD)).out == "1\tvalid\tvalid\n"

    def test_tell_of_lists_that_are_not_used(self, batch, kit: Path) -> None:
        (kit / "status" / "1.cwt").write_bytes(b"\x1b[2J")

        answer = batch(lines_of(GOOD))

        assert answer.out == "1\tcannot-tell\tstatus-missing\n"
        assert "Not used: status/1.cwt" in answer.err
        assert answer.status == 2

    def test_never_name_anybody(self, batch) -> None:
        cards = [TOWN.text(TOWN.claims(name=name, portrait=None)) for name in NAMES]

        answer = batch(lines_of(*cards))

        assert set(answer.out.split()) == {"valid", *map(str, range(1, len(NAMES) + 1))}

    def test_in_json_have_no_byte_that_a_terminal_obeys(self, batch) -> None:
        cards = [
            TOWN.text(TOWN.claims(name=name, name_second=name, card_number=name, birth_date=name, portrait=None))
            for name in NAMES
        ]

        answer = batch(lines_of(*cards), "--json")

        assert [json.loads(line)["name"] for line in answer.out.splitlines()] == NAMES
        assert not set(answer.out.replace("\n", "").encode()) & {*range(32), 127, *range(128, 256)}


class TestExitStatus:
    @pytest.mark.parametrize(
        ("texts", "status"),
        [((GOOD,), 0), ((GOOD, REVOKED), 1), ((GOOD, ""), 1), ((), 2)],
    )
    def test_is_the_worst(self, batch, texts: tuple[str, ...], status: int) -> None:
        assert batch(lines_of(*texts)).status == status

    def test_is_2_where_standard_input_is_closed(self, kit: Path) -> None:
        done = subprocess.run(
            ["sh", "-c", f"{' '.join(command(kit, '-'))} <&-"], capture_output=True, text=True, check=False
        )

        assert (done.returncode, done.stdout, done.stderr) == (2, "", "There was no line to check.\n")

    def test_is_2_where_nothing_could_be_told(self, kit: Path, tmp_path: Path) -> None:
        cards = write(tmp_path, {"cards": lines_of(GOOD)}) / "cards"

        assert ask("--kit", kit, "--at", "2027-01-01", "--batch", cards).status == 2

    @pytest.mark.parametrize(
        "arguments", [["--batch"], ["--batch", "nowhere"], ["--batch", "KIT"], ["--batch", "-", "x"]]
    )
    def test_is_64_for_wrong_usage(self, kit: Path, arguments: list[str]) -> None:
        answer = ask("--kit", kit, *[argument.replace("KIT", str(kit)) for argument in arguments])

        assert (answer.status, answer.out) == (64, "")
        assert "--help" in answer.err


MANY = 3000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thousands of lines, of which every thirteenth is revoked and every seventeenth empty."""
    path = tmp_path_factory.mktemp("many") / "cards.txt"
    path.write_bytes(lines_of(*["" if n % 17 == 0 else REVOKED if n % 13 == 0 else GOOD for n in range(1, MANY + 1)]))
    return path


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C counts: a shell starts what runs in its background so that it is ignored, down to the last child."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def command(kit: Path, many: Path | str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "cardservice.cli.verify", "--kit", str(kit), *AT, *arguments, "--batch", str(many)]


class TestThousands:
    def test_are_answered_in_their_order_by_several_processes(
        self, kit: Path, many: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(verify_batch, "_cores", lambda: 3)

        answer = ask("--kit", kit, *AT, "--memory", kit / "memory", "--batch", many)

        expected = [
            f"{n}\t"
            + ("not-valid\tnot-a-card" if n % 17 == 0 else "not-valid\trevoked" if n % 13 == 0 else "valid\tvalid")
            for n in range(1, MANY + 1)
        ]
        assert answer.out.splitlines() == expected
        assert answer.status == 1
        assert answer.err.startswith("3,000 lines: ")

    def test_are_judged_by_one_kit_even_if_the_folder_goes_away(
        self, kit: Path, many: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The other processes begin when the lists may have been updated, or be gone."""
        moved = verify_batch._pieces

        def pieces(file: BinaryIO) -> Iterator[verify_batch.Lines]:
            kit.rename(kit.with_name("elsewhere"))
            return moved(file)

        monkeypatch.setattr(verify_batch, "_cores", lambda: 2)
        monkeypatch.setattr(verify_batch, "_pieces", pieces)

        answer = ask("--kit", kit, *AT, "--for", "pool", "--batch", many)

        assert answer.err.startswith("3,000 lines: ")
        assert answer.out.count("\tvalid\tvalid\n") == sum(n % 13 > 0 and n % 17 > 0 for n in range(1, MANY + 1))

    def test_stream(self, kit: Path) -> None:
        """The first answers come before the last lines are there."""
        process = subprocess.Popen(
            command(kit, "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        lines = lines_of(GOOD) * 250
        for _ in range(12):
            process.stdin.write(lines)
        process.stdin.flush()

        first = process.stdout.readline()

        assert first == b"1\tvalid\tvalid\n"
        process.stdin.close()
        assert len(process.stdout.read().splitlines()) == 12 * 250 - 1
        assert process.wait(30) == 0
        process.stdout.close()
        assert process.stderr is not None
        process.stderr.close()

    def test_may_have_a_reader_that_leaves_and_then_are_not_all_right(self, kit: Path, many: Path) -> None:
        good = many.with_name("good.txt")
        good.write_bytes(lines_of(GOOD) * 20_000)
        line = f"({' '.join(command(kit, good))}; echo $? >&2) | head -1"

        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)

        assert done.stdout == "1\tvalid\tvalid\n"
        assert done.stderr.splitlines()[-1] == "2"
        assert "Traceback" not in done.stderr

    def test_may_have_no_room(self, kit: Path, many: Path) -> None:
        line = f"{' '.join(command(kit, many))} >/dev/full"

        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)

        assert done.returncode == 64
        assert "cannot write the answer: No space left on device" in done.stderr
        assert "Traceback" not in done.stderr

    def test_are_left_when_interrupted(self, heeded: None, kit: Path, many: Path) -> None:
        process = subprocess.Popen(
            command(kit, "-"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(many.read_bytes())
        process.stdin.flush()
        process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)

        _, err = process.communicate(timeout=30)

        assert process.returncode == 130
        assert b"Traceback" not in err

    def test_end_in_words_where_a_process_is_killed(self, kit: Path) -> None:
        process = subprocess.Popen(
            command(kit, "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines_of(GOOD) * 3000)
        process.stdin.flush()
        process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in children:
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)

        _, err = process.communicate(lines_of(GOOD) * 3000, timeout=30)

        assert process.returncode == 64
        assert b"a process that checks lines has ended" in err
        assert b"Traceback" not in err


class TestProgress:
    def test_is_shown_on_a_terminal_and_wiped_away(self, kit: Path, many: Path) -> None:
        seen = on_a_terminal(command(kit, many))

        assert "[###" in seen
        assert "100%  3,000 lines" in seen
        assert "\r3,000 lines: " in seen
        assert "\x1b" not in seen

    def test_counts_where_nobody_knows_how_many_there_are(self, kit: Path, many: Path) -> None:
        seen = on_a_terminal(["sh", "-c", f"cat {many} | {' '.join(command(kit, '-'))}"])

        assert "3,000 lines" in seen
        assert "[#" not in seen


def on_a_terminal(arguments: list[str]) -> str:
    """Run a command whose errors go to a terminal; return what was seen on it."""
    master, slave = pty.openpty()
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=slave)
    os.close(slave)
    seen = b"".join(_until_closed(master))
    os.close(master)
    process.wait(30)
    return seen.decode()


def _until_closed(master: int) -> Iterator[bytes]:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            yield os.read(master, 65536)
        except OSError:  # so a terminal ends on Linux
            return
