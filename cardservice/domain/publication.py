"""Publishing the kit's signed lists: what verifiers everywhere believe until the next time.

The rule here: a sequence only rises, time only goes forward, and a revocation never vanishes unless the new list
names the place as reinstated; otherwise nothing is published. The trust list is written before the status lists that
ask for it, and both before whatever else is in the kit: `Beside` brings that, because the verifier's pages are no
business of the municipality. All of it is one transaction of the register's one writer, so that two publishers cannot
interleave. What the trust list says is trust.py, what was published before is published.py, what is signed gets into
its folder in kit_writing.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cardservice.credential.keys import Signer
from cardservice.credential.status_list import StatusList
from cardservice.credential.trust_list import TrustedIssuer, TrustList, parse_trust_list
from cardservice.domain import (
    audit,
    checkpoints,
    key_rotation,
    kit_writing,
    mirroring,
    published,
    recognition,
    status_places,
    trust,
)
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.errors import Conflict, Unavailable
from cardservice.domain.key_rotation import KeyNotPublished
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.domain.kit_writing import Beside as Beside
from cardservice.domain.kit_writing import VerifierRefusedLists as VerifierRefusedLists
from cardservice.domain.kit_writing import nothing as nothing
from cardservice.domain.recognised_city import Why
from cardservice.domain.retention import Transaction
from cardservice.domain.trust import Town as Town
from cardservice.keystore import Purpose
from cardservice.storage.models import StatusList as StatusListRow

SOON = timedelta(weeks=4)
"""How long before the trust list ends it is said: the anchor key is kept elsewhere, and somebody has to fetch it."""


class VanishedRevocation(Conflict):
    """The register has forgotten a revocation that was published: an old backup, or somebody changed it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not published: a card that was published as revoked would be valid again. The register may be "
            "an old backup. Restore the newest one, or revoke the card again."
        )
        self.name = name


class TimeWentBack(Conflict):
    """The clock is behind what was published before."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not published: the last one was signed later than now. Set the server's clock.")
        self.name = name


class AnchorNeeded(Unavailable):
    """The trust list must be signed anew, and the anchor key is locked."""

    def __init__(self) -> None:
        super().__init__("The trust list has to be signed anew. Unlock the anchor key and publish again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published."""

    trust_sequence: int
    status_sequences: Mapping[int, int]
    """By the list's number."""
    issued_at: datetime
    anchor_waits: bool
    """Keys or recognised cities changed since the trust list was signed: publish again with the anchor key."""
    withheld: Mapping[str, Why]
    """By issuer why the lists of a recognised city are not in the kit: its cards are "cannot tell"."""
    checkpoint: bytes | None
    """The audit's end, signed where the audit key is at hand: to be kept by somebody outside."""


def publish(
    transaction: Transaction,
    out: Path,
    *,
    town: Town,
    status_key: Signer | None,
    anchor_key: Signer | None,
    audit_key: Signer | None = None,
    beside: Beside = nothing,
    known_in: Sequence[Path] = (),
    actor: Actor,
    now: datetime,
    token_bytes: Callable[[int], bytes],
) -> Published:
    """Sign the lists, put the kit into the folder `out`, and remember what was published.

    What lies in `out` and in the folders `known_in`, where kits of this town may be too, counts as published before.
    The same register and `now` give the same kit byte for byte, but for a list that is opened by it: whose decoys are
    drawn then.

    Without the anchor key the trust list is used again while it is current. Without the status key only the trust
    list is published: the way out when the status key is compromised. Must not be called inside a transaction.
    Raises `VanishedRevocation`, `TimeWentBack`, `AnchorNeeded`, `KeyNotActive`, `KeyNotPublished`,
    `VerifierRefusedLists`, `NotReadBack`, `AnotherIssuer`, `AnotherKind`, OSError.
    """
    with transaction() as session:
        rows = status_places.keep_a_spare(session, decoys=town.decoys, token_bytes=token_bytes)
        cities, folders = recognition.known(session, town), (out, *known_in)
        recognised = recognition.entries(cities)
        trust_list, trust_content = _trust_list(session, folders, town, len(rows), recognised, anchor_key, now=now)
        signed, lists = {TRUST_LIST: trust_content}, dict[int, StatusList]()
        if status_key is not None:
            _check_status_key(session, trust_list, status_key)
            lists = {row.number: _status_list(session, folders, town, row, trust_list, now=now) for row in rows}
            signed |= {_name(number): status_list.seal(status_key) for number, status_list in lists.items()}
        mirrored, withheld = mirroring.mirrored(cities, trust_list, now=now)
        kit_writing.write(session, out, town, trust_list, signed, lambda anchor: {**mirrored, **beside(anchor)})
        if anchor_key is not None:
            _remember(session, TRUST_LIST, trust_list, trust_content, actor=actor, now=now)
            key_rotation.mark_published(session, now=now)
        for row in rows if lists else []:
            row.changed = False
            _remember(session, _name(row.number), lists[row.number], signed[_name(row.number)], actor=actor, now=now)
        return Published(
            trust_sequence=trust_list.sequence,
            status_sequences={number: status_list.sequence for number, status_list in lists.items()},
            issued_at=now,
            anchor_waits=_anchor_waits(session, town, len(rows), recognised, trust_list, trust_content, now=now),
            withheld=withheld,
            checkpoint=checkpoints.sign(session, audit_key, now=now) if audit_key is not None else None,
        )


def check_told(session: Session, folders: Sequence[Path], town: Town) -> None:
    """Return if the town has the issuer and is of the kind, training or not, that was published before.

    Raises `AnotherIssuer`, `AnotherKind`.
    """
    trust.check_told((told for told, _ in published.trust_lists(session, folders)), town)


def overdue(session: Session, *, now: datetime) -> list[str]:
    """Return the names of the published lists that may no longer be used: verifiers answer "cannot tell"."""
    return [last.name for last in published.newest(session) if now >= last.expires_at]


def trust_ends(session: Session, *, now: datetime) -> datetime | None:
    """Return until when the trust list is good, once that is near or over; None while there is time.

    Only the anchor key renews it. Near is `SOON`, or the last third of the list's time where that is shorter.
    """
    for last in published.newest(session):
        if last.name == TRUST_LIST and now >= last.expires_at - min(SOON, (last.expires_at - last.issued_at) / 3):
            return last.expires_at
    return None


def has_changes(session: Session) -> bool:
    """Tell whether a card ended, paused or came back since the lists were last published."""
    return bool(session.scalar(select(func.count()).where(StatusListRow.changed)))


def is_due(session: Session, *, every: timedelta, now: datetime) -> bool:
    """Tell whether it is time to publish: there is news, nothing was published yet, or a status list gets old.

    Old is older than verifiers should have it (`every`), or past half of the time for which it may be used.
    """
    lists = [last for last in published.newest(session) if last.name != TRUST_LIST]
    old = any(now - last.issued_at >= min(every, (last.expires_at - last.issued_at) / 2) for last in lists)
    return not lists or old or has_changes(session)


def _trust_list(
    session: Session,
    folders: Sequence[Path],
    town: Town,
    lists: int,
    recognised: tuple[TrustedIssuer, ...],
    anchor_key: Signer | None,
    *,
    now: datetime,
) -> tuple[TrustList, bytes]:
    """Return the trust list to publish and its bytes: signed anew, or the last one where the anchor key is away."""
    known = published.trust_lists(session, folders)
    trust.check_told((old for old, _ in known), town)
    issued_at = int(now.timestamp())
    if any(issued_at < old.issued_at for old, _ in known):
        raise TimeWentBack(TRUST_LIST)
    if anchor_key is not None:
        key_rotation.check_active(session, anchor_key.key_id, Purpose.ANCHOR)
        sequence = max([published.highest_sequence(session, TRUST_LIST), *(old.sequence for old, _ in known)]) + 1
        anchor_id = anchor_key.key_id
        wanted = trust.build(
            session, town, lists=lists, recognised=recognised, sequence=sequence, anchor_id=anchor_id, now=now
        )
        return wanted, wanted.seal(anchor_key)
    needed = {town.status_uri(number) for number in range(1, lists + 1)}
    usable = [one for one in known if issued_at < one[0].next_update and needed <= _lists_of(one[0], town.issuer)]
    if not usable:
        raise AnchorNeeded
    return max(usable, key=lambda found: found[0].sequence)


def _status_list(
    session: Session, folders: Sequence[Path], town: Town, row: StatusListRow, trust_list: TrustList, *, now: datetime
) -> StatusList:
    """Return the list as the register has it now, compared with every earlier one that is known."""
    name = _name(row.number)
    known = [old for old, _ in published.status_lists(session, folders, name)]
    status_list = StatusList.build(
        uri=town.status_uri(row.number),
        size=row.size,
        invalid=status_places.invalid_positions(session, row.number),
        reinstated=status_places.reinstated_positions(session, row.number),
        sequence=max([published.highest_sequence(session, name), *(old.sequence for old in known)]) + 1,
        issued_at=int(now.timestamp()),
        expires_at=int((now + town.list_period).timestamp()),
        ttl=town.ttl,
        lowest_trust_sequence=trust_list.sequence,
    )
    if any(status_list.issued_at < old.issued_at for old in known):
        raise TimeWentBack(name)
    if any(status_list.vanished(old) for old in known):
        raise VanishedRevocation(name)
    return status_list


def _anchor_waits(
    session: Session,
    town: Town,
    lists: int,
    recognised: tuple[TrustedIssuer, ...],
    trust_list: TrustList,
    content: bytes,
    *,
    now: datetime,
) -> bool:
    """Tell whether the anchor key should sign something else than what is published."""
    anchor_id = parse_trust_list(content).key_id or b""
    wanted = trust.build(session, town, lists=lists, recognised=recognised, sequence=0, anchor_id=anchor_id, now=now)
    return not trust.same_substance(trust_list, wanted)


def _check_status_key(session: Session, trust_list: TrustList, status_key: Signer) -> None:
    """Raise `KeyNotActive`, or `KeyNotPublished` where verifiers could not check the status key's signature."""
    key_rotation.check_active(session, status_key.key_id, Purpose.STATUS)
    keys = {trusted.key.key_id for issuer in trust_list.issuers for trusted in issuer.keys}
    if status_key.key_id not in keys:
        raise KeyNotPublished(status_key.key_id.hex())


def _remember(
    session: Session, name: str, told: TrustList | StatusList, content: bytes, *, actor: Actor, now: datetime
) -> None:
    published.remember(session, name, told, content)
    audit.record(session, actor, Action.LIST_PUBLISHED, f"list:{name}/{told.sequence}", now=now)


def _lists_of(trust_list: TrustList, issuer: str) -> set[str]:
    return {uri for entry in trust_list.issuers if entry.issuer == issuer for uri in entry.status_lists}


def _name(list_number: int) -> str:
    return status_places.publication_name(list_number)
