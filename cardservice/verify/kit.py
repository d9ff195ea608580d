"""The kit: the folder of signed lists with which cards are checked offline, loaded and believed once.

A list that is missing, broken, signed by the wrong key, of the wrong type or older than the one before is left out and
named in `problems`; every card that would have needed it is then "cannot tell". So a damaged kit never shows green, and
never stops the checking of cards that it can still answer for. What the files contain: docs/card-format.md.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from cardservice.credential.claims import DAY
from cardservice.credential.cose import Sign1
from cardservice.credential.errors import BadSignature, CredentialError, NotACard
from cardservice.credential.keys import PublicKey
from cardservice.credential.status_list import StatusList, parse_status_list
from cardservice.credential.trust_list import (
    KeyPurpose,
    KeyState,
    TrustedIssuer,
    TrustedKey,
    TrustList,
    parse_trust_list,
)
from cardservice.verify.memory import KitMemory
from cardservice.verify.problems import AnotherAnchor, ListProblem, ListRefused, SignedByCompromisedKey
from cardservice.verify.replacing import read

TRUST_LIST_FILE = "trust-list.cwt"
ANCHOR_FILE = "anchor.cose"
STATUS_FOLDER = "status"
FILE_LIMIT = 16 * 1024 * 1024  # bytes of one file
KIT_LIMIT = 64 * 1024 * 1024  # bytes of all files: lists of some hundred million cards


class KitNotFound(FileNotFoundError):
    """There is no such folder, or it may not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """Lists whose signatures have been checked. Made by `load` or `from_files`."""

    anchor: PublicKey | None
    trust_list: TrustList | None
    status_lists: Mapping[tuple[str, str], StatusList]
    """By issuer and URI."""
    card_keys: Mapping[bytes, tuple[TrustedIssuer, TrustedKey]]
    """By key id, those that sign cards or samples."""
    problems: tuple[ListProblem, ...] = ()

    @classmethod
    def load(
        cls, folder: str | os.PathLike[str], *, anchor: bytes | None = None, remembered: KitMemory | None = None
    ) -> Self:
        """Load the kit in `folder`.

        The trust list must be signed by the anchor that is remembered or the one it announced. Where nothing is
        remembered, or of other anchors than `anchor` (a COSE_Key), it must be `anchor` itself, and so it must where
        `anchor` is the announced one. With neither, the kit's
        own anchor is believed: right for a first use, over a channel that is trusted otherwise.

        Raises KitNotFound, and Malformed where `anchor` is no key.
        """
        pinned = None if anchor is None else PublicKey.from_cose_key(anchor)
        try:
            files, unread = _read_folder(Path(folder))
        except OSError as error:
            raise KitNotFound(f"The kit cannot be read: {error.strerror}.") from error
        kit = cls.from_files(files, anchor=pinned, remembered=remembered)
        missed = [problem for problem in kit.problems if problem.file not in unread]
        return replace(kit, problems=(*(ListProblem(file, "cannot be read") for file in unread), *missed))

    @classmethod
    def from_files(
        cls, files: Mapping[str, bytes], *, anchor: PublicKey | None = None, remembered: KitMemory | None = None
    ) -> Self:
        """Make a kit of files already in memory, by their names in the folder. Otherwise as `load`."""
        if anchor is not None and remembered is not None and not remembered.descends_from(anchor):
            # Pinned anew, perhaps because the old anchor is in other hands: what that one signed counts no more.
            remembered = None
        problems: list[ListProblem] = []
        signed_by, trust_list = None, None
        try:
            signed_by, trust_list = _open_trust_list(files, anchor, remembered)
        except CredentialError as error:
            problems.append(ListProblem(TRUST_LIST_FILE, str(error), error))
        status_lists: dict[tuple[str, str], StatusList] = {}
        for file in sorted(name for name in files if name.startswith(STATUS_FOLDER + "/")):
            if trust_list is None:
                continue
            try:
                issuer, status_list = _open_status_list(files[file], trust_list, remembered)
            except CredentialError as error:
                problems.append(ListProblem(file, str(error), error))
                continue
            place = (issuer, status_list.uri)
            if place not in status_lists or status_lists[place].sequence < status_list.sequence:
                status_lists[place] = status_list
        return cls(
            anchor=signed_by,
            trust_list=trust_list,
            status_lists=status_lists,
            card_keys={} if trust_list is None else _keys(trust_list, KeyPurpose.CARD, KeyPurpose.SAMPLE),
            problems=tuple(problems),
        )

    def remember(self, before: KitMemory | None = None) -> KitMemory | None:
        """Return what to remember after using this kit, or `before` where it has no trust list."""
        if self.anchor is None or self.trust_list is None:
            return before
        if before is None or self.anchor not in before.anchors:
            return KitMemory((self.anchor,), self.trust_list, self.status_lists)
        return before.followed_by(self.anchor, self.trust_list, self.status_lists)

    def to_bytes(self) -> bytes:
        """Return the lists, without their signatures and problems, for another process of the same program alone.

        Whoever could change these bytes would decide what is valid.
        """
        memory = self.remember()
        return b"" if memory is None else memory.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Take over what `to_bytes` returned. Raises Malformed."""
        if not data:
            return cls(anchor=None, trust_list=None, status_lists={}, card_keys={})
        memory = KitMemory.from_bytes(data)
        return cls(
            anchor=memory.lineage[-1],
            trust_list=memory.trust_list,
            status_lists=memory.status_lists,
            card_keys=_keys(memory.trust_list, KeyPurpose.CARD, KeyPurpose.SAMPLE),
        )

    def has_issuer(self, uri: str | None) -> bool:
        """Whether the trust list names the issuer."""
        return self.trust_list is not None and any(issuer.issuer == uri for issuer in self.trust_list.issuers)


def _read_folder(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """The kit's files by name, and the names of those that cannot be read.

    Of what is too large to be a kit only the beginning is read, and no list begins like that.
    """
    present = {path.name for path in folder.iterdir()}
    names = [name for name in (TRUST_LIST_FILE, ANCHOR_FILE) if name in present]
    if STATUS_FOLDER in present:
        names += sorted(f"{STATUS_FOLDER}/{path.name}" for path in (folder / STATUS_FOLDER).glob("*.cwt"))
    files, unread, left = {}, [], KIT_LIMIT
    for name in names:
        data = read(folder / name, min(left, FILE_LIMIT))
        if data is None:
            unread.append(name)
        else:
            files[name] = data
            left -= len(data)
    return files, unread


def _open_trust_list(
    files: Mapping[str, bytes], anchor: PublicKey | None, remembered: KitMemory | None
) -> tuple[PublicKey, TrustList]:
    if TRUST_LIST_FILE not in files:
        raise NotACard("missing")
    if remembered is not None:
        anchors = remembered.anchors_for(anchor)
    else:
        anchors = (anchor or PublicKey.from_cose_key(files.get(ANCHOR_FILE, b"")),)
    message = parse_trust_list(files[TRUST_LIST_FILE])
    signed_by = next((key for key in anchors if key.key_id == message.key_id), anchors[0])
    try:
        payload = message.open(signed_by)
    except BadSignature:
        if message.key_id == signed_by.key_id or (anchor is None and remembered is None):
            raise
        raise AnotherAnchor(signed_by, _own_anchor(files, message)) from None
    trust_list = TrustList.decode(payload)
    if remembered is not None:
        remembered.check_trust_list(trust_list)
    return signed_by, trust_list


def _own_anchor(files: Mapping[str, bytes], trust_list: Sign1) -> PublicKey | None:
    """The anchor that lies in the kit, where it is the one that signed the kit's trust list."""
    try:
        anchor = PublicKey.from_cose_key(files.get(ANCHOR_FILE, b""))
        trust_list.open(anchor)
    except CredentialError:
        return None
    return anchor


def _open_status_list(data: bytes, trust_list: TrustList, remembered: KitMemory | None) -> tuple[str, StatusList]:
    message = parse_status_list(data)
    issuer, trusted = _status_key(message, trust_list)
    status_list = StatusList.decode(message.open(trusted.key))
    if status_list.uri not in issuer.status_lists:
        raise ListRefused("not one of its issuer's lists")
    last = trusted.not_after if trusted.retired_at is None else trusted.retired_at
    if not _day(trusted.not_before) <= status_list.issued_at <= last:
        raise ListRefused("signed when its key was not valid")
    if remembered is not None:
        remembered.check_status_list(issuer.issuer, status_list)
    return issuer.issuer, status_list


def _status_key(message: Sign1, trust_list: TrustList) -> tuple[TrustedIssuer, TrustedKey]:
    entry = _keys(trust_list, KeyPurpose.STATUS).get(message.key_id or b"")
    if entry is None:
        raise ListRefused("signed by a key that may not sign status lists")
    if entry[1].state is KeyState.COMPROMISED:
        raise SignedByCompromisedKey
    return entry


def _keys(trust_list: TrustList, *purposes: KeyPurpose) -> dict[bytes, tuple[TrustedIssuer, TrustedKey]]:
    return {
        trusted.key.key_id: (issuer, trusted)
        for issuer in trust_list.issuers
        for trusted in issuer.keys
        if trusted.purpose in purposes
    }


def _day(time: int) -> int:
    """The start of the UTC day of `time`."""
    return time - time % DAY
