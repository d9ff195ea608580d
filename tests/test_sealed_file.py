"""Sealed files: open with the identity and no other, whole or not at all, and in pieces both ways."""

import io
import random

import pytest

from cardservice import sealed_file
from cardservice.sealed_file import NotAnIdentity, NotARecipient, SealedFileDamaged, WrongIdentity

IDENTITY, RECIPIENT = sealed_file.new_identity()
CONTENT = random.Random(1).randbytes(300_000)


def sealed(content: bytes = CONTENT) -> bytes:
    out = io.BytesIO()
    sealed_file.seal([content[:7], content[7:]], out, sealed_file.recipients(RECIPIENT))
    return out.getvalue()


def opened(data: bytes, identity: str = IDENTITY) -> bytes:
    pieces: list[bytes] = []
    sealed_file.unseal(io.BytesIO(data), sealed_file.identities(identity), pieces.append)
    return b"".join(pieces)


class TestASealedFile:
    def test_opens_with_its_identity(self) -> None:
        assert opened(sealed()) == CONTENT

    def test_may_be_empty(self) -> None:
        assert opened(sealed(b"")) == b""

    def test_holds_nothing_in_clear(self) -> None:
        assert b"a name" not in sealed(b"a name" * 1000)

    def test_opens_with_no_other_identity(self) -> None:
        other, _ = sealed_file.new_identity()

        with pytest.raises(WrongIdentity):
            opened(sealed(), other)

    def test_opens_for_each_of_several_recipients(self) -> None:
        other, to = sealed_file.new_identity()
        out = io.BytesIO()

        sealed_file.seal([CONTENT], out, sealed_file.recipients(f"# two offices\n{RECIPIENT}\n\n{to}\n"))

        assert opened(out.getvalue()) == opened(out.getvalue(), other) == CONTENT

    @pytest.mark.parametrize("keep", [0.2, 0.9, 0.9999])
    def test_is_refused_when_it_was_cut_short(self, keep: float) -> None:
        data = sealed()

        with pytest.raises((SealedFileDamaged, WrongIdentity)):
            opened(data[: int(len(data) * keep)])

    def test_is_refused_with_one_wrong_bit_anywhere(self) -> None:
        data, chance = sealed(), random.Random(2)
        for _ in range(50):
            at = chance.randrange(len(data))
            with pytest.raises((SealedFileDamaged, WrongIdentity)):
                opened(data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :])

    @pytest.mark.parametrize("inside", [b"not compressed", b""])
    def test_is_refused_when_age_is_around_something_else(self, inside: bytes) -> None:
        out = io.BytesIO()
        sealed_file.pyrage.encrypt_io(io.BytesIO(inside), out, sealed_file.recipients(RECIPIENT))

        with pytest.raises(SealedFileDamaged):
            opened(out.getvalue())

    def test_is_another_file(self) -> None:
        with pytest.raises(WrongIdentity):
            opened(b"a photograph")

    def test_raises_what_went_wrong_while_it_was_made(self) -> None:
        def pieces() -> object:
            yield b"a beginning"
            raise KeyError("the register went away")

        with pytest.raises(KeyError):
            sealed_file.seal(pieces(), io.BytesIO(), sealed_file.recipients(RECIPIENT))  # type: ignore[arg-type]

    def test_says_when_it_cannot_be_written(self) -> None:
        class Full(io.BytesIO):
            def write(self, _data: object) -> int:
                raise OSError(28, "No space left on device")

        with pytest.raises(OSError, match="No space left"):
            sealed_file.seal([CONTENT], Full(), sealed_file.recipients(RECIPIENT))

    def test_is_taken_in_pieces_of_bounded_size(self) -> None:
        sizes: list[int] = []

        sealed_file.unseal(
            io.BytesIO(sealed(bytes(10_000_000))),
            sealed_file.identities(IDENTITY),
            lambda piece: sizes.append(len(piece)),
        )

        assert sum(sizes) == 10_000_000
        assert max(sizes) <= 65_536


class TestKeys:
    def test_that_are_no_recipients(self) -> None:
        for text in ("", "# nothing", "age1nonsense", IDENTITY, f"{RECIPIENT}\nage1"):
            with pytest.raises(NotARecipient):
                sealed_file.recipients(text)

    def test_that_are_no_identities(self) -> None:
        for text in ("", "# nothing", RECIPIENT):
            with pytest.raises(NotAnIdentity):
                sealed_file.identities(text)
