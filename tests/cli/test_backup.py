"""`backup`, `backup-key` and `restore` on real folders: nothing in clear, nothing over anything, nothing half done."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from demo_town import Demo, make

from cardservice import sealed_file
from cardservice.cli import backup, restore
from cardservice.cli.admin import main
from cardservice.domain import audit
from cardservice.settings import load
from cardservice.storage.session import engine, reading
from cardservice.verify import Kit, verify


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("backed-up")
    (folder / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n' * 3)
    return make(folder / "out", "--people", str(folder / "people.jsonl"))


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("elsewhere") / "identity.txt"
    told = CliRunner().invoke(main, ["backup-key", "--out", str(file)])
    assert told.exit_code == 0, told.output
    file.with_suffix(".pub").write_text(told.output.splitlines()[-1])
    return file


@pytest.fixture
def made(town: Demo, identity: Path, tmp_path: Path) -> Path:
    file = tmp_path / "register.age"
    told = town.run("backup", "--to", str(file), "--recipient", identity.with_suffix(".pub").read_text())
    assert told.exit_code == 0, told.output
    return file


def bring_back(folder: Path, made: Path, identity: Path, *more: str) -> Result:
    return CliRunner().invoke(
        main, ["--town", str(folder), "restore", "--from", str(made), "--identity", str(identity), *more]
    )


class TestBackupKey:
    def test_is_private_and_tells_the_public_half(self, identity: Path) -> None:
        text = identity.read_text()

        assert identity.stat().st_mode & 0o777 == 0o600
        assert "AGE-SECRET-KEY-1" in text
        assert identity.with_suffix(".pub").read_text() in text
        assert sealed_file.identities(text)

    def test_is_never_written_over_another(self, identity: Path) -> None:
        before = identity.read_text()

        told = CliRunner().invoke(main, ["backup-key", "--out", str(identity)])

        assert told.exit_code == 1
        assert "already" in told.output
        assert identity.read_text() == before


class TestBackup:
    def test_is_private_and_in_no_part_in_clear(self, town: Demo, made: Path) -> None:
        assert made.stat().st_mode & 0o777 == 0o600
        assert made.read_bytes().startswith(b"age-encryption.org/v1")
        assert town.cards[0]["card_number"].encode() not in made.read_bytes()
        assert list(made.parent.iterdir()) == [made]

    def test_goes_to_whom_the_settings_name(self, town: Demo, identity: Path, tmp_path: Path) -> None:
        config = town.folder / "town" / "config.toml"
        before = config.read_text()
        config.write_text(before.replace('recipient = ""', f'recipient = "{identity.with_suffix(".pub").read_text()}"'))
        try:
            told = town.run("backup", "--to", str(tmp_path))
        finally:
            config.write_text(before)

        assert told.exit_code == 0, told.output
        assert len(list(tmp_path.glob("register-*Z.age"))) == 1

    def test_needs_somebody_to_go_to(self, town: Demo, tmp_path: Path) -> None:
        for recipient in ([], ["--recipient", "age1nobody"]):
            told = town.run("backup", "--to", str(tmp_path / "x.age"), *recipient)

            assert told.exit_code == 1
            assert "age1" in told.output
        assert list(tmp_path.iterdir()) == []

    def test_is_not_written_over_another(self, town: Demo, identity: Path, made: Path) -> None:
        before = made.read_bytes()

        told = town.run("backup", "--to", str(made), "--recipient", str(identity.with_suffix(".pub")))

        assert told.exit_code == 1
        assert made.read_bytes() == before

    def test_leaves_nothing_when_the_disk_is_full(
        self, town: Demo, identity: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(backup.sealed_file, "seal", full)

        told = town.run("backup", "--to", str(tmp_path / "x.age"), "--recipient", str(identity.with_suffix(".pub")))

        assert told.exit_code == 1
        assert "No space left" in told.output
        assert list(tmp_path.iterdir()) == []

    def test_keeps_so_many_days_of_its_own_backups_in_a_folder(
        self, town: Demo, identity: Path, tmp_path: Path
    ) -> None:
        names = {days: f"register-{datetime.now(UTC) - timedelta(days=days):%Y%m%dT%H%M%S}Z.age" for days in (29, 31)}
        for name in [*names.values(), "register-of-my-own.age"]:
            (tmp_path / name).write_bytes(b"old")

        told = town.run(
            "backup", "--to", str(tmp_path), "--recipient", str(identity.with_suffix(".pub")), "--keep-days", "30"
        )

        assert told.exit_code == 0, told.output
        left = {path.name for path in tmp_path.iterdir()}
        assert names[29] in left
        assert names[31] not in left
        assert len(left) == 3

    def test_deletes_nothing_beside_a_file(self, town: Demo, identity: Path, tmp_path: Path) -> None:
        public = str(identity.with_suffix(".pub"))

        told = town.run("backup", "--to", str(tmp_path / "x.age"), "--recipient", public, "--keep-days", "30")

        assert told.exit_code == 2


class TestRestore:
    def test_brings_the_town_back_and_publishes_on(
        self, town: Demo, made: Path, identity: Path, tmp_path: Path
    ) -> None:
        revoked = town.cards[0]
        town.run("revoke", revoked["card_number"], "--reason", "lost")
        town.run("publish")
        kit = tmp_path / "mirror"
        shutil.copytree(town.folder / "kit", kit)
        folder = tmp_path / "again" / "town"

        told = bring_back(folder, made, identity, "--kit", str(kit))

        assert told.exit_code == 0, told.output
        assert "as the kit shows:            1" in told.output
        shutil.copytree(town.folder / "town" / "keys", folder / "keys")
        later = Demo(folder.parent, told)
        (folder.parent / "passphrase.txt").write_text(town.passphrase)
        assert later.run("audit", "verify").exit_code == 0
        published = later.run("publish")
        assert published.exit_code == 0, published.output
        loaded = Kit.load(load(folder).kit_folder)
        reasons = [verify(card["identity"], loaded, now=datetime.now(UTC)).as_card for card in town.cards[:2]]
        assert [str(reason) for reason in reasons] == ["revoked", "valid"]

    def test_goes_into_another_database(
        self,
        town: Demo,
        made: Path,
        identity: Path,
        tmp_path: Path,
        new_postgresql_database: Callable[[str], str],
    ) -> None:
        address = new_postgresql_database("town").replace("postgresql+psycopg", "postgresql")
        folder, kit = tmp_path / "town", str(town.folder / "kit")

        told = bring_back(folder, made, identity, "--kit", kit, "--database", address)

        assert told.exit_code == 0, told.output
        connected = engine(load(folder).database_url)
        with reading(connected).begin() as session:
            assert connected.dialect.name == "postgresql"
            assert audit.verify_chain(session) is not None
        connected.dispose()
        (folder / "config.toml").unlink()
        assert "none is written over" in bring_back(folder, made, identity, "--kit", kit, "--database", address).output

    def test_says_what_is_wrong_with_the_address_of_the_other_database(
        self, town: Demo, made: Path, identity: Path, tmp_path: Path
    ) -> None:
        address, kit = "postgresql://desk:open-sesame@localhost:54x2/register", str(town.folder / "kit")

        told = bring_back(tmp_path / "town", made, identity, "--kit", kit, "--database", address)

        assert told.exit_code == 1
        assert "database.url: must be an address like" in told.output
        assert "open-sesame" not in told.output
        assert not (tmp_path / "town").exists()

    def test_writes_over_no_town(self, town: Demo, made: Path, identity: Path) -> None:
        told = bring_back(town.folder / "town", made, identity, "--kit", str(town.folder / "kit"))

        assert told.exit_code == 1
        assert "already" in told.output

    def test_writes_over_no_register(self, town: Demo, made: Path, identity: Path, tmp_path: Path) -> None:
        (tmp_path / "town").mkdir()
        (tmp_path / "town" / "register.db").write_bytes(b"somebody's")

        told = bring_back(tmp_path / "town", made, identity, "--kit", str(town.folder / "kit"))

        assert told.exit_code == 1
        assert (tmp_path / "town" / "register.db").read_bytes() == b"somebody's"

    def test_asks_for_the_newest_kit(self, made: Path, identity: Path, tmp_path: Path) -> None:
        assert bring_back(tmp_path / "town", made, identity).exit_code == 2
        assert not (tmp_path / "town").exists()

    def test_goes_without_a_kit_where_there_is_none(self, made: Path, identity: Path, tmp_path: Path) -> None:
        assert bring_back(tmp_path / "town", made, identity, "--without-kit").exit_code == 0

    @pytest.mark.parametrize("kit", ["empty", "damaged"])
    def test_leaves_nothing_half_done_when_the_kit_cannot_be_used(
        self, town: Demo, made: Path, identity: Path, tmp_path: Path, kit: str
    ) -> None:
        folder = tmp_path / kit
        folder.mkdir()
        if kit == "damaged":
            shutil.copytree(town.folder / "kit", folder, dirs_exist_ok=True)
            (folder / "status" / "1.cwt").write_bytes(b"half")

        told = bring_back(tmp_path / "town", made, identity, "--kit", str(folder))

        assert told.exit_code == 1
        assert list((tmp_path / "town").iterdir()) == []

    def test_says_when_the_anchor_that_was_given_is_no_key(
        self, town: Demo, made: Path, identity: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "anchor.cose").write_bytes(b"nothing")
        kit = str(town.folder / "kit")

        told = bring_back(tmp_path / "t", made, identity, "--kit", kit, "--anchor", str(tmp_path / "anchor.cose"))

        assert told.exit_code == 1
        assert "cannot be read" in told.output

    def test_makes_nothing_out_of_a_damaged_backup(
        self, town: Demo, made: Path, identity: Path, tmp_path: Path
    ) -> None:
        made.write_bytes(made.read_bytes()[:-40])

        told = bring_back(tmp_path / "town", made, identity, "--kit", str(town.folder / "kit"))

        assert told.exit_code == 1
        assert "damaged" in told.output
        assert not (tmp_path / "town").exists()

    def test_says_when_the_backup_is_of_a_later_version(
        self, town: Demo, made: Path, identity: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(restore.upgrade, "is_known", lambda _: False)

        told = bring_back(tmp_path / "town", made, identity, "--kit", str(town.folder / "kit"))

        assert told.exit_code == 1
        assert "Install that version" in told.output


class TestEnterCard:
    def test_makes_a_card_known_that_was_issued_after_the_backup(
        self, town: Demo, made: Path, identity: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "again" / "town"
        assert bring_back(folder, made, identity, "--kit", str(town.folder / "kit")).exit_code == 0
        shutil.copytree(town.folder / "kit", load(folder).kit_folder)
        card = town.cards[2]
        opened = engine(load(folder).database_url)
        with opened.begin() as connection:
            connection.exec_driver_sql("DELETE FROM cards WHERE number = ?", (card["card_number"],))
        opened.dispose()

        told = CliRunner().invoke(main, ["--town", str(folder), "enter-card"], input=card["identity"] + "\n")
        again = CliRunner().invoke(main, ["--town", str(folder), "enter-card"], input=card["identity"] + "\n")

        assert told.exit_code == 0, told.output
        assert "is known again" in told.output
        assert (again.exit_code, "knows this card" in again.output) == (1, True)
