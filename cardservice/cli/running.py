"""The service as a process: its safe settings checked, what a crash left put right, the desk served, housekeeping."""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import DBAPIError

from cardservice.cli import city_kit, passphrase, rehearsal
from cardservice.cli.town import Town
from cardservice.day_keys import DayKeys
from cardservice.domain import checkpoints, decommission, issuance, publication, recognition, retention, sessions
from cardservice.domain.actor import SERVICE, Actor
from cardservice.domain.audit import ChainBroken
from cardservice.domain.checkpoints import CopyNotLaid
from cardservice.domain.errors import DomainError, Unavailable
from cardservice.domain.retention import Limits
from cardservice.keystore import KeyStoreError, Purpose, SigningKey
from cardservice.settings import MEMORY
from cardservice.storage import compaction, safety
from cardservice.storage.session import reading
from cardservice.web import decided, kit_pages, safe_start
from cardservice.web.app import create_app
from cardservice.web.desk import Keys
from cardservice.web.quiet_log import describe
from cardservice.web.serve import prepare
from cardservice.web.serve import serve as serve_desk

log = logging.getLogger("cardservice.running")

CITIES_EVERY = timedelta(hours=1)
"""How often another city's lists are fetched: by the clock and never because of a card."""


def unlock_some(
    town: Town, ask: Callable[[Purpose], str | None], purposes: Iterable[Purpose]
) -> dict[Purpose, SigningKey]:
    """The active keys that are in the town's folder and whose passphrase was given.

    A key that is kept elsewhere, as the anchor should be, is left out. Raises `KeyStoreError` where a passphrase does
    not open its key, or somebody else could have read it.
    """
    keys = {}
    for purpose in purposes:
        said = ask(purpose) if town.is_here(purpose) else None
        if said is not None:
            keys[purpose] = town.unlock(purpose, said)
    return keys


def locked(keys: dict[Purpose, SigningKey]) -> list[Purpose]:
    """The purposes whose key is not unlocked."""
    return [purpose for purpose in Purpose if purpose not in keys]


def limits(town: Town) -> Limits:
    """How long a draft and a session may live, as the town decided."""
    desk = town.settings.desk
    return Limits(
        idle=timedelta(minutes=town.settings.retention.idle_minutes),
        staff_sessions=sessions.Limits(
            idle=timedelta(minutes=desk.idle_minutes), longest=timedelta(hours=desk.session_hours)
        ),
    )


def serve(
    town: Town,
    keys: dict[Purpose, SigningKey],
    *,
    host: str | None,
    port: int | None,
    say: Callable[[str], object],
    day_keys: DayKeys | None = None,
) -> None:
    """Open the desk and answer until stopped. What a crash left behind is put right first.

    Raises:
        SettingsError: the desk may not be served there, as plain HTTP beyond this machine.
        FontsMissing, UnreadableColour, CrestRefused, MissingGlyph, UnknownLanguage: no card could be drawn.
        VerifierNotBuilt: no kit could be written.
        NotInMemory: day keys were to be kept on a disk.
        TownClosed: the town has ended.
        AnotherIssuer: config.toml gives it another issuer than its cards have.
        AnotherKind: it was published as a training town and is none now, or the other way round.
        UnsafeStart: something would leak what is typed at the desk; every such thing is named.
    """
    settings = town.settings.served_at(host, port)
    with town.transaction() as session:
        decommission.check_open(session)
        publication.check_told(session, [settings.kit_folder], decided.publisher(settings))
    rehearsal.rehearse(settings)
    # Gathered before workers are forked, so that the first revocation is published as quickly as the next.
    kit_pages.files()
    shared = day_keys or town.day_keys()
    app = create_app(
        settings,
        sessions=town.sessions,
        keys=Keys(**{purpose.value: key for purpose, key in keys.items()}),
        day_keys=shared,
    )
    prepare(settings)
    safe_start.check(app, register=safety.problems(town.engine))
    passphrase.forget()
    _put_right(town, shared)
    for advice in safe_start.advice():
        say(advice)
    desk = settings.desk
    said = f"http://{desk.host}:{desk.port}"
    if desk.https:
        said = f"{settings.desk_address}, behind the proxy that passes it on to {said}"
    say(f"The desk is open at {said} (Ctrl-C closes it).")
    # Connections must not be shared with the workers that are forked from here.
    town.engine.dispose()
    serve_desk(app, settings, housekeeping=lambda: keep_house(town, keys, shared), host=desk.host, port=desk.port)


def _put_right(town: Town, day_keys: DayKeys) -> None:
    """Before the first request: nothing is half signed, and nothing is there whose time ended while nobody served."""
    if town.settings.retention.day_keys == MEMORY:
        # The cookies of an earlier run can no longer be read; those signed by a key that outlived it can.
        with town.transaction() as session:
            sessions.end_everybodys(session)
    burnt = issuance.recover(town.transaction, now=utc_now())
    if burnt:
        log.warning("%d card(s) were being signed when the service stopped: burnt, to be issued again", burnt)
    for kind, count in erase(town, day_keys, now=utc_now()).items():
        log.info("ended at the start: %s: %d", kind, count)


def keep_house(town: Town, keys: dict[Purpose, SigningKey], day_keys: DayKeys) -> None:
    """One round of what the service does by itself: erase what is due, publish what changed or gets old."""
    now = utc_now()
    for kind, count in erase(town, day_keys, now=now).items():
        log.info("housekeeping: %s: %d", kind, count)
    if Purpose.STATUS in keys and _is_due(town, now):
        _publish(town, keys, now)
    if Purpose.AUDIT in keys:
        _keep_checkpoint(town, keys[Purpose.AUDIT], now)
    # Last, because it waits for somebody else's machine; one city a round. What is new is published with the next.
    _refresh_next_city(town, now)


def erase(town: Town, day_keys: DayKeys | None, *, now: datetime) -> dict[str, int]:
    """End what is due, and let nothing of what ended since the last time stay in the register's log.

    With the first round of a day the rows of cards are written anew, so that their order says nothing.
    """
    counts = retention.housekeeping(town.transaction, now=now, day_keys=day_keys, limits=limits(town))
    with town.transaction() as session:
        night = retention.begin_night(session, now=now)
    if night:
        compaction.compact(town.engine)
    safety.empty_log(town.engine)
    return counts


def publish_now(town: Town, known: Callable[[Purpose], str | None]) -> str:
    """Publish what a command just changed, with the passphrases that nobody has to be asked for; says what came of it.

    Whatever happens here, the change stands: the lists that say it can follow.
    """
    return publish_known(town, known)[0]


def publish_known(town: Town, known: Callable[[Purpose], str | None]) -> tuple[str, bool]:
    """Do as `publish_now`, and tell whether the trust list says by now all that it should."""
    try:
        keys = unlock_some(town, known, [Purpose.STATUS, Purpose.ANCHOR, Purpose.AUDIT])
        if Purpose.STATUS not in keys:
            return "`cardservice publish` tells the verifiers; a desk that is open does it within a minute.", False
        done = town.publish(keys, now=utc_now(), actor=SERVICE)
    except (DomainError, KeyStoreError, OSError, DBAPIError) as error:
        return f"It is not published yet [{describe(error)}]. Run `cardservice publish`.", False
    return "The new list is published: verifiers that fetch it know.", not done.anchor_waits


def refresh_city(town: Town, issuer: str, place: str, *, actor: Actor) -> bool:
    """Fetch a city's kit and take what is newer; tell whether anything is. Raises `CityNotReached`, `CityRefused`."""
    files = city_kit.fetch(place)
    publisher = decided.publisher(town.settings)
    with town.transaction() as session:
        return recognition.refresh(session, issuer, files, town=publisher, actor=actor, now=utc_now())


def utc_now() -> datetime:
    """The clock of the running service."""
    return datetime.now(UTC)


def _is_due(town: Town, now: datetime) -> bool:
    with town.transaction() as session:
        return publication.is_due(session, every=town.settings.publish_every, now=now)


def _refresh_next_city(town: Town, now: datetime) -> None:
    """Refresh the city whose turn it is. A failure is told once, not every hour."""
    with town.transaction() as session:
        due = recognition.due(session, every=CITIES_EVERY, now=now)
    if due is None:
        return
    issuer, address = due
    try:
        refresh_city(town, issuer, address, actor=SERVICE)
    except DomainError as error:
        with town.transaction() as session:
            if recognition.note_failure(session, issuer, now=now):
                log.warning("%s: %s", issuer, error)


def _publish(town: Town, keys: dict[Purpose, SigningKey], now: datetime) -> None:
    try:
        done = town.publish(keys, now=now, actor=SERVICE)
    except Unavailable:
        log.warning("the lists could not be published: the desk's page on publication says what is missing")
    else:
        log.info("published trust list %d and %d status lists", done.trust_sequence, len(done.status_sequences))
        for issuer, why in done.withheld.items():
            log.warning("the lists of %s are not in the kit: %s", issuer, why)
        say_if_trust_ends(town, log.warning)


def say_if_trust_ends(town: Town, say: Callable[[str], object]) -> None:
    """Say until when the trust list is good, where that is near."""
    with reading(town.engine).begin() as session:
        ends = publication.trust_ends(session, now=utc_now())
    if ends is not None:
        say(f"The trust list is good until {ends:%Y-%m-%d}: publish with the anchor key before, or no card verifies.")


def _keep_checkpoint(town: Town, audit_key: SigningKey, now: datetime) -> None:
    """Sign the audit's end once an hour. What stands in the way is told, and shown on the desk by its age."""
    with reading(town.engine).begin() as session:
        if not checkpoints.is_due(checkpoints.newest(session, town.settings.checkpoint_file), now=now):
            return
        try:
            made = decided.take_checkpoint(town.settings, session, audit_key, now=now)
        except ChainBroken as broken:
            log.error("no checkpoint was signed: audit entry %d is not as it was written", broken.sequence)
        except CopyNotLaid:
            pass  # it is in the log already, and the checkpoint itself is in the town's folder
        else:
            log.info("checkpoint: entry %d", made.sequence)
