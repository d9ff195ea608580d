"""The key of second factors: made once, its owner's alone, and opening only what it sealed for that one person."""

import stat
from pathlib import Path

import pytest

from cardservice.factor_key import FactorKey, FactorKeyDamaged, WrongFactorKey
from cardservice.keystore import ReadableByOthers


class TestInFolder:
    def test_is_made_once_for_its_owner_alone(self, tmp_path: Path) -> None:
        first = FactorKey.in_folder(tmp_path / "keys")
        second = FactorKey.in_folder(tmp_path / "keys")

        file = tmp_path / "keys" / "second-factors.key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(file.read_bytes()) == 32
        assert second.open(first.seal(b"secret", staff_id=1), staff_id=1) == b"secret"

    @pytest.mark.parametrize("mode", [0o640, 0o604])
    def test_is_refused_where_others_could_have_read_it(self, tmp_path: Path, mode: int) -> None:
        FactorKey.in_folder(tmp_path)
        (tmp_path / "second-factors.key").chmod(mode)

        with pytest.raises(ReadableByOthers):
            FactorKey.in_folder(tmp_path)

    @pytest.mark.parametrize("size", [0, 31, 33])
    def test_is_refused_when_it_is_damaged(self, tmp_path: Path, size: int) -> None:
        file = tmp_path / "second-factors.key"
        file.write_bytes(bytes(size))
        file.chmod(0o600)

        with pytest.raises(FactorKeyDamaged):
            FactorKey.in_folder(tmp_path)


class TestASealedSecret:
    KEY = FactorKey(bytes(32))

    def test_is_never_the_same_twice_and_does_not_show_it(self) -> None:
        first, second = (self.KEY.seal(b"twenty bytes of such", staff_id=1) for _ in range(2))

        assert first != second
        assert b"twenty" not in first

    @pytest.mark.parametrize(
        ("key", "staff_id"),
        [(FactorKey(bytes(31) + b"1"), 1), (KEY, 2)],
        ids=["another key", "another person"],
    )
    def test_is_opened_for_nobody_else(self, key: FactorKey, staff_id: int) -> None:
        sealed = self.KEY.seal(b"secret", staff_id=1)

        with pytest.raises(WrongFactorKey):
            key.open(sealed, staff_id=staff_id)

    @pytest.mark.parametrize("place", [0, 12, -1])
    def test_is_not_opened_when_it_was_touched(self, place: int) -> None:
        sealed = bytearray(self.KEY.seal(b"secret", staff_id=1))
        sealed[place] ^= 1

        with pytest.raises(WrongFactorKey):
            self.KEY.open(bytes(sealed), staff_id=1)
