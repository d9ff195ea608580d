"""The invariants of the register, each by its number, checked on what can be seen from outside between two steps.

A `Picture` is the register's tables and the published kit at one moment; a `Witness` compares each picture with the
one before it and with everything it ever saw: codes that left the service, places, numbers, lists. It knows nothing of
how the domain works, so that a fault cannot be in both.
"""

import functools
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlalchemy.orm import Session

from cardservice.credential.claims import CardClaims
from cardservice.credential.keys import PublicKey
from cardservice.credential.qr_text import open_text
from cardservice.credential.status_list import StatusList, parse_status_list
from cardservice.credential.trust_list import KeyState, TrustList, parse_trust_list
from cardservice.domain import audit
from cardservice.domain.audit import Action
from cardservice.domain.issuance import IssuedCard
from cardservice.storage.models import AuditEntry, Card, Draft, IssuerKey, Publication, StatusIndex
from cardservice.storage.models import StatusList as StatusListRow
from cardservice.terms import CardState
from cardservice.verify import Kit, Outcome, verify
from cardservice.verify.memory import KitMemory

PLACES = 1 << 17
TRUST_LIST = "trust-list.cwt"
NEVER_IN_A_HAND = {CardState.INTENT, CardState.SIGNED}
ENDED_EARLY = {CardState.REVOKED, CardState.REPLACED}
ENDED = {*ENDED_EARLY, CardState.EXPIRED}
IN_USE = {CardState.ACTIVE, CardState.SUSPENDED}

GONE = None
# What each audit entry says about its subject: from which states into which one (I12).
CARD_STEPS: dict[str, tuple[set[CardState | None], CardState]] = {
    "card.intent": ({GONE}, CardState.INTENT),
    "card.signed": ({CardState.INTENT}, CardState.SIGNED),
    "card.handed over": ({CardState.SIGNED}, CardState.ACTIVE),
    "card.suspended": ({CardState.ACTIVE}, CardState.SUSPENDED),
    "card.reinstated": ({CardState.SUSPENDED}, CardState.ACTIVE),
    "card.revoked": ({*NEVER_IN_A_HAND, *IN_USE}, CardState.REVOKED),
    "card.replaced": ({*IN_USE}, CardState.REPLACED),
    "card.expired": ({*IN_USE}, CardState.EXPIRED),
    "card.entered again": ({GONE}, CardState.ACTIVE),
}
DRAFT_STEPS: dict[str, tuple[set[str | None], str | None]] = {
    "draft.opened": ({GONE}, "open"),
    "draft.submitted": ({"open"}, "waiting for approval"),
    "draft.approved": ({"open", "waiting for approval"}, "approved"),
    "draft.reopened": ({"waiting for approval", "approved"}, "open"),
    **{
        f"draft.ended {how}": ({"open", "waiting for approval", "approved"}, GONE)
        for how in (
            "by hand-over",
            "by discard",
            "by spoiling",
            "by idleness",
            "by its day",
            "without its key",
            "with the town",
        )
    },
}
KEY_STEPS: dict[str, tuple[set[str | None], str]] = {
    "key.announced": ({GONE}, "announced"),
    "key.activated": ({"announced"}, "active"),
    "key.retired": ({"announced", "active"}, "retired"),
    "key.compromised": ({"announced", "active", "retired"}, "compromised"),
}
SUBJECT = re.compile(
    r"card:[0-9A-Z]{12}|draft:[0-9a-f]{32}|key:[0-9a-f]{16}|staff:\d+|list:(trust-list|status/\d+)\.cwt/\d+"
    r"|answer:person|backup:\d{4}-\d{2}-\d{2}|town:closed"
)
_SET_BYTE = re.compile(rb"[^\0]", re.DOTALL)
ACTOR = re.compile(r"staff:\d+|service|console|holder")


@dataclass
class Picture:
    """The register and the kit at one moment, as plain values."""

    cards: dict[str, dict[str, Any]]
    drafts: dict[str, dict[str, Any]]
    places: dict[tuple[int, int], tuple[bool, bool]]
    """By list and position: invalid, reinstated."""
    lists: dict[int, int]
    changed: dict[int, bool]
    """By list: whether the register says that it is not published as it is."""
    keys: dict[str, dict[str, Any]]
    publications: dict[tuple[str, int], datetime]
    entries: list[dict[str, Any]]
    """What the audit says beyond what was seen before."""
    files: dict[str, bytes]

    @classmethod
    def take(cls, session: Session, kit: Path, *, audited: int) -> "Picture":
        """Look at everything. `audited` is the sequence of the last audit entry that was seen before."""
        rows = session.connection()
        return cls(
            cards={row["number"]: row for row in _rows(rows, Card)},
            drafts={row["id"]: row for row in _rows(rows, Draft)},
            places={
                (row["list_number"], row["position"]): (row["invalid"], row["reinstated"])
                for row in _rows(rows, StatusIndex)
            },
            lists={row["number"]: row["size"] for row in _rows(rows, StatusListRow)},
            changed={row["number"]: row["changed"] for row in _rows(rows, StatusListRow)},
            keys={row["key_id"]: row for row in _rows(rows, IssuerKey)},
            publications={(row["name"], row["sequence"]): row["issued_at"] for row in _rows(rows, Publication)},
            entries=[dict(row._mapping) for row in rows.execute(_AUDITED, {"audited": audited})],
            files={
                str(file.relative_to(kit)): file.read_bytes()
                for file in [kit / TRUST_LIST, *sorted((kit / "status").iterdir())]
            },
        )


@dataclass
class Pocket:
    """A card as it left the service: the codes on paper, and what was registered for it."""

    issued: IssuedCard
    claims: CardClaims
    key_id: str
    handed_over: bool = False


@dataclass
class Witness:
    """Everything ever seen, and the checks."""

    kit: Path
    before: Picture
    pockets: dict[str, Pocket] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)
    """By the number of a card that was replaced, that of the card in its place."""
    place_of: dict[str, tuple[int, int]] = field(default_factory=dict)
    ended_early: set[tuple[int, int]] = field(default_factory=set)
    memory: KitMemory | None = None
    """What a relying party remembers that has used every kit ever published."""
    lists: dict[str, StatusList | TrustList] = field(default_factory=dict)
    published: dict[int, set[tuple[int, int]]] = field(default_factory=dict)
    """By list: the places that are set in the list that relying parties can have."""
    latest: int = 0
    """The latest time that a published list proves, in seconds since 1970."""
    audited: AuditEntry | None = None

    def receive(self, issued: IssuedCard, key: PublicKey) -> None:
        """A card comes out of the service: at issue, at a second click, or at a reprint."""
        sealed = open_text(issued.identity_code)
        known = self.pockets.get(issued.card_number)
        # I21, I10: one card for one draft, the same to the last byte, and none after hand-over.
        assert known is None or known.issued == issued
        assert known is None or not known.handed_over
        if known is None:
            claims = sealed.open(PublicKey.from_cose_key(key.to_cose_key()))
            self.pockets[issued.card_number] = Pocket(issued, claims, (sealed.key_id or b"").hex())
            self._check_payload(self.pockets[issued.card_number], key)

    def look(self, now: Picture, *, now_is: datetime, four_eyes: bool) -> None:
        """Check everything that must hold after any step, whether it succeeded or failed."""
        self._check_cards(now)
        self._check_places(now)
        self._check_keys(now, now_is)
        self._check_drafts(now)
        self._check_audit(now, now_is.astimezone(UTC).date())
        if four_eyes:
            self._check_four_eyes(now)
        self._check_lists(now)
        self._check_news(now)
        self.before = now

    def _check_payload(self, pocket: Pocket, key: PublicKey) -> None:
        # I8: what was signed says what was registered, and nothing else about anybody.
        issued, claims = pocket.issued, pocket.claims
        residence = open_text(issued.residence_code).open(key)
        said = issued.registration
        assert (claims.name, claims.birth_date, claims.name_second) == (said.name, said.birth_date, said.name_second)
        assert residence == claims.residence()
        assert (residence.name, residence.birth_date, residence.portrait) == (None, None, None)

    def _check_cards(self, now: Picture) -> None:
        for number, pocket in self.pockets.items():
            row = now.cards.get(number)
            if row is None:
                # I1: a row that is gone was there, its card had ended, and had expired.
                old = self.before.cards.get(number)
                assert old is None or old["state"] in IN_USE | ENDED
                continue
            # I1: signed means known, and by the very key, place and period that the card says.
            assert row["state"] is not CardState.INTENT
            # Of the slip's code the register has the digest, and nothing else.
            assert row["slip_digest"] == hashlib.sha256(pocket.issued.slip_code.encode()).digest()
            assert row["key_id"] == pocket.key_id
            status = pocket.claims.status
            assert status is not None
            assert (f"/{row['list_number']}.cwt", row["position"]) == (
                status.uri[status.uri.rindex("/") :],
                status.index,
            )
            assert row["expiry_month"] == f"{pocket.issued.valid_until:%Y-%m}"
            assert row["issue_month"] == f"{pocket.issued.issued_on:%Y-%m}"
        for number, row in now.cards.items():
            # I15: what is handed over or ended has no draft, so no ciphertext.
            assert (row["state"] in NEVER_IN_A_HAND) == (row["draft_id"] is not None)
            assert (row["slip_digest"] is not None) == (number in self.pockets)
            assert row["draft_id"] is None or row["draft_id"] in now.drafts
            assert (row["revoke_month"] is not None) == (row["state"] in ENDED_EARLY)
            if row["state"] in IN_USE:
                # I2: an active card is the one that was issued under this number.
                assert number in self.pockets
                self.pockets[number].handed_over = True
        for number, old in self.before.cards.items():
            # I19: revoked and replaced are for ever, whatever the clock does.
            if number in now.cards and old["state"] in ENDED:
                assert now.cards[number]["state"] is old["state"]

    def _check_places(self, now: Picture) -> None:
        # I3: a place is used once for ever, also when the row of its card is gone.
        assert now.places.keys() >= self.before.places.keys()
        for number, row in now.cards.items():
            place = (row["list_number"], row["position"])
            assert self.place_of.setdefault(number, place) == place
            invalid = row["state"] in {*ENDED_EARLY, CardState.SUSPENDED}
            assert now.places[place][0] == invalid or row["state"] is CardState.EXPIRED
            if row["state"] in ENDED_EARLY:
                self.ended_early.add(place)
        assert len(set(self.place_of.values())) == len(self.place_of)
        # I4: what was once ended early stays so in the register.
        assert all(now.places[place] == (True, False) for place in self.ended_early)
        # I23: every list is as long as every other, for ever.
        assert set(now.lists.values()) == {PLACES}

    def _check_keys(self, now: Picture, now_is: datetime) -> None:
        for key_id, key in now.keys.items():
            before = self.before.keys.get(key_id)
            if key["purpose"] == "card" and key["state"] == "active" and before and before["state"] == "announced":
                # I7: it signs only when nobody can be left who has a usable kit without it.
                assert key["published_at"] is not None
                assert now_is >= key["published_at"] + timedelta(days=14)
        for pocket in self.pockets.values():
            key = now.keys[pocket.key_id]
            # I7: no card outlives its key, and its key was published before it signed.
            assert pocket.claims.expires_at <= _seconds(key["not_after"])
            assert pocket.claims.issued_at >= _seconds(key["not_before"])
            assert key["published_at"] is not None
        # I22: there is a key to go on with, unless somebody marked the last one as compromised.
        for purpose in ("card", "status", "anchor", "audit"):
            states = [key["state"] for key in now.keys.values() if key["purpose"] == purpose]
            assert "active" in states or "compromised" in states

    def _check_drafts(self, now: Picture) -> None:
        for draft in now.drafts.values():
            # I14: no draft is kept for longer than fourteen days from its registration.
            assert draft["key_day"] <= draft["created_at"].date() + timedelta(days=14)
            # I20: moments are UTC, and no finer than the minute.
            assert draft["created_at"].tzinfo is UTC
            assert (draft["created_at"].second, draft["touched_at"].second) == (0, 0)

    def _check_four_eyes(self, now: Picture) -> None:
        # I9: whoever approved is another person than whoever registered, before there is a card.
        for row in now.cards.values():
            if row["state"] in NEVER_IN_A_HAND:
                draft = now.drafts[row["draft_id"]]
                assert draft["state"].value == "approved"
                assert draft["approver_id"] not in {None, draft["creator_id"]}

    def _check_audit(self, now: Picture, day: date) -> None:
        """I12, I13, I20: the entries since the last look, replayed on what was there, give what is there."""
        entries = now.entries
        if self.audited is not None:
            assert entries[0]["digest"] == self.audited.digest
            entries = entries[1:]
        cards: dict[str, Any] = {number: row["state"] for number, row in self.before.cards.items()}
        drafts: dict[str, Any] = {draft_id: row["state"].value for draft_id, row in self.before.drafts.items()}
        keys: dict[str, Any] = {key_id: row["state"] for key_id, row in self.before.keys.items()}
        published = set()
        for values in entries:
            entry = AuditEntry(**values)
            expected = (self.audited.sequence + 1, self.audited.digest) if self.audited else (1, bytes(32))
            assert (entry.sequence, entry.previous) == expected
            assert entry.digest == audit.digest_of(entry)
            assert entry.day == day
            # I13: codes and ids, nothing else.
            assert Action(entry.action)
            assert SUBJECT.fullmatch(entry.subject)
            assert ACTOR.fullmatch(entry.actor)
            kind, _, name = entry.subject.partition(":")
            for steps, states in ((CARD_STEPS, cards), (DRAFT_STEPS, drafts), (KEY_STEPS, keys)):
                if entry.action in steps:
                    may_come_from, to = steps[entry.action]  # type: ignore[index]
                    assert states.get(name) in may_come_from, entry.subject
                    states[name] = to
            if kind == "list":
                published.add(name)
            self.audited = entry
        # One entry for each change, and no change without one: only what had ended and expired leaves by itself.
        assert {name: state for name, state in drafts.items() if state is not GONE} == {
            draft_id: row["state"].value for draft_id, row in now.drafts.items()
        }
        assert keys == {key_id: row["state"] for key_id, row in now.keys.items()}
        assert all(cards[number] is row["state"] for number, row in now.cards.items())
        assert all(cards[number] in ENDED for number in cards.keys() - now.cards.keys())
        assert published == {f"{name}/{number}" for name, number in now.publications.keys() - self.before.publications}
        # I11: whoever was handed a card in place of another one has lost the other by the end of the same step.
        for values in entries:
            number = values["subject"].removeprefix("card:")
            if values["action"] == "card.handed over" and number in self.pockets:
                replaced = self.pockets[number].issued.registration.replaces
                assert replaced not in now.cards or now.cards[replaced]["state"] in ENDED
                # And one old card has not two in its place.
                if replaced in now.cards and now.cards[replaced]["state"] is CardState.REPLACED:
                    assert self.successors.setdefault(replaced, number) == number

    def _check_lists(self, now: Picture) -> None:
        if self.lists and now.files == self.before.files:
            return
        kit = Kit.from_files(now.files, remembered=self.memory) if self.memory else Kit.load(self.kit)
        # I5: a relying party that used every kit before this one accepts it: nothing went back, nothing vanished.
        assert kit.problems == (), kit.problems
        self.memory = kit.remember(self.memory)
        for name, content in now.files.items():
            self._check_list(now, name, content)
        assert kit.trust_list is not None
        trusted = {key.key.key_id.hex() for issuer in kit.trust_list.issuers for key in issuer.keys}
        for pocket in self.pockets.values():
            # I7: every card that may still be shown finds its key.
            assert pocket.key_id in trusted or pocket.claims.expires_at <= self.latest

    def _check_news(self, now: Picture) -> None:
        """I6 from the other side: what relying parties cannot know yet is marked, so that it is published next."""
        for number, known in self.published.items():
            listed = {place for place, (invalid, _) in now.places.items() if place[0] == number and invalid}
            assert listed == known or now.changed[number]

    def _check_list(self, now: Picture, name: str, content: bytes) -> None:
        opened = (
            TrustList.decode(parse_trust_list(content).payload)
            if name == TRUST_LIST
            else StatusList.decode(parse_status_list(content).payload)
        )
        old = self.lists.get(name)
        self.lists[name] = opened
        self.latest = max(self.latest, opened.issued_at)
        if content == self.before.files.get(name):
            return
        # I5: sequence and time only rise.
        assert old is None or (opened.sequence > old.sequence and opened.issued_at >= old.issued_at)
        if isinstance(opened, StatusList):
            number = int(name.removeprefix("status/").removesuffix(".cwt"))
            listed = {place for place, (invalid, _) in now.places.items() if place[0] == number and invalid}
            # I6, I4: a list says what the register says, no more and no less; I23: and is as long as ever.
            self.published[number] = _set_places(number, opened.packed)
            assert self.published[number] == listed
            assert opened.size == PLACES

    def check_verdicts(self, now: datetime) -> None:
        """I18, I19: whoever is shown a card is told what the lists say, and never "valid" for anything else."""
        kit = Kit.load(self.kit)
        for number, pocket in self.pockets.items():
            for code in (pocket.issued.identity_code, pocket.issued.residence_code):
                verdict = verify(code, kit, now=now)
                assert (verdict.verdict is Outcome.VALID) == self._is_good(number, pocket, kit, now), verdict.reason

    def _is_good(self, number: str, pocket: Pocket, kit: Kit, now: datetime) -> bool:
        assert pocket.claims.status is not None
        assert kit.trust_list is not None
        status_list = kit.status_lists.get((pocket.claims.issuer, pocket.claims.status.uri))
        if status_list is None or status_list.status(pocket.claims.status.index):
            return False
        keys = {key.key.key_id.hex(): key for issuer in kit.trust_list.issuers for key in issuer.keys}
        key = keys.get(pocket.key_id)
        if key is None or key.state is KeyState.COMPROMISED:
            return False
        newest = max(kit.trust_list.issued_at, status_list.issued_at)
        seconds = int(now.timestamp())
        if seconds < newest - 86_400:
            return False
        at = max(seconds, newest)
        return pocket.claims.issued_at <= at < min(pocket.claims.expires_at, status_list.expires_at)


def _set_places(number: int, packed: bytes) -> set[tuple[int, int]]:
    found = ((at.start(), at[0][0]) for at in _SET_BYTE.finditer(packed))
    return {(number, 8 * at + bit) for at, byte in found for bit in range(8) if byte >> bit & 1}


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


_AUDITED = (
    select(*AuditEntry.__table__.columns)
    .where(AuditEntry.sequence >= bindparam("audited"))
    .order_by(AuditEntry.sequence)
)


@functools.cache
def _all_of(model: type[Any]) -> Select[Any]:
    """Every row of a table, without the columns that are large. Not as objects: this is asked after every step."""
    return select(*(column for column in model.__table__.columns if column.name not in {"ciphertext", "content"}))


def _rows(connection: Connection, model: type[Any]) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(_all_of(model))]
