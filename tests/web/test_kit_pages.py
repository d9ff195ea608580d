"""The part of the kit that is the same every time: pages, words, samples, and a service worker that knows them all."""

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardservice import fingerprint, samples
from cardservice.domain import kit_folder
from cardservice.domain.actor import SERVICE
from cardservice.verify import Kit
from cardservice.web import kit_pages
from cardservice.web.kit_pages import VerifierNotBuilt
from web.hall import TownHall

WORKER = b'// what is kept\nconst VERSION = "development";\nconst FILES = {};\nself.x = 1;\n'


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A verifier of few files."""
    for name, content in {
        "index.html": b"<!doctype html>",
        "page/scan.js": b"export {};",
        "service-worker.js": WORKER,
        **dict.fromkeys(kit_pages.BUILT, b"built"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    yield tmp_path
    kit_pages.files.cache_clear()


def constants(worker: bytes) -> tuple[str, dict[str, str]]:
    version = re.search(rb'^const VERSION = "(.*)";$', worker, re.M)
    files = re.search(rb"^const FILES = (\{.*\});$", worker, re.M)
    assert version
    assert files
    return version[1].decode(), json.loads(files[1])


class TestFiles:
    def test_are_the_pages_as_they_stand_with_words_and_samples(self, folder: Path) -> None:
        files = kit_pages.files(folder)

        assert files["page/scan.js"] == b"export {};"
        assert {name for name in files if name.startswith("words/")} == {
            f"words/{language}.json" for language in ("en", "fr", "es", "pt")
        }
        assert "samples/samples.json" in files

    @pytest.mark.parametrize("name", ["page/.scan.js.swp", "page/scan.js~", ".cache/scan.js", "page/.old/1/scan.js"])
    def test_are_not_what_a_system_or_an_editor_left(self, folder: Path, name: str) -> None:
        before = kit_pages.files(folder)
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(b"half a page")
        kit_pages.files.cache_clear()

        assert kit_pages.files(folder) == before

    def test_have_the_words_in_the_order_of_their_numbers(self, folder: Path) -> None:
        for language in fingerprint.LANGUAGES:
            words = json.loads(kit_pages.files(folder)[f"words/{language}.json"])
            assert tuple(words) == fingerprint.word_list(language)
            assert len(words) == 2_048

    def test_tell_the_service_worker_of_all_but_itself(self, folder: Path) -> None:
        files = kit_pages.files(folder)
        version, named = constants(files["service-worker.js"])

        assert list(named) == sorted(files.keys() - {"service-worker.js"})
        lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in named)
        assert version == hashlib.sha256(lines.encode()).hexdigest()[:16]
        assert files["service-worker.js"].endswith(b"self.x = 1;\n")

    def test_tell_it_how_each_of_them_must_be_so_that_nothing_half_written_is_kept(self, folder: Path) -> None:
        files = kit_pages.files(folder)
        _, named = constants(files["service-worker.js"])

        for name, integrity in named.items():
            kind, _, digest = integrity.partition("-")
            assert kind == "sha256"
            assert base64.b64decode(digest, validate=True) == hashlib.sha256(files[name]).digest()

    def test_give_the_service_worker_another_version_when_a_page_changes(self, folder: Path) -> None:
        before, _ = constants(kit_pages.files(folder)["service-worker.js"])
        (folder / "index.html").write_bytes(b"<!doctype html><p>")
        kit_pages.files.cache_clear()

        assert constants(kit_pages.files(folder)["service-worker.js"])[0] != before

    @pytest.mark.parametrize("name", kit_pages.BUILT)
    def test_are_none_where_the_verifier_was_not_built_and_it_says_how(self, folder: Path, name: str) -> None:
        (folder / name).unlink()

        with pytest.raises(VerifierNotBuilt, match=rf"{name} is missing\. Build it with: make install"):
            kit_pages.files(folder)

    @pytest.mark.parametrize("line", [b'const VERSION = "development";', b"const FILES = {};"])
    def test_are_none_where_the_service_worker_has_lost_a_line(self, folder: Path, line: bytes) -> None:
        (folder / "service-worker.js").write_bytes(WORKER.replace(line, b""))

        with pytest.raises(ValueError, match="not once"):
            kit_pages.files(folder)

    def test_are_gathered_once(self, folder: Path) -> None:
        first = kit_pages.files(folder)
        shutil.rmtree(folder / "page")

        assert kit_pages.files(folder) is first


class TestTheKitOfThisTree:
    def test_has_names_that_checksums_and_addresses_can_say(self) -> None:
        names = kit_pages.files().keys()

        assert kit_folder.checksums(kit_folder.sums(kit_pages.files())).keys() == names

    def test_has_every_module_that_its_pages_import(self) -> None:
        files = kit_pages.files()
        scripts = {name: content.decode() for name, content in files.items() if name.endswith(".js")}
        missing = []
        for name, source in scripts.items():
            if name.startswith("vendor/"):
                continue
            for imported in re.findall(r"""(?:from|import)\s*\(?["'](\.{1,2}/[^"']+)["']""", source):
                target = (Path("/kit") / Path(name).parent / imported).as_posix()
                resolved = Path(re.sub(r"/[^/]+/\.\.(?=/)", "", target.replace("/./", "/"))).relative_to("/kit")
                if resolved.as_posix() not in files:
                    missing.append((name, imported))

        assert missing == []

    def test_names_all_of_it_to_the_service_worker(self, hall: TownHall) -> None:
        kit = hall.settings.kit_folder
        _, named = constants((kit / "service-worker.js").read_bytes())

        every = kit_folder.checksums((kit / "SHA256SUMS").read_bytes()).keys()
        signed = {"trust-list.cwt", "anchor.cose", "jwks.json", "status/1.cwt"}
        notes = {name for name in every if name.startswith("README")}
        assert set(named) == every - signed - notes - {"service-worker.js"}

    def test_lists_no_sample_key_as_one_to_believe(self, hall: TownHall) -> None:
        kit = Kit.load(hall.settings.kit_folder)
        assert kit.trust_list is not None
        listed = {trusted.key.key_id for issuer in kit.trust_list.issuers for trusted in issuer.keys}

        assert not listed & {key.key_id for key in samples.every_key()}
        assert kit.anchor is not None
        assert kit.anchor.key_id not in {key.key_id for key in samples.every_key()}

    def test_is_not_written_again_where_it_has_not_changed(self, hall: TownHall) -> None:
        kit = hall.settings.kit_folder
        before = {path: path.stat().st_mtime_ns for path in kit.rglob("*") if path.is_file()}
        hall.clock.passes(minutes=1)

        hall.desk.publish(actor=SERVICE, now=hall.clock())

        written = {path.relative_to(kit).as_posix() for path in before if path.stat().st_mtime_ns != before[path]}
        assert written == {"trust-list.cwt", "status/1.cwt", "SHA256SUMS"}
