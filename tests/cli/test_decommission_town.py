"""`decommission` on a real town: asked before, every private key gone, the kit good for years, and no desk any more."""

import fcntl
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from demo_town import Demo, make

from cardservice.cli import closing
from cardservice.cli.admin import main
from cardservice.verify import Kit, verify


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("ending")
    (folder / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n' * 2)
    return make(folder / "out", "--people", str(folder / "people.jsonl"))


@pytest.fixture
def town(finished: Demo, tmp_path: Path) -> Demo:
    """A copy of the town, because each test ends it."""
    shutil.copytree(finished.folder, tmp_path / "out")
    return Demo(tmp_path / "out", finished.result)


def end(town: Demo, typed: str = "Vila Aberta") -> Result:
    return CliRunner().invoke(
        main,
        ["--town", str(town.folder / "town"), "decommission"],
        input=f"{typed}\n",
        env={"CARDSERVICE_PASSPHRASE": town.passphrase},
    )


def private_keys(town: Demo) -> list[str]:
    return [path.name for path in (town.folder / "town" / "keys").glob("*.pem") if ".pub" not in path.name]


class TestTheEnd:
    def test_is_told_before_it_is_confirmed(self, town: Demo) -> None:
        told = end(town, typed="Another Town")

        assert told.exit_code == 1
        assert "NO card can be revoked" in told.output
        assert "On flash" in told.output
        assert "Nothing was changed" in told.output
        assert len(private_keys(town)) == 4
        assert town.run("publish").exit_code == 0

    def test_leaves_no_private_key_and_a_kit_that_is_good_for_years(self, town: Demo) -> None:
        told = end(town)

        assert told.exit_code == 0, told.output
        assert private_keys(town) == []
        assert list((town.folder / "town" / "keys").glob("*.key")) == []
        kit = Kit.load(town.folder / "kit")
        now = datetime.now(UTC)
        reasons = [str(verify(town.cards[0]["identity"], kit, now=now + timedelta(days=at)).as_card) for at in (0, 700)]
        assert reasons == ["valid", "valid"]
        assert str(verify(town.cards[0]["identity"], kit, now=now + timedelta(days=740)).as_card) == "expired"

    def test_leaves_an_audit_that_an_auditor_can_check_anywhere(self, town: Demo) -> None:
        told = end(town)
        assert told.exit_code == 0, told.output

        folder = town.folder / "town"
        checked = CliRunner().invoke(
            main,
            [
                *("audit", "verify", "--entries", str(folder / closing.ENTRIES)),
                *("--checkpoint", str(folder / "audit-checkpoint.cose")),
                *("--fingerprint", next((folder / "keys").glob("audit-*.pub.pem")).name.split("-")[1][:16]),
            ],
        )

        assert checked.exit_code == 0, checked.output
        assert "They agree with the checkpoint" in checked.output
        assert "no checkpoint given here" not in checked.output

    def test_lets_nobody_serve_and_still_says_what_is_held(self, town: Demo) -> None:
        end(town)

        served = town.run("serve")

        assert served.exit_code == 1
        assert "was closed" in served.output
        assert town.run("what-we-hold").exit_code == 0
        assert town.run("audit", "verify").exit_code == 0
        assert town.run("housekeeping").exit_code == 0

    @pytest.mark.parametrize(
        "command",
        [
            ("revoke", "7K2M9QXTR4HW", "--reason", "lost"),
            ("suspend", "7K2M9QXTR4HW"),
            ("publish",),
            ("keys", "announce", "card"),
            ("audit", "checkpoint"),
            ("staff", "add", "--name", "bob", "--role", "clerk"),
        ],
    )
    def test_does_nothing_that_nobody_could_be_told_of(self, town: Demo, command: tuple[str, ...]) -> None:
        end(town)

        told = town.run(*command)

        assert told.exit_code == 1
        assert "was closed" in told.output
        assert private_keys(town) == []

    def test_may_be_run_again(self, town: Demo) -> None:
        end(town)

        told = end(town)

        assert told.exit_code == 0, told.output
        assert "0 private keys" in told.output

    @pytest.mark.parametrize("step", ["_seal_the_audit", "_destroy_keys"])
    def test_goes_on_where_it_was_interrupted(self, town: Demo, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
        def interrupt(*_: object) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(closing, step, interrupt)
        assert end(town).exit_code == 1
        monkeypatch.undo()
        assert len(private_keys(town)) == 4

        told = end(town)

        assert told.exit_code == 0, told.output
        assert private_keys(town) == []

    def test_goes_on_when_some_keys_are_gone_already(self, town: Demo) -> None:
        destroyed: list[bytes] = []
        real = closing.Town.open(town.folder / "town").keys.destroy.__func__

        def half(self: object, key_id: bytes) -> None:
            if len(destroyed) == 2:
                raise OSError(5, "Input/output error")
            destroyed.append(key_id)
            real(self, key_id)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cardservice.keystore.KeyFolder.destroy", half)
            assert end(town).exit_code == 1
        assert len(private_keys(town)) == 2
        assert any(name.startswith("audit-") for name in private_keys(town))

        assert end(town).exit_code == 0
        assert private_keys(town) == []

    def test_waits_for_the_desk_to_be_closed(self, town: Demo) -> None:
        with (town.folder / "town" / ".housekeeping.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            told = end(town)

        assert told.exit_code == 1
        assert "Stop `cardservice serve` first" in told.output
        assert len(private_keys(town)) == 4

    def test_asks_for_a_key_that_is_kept_elsewhere(self, town: Demo, tmp_path: Path) -> None:
        anchor = next(path for path in (town.folder / "town" / "keys").glob("anchor-*.pem") if ".pub" not in path.name)
        anchor.rename(tmp_path / "stick.pem")

        told = end(town)

        assert told.exit_code == 1
        assert "The active anchor key is not in keys/" in told.output
        (tmp_path / "stick.pem").rename(anchor)
        assert end(town).exit_code == 0
