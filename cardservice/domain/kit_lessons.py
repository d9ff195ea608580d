"""What a restored register learns from the newest published kit: it un-revokes nothing and uses no place twice.

The kit is what verifiers already believe, so it counts more than a register that is older. A bit that is set there is
set here: a card that is known becomes revoked, a place that is not is burnt. A place that the kit names as reinstated
stays named. Every list that could have been used since is closed for new cards, because a card issued after the backup
may sit on any of its places. What no kit can tell is in docs/backups.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey
from cardservice.credential.status_list import StatusList
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedIssuer, TrustList, parse_trust_list
from cardservice.domain import audit, key_rotation, kit_folder, lifecycle, published, status_places, trust
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.calendar import day_of, years_later
from cardservice.domain.errors import Refused
from cardservice.domain.key_rotation import Stage
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.domain.status_places import LIST_SIZE
from cardservice.keystore import Purpose
from cardservice.storage.models import Card, IssuerKey, StatusIndex
from cardservice.storage.models import StatusList as StatusListRow
from cardservice.terms import CardState
from cardservice.verify import Kit

_PURPOSES = {KeyPurpose.CARD: Purpose.CARD, KeyPurpose.SAMPLE: Purpose.CARD, KeyPurpose.STATUS: Purpose.STATUS}
_STAGES = {
    KeyState.ANNOUNCED: Stage.ANNOUNCED,
    KeyState.ACTIVE: Stage.ACTIVE,
    KeyState.RETIRED: Stage.RETIRED,
    KeyState.COMPROMISED: Stage.COMPROMISED,
}
_ACTIONS = {
    Stage.ANNOUNCED: Action.KEY_ANNOUNCED,
    Stage.ACTIVE: Action.KEY_ACTIVATED,
    Stage.RETIRED: Action.KEY_RETIRED,
    Stage.COMPROMISED: Action.KEY_COMPROMISED,
}
_IN_USE = (CardState.ACTIVE, CardState.SUSPENDED)


class KitNotOurs(Refused):
    """The kit's trust list is not signed by an anchor that the register, or whoever restores it, knows."""

    def __init__(self) -> None:
        super().__init__(
            "The kit is not signed by an anchor key that the backup knows. If the anchor was changed since, compare "
            "the new one's fingerprint and give its file with --anchor; otherwise this is another town's kit."
        )


class KitDamaged(Refused):
    """A list of the kit cannot be used, so a revocation in it would be lost."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"The kit cannot be used, because of {', '.join(names)}: a revocation could be lost. Take the kit from a "
            "mirror, or from a verifier that has fetched it."
        )
        self.names = names


@dataclass(slots=True)
class Lessons:
    """What the kit told that the register did not know."""

    revoked: int = 0
    """Cards that the backup had in use and the kit shows as not valid."""
    reinstated: int = 0
    burnt: int = 0
    """Places set in the kit that are no known card's."""
    keys: int = 0
    """Keys that were announced, or went a step further, since."""
    closed: int = 0
    """Lists that take no new cards any more."""


@dataclass(frozen=True, slots=True)
class NewestKit:
    """A kit that was read and checked, with the bytes of its lists."""

    trust_list: TrustList
    own: TrustedIssuer
    anchor: PublicKey
    trust_content: bytes
    status_lists: tuple[tuple[int, StatusList, bytes], ...]
    """Number, list, bytes."""


def read(session: Session, folder: Path, *, issuer: str, anchor: PublicKey | None = None) -> NewestKit:
    """Read the newest kit. `anchor` is one that was compared by hand, where the backup cannot know it.

    Raises `KitNotOurs`, `KitDamaged`, KitNotFound.
    """
    content = kit_folder.found(folder / TRUST_LIST) or b""
    pinned = anchor or _anchor(session, content)
    kit = Kit.load(folder, anchor=pinned.to_cose_key())
    if kit.trust_list is None:
        raise KitNotOurs
    own = next((one for one in kit.trust_list.issuers if one.issuer == issuer), None)
    if own is None or kit.trust_list.publisher != issuer:
        raise KitNotOurs
    if kit.problems:
        raise KitDamaged([problem.file for problem in kit.problems])
    return NewestKit(kit.trust_list, own, pinned, content, tuple(_lists(kit, own, folder)))


def learn(session: Session, kit: NewestKit | None, *, actor: Actor, now: datetime) -> Lessons:
    """Take over what the kit knows, and close every list. Without a kit only the lists are closed."""
    lessons = Lessons()
    if kit is not None:
        _learn_keys(session, kit, lessons, actor=actor, now=now)
        _remember(session, TRUST_LIST, kit.trust_list, kit.trust_content, actor=actor, now=now)
        _close_lists(session, len(kit.own.status_lists), lessons)
        for number, status_list, content in kit.status_lists:
            name = status_places.publication_name(number)
            if status_list.sequence > published.highest_sequence(session, name):
                _learn_places(session, number, status_list, lessons, actor=actor, now=now)
                _remember(session, name, status_list, content, actor=actor, now=now)
    else:
        _close_lists(session, len(session.scalars(select(StatusListRow)).all()) + trust.LISTS_AHEAD, lessons)
    session.flush()
    return lessons


def _anchor(session: Session, content: bytes) -> PublicKey:
    try:
        key_id = parse_trust_list(content).key_id
    except CredentialError:
        raise KitDamaged([TRUST_LIST]) from None
    for key in key_rotation.of_purpose(session, Purpose.ANCHOR):
        if key.key_id == (key_id or b"").hex() and key.state != Stage.COMPROMISED:
            return PublicKey.from_cose_key(key.public_key)
    raise KitNotOurs


def _lists(kit: Kit, own: TrustedIssuer, folder: Path) -> Iterator[tuple[int, StatusList, bytes]]:
    for number, uri in enumerate(own.status_lists, start=1):
        status_list = kit.status_lists.get((own.issuer, uri))
        content = kit_folder.found(folder / status_places.publication_name(number))
        if status_list is not None and content is not None:
            yield number, status_list, content


def _learn_keys(session: Session, kit: NewestKit, lessons: Lessons, *, actor: Actor, now: datetime) -> None:
    """Learn every key that verifiers know: a card that was issued since must go on verifying."""
    told_at = datetime.fromtimestamp(kit.trust_list.issued_at, UTC)
    today = day_of(told_at)
    known = [
        _Known(
            trusted.key,
            _PURPOSES[trusted.purpose],
            _STAGES[trusted.state],
            datetime.fromtimestamp(trusted.not_before, UTC).date(),
            datetime.fromtimestamp(trusted.not_after, UTC).date(),
            None if trusted.retired_at is None else datetime.fromtimestamp(trusted.retired_at, UTC),
        )
        for trusted in kit.own.keys
    ]
    last_day = years_later(today, key_rotation.OTHER_YEARS)
    for one in [*known, _Known(kit.anchor, Purpose.ANCHOR, Stage.ACTIVE, today, last_day, None)]:
        key = session.get(IssuerKey, one.public.key_id.hex())
        steps = _steps(None if key is None else Stage(key.state), one.stage)
        if key is None:
            key = one.row(told_at)
            session.add(key)
        key.published_at = key.published_at or told_at
        key.retired_at = one.retired_at or key.retired_at
        for stage in steps:
            key.state = stage.value
            session.flush()
            audit.record(session, actor, _ACTIONS[stage], f"key:{key.key_id}", now=now)
        lessons.keys += bool(steps)


class _Known(NamedTuple):
    """A key as the kit tells of it."""

    public: PublicKey
    purpose: Purpose
    stage: Stage
    not_before: date
    not_after: date
    retired_at: datetime | None

    def row(self, told_at: datetime) -> IssuerKey:
        return IssuerKey(
            key_id=self.public.key_id.hex(),
            purpose=self.purpose.value,
            public_key=self.public.to_cose_key(),
            announced_at=told_at,
            not_before=self.not_before,
            not_after=self.not_after,
        )


def _steps(stands: Stage | None, told: Stage) -> list[Stage]:
    """Return the steps from where a key stands to where the kit says it does; none leads back."""
    if told is Stage.COMPROMISED:
        first = [Stage.ANNOUNCED] if stands is None else []
        return [] if stands is Stage.COMPROMISED else [*first, Stage.COMPROMISED]
    if stands is Stage.COMPROMISED:
        return []
    way = [Stage.ANNOUNCED, Stage.ACTIVE, Stage.RETIRED]
    return way[way.index(stands) + 1 if stands else 0 : way.index(told) + 1]


def _close_lists(session: Session, count: int, lessons: Lessons) -> None:
    """Open no place any more in any list that verifiers could have; the next publication opens a new one."""
    rows = {row.number: row for row in session.scalars(select(StatusListRow))}
    for number in range(1, max([count, *rows]) + 1):
        row = rows.get(number)
        if row is None:
            row = StatusListRow(number=number, size=LIST_SIZE)
            session.add(row)
        row.used, row.changed = row.size, True
        lessons.closed += 1
    session.flush()


def _learn_places(
    session: Session, number: int, told: StatusList, lessons: Lessons, *, actor: Actor, now: datetime
) -> None:
    chosen = select(Card).where(Card.list_number == number, Card.state.in_(_IN_USE))
    cards = {card.position: card for card in session.scalars(chosen)}
    places = {
        place.position: place for place in session.scalars(select(StatusIndex).where(StatusIndex.list_number == number))
    }

    def place_at(position: int) -> StatusIndex:
        if position not in places:
            places[position] = StatusIndex(list_number=number, position=position, invalid=False, reinstated=False)
            session.add(places[position])
        return places[position]

    for position in _set_in(told):
        place, card = place_at(position), cards.get(position)
        if card is not None:
            # Suspended or revoked, a bit does not tell: only the one that can never be taken back is safe.
            lifecycle.move(session, card, CardState.REVOKED, actor=actor, now=now)
            lessons.revoked += 1
        elif not place.invalid:
            place.invalid, place.reinstated = True, False
            lessons.burnt += 1
    for position in told.reinstated:
        place, card = place_at(position), cards.get(position)
        if card is not None and card.state is CardState.SUSPENDED:
            lifecycle.move(session, card, CardState.ACTIVE, actor=actor, now=now)
            lessons.reinstated += 1
        # Named for ever, or a verifier that remembers the bit would refuse the next list.
        place.reinstated = not place.invalid
    session.flush()


def _set_in(told: StatusList) -> Iterator[int]:
    """Every position that is not valid."""
    for at, byte in enumerate(told.packed):
        if byte:
            yield from (at * 8 + bit for bit in range(8) if byte >> bit & 1)


def _remember(
    session: Session, name: str, told: TrustList | StatusList, content: bytes, *, actor: Actor, now: datetime
) -> None:
    if told.sequence > published.highest_sequence(session, name):
        published.remember(session, name, told, content)
        audit.record(session, actor, Action.LIST_PUBLISHED, f"list:{name}/{told.sequence}", now=now)
