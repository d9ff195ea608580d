"""Signing keys in their folder: never in clear, never readable by others, and a plain refusal for every mishap."""

import base64
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from few_rounds import few_rounds

from cardservice import key_file, keystore
from cardservice.credential.errors import BadSignature
from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.keystore import (
    KeyAmbiguous,
    KeyDamaged,
    KeyFolder,
    KeyMissing,
    PassphraseReadableByOthers,
    PassphraseTooShort,
    Purpose,
    ReadableByOthers,
    SigningKey,
    WrongPassphrase,
)

PASSPHRASE = "six words drawn by dice here"
AS_DOCUMENTED = {
    "PBES2": "06092a864886f70d01050d",
    "PBKDF2": "06092a864886f70d01050c",
    "600,000 rounds": "0203" + f"{600_000:06x}",
    "HMAC-SHA256": "06082a864886f70d0209",
    "AES-256-CBC": "060960864801650304012a",
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[KeyFolder]:
    """Its keys open quickly; with how many rounds they are encrypted otherwise is said in a test without it."""
    with few_rounds():
        yield KeyFolder(tmp_path / "keys")


class TestCreate:
    @pytest.mark.parametrize("algorithm", list(Algorithm))
    @pytest.mark.parametrize("purpose", list(Purpose))
    def test_makes_a_key_that_signs_what_its_public_half_verifies(
        self, folder: KeyFolder, purpose: Purpose, algorithm: Algorithm
    ) -> None:
        key = folder.create(purpose, algorithm, PASSPHRASE)

        signature = key.sign(b"message")

        assert (key.purpose, key.algorithm, len(signature)) == (purpose, algorithm, 64)
        folder.public(key.key_id).verify(signature, b"message")
        with pytest.raises(BadSignature):
            folder.public(key.key_id).verify(signature, b"another message")

    def test_signs_the_same_message_differently_each_time_with_es256(self, folder: KeyFolder) -> None:
        key = folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)

        assert key.sign(b"message") != key.sign(b"message")

    def test_keeps_files_and_folder_to_their_owner(self, folder: KeyFolder) -> None:
        folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)

        assert folder.path.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in folder.path.iterdir()} == {0o600}

    @pytest.mark.parametrize("algorithm", list(Algorithm))
    def test_writes_no_private_key_in_clear(self, folder: KeyFolder, algorithm: Algorithm) -> None:
        key = folder.create(Purpose.CARD, algorithm, PASSPHRASE)

        raw = key._native.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        written = b"".join(file.read_bytes() for file in folder.path.iterdir())

        assert b"ENCRYPTED PRIVATE KEY" in written
        assert all(file.read_bytes().count(b"BEGIN") == 1 for file in folder.path.iterdir())
        assert raw not in written
        assert b"BEGIN PRIVATE KEY" not in written

    def test_names_the_files_by_purpose_and_key_id(self, folder: KeyFolder) -> None:
        key = folder.create(Purpose.STATUS, Algorithm.ES256, PASSPHRASE)

        stem = f"status-{key.key_id.hex()}"
        assert {file.name for file in folder.path.iterdir()} == {f"{stem}.pem", f"{stem}.pub.pem"}

    def test_encrypts_as_the_documents_say(self) -> None:
        assert key_file.ROUNDS == 600_000
        sealed = SigningKey.generate(Purpose.CARD, Algorithm.ES256).sealed(PASSPHRASE)

        der = base64.b64decode(b"".join(sealed.splitlines()[1:-1]))

        assert [name for name, encoded in AS_DOCUMENTED.items() if bytes.fromhex(encoded) not in der] == []
        keys = (Path(__file__).parents[1] / "docs" / "keys.md").read_text(encoding="utf-8")
        assert [name for name in AS_DOCUMENTED if name not in keys] == []

    def test_still_opens_a_key_that_was_sealed_with_fewer_rounds(self, folder: KeyFolder) -> None:
        key = folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        (file,) = (file for file in folder.path.iterdir() if not file.name.endswith(".pub.pem"))
        as_before = BestAvailableEncryption(PASSPHRASE.encode())
        file.write_bytes(key._native.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, as_before))

        assert folder.unlock(Purpose.CARD, PASSPHRASE).key_id == key.key_id

    def test_refuses_a_short_passphrase_before_writing_anything(self, folder: KeyFolder) -> None:
        with pytest.raises(PassphraseTooShort, match="six words"):
            folder.create(Purpose.CARD, Algorithm.ES256, "eleven chrs")

        assert not folder.path.exists()

    def test_refuses_a_folder_that_others_may_read(self, folder: KeyFolder) -> None:
        folder.path.mkdir(mode=0o755)

        with pytest.raises(ReadableByOthers, match="chmod 700"):
            folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)


class TestUnlock:
    @pytest.mark.parametrize("algorithm", list(Algorithm))
    def test_returns_the_same_key_by_purpose_and_by_key_id(self, folder: KeyFolder, algorithm: Algorithm) -> None:
        made = folder.create(Purpose.CARD, algorithm, PASSPHRASE)
        folder.create(Purpose.STATUS, algorithm, PASSPHRASE)

        by_purpose = folder.unlock(Purpose.CARD, PASSPHRASE)
        by_id = folder.unlock(made.key_id, PASSPHRASE)

        assert by_purpose.public == by_id.public == made.public

    def test_refuses_a_wrong_passphrase_without_repeating_it(self, folder: KeyFolder) -> None:
        folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)

        with pytest.raises(WrongPassphrase, match="Type it again") as caught:
            folder.unlock(Purpose.CARD, "another passphrase")

        assert "another passphrase" not in str(caught.value)

    @pytest.mark.parametrize("which", [Purpose.CARD, b"12345678"])
    def test_names_a_key_that_is_missing(self, folder: KeyFolder, which: Purpose | bytes) -> None:
        with pytest.raises(KeyMissing, match=which if isinstance(which, Purpose) else which.hex()):
            folder.unlock(which, PASSPHRASE)

    def test_asks_which_of_two_keys_is_meant(self, folder: KeyFolder) -> None:
        folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)

        with pytest.raises(KeyAmbiguous, match="2 keys card"):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
    def test_refuses_a_file_that_others_may_read(self, folder: KeyFolder, mode: int) -> None:
        file = _private_file(folder, folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE))
        file.chmod(mode)

        with pytest.raises(ReadableByOthers, match="chmod 600"):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    def test_refuses_a_folder_that_others_may_read(self, folder: KeyFolder) -> None:
        folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        folder.path.chmod(0o750)

        with pytest.raises(ReadableByOthers):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    def test_refuses_a_link_to_somewhere_else(self, folder: KeyFolder, tmp_path: Path) -> None:
        file = _private_file(folder, folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE))
        file.rename(tmp_path / "elsewhere.pem")
        file.symlink_to(tmp_path / "elsewhere.pem")

        with pytest.raises(ReadableByOthers):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    def test_refuses_files_of_somebody_else(self, folder: KeyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        monkeypatch.setattr(keystore.os, "geteuid", lambda: folder.path.stat().st_uid + 1)

        with pytest.raises(ReadableByOthers, match="somebody else"):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    def test_refuses_a_key_that_is_not_encrypted(self, folder: KeyFolder) -> None:
        key = folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        clear = key._native.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _private_file(folder, key).write_bytes(clear)

        with pytest.raises(KeyDamaged, match="not encrypted"):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    def test_refuses_a_key_under_another_keys_name(self, folder: KeyFolder) -> None:
        key = folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        other = SigningKey.generate(Purpose.CARD, Algorithm.ES256)
        _private_file(folder, key).write_bytes(other.sealed(PASSPHRASE))

        with pytest.raises(KeyDamaged, match="another key"):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    def test_refuses_a_key_of_another_kind(self, folder: KeyFolder) -> None:
        key = folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        foreign = rsa.generate_private_key(65537, 2048)
        sealed = foreign.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode()))
        _private_file(folder, key).write_bytes(sealed)

        with pytest.raises(KeyDamaged, match="another key"):
            folder.unlock(Purpose.CARD, PASSPHRASE)

    @pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl command on this machine")
    def test_is_opened_by_other_tools_with_the_same_passphrase(self, folder: KeyFolder) -> None:
        file = _private_file(folder, folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE))

        opened = subprocess.run(
            ["openssl", "pkey", "-in", file, "-passin", "stdin", "-pubout"],
            input=PASSPHRASE.encode(), capture_output=True, check=True,
        )  # fmt: skip

        assert opened.stdout == file.with_suffix(".pub.pem").read_bytes()


class TestList:
    def test_names_every_key_and_nothing_else(self, folder: KeyFolder) -> None:
        made = {(key.purpose, key.key_id) for key in (folder.create(p, Algorithm.ES256, PASSPHRASE) for p in Purpose)}
        (folder.path / "README.md").write_text("what is here")

        assert set(folder.list()) == made

    def test_is_empty_where_there_is_no_folder(self, folder: KeyFolder) -> None:
        assert folder.list() == ()


class TestDestroy:
    def test_overwrites_the_private_half_and_keeps_the_public_one(self, folder: KeyFolder, tmp_path: Path) -> None:
        key = folder.create(Purpose.CARD, Algorithm.ES256, PASSPHRASE)
        same_bytes = tmp_path / "a second name for the same bytes on the disk"
        same_bytes.hardlink_to(_private_file(folder, key))

        folder.destroy(key.key_id)

        assert set(same_bytes.read_bytes()) == {0}
        assert [file.name for file in folder.path.iterdir()] == [f"card-{key.key_id.hex()}.pub.pem"]
        assert folder.list() == ()


class TestSigningKey:
    def test_shows_nothing_of_itself(self) -> None:
        key = SigningKey.generate(Purpose.CARD, Algorithm.ES256)

        assert f"{key!r} {key}".count("SigningKey object at") == 2

    def test_is_known_by_the_thumbprint_of_its_public_half(self) -> None:
        key = SigningKey.generate(Purpose.CARD, Algorithm.EDDSA)

        assert key.key_id == PublicKey.from_cose_key(key.public.to_cose_key()).key_id


def _private_file(folder: KeyFolder, key: SigningKey) -> Path:
    return folder.path / f"{key.purpose}-{key.key_id.hex()}.pem"


class TestAPassphraseFile:
    """What systemd lays ready is, from version 254 on, root's and of mode 0440, with a list of who may read it."""

    @pytest.mark.parametrize(
        ("mode", "owner", "is_laid", "is_taken"),
        [
            (0o600, "ours", False, True),
            (0o400, "root's", False, True),
            (0o440, "root's", True, True),
            (0o440, "ours", True, True),
            (0o440, "root's", False, False),
            (0o640, "ours", False, False),
            (0o444, "root's", True, False),
            (0o460, "root's", True, False),
            (0o442, "root's", True, False),
            (0o400, "somebody's", True, False),
        ],
    )
    @pytest.mark.parametrize("named", [True, False])
    def test_may_be_read_by_nobody_but_whom_the_system_laid_it_for(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        mode: int,
        owner: str,
        is_laid: bool,
        is_taken: bool,
        named: bool,
    ) -> None:
        """The unit's own folder is named in the environment; a command beside it knows where all units' lie."""
        monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
        if named and is_laid:
            monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        monkeypatch.setattr(keystore, "CREDENTIALS", tmp_path if is_laid and not named else tmp_path / "elsewhere")
        file = tmp_path / "passphrase"
        file.write_text(PASSPHRASE)
        file.chmod(mode)
        owners = {"ours": 1000, "root's": 0, "somebody's": 1001}
        monkeypatch.setattr(keystore.os, "geteuid", lambda: owners["ours"])
        real = file.lstat()
        found = os.stat_result((*real[:4], owners[owner], *real[5:]))
        monkeypatch.setattr(Path, "lstat", lambda _: found)

        if is_taken:
            keystore.check_private_passphrase(file)
        else:
            with pytest.raises(PassphraseReadableByOthers, match="The passphrase file passphrase may"):
                keystore.check_private_passphrase(file)
