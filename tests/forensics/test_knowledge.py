"""Whoever has everything that is kept, every key included, and knows everybody by name, learns nothing (THREATS T8).

Shown in two ways. Two towns that differ in nothing but who came keep the same to the last byte: then nothing that is
kept can depend on a person, whatever somebody computes from it. And an attacker who knows ten thousand people tries
what people try: every digest of a name under every key, looked for in every file.
"""

import base64
import hashlib
import hmac
import os
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import endings
import pytest
from canaries import PLAIN_JPEG, Canary, files_in, make
from sqlalchemy import select
from town_hall import DAY, NOON, REGISTRATION, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.day_keys import DayKeys
from cardservice.domain import issuance, retention
from cardservice.domain.actor import Actor
from cardservice.domain.registration import Registration
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage import safety
from cardservice.storage.compaction import compact
from cardservice.storage.models import Base, Card
from cardservice.storage.session import engine as open_engine
from cardservice.storage.upgrade import upgrade
from cardservice.terms import StaffRole

SOMEBODY = replace(REGISTRATION, portrait_print=PLAIN_JPEG)
KNOWN = 10_000 if os.environ.get("CARDSERVICE_LONG") else 200
ADVANTAGE = 0.01
WINDOW = 8
"""Bytes. Anything that is kept of a name in less would fit 2^64 people."""
WEEKS_LATER = NOON + 15 * DAY


class TestTwoTowns:
    def test_that_differ_in_who_came_keep_the_same_to_the_last_byte(self, tmp_path: Path) -> None:
        people = make(4 * len(endings.ENDINGS))
        others = [_somebody_else(number) for number in range(len(people))]
        keys = {purpose: SigningKey.generate(purpose, Algorithm.EDDSA) for purpose in Purpose}

        here = _kept(tmp_path / "here", [one.registration for one in people], keys)
        there = _kept(tmp_path / "there", others, keys)

        assert here.keys() == there.keys()
        assert [name for name in here if here[name] != there[name]] == []

    def test_that_keep_a_length_alone_are_told_apart(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The control."""
        keys = {purpose: SigningKey.generate(purpose, Algorithm.EDDSA) for purpose in Purpose}
        real = retention.end_draft

        def leaking(session: object, draft: object, *args: object, **keywords: object) -> None:
            retention._count(session, f"size {len(draft.ciphertext)}", 1, NOON)  # type: ignore[attr-defined, arg-type]
            real(session, draft, *args, **keywords)  # type: ignore[arg-type]

        monkeypatch.setattr(retention, "end_draft", leaking)
        here, there = (
            _kept(tmp_path / name, [replace(SOMEBODY, name=name)] * 3, keys) for name in ("here", "elsewhere")
        )

        assert [name for name in here if here[name] != there[name]] != []


class TestSomebodyWhoKnowsEverybody:
    def test_does_no_better_than_guessing(self, town_hall: TownHall, clerk: Actor) -> None:
        known, holders = _people()
        _hand_out(town_hall, clerk, [known[number] for number in sorted(holders)])

        guessed = _guess(known, _secrets(town_hall), _everything(town_hall))

        assert _advantage(guessed, holders, len(known)) <= ADVANTAGE

    def test_wins_where_a_digest_is_kept_under_a_key_that_is_kept(self, town_hall: TownHall, clerk: Actor) -> None:
        """The control: the index of names that we do not have."""
        known, holders = _people(40)
        _hand_out(town_hall, clerk, [known[number] for number in sorted(holders)])
        secret = _secrets(town_hall)[0]
        with town_hall.transaction() as session:
            for card, number in zip(session.scalars(select(Card)), sorted(holders), strict=True):
                name, birth_date = known[number]
                card.slip_digest = hmac.digest(secret, f"{name}|{birth_date}".encode(), "sha256")

        guessed = _guess(known, _secrets(town_hall), _everything(town_hall))

        assert _advantage(guessed, holders, len(known)) > 1 - ADVANTAGE


def _somebody_else(number: int) -> Registration:
    """People of every kind: with and without a photo or a second name, with short names and long ones."""
    full = replace(SOMEBODY, name=f"Ana {'Maria ' * (number % 9)}Silva", birth_date=f"19{50 + number % 40}0000")
    if number % 2:
        full = replace(full, name_second=None, language_second=None)
    return replace(full, portrait_print=None, portrait_code=None) if number % 3 else full


def _kept(folder: Path, people: Sequence[Registration], keys: dict[Purpose, SigningKey]) -> dict[str, object]:
    """Everything that a town keeps after a day on which these people came, all chance being the same."""
    folder.mkdir()
    engine = open_engine(f"sqlite:///{folder}/register.db")
    upgrade(engine)
    chance = random.Random(2026)
    hall = TownHall(engine, folder / "kit", token_bytes=chance.randbytes)
    hall.day_keys = DayKeys.in_process(token_bytes=chance.randbytes)
    hall.keys, hall.issuing = keys, replace(hall.issuing, key=keys[Purpose.CARD])
    hall.open()
    clerk = hall.hire("clerk one", StaffRole.CLERK)
    for number, registered in enumerate(people):
        endings.ENDINGS[number % len(endings.ENDINGS)](hall, clerk, Canary(registered, ("", ""), (b"", b""), b""))
    issuance.recover(hall.transaction, now=NOON + timedelta(minutes=61))
    for now in (NOON + timedelta(minutes=61), NOON + DAY, WEEKS_LATER):
        retention.housekeeping(hall.transaction, now=now, day_keys=hall.day_keys)
        hall.publish(now=now)
    with hall.reading() as session:
        rows = {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
        }
    compact(engine)
    safety.empty_log(engine)
    engine.dispose()
    return rows | {str(file.relative_to(folder)): file.read_bytes() for file in files_in(folder)}


def _people(count: int = KNOWN) -> tuple[list[tuple[str, str]], set[int]]:
    """People whom everybody knows, and which half of them came."""
    chance = random.Random(2026)
    names = [f"Person {chance.randrange(10**9)} of {chance.choice('ABCDEFGH')}" for _ in range(count)]
    known = [(name, f"19{chance.randrange(30, 99)}{chance.randrange(1, 13):02}00") for name in names]
    return known, set(chance.sample(range(count), count // 2))


def _hand_out(hall: TownHall, clerk: Actor, people: Sequence[tuple[str, str]]) -> None:
    for name, birth_date in people:
        plain = Registration(name=name, birth_date=birth_date, language="eng")
        hall.make_card(clerk, registration=plain)
    retention.housekeeping(hall.transaction, now=NOON + DAY, day_keys=hall.day_keys)
    hall.publish(now=NOON + DAY)


def _secrets(hall: TownHall) -> list[bytes]:
    """Every key that is left after the day: the private halves of the four, and what everybody knows of them."""
    private = [key._native.private_numbers().private_value.to_bytes(32, "big") for key in hall.keys.values()]
    return private + [key.key_id for key in hall.keys.values()]


def _everything(hall: TownHall) -> bytes:
    """All that is kept: every value of every row, and the kit."""
    with hall.reading() as session:
        rows = [row for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    values = [value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row]
    return b" ".join(values + [file.read_bytes() for file in files_in(hall.kit)])


def _guess(known: Sequence[tuple[str, str]], secrets: Sequence[bytes], kept: bytes) -> set[int]:
    """Who came, by this attacker: of whom anything that could be computed is in what is kept."""
    windows = {kept[at : at + WINDOW] for at in range(len(kept) - WINDOW + 1)}
    # Eight bytes are sixteen digits; of eight digits chance alone would find one in every fortieth run.
    windows |= {found[1] for found in re.finditer(rb"(?=([0-9a-f]{%d}))" % (2 * WINDOW), kept)}
    return {number for number, person in enumerate(known) if not windows.isdisjoint(_traces(*person, secrets))}


def _traces(name: str, birth_date: str, secrets: Sequence[bytes]) -> Iterator[bytes]:
    """The beginnings of everything that somebody who keeps a secret of a person could have kept."""
    texts = [name, unicodedata.normalize("NFKD", name.casefold()), f"{name}|{birth_date}", f"{name}{birth_date}"]
    for said in (text.encode() for text in texts):
        for way in ("sha256", "sha1", "md5", "blake2b", "sha3_256"):
            yield from _written(hashlib.new(way, said).digest())
        for secret in secrets:
            yield from _written(hmac.digest(secret, said, "sha256"))
            yield from _written(hashlib.sha256(secret + said).digest())
            yield from _written(hashlib.sha256(said + secret).digest())


def _written(digest: bytes) -> Iterator[bytes]:
    yield digest[:WINDOW]
    yield digest.hex()[: 2 * WINDOW].encode()
    yield base64.b64encode(digest)[:WINDOW]


def _advantage(guessed: set[int], holders: set[int], count: int) -> float:
    """How much better than a coin: 0 for one who knows nothing, 1 for one who is always right."""
    right = len(guessed & holders) + (count - len(guessed | holders))
    return abs(2 * right / count - 1)
