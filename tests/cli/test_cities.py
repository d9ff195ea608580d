"""`cardservice cities`: two town halls with real commands, a telephone in between, and a clock that can be moved."""

import contextlib
import logging
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from demo_town import Demo, make

from cardservice import samples
from cardservice.cli import admin, cities, city_kit, key_rotation, running
from cardservice.cli.admin import main
from cardservice.cli.city_kit import CityNotReached
from cardservice.cli.town import Town
from cardservice.credential.keys import PublicKey
from cardservice.credential.trust_list import open_trust_list
from cardservice.keystore import Purpose
from cardservice.samples import SampleKey
from cardservice.verify import Kit, verify

PASSPHRASE = "six words drawn by honest dice"
ISSUER = "https://id.vila-aberta.example"


class Clock:
    """The one clock of both towns."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (admin, cities, key_rotation, running):
        monkeypatch.setattr(module, "utc_now", made)
    return made


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The other town: it has a card in somebody's pocket."""
    folder = tmp_path_factory.mktemp("other")
    (folder / "people.jsonl").write_text('{"name": "Y", "birth_date": "1987-03-14"}\n')
    return make(folder / "out", "--people", str(folder / "people.jsonl"))


class Ours:
    """The town that recognises."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, answer: str = "") -> Result:
        environment = {"CARDSERVICE_PASSPHRASE": PASSPHRASE}
        return CliRunner().invoke(main, ["--town", str(self.folder), *arguments], env=environment, input=answer)

    def reason(self, demo: Demo, service: str, now: datetime | None = None) -> str:
        kit = Kit.load(self.folder / "kit")
        return str(verify(demo.cards[0]["residence"], kit, now=now or datetime.now(UTC), service=service).as_card)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opened") / "outra"
    told = Ours(folder).run("init", "--name", "Outra", "--issuer", "https://outra.example", "--training")
    assert told.exit_code == 0, told.output
    return folder


@pytest.fixture
def ours(opened: Path, tmp_path: Path) -> Ours:
    return Ours(Path(shutil.copytree(opened, tmp_path / "outra")))


@pytest.fixture
def recognised(ours: Ours, other: Demo) -> Ours:
    told = ours.run("cities", "recognise", str(other.folder / "kit"), "--for", "library", "--yes-compared")
    assert told.exit_code == 0, told.output
    ours.run("publish")
    return ours


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def web(other: Demo) -> Iterator[str]:
    """The other town's kit on the web."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(other.folder / "kit"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def words_in(told: str) -> set[str]:
    """Every line of twelve words."""
    return {line.strip() for line in told.splitlines() if re.fullmatch(r"  [a-z]{2}(  | )(\w+ ?){12}", line)}


class TestRecognise:
    def test_shows_the_words_that_the_other_town_reads_out(self, ours: Ours, other: Demo) -> None:
        read_out = other.run("keys", "words").output

        told = ours.run("cities", "recognise", str(other.folder / "kit"), "--for", "library", answer="n\n")

        assert words_in(read_out)
        assert words_in(told.output) == words_in(read_out)
        assert "Vila Aberta" in told.output
        assert ISSUER in told.output

    def test_says_before_anybody_agrees_which_services_are_words_of_ones_own(self, ours: Ours, other: Demo) -> None:
        kit = str(other.folder / "kit")
        told = ours.run("cities", "recognise", kit, "--for", "pol", "--for", "library", answer="n\n").output

        known = "library, pool, clinic, school-meals, sports, museum, council"
        assert f"Accepted here for: library, pol\n  pol is not one of {known}: your own word\n" in told
        assert told.index("your own word") < told.index("Are they the same?")
        assert "library is not one of" not in told

    def test_shows_what_the_cards_were_good_for_until_now(self, recognised: Ours, other: Demo) -> None:
        told = recognised.run("cities", "recognise", str(other.folder / "kit"), "--for", "pool", answer="n\n").output

        assert "Accepted here for: pool (until now: library)\n" in told

    def test_changes_nothing_where_the_words_differ(self, ours: Ours, other: Demo) -> None:
        told = ours.run("cities", "recognise", str(other.folder / "kit"), "--for", "library", answer="n\n")

        assert told.exit_code == 1
        assert "Nothing was changed" in told.output
        assert ours.run("cities", "list").output == "No city is recognised.\n"

    def test_of_a_training_town_is_refused_before_anybody_telephones(self, tmp_path: Path, other: Demo) -> None:
        real = Ours(tmp_path / "real")
        real.run("init", "--name", "Outra", "--issuer", "https://outra.example")

        told = real.run("cities", "recognise", str(other.folder / "kit"), "--for", "library")

        assert told.exit_code == 1
        assert "Compare" not in told.output
        assert "Only training towns recognise training towns" in told.output

    def test_lets_the_citys_cards_in_for_what_was_named(self, ours: Ours, other: Demo) -> None:
        told = ours.run("cities", "recognise", str(other.folder / "kit"), "--for", "library", answer="y\n")
        before = ours.reason(other, "library")
        published = ours.run("publish")

        assert told.exit_code == published.exit_code == 0
        assert "with the anchor key" in told.output
        assert (before, ours.reason(other, "library"), ours.reason(other, "pool")) == (
            "unknown-issuer",
            "valid",
            "not-recognised",
        )
        assert f"The anchor vouches for Vila Aberta, {ISSUER}: library\n" in published.output
        assert "anchor key" not in published.output

    def test_takes_an_anchor_that_came_another_way_and_the_kit_from_the_web(
        self, ours: Ours, other: Demo, web: str, tmp_path: Path
    ) -> None:
        (tmp_path / "letter.cose").write_bytes((other.folder / "kit" / "anchor.cose").read_bytes())
        given = ("cities", "recognise", str(tmp_path / "letter.cose"), "--for", "library", "--yes-compared")

        alone = ours.run(*given)
        told = ours.run(*given, "--from", web)

        assert (alone.exit_code, told.exit_code) == (2, 0), told.output
        assert "--from" in alone.output
        assert web in ours.run("cities", "list").output

    def test_once_more_from_a_folder_keeps_the_address_and_says_so(self, ours: Ours, other: Demo, web: str) -> None:
        folder = str(other.folder / "kit")
        given = ("cities", "recognise", folder, "--yes-compared", "--for", "library")
        told = [ours.run(*given, *more).output for more in ((), ("--from", web), (), ("--from", folder))]

        assert "Its lists are brought by hand." in told[0]
        assert [f"Its lists are fetched from {web}." in one for one in told[1:]] == [True] * 3
        assert f"fetched from {web}; " in ours.run("cities", "list").output

    def test_finds_the_kit_beside_the_anchor(self, ours: Ours, other: Demo) -> None:
        told = ours.run(
            "cities", "recognise", str(other.folder / "kit" / "anchor.cose"), "--for", "pool", "--yes-compared"
        )

        assert told.exit_code == 0, told.output

    def test_refuses_another_anchor_than_the_kits(self, ours: Ours, other: Demo) -> None:
        told = ours.run(
            "cities", "recognise", str(ours.folder / "kit" / "anchor.cose"), "--for", "pool", "--yes-compared",
            "--from", str(other.folder / "kit"),
        )  # fmt: skip

        assert told.exit_code == 1
        assert "not signed by the anchor" in told.output

    def test_refuses_the_town_itself(self, ours: Ours) -> None:
        told = ours.run("cities", "recognise", str(ours.folder / "kit"), "--for", "pool", "--yes-compared")

        assert told.exit_code == 1
        assert "it says that it is this town" in told.output

    @pytest.mark.parametrize("purpose", ["anchor", "card"])
    def test_refuses_keys_that_anybody_can_make(self, ours: Ours, clock: Clock, tmp_path: Path, purpose: str) -> None:
        """The samples' own kit, and one of a town that uses a key of theirs."""
        clock.ahead = samples.AT - datetime.now(UTC)
        kit = samples.kit()
        if purpose == "card":
            mine = SampleKey("a key of somebody")
            listed = open_trust_list(kit["trust-list.cwt"], PublicKey.from_cose_key(kit["anchor.cose"]))
            kit |= {"trust-list.cwt": listed.seal(mine), "anchor.cose": mine.public.to_cose_key()}
        for name, content in kit.items():
            (tmp_path / "kit" / name).parent.mkdir(exist_ok=True, parents=True)
            (tmp_path / "kit" / name).write_bytes(content)

        told = ours.run("cities", "recognise", str(tmp_path / "kit"), "--for", "pool", "--yes-compared")

        assert told.exit_code == 1
        assert "a key of the samples, which anybody can make" in told.output

    def test_needs_a_service(self, ours: Ours, other: Demo) -> None:
        assert ours.run("cities", "recognise", str(other.folder / "kit")).exit_code == 2

    def test_needs_an_address_that_can_be_kept(self, ours: Ours, other: Demo) -> None:
        given = ("cities", "recognise", str(other.folder / "kit"), "--for", "pool", "--from", "https://" + "a" * 200)

        assert ours.run(*given).exit_code == 2


class TestList:
    def test_says_what_for_since_when_and_from_where(self, recognised: Ours) -> None:
        told = recognised.run("cities", "list").output

        assert re.match(rf"Vila Aberta, {ISSUER}: library; since \d{{4}}-", told)
        assert "not taken" not in told
        assert "brought by hand; " in told

    def test_says_where_somebody_changed_the_register(self, recognised: Ours) -> None:
        with sqlite3.connect(recognised.folder / "register.db") as register:
            register.execute("UPDATE recognised_cities SET services = 'pool'")

        told = recognised.run("publish")

        assert "not what the audit says was decided" in recognised.run("cities", "list").output
        assert told.exit_code == 0
        assert "cannot be told for now: what is stored" in told.output


class TestRefresh:
    def test_brings_a_revocation_into_this_towns_kit(self, recognised: Ours, other: Demo) -> None:
        number = other.cards[0]["card_number"]
        other.run("suspend", number)

        told = recognised.run("cities", "refresh", ISSUER, "--from", str(other.folder / "kit"))

        assert "newer lists were taken" in told.output
        assert "The new list is published" in told.output
        assert recognised.reason(other, "library") == "revoked"
        other.run("reinstate", number)
        recognised.run("cities", "refresh", ISSUER, "--from", str(other.folder / "kit"))
        assert recognised.reason(other, "library") == "valid"

    def test_says_where_nothing_is_new(self, recognised: Ours, other: Demo) -> None:
        told = recognised.run("cities", "refresh", ISSUER, "--from", str(other.folder / "kit"))

        assert told.output == f"{ISSUER}: nothing is new.\n"

    def test_says_what_cannot_be_fetched_and_keeps_what_there_is(
        self, recognised: Ours, other: Demo, tmp_path: Path
    ) -> None:
        (tmp_path / "empty").mkdir()

        told = recognised.run("cities", "refresh", ISSUER, "--from", str(tmp_path / "empty"))

        assert told.exit_code == 1
        assert "cannot be fetched" in told.output
        assert recognised.reason(other, "library") == "valid"

    @pytest.mark.parametrize("given", [["--from", "kit"], [ISSUER], ["https://nobody.example"]])
    def test_needs_to_know_whose_kit_and_where(self, recognised: Ours, given: list[str]) -> None:
        assert recognised.run("cities", "refresh", *given).exit_code == 2

    def test_of_everybody_says_who_is_brought_by_hand(self, recognised: Ours) -> None:
        told = recognised.run("cities", "refresh")

        assert (told.exit_code, told.output) == (0, f"{ISSUER}: brought by hand; use --from.\n")

    def test_of_nobody_says_so(self, ours: Ours) -> None:
        told = ours.run("cities", "refresh")

        assert (told.exit_code, told.output) == (0, "No city is recognised.\n")


class TestForget:
    def test_ends_it_at_once(self, recognised: Ours, other: Demo) -> None:
        told = recognised.run("cities", "forget", ISSUER, "--yes")

        assert told.exit_code == 0, told.output
        assert recognised.reason(other, "library") == "unknown-issuer"
        assert "anchor key" not in told.output

    def test_says_that_the_anchor_is_needed_where_it_is_away(
        self, recognised: Ours, other: Demo, tmp_path: Path
    ) -> None:
        """As it should be: the anchor is not kept on the server."""
        for file in (recognised.folder / "keys").glob("anchor*"):
            file.rename(tmp_path / file.name)

        told = recognised.run("cities", "forget", ISSUER, "--yes")

        assert "The new list is published" in told.output
        assert "Now `cardservice publish` with the anchor key" in told.output
        assert recognised.reason(other, "library") == "status-missing"

    def test_asks_before(self, recognised: Ours, other: Demo) -> None:
        assert recognised.run("cities", "forget", ISSUER, answer="n\n").exit_code == 1
        assert recognised.reason(other, "library") == "valid"

    def test_needs_a_city_that_is_recognised(self, ours: Ours) -> None:
        assert "cities list" in ours.run("cities", "forget", ISSUER, "--yes").output


class TestABackup:
    def test_brings_the_cities_back_as_they_were_decided(self, recognised: Ours, tmp_path: Path) -> None:
        identity, file = tmp_path / "identity.txt", tmp_path / "register.age"
        recipient = recognised.run("backup-key", "--out", str(identity)).output.splitlines()[-1]
        recognised.run("backup", "--to", str(file), "--recipient", recipient)
        back = Ours(tmp_path / "back")

        kit = ("--kit", str(recognised.folder / "kit"))
        told = back.run("restore", "--from", str(file), "--identity", str(identity), *kit)

        assert told.exit_code == 0, told.output
        assert back.run("cities", "list").output == recognised.run("cities", "list").output


class TestAVerifier:
    def test_names_the_city_and_what_it_is_recognised_for(self, recognised: Ours, other: Demo) -> None:
        code = other.cards[0]["residence"]
        kit = ("--kit", str(recognised.folder / "kit"))

        here, there = (
            subprocess.run(
                [sys.executable, "-m", "cardservice.cli.verify", *kit, "--for", service, code],
                capture_output=True, text=True, check=False,
            )
            for service in ("library", "pool")
        )  # fmt: skip

        assert (here.returncode, there.returncode) == (1, 1), here.stderr
        assert here.stdout.startswith("SAMPLE. It was made for training in Vila Aberta, and is good for nothing.\n")
        assert re.search(r"It would be VALID.*Vila Aberta.*library", here.stdout, re.DOTALL)
        assert "Vila Aberta is not recognised here for: pool" in there.stdout


class TestTheService:
    @pytest.fixture
    def one_round(self, ours: Ours, other: Demo, web: str, clock: Clock) -> Callable[[], None]:
        """One round of housekeeping, with the keys that a service has."""
        ours.run("cities", "recognise", str(other.folder / "kit"), "--for", "library", "--yes-compared", "--from", web)
        ours.run("publish")
        town = Town.open(ours.folder)
        keys = running.unlock_some(town, lambda _purpose: PASSPHRASE, [Purpose.STATUS])
        day_keys = town.day_keys()
        return lambda: running.keep_house(town, keys, day_keys)

    def test_fetches_by_the_clock_and_not_before(
        self, ours: Ours, other: Demo, clock: Clock, one_round: Callable[[], None]
    ) -> None:
        number = other.cards[0]["card_number"]
        other.run("suspend", number)

        one_round()
        early = ours.reason(other, "library")
        clock.ahead = timedelta(hours=1, minutes=1)
        one_round()
        one_round()

        assert (early, ours.reason(other, "library")) == ("valid", "revoked")
        other.run("reinstate", number)

    def test_tells_a_failure_once(
        self,
        ours: Ours,
        clock: Clock,
        one_round: Callable[[], None],
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def gone(_place: str) -> dict[str, bytes]:
            raise CityNotReached("nobody answers")

        monkeypatch.setattr(city_kit, "fetch", gone)
        with caplog.at_level(logging.WARNING, "cardservice.running"):
            for hours in (1, 2, 3, 4):
                clock.ahead = timedelta(hours=hours, minutes=hours)
                one_round()

        told = [record.getMessage() for record in caplog.records if "nobody answers" in record.getMessage()]
        assert len(told) == 1
        assert "UTC was not taken; `cities refresh` says why" in ours.run("cities", "list").output

    def test_goes_on_where_the_city_does_not(
        self, ours: Ours, other: Demo, clock: Clock, one_round: Callable[[], None], caplog: pytest.LogCaptureFixture
    ) -> None:
        (other.folder / "kit").rename(other.folder / "away")
        clock.ahead = timedelta(days=20)
        with caplog.at_level(logging.WARNING, "cardservice.running"):
            one_round()
        (other.folder / "away").rename(other.folder / "kit")

        assert ours.reason(other, "library", clock()) == "status-missing"
        assert any("are not in the kit" in record.getMessage() for record in caplog.records)


class TestAnAnchorThatChanges:
    """A town takes its next anchor; nobody touches a verifier, and nobody compares words again."""

    @pytest.fixture
    def theirs(self, tmp_path: Path) -> Ours:
        """A third town, which may change its keys."""
        made = Ours(tmp_path / "third")
        told = made.run("init", "--name", "Third", "--issuer", "https://third.example", "--training")
        assert told.exit_code == 0, told.output
        return made

    def change(self, town: Ours, clock: Clock) -> None:
        """As docs/keys.md says: announce, publish, wait one list period, activate, publish."""
        new = town.run("keys", "announce", "anchor").output.split()[1]
        steps = [town.run("publish")]
        clock.ahead += timedelta(days=15)
        steps += [town.run("keys", "activate", new), town.run("publish")]
        assert [step.exit_code for step in steps] == [0, 0, 0], [step.output for step in steps]

    def anchor(self, town: Ours) -> bytes:
        return (town.folder / "kit" / "anchor.cose").read_bytes()

    def test_is_followed_by_verifiers_with_a_memory(self, ours: Ours, clock: Clock) -> None:
        """They fetch the kit once a list period; nobody tells them anything."""
        pinned = self.anchor(ours)
        memory = Kit.load(ours.folder / "kit", anchor=pinned).remember()
        new = ours.run("keys", "announce", "anchor").output.split()[1]
        for days, step in ((0, "publish"), (10, "publish"), (5, "activate"), (0, "publish"), (10, "publish")):
            clock.ahead += timedelta(days=days)
            told = ours.run("keys", "activate", new) if step == "activate" else ours.run(step)
            assert told.exit_code == 0, told.output
            kit = Kit.load(ours.folder / "kit", anchor=pinned, remembered=memory)
            assert kit.problems == ()
            memory = kit.remember(memory)

        assert memory is not None
        assert [key.key_id.hex() for key in memory.lineage][1:] == [new]
        assert self.anchor(ours) != pinned

    def test_shows_the_words_of_both_while_it_is_announced(self, ours: Ours) -> None:
        before = words_in(ours.run("keys", "words").output)
        ours.run("keys", "announce", "anchor")

        told = ours.run("keys", "words").output

        assert before < words_in(told)
        assert "announced" in told

    def test_is_followed_by_a_town_that_recognises_it(self, ours: Ours, theirs: Ours, clock: Clock) -> None:
        kit = str(theirs.folder / "kit")
        ours.run("cities", "recognise", kit, "--for", "library", "--yes-compared")
        ours.run("publish")
        before = self.anchor(theirs)
        new = theirs.run("keys", "announce", "anchor").output.split()[1]
        steps = [theirs.run("publish")]
        refreshed = [ours.run("cities", "refresh", "https://third.example", "--from", kit)]
        clock.ahead += timedelta(days=15)
        steps += [theirs.run("keys", "activate", new), theirs.run("publish")]
        assert [step.exit_code for step in steps] == [0, 0, 0], [step.output for step in steps]

        refreshed.append(ours.run("cities", "refresh", "https://third.example", "--from", kit))

        assert self.anchor(theirs) != before
        assert [told.exit_code for told in refreshed] == [0, 0], [told.output for told in refreshed]
        assert "is not taken" not in ours.run("cities", "list").output
        assert "anchor key" not in ours.run("publish").output
        assert Kit.load(ours.folder / "kit").problems == ()

    def test_that_was_slept_through_twice_is_compared_anew(self, ours: Ours, theirs: Ours, clock: Clock) -> None:
        kit, issuer = str(theirs.folder / "kit"), "https://third.example"
        recognise = ("cities", "recognise", kit, "--for", "library", "--yes-compared")
        ours.run(*recognise)
        self.change(theirs, clock)
        self.change(theirs, clock)

        slept = ours.run("cities", "refresh", issuer, "--from", kit)
        early = ours.run(*recognise)
        ours.run("cities", "forget", issuer, "--yes")
        again = ours.run(*recognise)

        assert (slept.exit_code, early.exit_code, again.exit_code) == (1, 1, 0), again.output
        assert "Compare the words of its anchor by telephone" in slept.output
        assert "`cardservice cities forget` and `recognise` it anew" in early.output


class TestFetching:
    def test_takes_what_the_city_says_of_itself_only(self, web: str, other: Demo) -> None:
        kit = other.folder / "kit"
        (kit / "status" / "third.example-1.cwt").write_bytes(b"a mirrored list")
        sums = (kit / "SHA256SUMS").read_text()
        (kit / "SHA256SUMS").write_text(sums + "0" * 64 + "  status/third.example-1.cwt\n")

        assert (
            set(city_kit.fetch(web))
            == set(city_kit.fetch(str(kit)))
            == {
                "trust-list.cwt",
                "status/1.cwt",
                "status/2.cwt",
            }
        )
        (kit / "SHA256SUMS").write_text(sums)
        (kit / "status" / "third.example-1.cwt").unlink()

    def test_stops_where_there_is_too_much(self, other: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(city_kit, "LISTS_BYTES", 10)

        with pytest.raises(CityNotReached, match="too large"):
            city_kit.fetch(str(other.folder / "kit"))

    @pytest.mark.parametrize("place", ["ftp://a.example/", "https://u:p@a.example/", "http://127.0.0.1:1/", "nowhere"])
    def test_says_why_not(self, place: str) -> None:
        with pytest.raises(CityNotReached):
            city_kit.fetch(place)

    def test_goes_nowhere_else_where_a_server_says_so(self, web: str) -> None:
        class Elsewhere(Quiet):
            def do_GET(self) -> None:
                self.send_response(302)
                self.send_header("Location", web + self.path.lstrip("/"))
                self.end_headers()

        with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with pytest.raises(CityNotReached, match="302"):
                city_kit.fetch(f"http://127.0.0.1:{server.server_port}/")
            server.shutdown()

    def test_is_not_held_up_by_a_server_that_drips_a_header(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Housekeeping is one thread: nothing would be published or erased meanwhile."""

        def drip(server: socket.socket) -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.05)

        monkeypatch.setattr(city_kit, "DEADLINE", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=drip, args=(server,), daemon=True).start()
            began = time.monotonic()
            with pytest.raises(CityNotReached, match=r"too long|timed out"):
                city_kit.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/")

        assert time.monotonic() - began < 5

    def test_does_not_wait_for_ever(self, web: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(city_kit, "DEADLINE", -1)

        with pytest.raises(CityNotReached, match="too long"):
            city_kit.fetch(web)
