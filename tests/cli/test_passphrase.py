"""A passphrase comes from a descriptor, the environment or a prompt, and from nowhere else."""

import os
from pathlib import Path

import click
import pytest

from cardservice.cli import passphrase


def descriptor_with(content: bytes) -> int:
    reader, writer = os.pipe()
    os.write(writer, content)
    os.close(writer)
    return reader


class TestFromDescriptor:
    def test_reads_the_first_line(self) -> None:
        reader = descriptor_with("correct höhle\nsecond line\n".encode())

        assert passphrase.from_descriptor(reader) == "correct höhle"
        os.close(reader)

    @pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\n"])
    def test_refuses_one_that_holds_no_text(self, content: bytes) -> None:
        reader = descriptor_with(content)

        with pytest.raises(click.ClickException, match=f"File descriptor {reader}"):
            passphrase.from_descriptor(reader)
        os.close(reader)

    @pytest.mark.parametrize("descriptor", [999, -1, 1 << 40])
    def test_refuses_one_that_is_not_open(self, descriptor: int) -> None:
        with pytest.raises(click.ClickException, match="cannot be read"):
            passphrase.from_descriptor(descriptor)

    def test_stops_at_a_line_without_an_end(self) -> None:
        with Path("/dev/zero").open("rb") as endless, pytest.raises(click.ClickException, match="too long"):
            passphrase.from_descriptor(endless.fileno())

    def test_takes_the_longest_line_with_its_end(self) -> None:
        reader = descriptor_with(b"x" * passphrase.LONGEST + b"\n")

        assert passphrase.from_descriptor(reader) == "x" * passphrase.LONGEST
        os.close(reader)


class TestAskOrLeaveLocked:
    def test_leaves_a_key_locked_when_there_is_nobody_to_ask(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CARDSERVICE_PASSPHRASE", raising=False)

        assert passphrase.ask_or_leave_locked("anchor") is None

    def test_takes_what_is_in_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CARDSERVICE_PASSPHRASE", "for all four")

        assert passphrase.ask_or_leave_locked("anchor") == "for all four"


class TestAsk:
    def test_prefers_what_was_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CARDSERVICE_PASSPHRASE", "from the environment")

        assert passphrase.ask("card", "from a descriptor") == "from a descriptor"

    def test_prefers_the_passphrase_of_that_one_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CARDSERVICE_PASSPHRASE", "for all four")
        monkeypatch.setenv("CARDSERVICE_PASSPHRASE_ANCHOR", "for the anchor")

        assert (passphrase.ask("anchor"), passphrase.ask("card")) == ("for the anchor", "for all four")

    def test_says_where_it_may_come_from_when_there_is_nobody_to_ask(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("CARDSERVICE_PASSPHRASE", raising=False)

        with pytest.raises(passphrase.PassphraseMissing, match="CARDSERVICE_PASSPHRASE_STATUS"):
            passphrase.ask("status")
