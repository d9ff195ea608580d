"""Which cities this town recognises: decided by people, kept as signed bytes, followed from list to list.

The rule here: what is stored is believed no more than what comes in. Every read checks the city's signature by the
stored anchor, and the anchor and the services against the audit entry that decided them; what does not pass counts as
not there, says so, and stops nobody else. What may be believed of a city is recognised_city.py.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from cardservice.credential.keys import PublicKey
from cardservice.credential.status_list import StatusList as SignedList
from cardservice.credential.trust_list import TrustedIssuer
from cardservice.domain import audit, key_rotation, recognised_city
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action, Link
from cardservice.domain.calendar import day_of
from cardservice.domain.errors import NotFound
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.domain.recognised_city import CITIES, City, CityRefused, Taken, Why
from cardservice.domain.trust import Town
from cardservice.storage.models import CITY_DECISIONS, AuditEntry, RecognisedCity, RecognisedList, StatusList
from cardservice.verify import KitMemory


class CityNotFound(NotFound):
    """The town recognises no such city."""

    def __init__(self) -> None:
        super().__init__("This town recognises no city of that address. `cardservice cities list` shows them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A city that the town decided to recognise, as it counts now."""

    issuer: str
    services: tuple[str, ...]
    address: str | None
    """Where its kit is fetched; None where somebody brings it."""
    recognised_on: date
    refreshed_at: datetime
    asked_at: datetime
    trust_list: bytes
    city: City | None
    """None where it does not count."""
    why: Why | None
    """Why it does not count."""
    lists: Mapping[str, tuple[SignedList, bytes]]
    """Its status lists with their bytes, by URI."""

    @property
    def memory(self) -> KitMemory:
        """What its next lists have to follow. Raises `CityRefused` where it does not count."""
        if self.city is None:
            raise CityRefused(self.why or Why.NOT_SIGNED)
        lists = {(self.issuer, uri): status_list for uri, (status_list, _) in self.lists.items()}
        return KitMemory((self.city.anchor,), self.city.trust_list, lists)


def recognise(
    session: Session,
    files: Mapping[str, bytes],
    *,
    anchor: bytes,
    services: Iterable[str],
    address: str | None,
    town: Town,
    actor: Actor,
    now: datetime,
) -> Known:
    """Accept a city's cards for some services, after two people have compared the words of its `anchor` (a COSE_Key).

    `files` are those of its kit, by name. A city that is recognised already gets the services named now, and keeps the
    address where its kit is fetched unless another is named. Publish afterwards with the anchor key. Raises
    `CityRefused`.
    """
    chosen, content = tuple(sorted(set(services))), files.get(TRUST_LIST, b"")
    issuer = look(content, anchor, chosen, now=now).issuer
    cities = known(session, town)
    before = next((one for one in cities if one.issuer == issuer), None)
    if before is None and len(cities) == CITIES:
        raise CityRefused(Why.TOO_MANY)
    if before is not None:
        recognised_city.follow(content, before.memory)
    city = recognised_city.admit(content, anchor, chosen, taken=_taken(session, town, cities, but=issuer))
    recognised_city.check_kind(city, training=town.training)
    row = session.get(RecognisedCity, issuer) or RecognisedCity(issuer=issuer, recognised_on=day_of(now))
    row.services, row.address = " ".join(chosen), address or row.address
    _keep(session, row, city, files, before=before, now=now)
    audit.record(session, actor, Action.CITY_RECOGNISED, _subject(row), now=now)
    return next(one for one in known(session, town) if one.issuer == issuer)


def look(trust_list: bytes, anchor: bytes, services: Iterable[str], *, now: datetime) -> City:
    """Return what a city says of itself, for somebody who is about to compare. Raises `CityRefused`."""
    nobody = Taken(issuers=frozenset(), names=frozenset(), key_ids=frozenset())
    city = recognised_city.admit(trust_list, anchor, tuple(services), taken=nobody)
    recognised_city.check_current(city.trust_list, now=now)
    return city


def refresh(
    session: Session, issuer: str, files: Mapping[str, bytes], *, town: Town, actor: Actor, now: datetime
) -> bool:
    """Take a city's newer lists, if they follow from what is known; tell whether anything is new.

    Its next anchor is followed where the one before announced it; another name than the one that somebody agreed to is
    not, until `recognise` takes it. Raises `CityNotFound`, `CityRefused`.
    """
    cities = known(session, town)
    before = next((one for one in cities if one.issuer == issuer), None)
    row = session.get(RecognisedCity, issuer)
    if before is None or row is None:
        raise CityNotFound
    row.asked_at = now
    content = files.get(TRUST_LIST, b"")
    anchor = recognised_city.follow(content, before.memory)
    taken = _taken(session, town, cities, but=issuer)
    city = recognised_city.admit(content, anchor, before.services, taken=taken)
    if city.issuer != issuer:
        raise CityRefused(Why.RENAMED)
    recognised_city.check_kind(city, training=town.training)
    recognised_city.check_name_kept(before.city, city)
    recognised_city.check_current(city.trust_list, now=now)
    followed = anchor != row.anchor
    news = _keep(session, row, city, files, before=before, now=now)
    if followed:
        audit.record(session, actor, Action.CITY_FOLLOWED, _subject(row), now=now)
    return news


def note_failure(session: Session, issuer: str, *, now: datetime) -> bool:
    """Note that a city's lists were asked for and not taken; tell whether that is news: the time before they were."""
    row = session.get(RecognisedCity, issuer)
    if row is None:
        raise CityNotFound
    news = row.asked_at == row.refreshed_at
    row.asked_at = now
    session.flush()
    return news


def due(session: Session, *, every: timedelta, now: datetime) -> tuple[str, str] | None:
    """Return issuer and address of the city whose lists should be asked for next, if that time has come."""
    chosen = select(RecognisedCity.issuer, RecognisedCity.address).where(
        RecognisedCity.address.is_not(None), RecognisedCity.asked_at <= now - every
    )
    row = session.execute(chosen.order_by(RecognisedCity.asked_at, RecognisedCity.issuer).limit(1)).one_or_none()
    return None if row is None else (row.issuer, str(row.address))


def forget(session: Session, issuer: str, *, actor: Actor, now: datetime) -> None:
    """Recognise a city no longer: its status lists leave the kit with the next publication. Raises `CityNotFound`."""
    row = session.get(RecognisedCity, issuer)
    if row is None:
        raise CityNotFound
    session.execute(delete(RecognisedList).where(RecognisedList.issuer == issuer))
    session.delete(row)
    _let_it_be_published(session)
    session.flush()
    audit.record(session, actor, Action.CITY_FORGOTTEN, _subject(row), now=now)


def known(session: Session, town: Town) -> tuple[Known, ...]:
    """Return every city that was recognised, in that order, each checked anew."""
    taken, decisions, found = _ours(session, town), _decisions(session), []
    order = select(RecognisedCity).order_by(RecognisedCity.recognised_on, RecognisedCity.issuer)
    for row in session.scalars(order).all():
        one = _read(session, row, taken, decisions, training=town.training)
        found.append(one)
        taken = taken if one.city is None else taken.also(one.city)
    return tuple(found)


def entries(cities: Iterable[Known]) -> tuple[TrustedIssuer, ...]:
    """Return what the town's trust list says of the cities that count."""
    return tuple(one.city.entry for one in cities if one.city is not None)


def _read(
    session: Session, row: RecognisedCity, taken: Taken, decisions: Mapping[str, Link], *, training: bool
) -> Known:
    services = tuple(row.services.split(" "))
    city, why, lists = None, None, {}
    try:
        _check_decided(row, decisions)
        city = recognised_city.admit(row.trust_list, row.anchor, services, taken=taken)
        recognised_city.check_kind(city, training=training)
        lists = recognised_city.own_lists(_contents(session, city), city, row.trust_list)
    except CityRefused as refused:
        city, why = None, refused.why
    return Known(
        issuer=row.issuer,
        services=services,
        address=row.address,
        recognised_on=row.recognised_on,
        refreshed_at=row.refreshed_at,
        asked_at=row.asked_at,
        trust_list=row.trust_list,
        city=city,
        why=why,
        lists=lists,
    )


def _contents(session: Session, city: City) -> Iterable[bytes]:
    """What is kept under the addresses that the city names now, and nothing that could push these out."""
    named = RecognisedList.issuer == city.issuer, RecognisedList.uri.in_(city.own.status_lists)
    return session.scalars(select(RecognisedList.content).where(*named).order_by(RecognisedList.uri))


def _keep(
    session: Session,
    row: RecognisedCity,
    city: City,
    files: Mapping[str, bytes],
    *,
    before: Known | None,
    now: datetime,
) -> bool:
    """Store what was taken; tell whether any of it is new."""
    content = files[TRUST_LIST]
    status = [files[name] for name in sorted(files, key=lambda name: (len(name), name)) if name.startswith("status/")]
    lists = recognised_city.own_lists(status, city, content, remembered=before.memory if before else None)
    have = {uri: kept for uri, (_, kept) in before.lists.items()} if before else {}
    fresh = {uri: taken for uri, (_, taken) in lists.items() if have.get(uri) != taken}
    news = bool(fresh) or before is None or before.trust_list != content
    row.anchor, row.trust_list = city.anchor.to_cose_key(), content
    row.refreshed_at = row.asked_at = now
    session.add(row)
    if news:
        _let_it_be_published(session)
    session.flush()
    dropped = RecognisedList.issuer == row.issuer, RecognisedList.uri.not_in(city.own.status_lists)
    session.execute(delete(RecognisedList).where(*dropped))
    for uri, taken in fresh.items():
        session.merge(RecognisedList(issuer=row.issuer, uri=uri, content=taken))
    session.flush()
    return news


def _let_it_be_published(session: Session) -> None:
    """Make the kit due, as a card that ends does: a desk that is open publishes within a minute."""
    session.execute(update(StatusList).values(changed=True))


def _decisions(session: Session) -> dict[str, Link]:
    """Return the last decision about each city that ever was decided about, by the end of its subject."""
    chosen = select(*(getattr(AuditEntry, name) for name in Link._fields)).where(text(CITY_DECISIONS))
    rows = session.execute(chosen.order_by(AuditEntry.sequence))
    return {row.subject.partition("/")[2]: Link(*row) for row in rows}


def _check_decided(row: RecognisedCity, decisions: Mapping[str, Link]) -> None:
    """Return if the last decision about this city was to take this anchor for these services. Raises `CityRefused`."""
    subject = _subject(row)
    last = decisions.get(subject.partition("/")[2])
    if last is None or last.action == Action.CITY_FORGOTTEN or last.subject != subject:
        raise CityRefused(Why.ANOTHER_DECISION)
    if audit.digest_of(last) != last.digest:
        raise CityRefused(Why.ANOTHER_DECISION)


def _subject(row: RecognisedCity) -> str:
    """Return the audit's name of a decision: a digest of what was decided, then which city, as much as has room."""
    decided = json.dumps([row.issuer, row.anchor.hex(), row.services], ensure_ascii=True)
    return f"city:{_digest(decided)[:24]}/{_digest(row.issuer)[:8]}/{recognised_city.host_of(row.issuer)[:13]}"


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


def _ours(session: Session, town: Town) -> Taken:
    keys = (PublicKey.from_cose_key(key.public_key) for key in key_rotation.everything(session))
    return Taken(
        issuers=frozenset({town.issuer}),
        names=recognised_city.skeletons(town.names.values()),
        key_ids=frozenset(key.key_id for key in keys),
    )


def _taken(session: Session, town: Town, cities: Iterable[Known], *, but: str) -> Taken:
    taken = _ours(session, town)
    for one in cities:
        taken = taken if one.city is None or one.issuer == but else taken.also(one.city)
    return taken
