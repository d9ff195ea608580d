"""What the town's own trust list says: its keys by purpose and stage, its lists, the cities it recognises.

Built from the register's keys; signed, compared and put into the kit by publication.py.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cardservice.credential.keys import PublicKey
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedIssuer, TrustedKey, TrustList
from cardservice.domain import key_rotation, status_places
from cardservice.domain.calendar import day_of, seconds_of
from cardservice.domain.errors import Conflict
from cardservice.domain.key_rotation import Stage
from cardservice.keystore import Purpose
from cardservice.storage.models import IssuerKey

LISTS_AHEAD = 4
"""How many status lists to come the trust list names, so that opening one needs no anchor key."""

_PURPOSE = {Purpose.CARD: KeyPurpose.CARD, Purpose.STATUS: KeyPurpose.STATUS}
_STATE = {
    Stage.ANNOUNCED: KeyState.ANNOUNCED,
    Stage.ACTIVE: KeyState.ACTIVE,
    Stage.RETIRED: KeyState.RETIRED,
    Stage.COMPROMISED: KeyState.COMPROMISED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What the town decided about its lists."""

    issuer: str
    """Its https URI."""
    names: Mapping[str, str]
    """Its name by language (ISO 639-1), its own language first."""
    status_uri: Callable[[int], str]
    """From a status list's number to its URI."""
    status_days: int
    """How long a status list may be used: also the list period that a new key waits."""
    ttl: int
    """Seconds after which a verifier looks for a newer list."""
    trust_days: int
    training: bool = False
    """Whether it is a training town: all its cards are samples, for ever."""
    decoys: range = status_places.DECOYS
    """How many places of a new list are set from the start and nobody's."""

    @property
    def list_period(self) -> timedelta:
        """How long a verifier may go on with the lists it has."""
        return timedelta(days=self.status_days)


class AnotherKind(Conflict):
    """A town has become a training town, or a training town a real one: neither may be."""

    def __init__(self, *, training: bool) -> None:
        was, now = ("samples", "false") if not training else ("real cards", "true")
        super().__init__(
            f"Verifiers were told that the cards of this town are {was}, but config.toml says training = {now}. "
            f"Write training = {'false' if training else 'true'} there again. For the other kind, make another town "
            f"in a folder of its own: `cardservice --town FOLDER init{' --training' if training else ''}`."
        )
        self.training = training


class AnotherIssuer(Conflict):
    """A town has changed its issuer, which is in every code that it ever signed."""

    def __init__(self, *, told: str, now: str) -> None:
        super().__init__(
            f"Verifiers know this town as {told}, which is inside every card that it gave out, but config.toml says "
            f'issuer = "{now}". With that no card of before is good any more. Write issuer = "{told}" there again; '
            "the names of the town, and the addresses of its pages and its kit, may change."
        )
        self.told, self.now = told, now


def check_told(told: Iterable[TrustList], town: Town) -> None:
    """Return if the trust lists that were published say of the town what it says now: its issuer, and its kind.

    Raises `AnotherIssuer`, `AnotherKind`.
    """
    lists = list(told)
    for trust_list in lists:
        if trust_list.publisher != town.issuer:
            raise AnotherIssuer(told=trust_list.publisher, now=town.issuer)
    wrong = KeyPurpose.CARD if town.training else KeyPurpose.SAMPLE
    own = (one for trust_list in lists for one in trust_list.issuers if one.issuer == town.issuer)
    if any(trusted.purpose is wrong for one in own for trusted in one.keys):
        raise AnotherKind(training=town.training)


def build(
    session: Session,
    town: Town,
    *,
    lists: int,
    recognised: tuple[TrustedIssuer, ...],
    sequence: int,
    anchor_id: bytes,
    now: datetime,
) -> TrustList:
    """Return the trust list as the anchor key `anchor_id` should sign it now: `lists` status lists and some ahead.

    `recognised` are the other cities' entries, checked a moment ago.
    """
    own = TrustedIssuer(
        issuer=town.issuer,
        names=dict(town.names),
        keys=tuple(_trusted(key, training=town.training) for key in listed_keys(session, now=now)),
        status_lists=tuple(town.status_uri(number) for number in range(1, lists + LISTS_AHEAD + 1)),
    )
    upcoming = _next_anchor(session, anchor_id)
    return TrustList(
        publisher=town.issuer,
        sequence=sequence,
        issued_at=int(now.timestamp()),
        next_update=int((now + timedelta(days=town.trust_days)).timestamp()),
        issuers=(own, *recognised),
        next_anchor=PublicKey.from_cose_key(upcoming.public_key) if upcoming else None,
    )


def listed_keys(session: Session, *, now: datetime) -> list[IssuerKey]:
    """Return the keys that a verifier needs: all that signed anything which is still believed, or soon will."""
    keys = key_rotation.everything(session)
    return [key for key in keys if key.purpose in _PURPOSE and key.not_after >= day_of(now)]


def _next_anchor(session: Session, anchor_id: bytes) -> IssuerKey | None:
    """Return the anchor key that follows this one, named until it signs itself: also once it is active."""
    coming = {Stage.ANNOUNCED, Stage.ACTIVE}
    line = [key for key in key_rotation.of_purpose(session, Purpose.ANCHOR) if key.state in coming]
    return line[-1] if line and line[-1].key_id != anchor_id.hex() else None


def same_substance(one: TrustList, other: TrustList) -> bool:
    """Tell whether two trust lists differ in nothing that a verifier must know: numbers, dates, own lists to come."""
    return _substance(one) == _substance(other)


def _substance(trust_list: TrustList) -> tuple[object, ...]:
    own = trust_list.publisher
    issuers = (replace(each, status_lists=()) if each.issuer == own else each for each in trust_list.issuers)
    return own, tuple(issuers), trust_list.next_anchor


def _trusted(key: IssuerKey, *, training: bool) -> TrustedKey:
    purpose = _PURPOSE[Purpose(key.purpose)]
    return TrustedKey(
        key=PublicKey.from_cose_key(key.public_key),
        purpose=KeyPurpose.SAMPLE if training and purpose is KeyPurpose.CARD else purpose,
        state=_STATE[Stage(key.state)],
        not_before=seconds_of(key.not_before),
        not_after=seconds_of(key.not_after),
        retired_at=int(key.retired_at.timestamp()) if key.retired_at else None,
    )
