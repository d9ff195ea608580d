"""Bring a kit up to date from anywhere, believing nobody: all is checked before anything is replaced.

    update_kit(Path("vila-aberta"), fetch)

`fetch(name, limit)` returns the bytes of one file of the kit, at most one more than `limit`, and raises OSError: how it
gets them, from the web or a USB stick, is the caller's business. What was accepted is remembered in the folder itself
(`.memory`), so that no mirror can hand out an older list, one that lost a revocation, or a kit of another anchor. Why
it is done in this order: docs/decisions/0044-updates-from-anywhere.md.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey
from cardservice.credential.status_list import parse_status_list
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedIssuer, TrustList
from cardservice.verify.kit import ANCHOR_FILE, FILE_LIMIT, KIT_LIMIT, STATUS_FOLDER, TRUST_LIST_FILE, Kit, KitNotFound
from cardservice.verify.memory import KitMemory
from cardservice.verify.offer import JWKS_FILE, Fetch, gather, is_list
from cardservice.verify.problems import ListProblem, SignedByCompromisedKey
from cardservice.verify.replacing import read, replace_files
from cardservice.verify.sums import SUMS_FILE, SUMS_LIMIT, HostileNames, digest, read_sums, write_sums
from cardservice.verify.update_errors import (
    FolderFailed,
    ListMissing,
    ListsRefused,
    MemoryDamaged,
    UnsignedFileRefused,
)

MEMORY_FILE = ".memory"
# Readers find the keys before the lists that need them, and a page after everything that it asks for.
_FIRST, _LAST = (TRUST_LIST_FILE, ANCHOR_FILE), ("index.html", "service-worker.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What an update did."""

    kit: Kit
    changed: tuple[str, ...]
    """The files that are new or other than before."""
    removed: tuple[str, ...]
    """The files that an earlier update wrote and that are there no more."""
    not_used: tuple[ListProblem, ...]
    """What was offered and is no good. A list of that name that was there before stays, where it still is good."""
    first_use: bool
    """Nothing was remembered here: the anchor was pinned, or believed because it came with the kit."""
    anchor_changed: bool
    """The remembered anchor announced another, and that one signs now."""
    anchor_new: bool
    """The anchor is not the one before, for whatever reason, or there was none before."""
    anchor_pinned: bool
    """The anchor is the one that the caller named."""


def update_kit(
    folder: Path, fetch: Fetch, *, names: Iterable[str] | None = None, anchor: bytes | None = None, pages: bool = False
) -> Updated:
    """Bring the kit in `folder` up to date, or leave it as it is. With `pages`, the rest of the kit as well.

    `names` are the files at a place that has no SHA256SUMS. `anchor` is a pinned COSE_Key, as `Kit.load` takes it.
    Raises UpdateRefused, UpdateFailed, and Malformed where `anchor` is no key.
    """
    pinned = None if anchor is None else PublicKey.from_cose_key(anchor)
    first_use = not (folder / MEMORY_FILE).exists()
    before = _remembered(folder, first_use=first_use)
    offered = gather(folder, fetch, names=names, pages=pages)
    kit, files, not_used = _opened(folder, offered, pinned, before)
    refused = [problem for problem in not_used if not _may_be_left_out(problem, offered, kit.trust_list)]
    memory = kit.remember(before)
    if refused or kit.trust_list is None or kit.anchor is None or memory is None:
        raise ListsRefused(refused)
    _check_lists_there(kit, kit.trust_list, before, there=lambda: _there(folder, files, kit.anchor))
    _check_unsigned(files, kit.anchor, kit.trust_list)
    useless = {problem.file for problem in kit.problems}
    used = {ANCHOR_FILE: kit.anchor.to_cose_key(), **files}
    changed, removed = _lay(folder, {name: used[name] for name in used if name not in useless}, memory)
    new = before is None or kit.anchor != before.lineage[-1]
    return Updated(
        kit=kit,
        changed=changed,
        removed=removed,
        not_used=not_used,
        first_use=first_use,
        anchor_changed=new and before is not None and kit.anchor in before.anchors,
        anchor_new=new,
        anchor_pinned=kit.anchor == pinned,
    )


def _opened(
    folder: Path, files: dict[str, bytes], pinned: PublicKey | None, before: KitMemory | None
) -> tuple[Kit, dict[str, bytes], tuple[ListProblem, ...]]:
    """The kit that is offered, its files, and what is no good of it: instead of that, the list that is there already.

    Whoever damages one file of a mirror or a stick must not take a good list away. One that the new trust list would
    not have stays a problem of the kit.
    """
    kit = Kit.from_files(files, anchor=pinned, remembered=before)
    there = {problem.file: read(folder / problem.file, FILE_LIMIT) for problem in kit.problems if _is_status(problem)}
    kept = {name: content for name, content in there.items() if content is not None}
    if not kept:
        return kit, files, kit.problems
    return Kit.from_files({**files, **kept}, anchor=pinned, remembered=before), {**files, **kept}, kit.problems


def _is_status(problem: ListProblem) -> bool:
    return problem.file.startswith(STATUS_FOLDER + "/")


def _remembered(folder: Path, *, first_use: bool) -> KitMemory | None:
    """What was accepted before: what the folder remembers, or the kit that was put there by hand."""
    if first_use:
        try:
            return Kit.load(folder).remember()
        except KitNotFound:
            return None
    try:
        return KitMemory.from_bytes(read(folder / MEMORY_FILE, 2 * KIT_LIMIT) or b"")
    except CredentialError:
        raise MemoryDamaged(MEMORY_FILE) from None


def _may_be_left_out(problem: ListProblem, files: Mapping[str, bytes], trust_list: TrustList | None) -> bool:
    """Whether a list that is no good stops nobody: what it would say is then "cannot tell".

    A recognised city must not be able to keep the town's own lists from its verifiers.
    """
    if isinstance(problem.cause, SignedByCompromisedKey):
        return True
    if trust_list is None:
        return False
    try:
        key_id = parse_status_list(files[problem.file]).key_id
    except CredentialError:
        return False
    others = (issuer for issuer in trust_list.issuers if issuer.issuer != trust_list.publisher)
    return any(trusted.key.key_id == key_id for issuer in others for trusted in issuer.keys)


def _check_lists_there(kit: Kit, trust_list: TrustList, before: KitMemory | None, *, there: Callable[[], Kit]) -> None:
    """None of the town's own lists is left out, up to the last that is there or ever was.

    The trust list names some that are still to come. A recognised city's may be gone: the town may have withdrawn them.
    """
    own = next((issuer for issuer in trust_list.issuers if issuer.issuer == trust_list.publisher), None)
    if own is None:
        return
    known = kit.status_lists.keys() | (set() if before is None else before.status_lists.keys())
    last = max((number for number, uri in enumerate(own.status_lists) if (own.issuer, uri) in known), default=0)
    missing = [uri for uri in own.status_lists[: last + 1] if (own.issuer, uri) not in kit.status_lists]
    if missing and _has_lost_a_status_key(own):
        # There may be no list for a while, and nobody may go on with the old keys. Lists of other keys must stay.
        still_good = there().status_lists
        missing = [uri for uri in missing if (own.issuer, uri) in still_good]
    if missing:
        raise ListMissing(missing[0])


def _there(folder: Path, files: Mapping[str, bytes], anchor: PublicKey | None) -> Kit:
    """The status lists that lie in the folder already, as far as the new trust list takes them."""
    names = (f"{STATUS_FOLDER}/{path.name}" for path in sorted((folder / STATUS_FOLDER).glob("*.cwt")))
    contents = {name: read(folder / name, FILE_LIMIT) or b"" for name in names}
    return Kit.from_files({**contents, TRUST_LIST_FILE: files[TRUST_LIST_FILE]}, anchor=anchor)


def _has_lost_a_status_key(issuer: TrustedIssuer) -> bool:
    return any(key.purpose is KeyPurpose.STATUS and key.state is KeyState.COMPROMISED for key in issuer.keys)


def _check_unsigned(files: Mapping[str, bytes], anchor: PublicKey, trust_list: TrustList) -> None:
    """The two files without a signature may only repeat what the trust list says."""
    try:
        if ANCHOR_FILE in files and PublicKey.from_cose_key(files[ANCHOR_FILE]) != anchor:
            raise UnsignedFileRefused(ANCHOR_FILE)
    except CredentialError:
        raise UnsignedFileRefused(ANCHOR_FILE) from None
    if JWKS_FILE in files:
        allowed = list(_card_keys(trust_list))
        if not all(key in allowed for key in _web_keys(files[JWKS_FILE])):
            raise UnsignedFileRefused(JWKS_FILE)


def _card_keys(trust_list: TrustList) -> Iterator[dict[str, str]]:
    for issuer in trust_list.issuers:
        for trusted in issuer.keys:
            if trusted.purpose is KeyPurpose.CARD and trusted.state is not KeyState.COMPROMISED:
                yield trusted.key.to_jwk()


def _web_keys(content: bytes) -> list[object]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise UnsignedFileRefused(JWKS_FILE) from None
    match found:
        case {"keys": list(keys)}:
            return keys
    raise UnsignedFileRefused(JWKS_FILE)


def _lay(folder: Path, files: Mapping[str, bytes], memory: KitMemory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put in place what is new or other than before, and remove what an earlier update wrote and nobody names now.

    Returns the names of both.
    """
    written = _sums_before(folder)
    kept = {name: checksum for name, checksum in written.items() if not _is_replaced(name, files)}
    gone = [name for name in written.keys() - kept.keys() - files.keys() if _is(folder / name, written[name])]
    digests = kept | {name: digest(content) for name, content in files.items()}
    ordered = {name: files[name] for name in _in_order(files)}
    # What is remembered is never behind what is there, also where all of this is interrupted.
    laid = {MEMORY_FILE: memory.to_bytes(), **ordered, SUMS_FILE: write_sums(digests)}
    changed = {name: content for name, content in laid.items() if not _is(folder / name, digest(content))}
    try:
        if changed or gone:
            replace_files(folder, changed, gone=gone)
    except OSError as error:
        raise FolderFailed(error.strerror or str(error)) from error
    return tuple(name for name in changed if name in files), tuple(sorted(gone))


def _is_replaced(name: str, files: Mapping[str, bytes]) -> bool:
    """Whether this update decides about a file: about pages only where it has some."""
    return is_list(name) or not all(is_list(one) for one in files)


def _sums_before(folder: Path) -> dict[str, str]:
    try:
        return read_sums(read(folder / SUMS_FILE, SUMS_LIMIT) or b"")
    except HostileNames:
        return {}


def _is(path: Path, checksum: str) -> bool:
    content = read(path, 2 * KIT_LIMIT)
    return content is not None and digest(content) == checksum


def _in_order(files: Mapping[str, bytes]) -> list[str]:
    between = sorted(name for name in files if name not in (*_FIRST, *_LAST))
    return [name for name in (*_FIRST, *between, *_LAST) if name in files]
