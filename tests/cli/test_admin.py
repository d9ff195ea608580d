"""`cardservice`: each command on a real town in a folder."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from demo_town import Demo, make
from sqlalchemy import update
from town_hall import SHOWN

from cardservice.cli.admin import main
from cardservice.cli.town import Town
from cardservice.domain import drafts, staff
from cardservice.domain.actor import Actor
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.domain.registration import Registration
from cardservice.storage.models import Publication
from cardservice.verify import Kit, verify

PASSPHRASE = "six words drawn by honest dice"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "vila"
    told = run(folder, "init", "--name", 'Vila "Aberta"', "--issuer", "https://id.vila.example")
    assert told.exit_code == 0, told.output
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo town whose cards these tests may revoke."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n' * 5)
    return make(folder / "out", "--people", str(folder / "people.jsonl"))


def run(folder: Path, *arguments: str, passphrase: str | None = PASSPHRASE) -> Result:
    return CliRunner().invoke(main, ["--town", str(folder), *arguments], env={"CARDSERVICE_PASSPHRASE": passphrase})


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str, typed: list[str]) -> Result:
    """A command whose passphrases are typed: what is typed reaches it as a terminal's lines would."""
    asked = []

    def prompt(text: str, **options: object) -> str:
        asked.append(text)
        return typed[len(asked) - 1]

    monkeypatch.setattr("cardservice.cli.passphrase.sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    monkeypatch.setattr("click.prompt", prompt)
    told = run(folder, *arguments, passphrase=None)
    told.stdout_bytes += "\n".join(asked).encode()
    told.output_bytes += "\n".join(asked).encode()
    return told


@contextmanager
def without_passphrase(demo: Demo) -> Iterator[None]:
    """The town as it is where nobody laid the passphrase ready."""
    config = demo.folder / "town" / "config.toml"
    before = config.read_text()
    config.write_text(before.replace('passphrase_file = "../passphrase.txt"', 'passphrase_file = ""'))
    yield
    config.write_text(before)


def key_of(folder: Path, purpose: str) -> str:
    lines = run(folder, "keys", "list").output.splitlines()
    return next(line.split()[1] for line in lines if line.startswith(purpose))


def reason(demo: Demo, card: int) -> str:
    kit = Kit.load(demo.folder / "kit")
    return str(verify(demo.cards[card]["identity"], kit, now=datetime.now(UTC)).as_card)


class TestInit:
    def test_makes_four_keys_a_register_and_a_kit(self, town: Path) -> None:
        private = [path.name.split("-")[0] for path in (town / "keys").glob("*.pem") if ".pub" not in path.name]

        assert sorted(private) == ["anchor", "audit", "card", "status"]
        assert (town / "register.db").is_file()
        assert (town / "kit" / "trust-list.cwt").is_file()

    def test_makes_a_town_in_postgresql_and_nothing_in_a_database_that_is_not_empty(
        self, tmp_path: Path, new_postgresql_database: Callable[[str], str]
    ) -> None:
        address = new_postgresql_database("init").replace("postgresql+psycopg", "postgresql")
        asked = ["init", "--name", "X", "--issuer", "https://x.example", "--database", address]

        made = run(tmp_path / "t", *asked)
        again = run(tmp_path / "u", *asked)

        assert made.exit_code == 0, made.output
        assert run(tmp_path / "t", "keys", "list").output.count("active") == 4
        assert not (tmp_path / "t" / "register.db").exists()
        assert "none is written over" in again.output
        assert not (tmp_path / "u" / "config.toml").exists()

    def test_leaves_no_tables_where_it_cannot_be_finished(
        self, tmp_path: Path, new_postgresql_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = new_postgresql_database("unfinished").replace("postgresql+psycopg", "postgresql")
        asked = ["init", "--name", "X", "--issuer", "https://x.example", "--database", address]
        with monkeypatch.context() as failing:
            failing.setattr(Town, "publish", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space left")))
            refused = run(tmp_path / "t", *asked)

        made = run(tmp_path / "t", *asked)

        assert "No space left" in refused.output
        assert made.exit_code == 0, made.output

    def test_is_what_an_empty_database_needs_and_no_upgrade(
        self, tmp_path: Path, new_postgresql_database: Callable[[str], str]
    ) -> None:
        """A name that is mistyped in config.toml must not lead to an empty register beside cards in people's hands."""
        run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example")
        config = tmp_path / "t" / "config.toml"
        empty = new_postgresql_database("mistyped").replace("postgresql+psycopg", "postgresql")
        config.write_text(config.read_text().replace("sqlite:///register.db", empty))

        told = [run(tmp_path / "t", *command) for command in (("keys", "list"), ("db", "upgrade"), ("publish",))]

        assert [one.exit_code for one in told] == [1, 1, 1]
        assert all("There is no register in that database" in one.output for one in told)

    def test_makes_a_training_town_that_cannot_become_another(self, tmp_path: Path) -> None:
        folder = tmp_path / "t"
        made = run(folder, "init", "--name", "X", "--issuer", "https://x.example", "--training")
        config = (folder / "config.toml").read_text()
        (folder / "config.toml").write_text(config.replace("training = true", "training = false"))

        told = [run(folder, command) for command in ("serve", "publish")]

        assert made.exit_code == 0, made.output
        assert [one.exit_code for one in told] == [1, 1]
        assert all("Write training = true there again" in one.output for one in told)

    def test_keeps_a_name_with_quotes(self, town: Path) -> None:
        assert 'name = "Vila \\"Aberta\\""' in (town / "config.toml").read_text()

    def test_changes_nothing_where_a_town_is_already(self, town: Path) -> None:
        told = run(town, "init", "--name", "X", "--issuer", "https://x.example")

        assert told.exit_code == 1
        assert "already" in told.output

    def test_refuses_a_short_passphrase(self, tmp_path: Path) -> None:
        told = run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example", passphrase="short")

        assert told.exit_code == 1
        assert "at least" in told.output
        assert not (tmp_path / "t").exists()
        assert run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example").exit_code == 0

    def test_refuses_an_address_that_is_not_https_before_it_makes_anything(self, tmp_path: Path) -> None:
        told = run(tmp_path / "t", "init", "--name", "X", "--issuer", "http://x.example")

        assert told.exit_code == 1
        assert "town.issuer" in told.output
        assert not (tmp_path / "t" / "keys").exists()


class TestServe:
    def test_refuses_to_show_a_desk_in_plain_http_to_others(self, small: Demo) -> None:
        told = small.run("serve", "--host", "0.0.0.0")

        assert told.exit_code == 1
        assert "desk.host" in told.output


class TestStaffAdd:
    def test_adds_a_clerk_with_a_password_from_a_descriptor(self, town: Path) -> None:
        reader, writer = os.pipe()
        os.write(writer, b"a long enough password\n")
        os.close(writer)

        told = run(town, "staff", "add", "--name", "carla", "--role", "clerk", "--password-fd", str(reader))
        os.close(reader)

        assert (told.exit_code, told.output) == (0, "Added, as clerk.\n")

    def test_refuses_a_weak_password(self, town: Path) -> None:
        reader, writer = os.pipe()
        os.write(writer, b"pw\n")
        os.close(writer)

        told = run(town, "staff", "add", "--name", "x", "--role", "clerk", "--password-fd", str(reader))
        os.close(reader)

        assert told.exit_code == 1
        assert "password" in told.output

    def test_reads_no_password_where_there_is_no_terminal_to_hide_it(self, town: Path) -> None:
        told = CliRunner().invoke(
            main, ["--town", str(town), "staff", "add", "--name", "x", "--role", "clerk"], input="nine kettles\n" * 2
        )

        assert told.exit_code == 1
        assert "--password-fd" in told.output


class TestRevoke:
    def test_is_published_at_once_where_the_passphrase_is_known(self, small: Demo) -> None:
        told = small.run("revoke", small.cards[0]["card_number"].lower(), "--reason", "lost")

        assert told.exit_code == 0, told.output
        assert "The new list is published" in told.output
        assert reason(small, 0) == "revoked"

    def test_waits_for_a_publication_where_nobody_says_the_passphrase(self, small: Demo) -> None:
        with without_passphrase(small):
            told = run(
                small.folder / "town", "revoke", small.cards[3]["card_number"], "--reason", "lost", passphrase=""
            )
        assert told.exit_code == 0, told.output
        assert "`cardservice publish` tells the verifiers" in told.output
        assert reason(small, 3) == "valid"

        published = small.run("publish")

        assert published.exit_code == 0, published.output
        assert reason(small, 3) == "revoked"

    def test_stands_where_publishing_fails(self, small: Demo) -> None:
        told = run(small.folder / "town", "revoke", small.cards[4]["card_number"], "--reason", "lost", passphrase="no")

        assert told.exit_code == 0, told.output
        assert "not published yet [cardservice.keystore.WrongPassphrase" in told.output
        assert "was revoked in" in small.run("revoke", small.cards[4]["card_number"], "--reason", "lost").output

    def test_refuses_a_mistyped_number(self, small: Demo) -> None:
        told = small.run("revoke", "0000-0000-0001", "--reason", "lost")

        assert told.exit_code == 1

    def test_refuses_to_revoke_twice(self, small: Demo) -> None:
        small.run("revoke", small.cards[2]["card_number"], "--reason", "stolen")

        told = small.run("revoke", small.cards[2]["card_number"], "--reason", "stolen")

        assert told.exit_code == 1
        assert "was revoked in" in told.output


class TestSuspend:
    def test_can_be_taken_back(self, small: Demo) -> None:
        number = small.cards[1]["card_number"]
        small.run("suspend", number)
        assert reason(small, 1) == "revoked"

        small.run("reinstate", number)

        assert reason(small, 1) == "valid"


class TestPublish:
    def test_writes_the_kit_elsewhere_when_asked(self, town: Path, tmp_path: Path) -> None:
        told = run(town, "publish", "--out", str(tmp_path / "mirror"))

        assert told.exit_code == 0, told.output
        assert Kit.load(tmp_path / "mirror").trust_list is not None

    def test_does_without_an_anchor_that_is_kept_elsewhere(self, tmp_path: Path) -> None:
        run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example")
        for path in (tmp_path / "t" / "keys").glob("anchor-*"):
            path.rename(tmp_path / path.name)

        told = run(tmp_path / "t", "publish")

        assert told.exit_code == 0, told.output
        assert "trust list 1" in told.output

    def test_says_when_the_trust_list_ends_soon(self, tmp_path: Path) -> None:
        run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example")
        for path in (tmp_path / "t" / "keys").glob("anchor-*"):
            path.rename(tmp_path / path.name)
        said = [run(tmp_path / "t", "publish").output]
        with Town.open(tmp_path / "t").transaction() as session:
            soon = datetime.now(UTC) + timedelta(days=9)
            times = {"issued_at": soon - timedelta(days=90), "expires_at": soon}
            session.execute(update(Publication).where(Publication.name == TRUST_LIST).values(times))
        said.append(run(tmp_path / "t", "publish").output)

        words = f"The trust list is good until {soon:%Y-%m-%d}: publish with the anchor key before"
        assert [words in output for output in said] == [False, True]

    def test_needs_the_passphrase(self, town: Path) -> None:
        told = run(town, "publish", passphrase=None)

        assert told.exit_code == 1
        assert "CARDSERVICE_PASSPHRASE" in told.output

    def test_refuses_a_wrong_passphrase(self, town: Path) -> None:
        told = run(town, "publish", passphrase="not the right passphrase")

        assert told.exit_code == 1
        assert "does not open" in told.output

    def test_refuses_keys_that_others_may_read(self, tmp_path: Path) -> None:
        run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example")
        for path in (tmp_path / "t" / "keys").glob("status-*.pem"):
            path.chmod(0o640)

        told = run(tmp_path / "t", "publish")

        assert told.exit_code == 1
        assert "chmod" in told.output


class TestAPassphraseFile:
    def town_with(self, folder: Path, named: str) -> Path:
        run(folder, "init", "--name", "X", "--issuer", "https://x.example")
        config = (folder / "config.toml").read_text().replace('passphrase_file = ""', f'passphrase_file = "{named}"')
        (folder / "config.toml").write_text(config)
        return folder

    def lay(self, folder: Path, said: str = PASSPHRASE) -> None:
        (folder / "passphrase.txt").write_text(f"{said}\n")
        (folder / "passphrase.txt").chmod(0o600)

    def test_unlocks_the_keys_where_nobody_is_asked(self, tmp_path: Path) -> None:
        town = self.town_with(tmp_path / "t", "../passphrase.txt")
        self.lay(tmp_path)

        assert run(town, "publish", passphrase=None).exit_code == 0

    def test_is_not_for_the_anchor_whose_passphrase_is_asked_for(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        town = self.town_with(tmp_path / "t", "../passphrase.txt")
        self.lay(tmp_path)
        before = (town / "kit" / "trust-list.cwt").read_bytes()

        told = at_a_terminal(monkeypatch, town, "publish", typed=[PASSPHRASE])

        assert told.exit_code == 0, told.output
        assert told.output.count("Passphrase of the") == 1
        assert "Passphrase of the anchor key (leave empty to keep it locked)" in told.output
        assert (town / "kit" / "trust-list.cwt").read_bytes() != before

    def test_leaves_the_anchor_to_whoever_gives_its_passphrase(self, tmp_path: Path) -> None:
        town = self.town_with(tmp_path / "t", "../passphrase.txt")
        self.lay(tmp_path)
        before = (town / "kit" / "trust-list.cwt").read_bytes()
        kept = run(town, "publish", passphrase=None).exit_code, (town / "kit" / "trust-list.cwt").read_bytes()

        told = CliRunner().invoke(
            main, ["--town", str(town), "publish"], env={"CARDSERVICE_PASSPHRASE_ANCHOR": PASSPHRASE}
        )

        assert kept == (0, before)
        assert told.exit_code == 0, told.output
        assert (town / "kit" / "trust-list.cwt").read_bytes() != before

    def test_seals_a_new_key_of_the_machine_and_never_a_new_anchor(self, tmp_path: Path) -> None:
        town = self.town_with(tmp_path / "t", "../passphrase.txt")
        self.lay(tmp_path)

        card, anchor = (run(town, "keys", "announce", purpose, passphrase=None) for purpose in ("card", "anchor"))

        assert card.exit_code == 0, card.output
        assert anchor.exit_code == 1
        assert "is not for the anchor key" in anchor.output
        assert "CARDSERVICE_PASSPHRASE_ANCHOR" in anchor.output

    def test_gives_way_to_the_prompt_where_it_does_not_open_a_key(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        town = self.town_with(tmp_path / "t", "../passphrase.txt")
        self.lay(tmp_path, "the passphrase of last year")

        alone = run(town, "audit", "checkpoint", passphrase=None)
        told = at_a_terminal(monkeypatch, town, "audit", "checkpoint", typed=[PASSPHRASE])

        assert told.exit_code == 0, told.output
        assert "does not open the audit key" in told.output
        assert alone.exit_code == 1
        assert all(way in alone.output for way in ("prompt", "CARDSERVICE_PASSPHRASE_AUDIT", "--passphrase-fd"))

    def test_gives_way_to_the_prompt_where_it_is_gone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As the one that the system lays ready for the service is while that is stopped."""
        town = self.town_with(tmp_path / "t", "../passphrase.txt")

        ended = at_a_terminal(monkeypatch, town, "decommission", typed=["X", *[PASSPHRASE] * 4])

        assert ended.exit_code == 0, ended.output
        assert "passphrase.txt, which config.toml names as keys.passphrase_file, cannot be read." in ended.output

    def test_is_refused_where_others_may_read_it(self, tmp_path: Path) -> None:
        town = self.town_with(tmp_path / "t", "../passphrase.txt")
        self.lay(tmp_path)
        (tmp_path / "passphrase.txt").chmod(0o644)

        told = run(town, "publish", passphrase=None)

        assert told.exit_code == 1
        assert "The passphrase file passphrase.txt may be read by others" in told.output
        assert "chmod 600" in told.output

    def test_says_when_it_is_not_there(self, tmp_path: Path) -> None:
        told = run(self.town_with(tmp_path / "t", "../passphrase.txt"), "publish", passphrase=None)

        assert told.exit_code == 1
        assert "passphrase.txt, which config.toml names" in told.output
        assert all(way in told.output for way in ("prompt", "CARDSERVICE_PASSPHRASE_STATUS", "--passphrase-fd"))

    def test_may_not_lie_beside_the_keys(self, tmp_path: Path) -> None:
        told = run(self.town_with(tmp_path / "t", "keys/passphrase.txt"), "publish")

        assert told.exit_code == 1
        assert "outside the town's folder" in told.output


class TestKeys:
    def test_are_announced_and_wait_one_list_period(self, town: Path) -> None:
        announced = run(town, "keys", "announce", "card")
        key_id = announced.output.split()[1]
        run(town, "publish")

        told = run(town, "keys", "activate", key_id)

        assert told.exit_code == 1
        assert "not before" in told.output
        assert f"{key_id}  announced" in run(town, "keys", "list").output

    def test_are_announced_one_at_a_time_and_one_too_many_is_withdrawn(self, tmp_path: Path) -> None:
        folder = tmp_path / "t"
        run(folder, "init", "--name", "X", "--issuer", "https://x.example")
        first = run(folder, "keys", "announce", "status").output.split()[1]
        files = len(list((folder / "keys").iterdir()))

        again = run(folder, "keys", "announce", "status", passphrase=None)
        withdrawn = run(folder, "keys", "retire", first)

        assert again.exit_code == 1
        assert f"announced already: {first}" in again.output
        assert len(list((folder / "keys").iterdir())) == files
        assert withdrawn.exit_code == 0, withdrawn.output
        assert run(folder, "keys", "announce", "status").exit_code == 0

    def test_are_not_retired_when_they_are_the_only_one(self, town: Path) -> None:
        told = run(town, "keys", "retire", key_of(town, "anchor"))

        assert told.exit_code == 1
        assert "only active" in told.output


class TestACompromisedStatusKey:
    def test_is_replaced_as_the_custodians_guide_says(self, tmp_path: Path) -> None:
        folder = tmp_path / "t"
        run(folder, "init", "--name", "X", "--issuer", "https://x.example")
        old = key_of(folder, "status")
        run(folder, "keys", "compromised", old, "--yes")
        new = run(folder, "keys", "announce", "status").output.split()[1]

        told = [
            run(folder, "publish"),
            run(folder, "keys", "activate", new),
            run(folder, "publish"),
        ]

        assert [each.exit_code for each in told] == [0, 0, 0], [each.output for each in told]
        assert not Kit.load(folder / "kit").problems


class TestAuditVerify:
    def test_agrees_with_the_checkpoint_of_the_last_publication(self, town: Path) -> None:
        told = run(town, "audit", "verify", "--checkpoint", str(town / "audit-checkpoint.cose"))

        assert told.exit_code == 0, told.output
        assert "They agree with the checkpoint" in told.output

    def test_finds_entries_that_were_cut_off(self, tmp_path: Path) -> None:
        run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example")
        with sqlite3.connect(tmp_path / "t" / "register.db") as register:
            register.execute("DELETE FROM audit_entries WHERE sequence = (SELECT max(sequence) FROM audit_entries)")
        register.close()

        alone = run(tmp_path / "t", "audit", "verify")
        compared = run(tmp_path / "t", "audit", "verify", "--checkpoint", str(tmp_path / "t" / "audit-checkpoint.cose"))

        assert alone.exit_code == 0
        assert compared.exit_code == 1
        assert "not as it was written" in compared.output


class TestHousekeeping:
    def test_leaves_drafts_alone_whose_keys_are_in_the_services_memory(self, small: Demo) -> None:
        registration = Registration(name="Y", birth_date="19870314", language="eng")
        opened = Town.open(small.folder / "town")
        now = datetime.now(UTC)
        with opened.transaction() as session:
            clerk = staff.by_name(session, "carla")
            actor = Actor(clerk.name, clerk.role, clerk.id)
            drafts.open_draft(
                session,
                registration,
                evidence=SHOWN,
                actor=actor,
                now=now,
                day_keys=opened.day_keys(),
                token_bytes=os.urandom,
            )

        small.run("housekeeping")

        with opened.transaction() as session:
            assert len(drafts.waiting(session, actor=actor, now=now)) == 1

    def test_says_when_nothing_was_due(self, town: Path) -> None:
        assert run(town, "housekeeping").output == "Nothing was due.\n"


class TestDbUpgrade:
    def test_is_harmless_when_there_is_nothing_to_do(self, town: Path) -> None:
        assert run(town, "db", "upgrade").exit_code == 0


class TestAMissingRegister:
    @pytest.mark.parametrize("command", [["serve"], ["publish"], ["housekeeping"]])
    def test_is_said_and_not_made_anew(self, tmp_path: Path, command: list[str]) -> None:
        run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example")
        register = tmp_path / "t" / "register.db"
        register.rename(tmp_path / "elsewhere.db")

        told = run(tmp_path / "t", *command)

        assert told.exit_code == 1
        assert "register.db is not there" in told.output
        assert not register.exists()


class TestAnyCommand:
    def test_says_where_there_is_no_town(self, tmp_path: Path) -> None:
        told = run(tmp_path, "publish")

        assert told.exit_code == 1
        assert "init` makes it" in told.output

    def test_says_when_the_register_is_of_another_version(self, tmp_path: Path) -> None:
        run(tmp_path / "t", "init", "--name", "X", "--issuer", "https://x.example")
        with sqlite3.connect(tmp_path / "t" / "register.db") as register:
            register.execute("UPDATE alembic_version SET version_num = '0000'")
        register.close()

        told = run(tmp_path / "t", "keys", "list")

        assert told.exit_code == 1
        assert "db upgrade" in told.output

    def test_takes_the_town_from_the_environment(self, town: Path) -> None:
        told = CliRunner().invoke(main, ["keys", "list"], env={"CARDSERVICE_TOWN": str(town)})

        assert told.exit_code == 0
        assert "anchor" in told.output
