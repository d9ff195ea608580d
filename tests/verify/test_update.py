"""Updates from anywhere: what is taken, what is refused, and that a refusal leaves everything as it was."""

import contextlib
import hashlib
import os
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from cardservice.credential.claims import StatusReference
from cardservice.credential.keys import PublicKey
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedKey
from cardservice.domain import kit_folder
from cardservice.verify import (
    AnotherAnchor,
    Kit,
    Outcome,
    Reason,
    Updated,
    UpdateError,
    UpdateFailed,
    UpdateRefused,
    offer,
    replacing,
    update_kit,
    verify,
)
from cardservice.verify.update_errors import (
    ChecksumWrong,
    FolderFailed,
    ListMissing,
    ListsRefused,
    MemoryDamaged,
    NamesRefused,
    NoKitThere,
    NotFetched,
    TooMuch,
    UnsignedFileRefused,
)
from tests.verify.town import MORNING, NOON, TestKey, Town, trusted

TOWN = Town()
OTHER = Town(issuer="https://outra.example", names={"pt": "Outra"})
SECOND_ANCHOR, THIRD_ANCHOR = TestKey("second anchor"), TestKey("third anchor")


def published(number: int = 1, *, revoked: tuple[int, ...] = (), signs: TestKey | None = None) -> dict[str, bytes]:
    """The town's kit at its so-many-th publication, small."""
    trust_list = TOWN.trust_list(sequence=number, issued_at=MORNING + number)
    status_list = TOWN.status_list(
        revoked, size=800, sequence=number, issued_at=MORNING + number, lowest_trust_sequence=number
    )
    files = TOWN.files(trust_list, status_list)
    files["jwks.json"] = kit_folder.jwks([TOWN.card_key.public])
    if signs is not None:
        files |= {"trust-list.cwt": trust_list.seal(signs), "anchor.cose": signs.public.to_cose_key()}
    return files


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {**files, "SHA256SUMS": kit_folder.sums(files)}


class Mirror:
    """A place that has files, and knows which of them were asked for."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []

    def __call__(self, name: str, limit: int) -> bytes:
        self.asked.append(name)
        if name not in self.files:
            raise FileNotFoundError("not there")
        return self.files[name][: limit + 1]


def update(folder: Path, files: Mapping[str, bytes], **options: object) -> Updated:
    return update_kit(folder, Mirror(with_sums(files)), **options)  # type: ignore[arg-type]


def state(folder: Path) -> dict[str, bytes]:
    """Every file there is, hidden ones too."""
    if not folder.exists():
        return {}
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(folder: Path, files: Mapping[str, bytes], **options: object) -> UpdateError:
    """Why an update was not done; nothing may have changed."""
    before = state(folder)
    with pytest.raises(UpdateError) as caught:
        update(folder, files, **options)
    assert state(folder) == before
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kit"


class TestUpdate:
    def test_makes_a_kit_where_there_was_none(self, folder: Path) -> None:
        updated = update(folder, published())

        assert updated.changed == ("trust-list.cwt", "anchor.cose", "jwks.json", "status/1.cwt")
        assert updated.first_use
        assert not updated.anchor_changed
        kit = Kit.load(folder)
        assert kit.problems == ()
        assert verify(TOWN.text(TOWN.claims(status=replace(TOWN.claims().status, index=5))), kit, now=NOON).reason is (
            Reason.VALID
        )
        assert state(folder)["SHA256SUMS"] == kit_folder.sums(published())

    def test_takes_what_is_newer(self, folder: Path) -> None:
        update(folder, published(1))

        updated = update(folder, published(2, revoked=(5,)))

        assert updated.changed == ("trust-list.cwt", "status/1.cwt")
        assert not updated.first_use
        assert state(folder)["status/1.cwt"] == published(2, revoked=(5,))["status/1.cwt"]

    def test_fetches_only_what_it_does_not_have(self, folder: Path) -> None:
        update(folder, published())
        mirror = Mirror(with_sums(published()))
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}

        updated = update_kit(folder, mirror)

        assert updated.changed == ()
        assert mirror.asked == ["SHA256SUMS"]
        assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before

    def test_writes_an_anchor_that_did_not_come_with_the_kit(self, folder: Path) -> None:
        files = published()
        del files["anchor.cose"]

        update(folder, files, anchor=TOWN.anchor.public.to_cose_key())

        assert state(folder)["anchor.cose"] == TOWN.anchor.public.to_cose_key()
        assert Kit.load(folder).problems == ()

    def test_does_without_checksums_where_names_are_given(self, folder: Path) -> None:
        mirror = Mirror({**published(), "status/._1.cwt": b"what a Mac leaves"})

        update_kit(folder, mirror, names=[*published(), "status/._1.cwt", "../secret", "letter.pdf"])

        assert Kit.load(folder).problems == ()
        assert sorted(mirror.asked) == sorted(published())

    def test_leaves_pages_aside_unless_they_are_wanted(self, folder: Path) -> None:
        pages = {
            "index.html": b"<p>",
            "service-worker.js": b"1",
            "words/en.json": b"[]",
            "samples/kit/status/1.cwt": b"",
        }

        update(folder, published() | pages)
        assert not set(pages) & set(state(folder))

        updated = update(folder, published() | pages, pages=True)
        assert updated.changed[-2:] == ("index.html", "service-worker.js")
        assert {name: state(folder)[name] for name in pages} == pages
        assert state(folder)["SHA256SUMS"] == kit_folder.sums(published() | pages)

    def test_removes_what_it_wrote_and_nobody_names_any_more(self, folder: Path) -> None:
        pages = {"index.html": b"<p>", "old.js": b"1", "changed-here.js": b"2"}
        update(folder, published() | pages, pages=True)
        (folder / "changed-here.js").write_bytes(b"3")
        (folder / "note.txt").write_bytes(b"ours")

        update(folder, published(2))
        assert {"index.html", "old.js"} <= set(state(folder)), "without pages nothing is decided about pages"
        update(folder, published(2) | {"index.html": b"<p>"}, pages=True)

        assert "old.js" not in state(folder)
        assert {"changed-here.js", "note.txt"} <= set(state(folder))
        assert b"old.js" not in state(folder)["SHA256SUMS"]

    def test_overlooks_checksums_in_the_folder_that_are_none(self, folder: Path) -> None:
        update(folder, published())
        (folder / "SHA256SUMS").write_bytes(b"0" * 64 + b"  ../../etc/passwd\n")

        update(folder, published(2))

        assert state(folder)["SHA256SUMS"] == kit_folder.sums(published(2))

    def test_goes_on_from_a_kit_that_was_copied_by_hand(self, folder: Path) -> None:
        for name, content in published(5).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

        assert isinstance(refused(folder, published(4)), ListsRefused)
        assert update(folder, published(6)).first_use

    def test_does_not_mind_a_folder_without_a_kit(self, folder: Path) -> None:
        folder.mkdir()

        assert update(folder, published()).first_use


class TestRefusal:
    @pytest.mark.parametrize("older", [published(4), published(5) | {"status/1.cwt": published(4)["status/1.cwt"]}])
    def test_of_older_lists(self, folder: Path, older: dict[str, bytes]) -> None:
        update(folder, published(5))

        assert "older than the" in str(refused(folder, older))

    def test_of_a_revocation_that_vanished(self, folder: Path) -> None:
        update(folder, published(5, revoked=(5, 6)))

        assert "a revocation has vanished" in str(refused(folder, published(6, revoked=(5,))))

    @pytest.mark.parametrize("file", ["trust-list.cwt", "status/1.cwt", "anchor.cose", "jwks.json"])
    def test_of_a_damaged_file(self, folder: Path, file: str) -> None:
        update(folder, published(1))
        damaged = published(2)
        damaged[file] = damaged[file][:-3] + b"\0\0\0"

        assert isinstance(refused(folder, damaged), UpdateRefused)

    def test_of_a_list_that_is_no_list(self, folder: Path) -> None:
        assert isinstance(refused(folder, {**published(1), "status/1.cwt": b"nothing"}), ListsRefused)

    def test_of_a_list_that_is_left_out(self, folder: Path) -> None:
        files = published()
        del files["status/1.cwt"]

        error = refused(folder, files)

        assert isinstance(error, ListMissing)
        assert error.uri == TOWN.uri

    def test_of_no_list_that_a_recognised_city_has_no_more(self, folder: Path) -> None:
        trust_list = TOWN.trust_list(TOWN.entry(), OTHER.entry(recognised_for=("library",)))
        without = TOWN.files(trust_list, TOWN.status_list(size=800))
        update(folder, without)

        update(folder, without | {"status/outra.example-1.cwt": OTHER.status_list(size=800).seal(OTHER.status_key)})
        assert len(Kit.load(folder).status_lists) == 2

        update(folder, without)

        assert [issuer for issuer, _ in Kit.load(folder).status_lists] == [TOWN.issuer]

    def test_of_no_list_of_a_publisher_that_issues_no_cards(self, folder: Path) -> None:
        files = TOWN.files(TOWN.trust_list(OTHER.entry()))
        files["status/1.cwt"] = OTHER.status_list(size=800).seal(OTHER.status_key)

        assert update(folder, files).kit.problems == ()

    def test_of_lists_that_are_still_to_come(self, folder: Path) -> None:
        """Towns name some status lists ahead, so that opening one needs no anchor key."""
        uris = tuple(f"{TOWN.issuer}/status/{number}" for number in range(1, 7))
        trust_list = TOWN.trust_list(TOWN.entry(status_lists=uris))
        lists = [TOWN.status_list(size=800, uri=uri) for uri in uris[:3]]

        update(folder, TOWN.files(trust_list, *lists[:2]))
        update(folder, TOWN.files(trust_list, *lists))

        for gone in (lists[:2], lists[1:], [lists[0], lists[2]]):
            assert isinstance(refused(folder, TOWN.files(trust_list, *gone)), ListMissing)

    def test_of_another_anchor(self, folder: Path) -> None:
        update(folder, published(1))

        error = refused(folder, published(2, signs=TestKey("somebody")))

        assert isinstance(error, ListsRefused)
        assert isinstance(error.problems[0].cause, AnotherAnchor)

    def test_of_another_anchor_than_the_one_pinned_at_first_use(self, folder: Path) -> None:
        error = refused(folder, published(signs=TestKey("somebody")), anchor=TOWN.anchor.public.to_cose_key())

        assert isinstance(error, ListsRefused)
        assert not folder.exists()

    @pytest.mark.parametrize(
        ("file", "content"),
        [
            ("anchor.cose", TestKey("somebody").public.to_cose_key()),
            ("anchor.cose", b"no key"),
            ("jwks.json", kit_folder.jwks([TestKey("somebody").public])),
            ("jwks.json", kit_folder.jwks([TOWN.card_key.public, TOWN.status_key.public])),
            ("jwks.json", b"no json"),
            ("jwks.json", b"[" * 100_000),
            ("jwks.json", b'{"keys": 7}'),
            ("jwks.json", b"[]"),
        ],
    )
    def test_of_a_file_without_a_signature_that_says_something_else(
        self, folder: Path, file: str, content: bytes
    ) -> None:
        update(folder, published(1))

        error = refused(folder, published(2) | {file: content})

        assert isinstance(error, UnsignedFileRefused)
        assert error.file == file

    def test_of_a_compromised_key_among_the_web_keys(self, folder: Path) -> None:
        entry = TOWN.entry(
            trusted(TOWN.card_key, state=KeyState.COMPROMISED), trusted(TOWN.status_key, KeyPurpose.STATUS)
        )
        files = TOWN.files(TOWN.trust_list(entry), TOWN.status_list(size=800))

        error = refused(folder, files | {"jwks.json": kit_folder.jwks([TOWN.card_key.public])})

        assert isinstance(error, UnsignedFileRefused)

    def test_of_a_memory_that_cannot_be_read(self, folder: Path) -> None:
        update(folder, published(1))
        (folder / ".memory").write_bytes(b"damaged")

        assert isinstance(refused(folder, published(2)), MemoryDamaged)

    def test_of_a_thousand_replayed_and_shuffled_updates(self, folder: Path) -> None:
        """THREATS T16: whoever has every kit that ever was, and mixes them as they like, takes nothing back."""
        kits = [published(number, revoked=tuple(range(number))) for number in range(1, 41)]
        for files in kits:
            update(folder, files)
        chance, newest = random.Random(16), state(folder)
        tried = 0

        for _ in range(1000):
            picked = chance.choice(kits[:-1])
            mixed = {name: chance.choice(kits)[name] if chance.random() < 0.5 else picked[name] for name in picked}
            if all(newest[name] == mixed[name] for name in ("trust-list.cwt", "status/1.cwt")):
                mixed = picked
            assert isinstance(refused(folder, mixed), UpdateRefused)
            tried += 1

        assert tried == 1000
        assert state(folder) == newest


class TestAListThatIsNoGood:
    """A recognised city's, so that it stops nobody. It does not take away the good one that is there either."""

    NAME = "status/outra.example-1.cwt"
    trust_list = TOWN.trust_list(TOWN.entry(), OTHER.entry(recognised_for=("library",)))
    good = OTHER.status_list(size=800).seal(OTHER.status_key)

    def files(self, content: bytes | None, sequence: int = 7, **changes: object) -> dict[str, bytes]:
        files = TOWN.files(replace(self.trust_list, **changes), TOWN.status_list(size=800, sequence=sequence))
        return files if content is None else {**files, self.NAME: content}

    @pytest.mark.parametrize(
        "no_good",
        [
            good[:-1] + bytes((good[-1] ^ 1,)),
            OTHER.status_list(size=800, sequence=6).seal(OTHER.status_key),
            OTHER.status_list(size=800, uri="https://outra.example/other").seal(OTHER.status_key),
        ],
        ids=["damaged", "older", "of another address"],
    )
    def test_leaves_the_one_that_was_there_and_is_named(self, folder: Path, no_good: bytes) -> None:
        update(folder, self.files(self.good))

        updated = update(folder, self.files(no_good, sequence=8))

        assert state(folder)[self.NAME] == self.good
        assert Kit.load(folder).status_lists == updated.kit.status_lists
        assert verify(OTHER.text(OTHER.claims(status=StatusReference(OTHER.uri, 3))), updated.kit, now=NOON).reason is (
            Reason.VALID
        )
        assert (updated.changed, updated.removed) == (("status/1.cwt",), ())
        assert [problem.file for problem in updated.not_used] == [self.NAME]
        assert update(folder, self.files(self.good, sequence=8)).not_used == ()

    def test_is_left_out_where_there_was_none(self, folder: Path) -> None:
        updated = update(folder, self.files(self.good[:-1] + b"?"))

        assert [problem.file for problem in updated.not_used] == [self.NAME]
        assert (updated.removed, self.NAME in state(folder)) == ((), False)

    def test_goes_with_the_one_that_was_there_where_the_new_trust_list_has_neither(self, folder: Path) -> None:
        update(folder, self.files(self.good))
        lost = trusted(OTHER.status_key, KeyPurpose.STATUS, state=KeyState.COMPROMISED)
        entry = OTHER.entry(trusted(OTHER.card_key), lost)

        updated = update(folder, self.files(self.good[:-1] + b"?", sequence=8, issuers=(TOWN.entry(), entry)))

        assert (updated.removed, self.NAME in state(folder)) == ((self.NAME,), False)
        assert Kit.load(folder).problems == ()

    def test_and_one_that_is_offered_no_more_are_two_things(self, folder: Path) -> None:
        update(folder, self.files(self.good))

        updated = update(folder, self.files(None))

        assert (updated.removed, updated.changed, updated.not_used) == ((self.NAME,), (), ())


class TestAStatusKeyInOtherHands:
    """The town says so in a new trust list, and may have no status list for a while. That must reach everybody."""

    entry = TOWN.entry(trusted(TOWN.card_key), trusted(TOWN.status_key, KeyPurpose.STATUS, state=KeyState.COMPROMISED))

    @pytest.mark.parametrize("old_list_is_offered", [True, False])
    def test_is_believed_at_once_and_nothing_is_green_until_there_is_a_new_list(
        self, folder: Path, old_list_is_offered: bool
    ) -> None:
        update(folder, published(1))
        warning = TOWN.trust_list(self.entry, sequence=2, issued_at=MORNING + 2)
        files = TOWN.files(warning, TOWN.status_list(size=800))
        if not old_list_is_offered:
            del files["status/1.cwt"]

        update(folder, files)

        kit = Kit.load(folder)
        assert kit.trust_list == warning
        assert verify(TOWN.text(), kit, now=NOON).verdict is Outcome.CANNOT_TELL
        assert "status/1.cwt" not in state(folder)

    @pytest.mark.parametrize("gone", ["status/1.cwt", "status/2.cwt"])
    @pytest.mark.parametrize("way", ["left out", "in the old key's hand"])
    def test_is_no_excuse_for_a_list_of_another_key(self, folder: Path, gone: str, way: str) -> None:
        """A mirror must not strip the town of all its lists because of a key that was lost long ago."""
        files, old = self._two_lists(TestKey("new status key")), self._two_lists(TOWN.status_key)
        update(folder, files)
        del files[gone]

        if way == "left out":
            assert isinstance(refused(folder, files), ListMissing)
        else:
            updated = update(folder, files | {gone: old[gone]})
            assert [problem.file for problem in updated.not_used] == [gone]
            assert (updated.changed, updated.removed, updated.kit.problems) == ((), (), ())

    def test_excuses_its_own_lists_alone(self, folder: Path) -> None:
        update(folder, self._two_lists(TOWN.status_key, TOWN.entry().keys))
        files = self._two_lists(TestKey("new status key"), sequence=6)
        del files["status/1.cwt"]

        updated = update(folder, files)

        assert updated.removed == ("status/1.cwt",)
        assert update(folder, files).changed == ()

    def _two_lists(self, signer: TestKey, keys: tuple[TrustedKey, ...] = (), sequence: int = 5) -> dict[str, bytes]:
        """A kit with two status lists of one signer. The old status key is lost, unless other keys are given."""
        uris = (TOWN.uri, f"{TOWN.issuer}/status/2")
        keys = keys or (*self.entry.keys, trusted(TestKey("new status key"), KeyPurpose.STATUS))
        trust_list = TOWN.trust_list(TOWN.entry(*keys, status_lists=uris), sequence=sequence)
        lists = {f"status/{n}.cwt": TOWN.status_list(size=800, uri=uri).seal(signer) for n, uri in enumerate(uris, 1)}
        return TOWN.files(trust_list) | lists


class TestAnchors:
    def test_are_followed_to_the_one_that_was_announced(self, folder: Path) -> None:
        announced = TOWN.trust_list(sequence=2, issued_at=MORNING + 2, next_anchor=SECOND_ANCHOR.public)
        update(folder, published(1) | {"trust-list.cwt": announced.seal(TOWN.anchor)})

        updated = update(folder, published(3, signs=SECOND_ANCHOR))

        assert updated.anchor_changed
        assert Kit.load(folder).problems == ()
        assert PublicKey.from_cose_key(state(folder)["anchor.cose"]) == SECOND_ANCHOR.public
        assert not update(folder, published(4, signs=SECOND_ANCHOR)).anchor_changed

    def test_are_pinned_anew_by_who_slept_through_two_changes(self, folder: Path) -> None:
        update(folder, published(1))
        assert isinstance(refused(folder, published(9, signs=THIRD_ANCHOR)), ListsRefused)

        updated = update(folder, published(9, signs=THIRD_ANCHOR), anchor=THIRD_ANCHOR.public.to_cose_key())

        assert (updated.anchor_changed, updated.anchor_new, updated.anchor_pinned) == (False, True, True)
        assert Kit.load(folder).problems == ()
        assert not update(folder, published(10, signs=THIRD_ANCHOR)).anchor_new

    def test_that_were_announced_stand_alone_once_somebody_pins_them(self, folder: Path) -> None:
        """The old one may be in other hands: what it signs after that must not count for who named the new one."""
        announced = TOWN.trust_list(sequence=2, issued_at=MORNING + 2, next_anchor=SECOND_ANCHOR.public)
        update(folder, published(2) | {"trust-list.cwt": announced.seal(TOWN.anchor)})
        pin = SECOND_ANCHOR.public.to_cose_key()

        error = refused(folder, published(3), anchor=pin)

        assert isinstance(error, ListsRefused)
        assert isinstance(error.problems[0].cause, AnotherAnchor)
        updated = update(folder, published(3, signs=SECOND_ANCHOR), anchor=pin)
        assert (updated.anchor_changed, updated.anchor_new, updated.anchor_pinned) == (True, True, True)
        assert isinstance(refused(folder, published(4), anchor=pin), ListsRefused)

    def test_before_are_no_more_than_the_pin_of_who_goes_on(self, folder: Path) -> None:
        """Whoever pinned the first anchor follows it to the next, and the pin is then no longer the anchor."""
        announced = TOWN.trust_list(sequence=2, issued_at=MORNING + 2, next_anchor=SECOND_ANCHOR.public)
        pin = TOWN.anchor.public.to_cose_key()
        update(folder, published(2) | {"trust-list.cwt": announced.seal(TOWN.anchor)}, anchor=pin)

        updated = update(folder, published(3, signs=SECOND_ANCHOR), anchor=pin)

        assert (updated.anchor_changed, updated.anchor_new, updated.anchor_pinned) == (True, True, False)


HOSTILE = [
    "../trust-list.cwt",
    "status/../../x.cwt",
    "/etc/passwd",
    "C:\\x",
    "a\\..\\b",
    ".memory",
    "status/.hidden.cwt",
    ".",
    "..",
    "",
    " ",
    "-rf",
    "status//1.cwt",
    "status/",
    "a b",
    "é",
    "a\x00b",
    "a\x1b[2Jb",
    "a:stream",
    "a*",
    "~root",
    "$HOME",
    "%2e%2e/x",
    "a" * 201,
    "a/b/c/d/e/f/g",
    "SHA256SUMS",
    "sha256sums",
    "trust-list.cwt/x",
    "Trust-List.cwt",
    "trust-list.cwt",
]


class TestNames:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_that_could_do_harm_are_refused_and_nothing_of_them_is_fetched(self, folder: Path, name: str) -> None:
        sums = kit_folder.sums(published()) + f"{'0' * 64}  {name}\n".encode()
        mirror = Mirror({**published(), "SHA256SUMS": sums})

        with pytest.raises(NamesRefused) as caught:
            update_kit(folder, mirror, pages=True)

        assert mirror.asked == ["SHA256SUMS"]
        assert not name.strip(". /") or name in ("SHA256SUMS", "a b") or name not in str(caught.value)
        assert not folder.exists()

    @pytest.mark.parametrize(
        "sums",
        [b"nonsense\n", b"<html>\n", b"\xff\xfe\n", b"0" * 64 + b" name\n", b"G" * 64 + b"  name\n", b"\n", b"\x85\n"],
    )
    def test_are_refused_where_they_are_none(self, folder: Path, sums: bytes) -> None:
        with pytest.raises(NamesRefused):
            update_kit(folder, Mirror({"SHA256SUMS": sums}))

    def test_by_the_thousand_are_refused(self, folder: Path) -> None:
        many = "".join(f"{'0' * 64}  status/{number}.cwt\n" for number in range(1001)).encode()
        for sums in (many, many * 10):
            with pytest.raises(NamesRefused, match="more"):
                update_kit(folder, Mirror({"SHA256SUMS": sums}))

    def test_may_be_marked_as_binary_and_end_as_on_windows(self, folder: Path) -> None:
        sums = kit_folder.sums(published()).replace(b"  ", b" *").replace(b"\n", b"\r\n")

        update_kit(folder, Mirror({**published(), "SHA256SUMS": sums}))

        assert Kit.load(folder).problems == ()


class TestFailure:
    def test_where_there_is_no_kit(self, folder: Path) -> None:
        for files in ({}, {"SHA256SUMS": b""}, with_sums({"index.html": b""})):
            with pytest.raises(NoKitThere):
                update_kit(folder, Mirror(files))
        with pytest.raises(NoKitThere):
            update_kit(folder, Mirror({}), names=["status/1.cwt"])

    @pytest.mark.parametrize("file", ["SHA256SUMS", "trust-list.cwt", "status/1.cwt"])
    def test_where_the_network_fails(self, folder: Path, file: str) -> None:
        mirror = Mirror(with_sums(published()))

        def fetch(name: str, limit: int) -> bytes:
            if name == file:
                raise TimeoutError("timed out")
            return mirror(name, limit)

        with pytest.raises(NotFetched, match="timed out") as caught:
            update_kit(folder, fetch)

        assert caught.value.file == file
        assert not folder.exists()

    @pytest.mark.parametrize("file", ["trust-list.cwt", "status/1.cwt", "anchor.cose", "jwks.json"])
    @pytest.mark.parametrize("cut", [True, False])
    def test_where_a_mirror_is_half_written(self, folder: Path, file: str, cut: bool) -> None:
        half = with_sums(published())
        half[file] = half[file][:50] if cut else b"something else"

        with pytest.raises(ChecksumWrong):
            update_kit(folder, Mirror(half))

        assert not folder.exists()

    def test_where_the_checksums_are_half_written(self, folder: Path) -> None:
        half = with_sums(published())

        with pytest.raises(ChecksumWrong):
            update_kit(folder, Mirror({**half, "SHA256SUMS": half["SHA256SUMS"][:-5]}))

    def test_where_there_is_more_than_a_kit_can_be(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(offer, "KIT_LIMIT", 1000)

        with pytest.raises(TooMuch):
            update(folder, published() | {"index.html": bytes(1000)}, pages=True)

    @pytest.mark.parametrize("step", range(14))
    def test_of_the_disk_at_any_step_leaves_a_kit_that_can_be_used(
        self, folder: Path, step: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        update(folder, published(1))
        self._fail_at(step, monkeypatch)

        with contextlib.suppress(FolderFailed):
            update(folder, published(2, revoked=(5,)))

        monkeypatch.undo()
        kit = Kit.load(folder)
        assert kit.problems == ()
        assert kit.trust_list is not None
        (status_list,) = kit.status_lists.values()
        assert kit.trust_list.sequence >= status_list.lowest_trust_sequence
        assert not (folder / ".update").exists()
        update(folder, published(2, revoked=(5,)))
        assert state(folder)["status/1.cwt"] == published(2, revoked=(5,))["status/1.cwt"]

    def test_of_the_disk_is_said(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._fail_at(0, monkeypatch)

        error = refused(folder, published())

        assert isinstance(error, UpdateFailed)
        assert "No space left on device" in str(error)

    @staticmethod
    def _fail_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make the so-many-th call that changes the disk fail: each sync of what was written, each rename."""
        calls = iter(range(1000))

        def failing(function: object) -> object:
            def call(*arguments: object) -> object:
                if next(calls) == step:
                    raise OSError(28, "No space left on device")
                return function(*arguments)  # type: ignore[operator]

            return call

        monkeypatch.setattr(replacing.os, "fsync", failing(os.fsync))
        monkeypatch.setattr(Path, "replace", failing(Path.replace))

    def test_where_a_folder_stands_in_the_place_of_a_file(self, folder: Path) -> None:
        (folder / "trust-list.cwt").mkdir(parents=True)

        error = refused(folder, published())

        assert isinstance(error, FolderFailed)
        assert "trust-list.cwt is a folder" in str(error)

    def test_where_a_file_stands_in_the_place_of_the_folder(self, folder: Path) -> None:
        folder.write_bytes(b"")

        with pytest.raises(FolderFailed):
            update(folder, published())

    def test_of_an_update_that_was_killed_leaves_nothing_in_the_way(self, folder: Path) -> None:
        (folder / ".update").mkdir(parents=True)
        (folder / ".update" / "77").write_bytes(b"half")

        update(folder, published())

        assert not (folder / ".update").exists()

    def test_never_where_a_folder_cannot_be_opened_for_a_sync(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So it is on Windows."""

        def refuse(*arguments: object) -> int:
            raise PermissionError

        monkeypatch.setattr(replacing.os, "open", refuse)

        assert update(folder, published()).changed


class TestAReaderAtAnyMoment:
    def test_finds_a_kit_that_it_can_use(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Between any two renames: the keys come before the lists that ask for them."""
        update(folder, published(1))
        renamed, seen = Path.replace, []

        def replace_and_look(path: Path, target: Path) -> Path:
            done = renamed(path, target)
            kit = Kit.load(folder)
            text = TOWN.text(TOWN.claims(status=replace(TOWN.claims().status, index=9)))
            seen.append((verify(text, kit, now=NOON).reason, kit.problems))
            return done

        monkeypatch.setattr(Path, "replace", replace_and_look)

        update(folder, published(2, revoked=(5,)))

        assert len(seen) == 4
        assert set(seen) == {(Reason.VALID, ())}


def test_digests_are_those_of_everybody() -> None:
    assert kit_folder.digest(b"") == hashlib.sha256(b"").hexdigest()
