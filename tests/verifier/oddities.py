"""Inputs on which two verifiers could disagree: texts, kits, times and services, good, odd and hostile.

Part of the texts are the hostile ones of bench/mutations.py, which no key signed. The others are signed with the right
key, over contents that one language may read otherwise than the other: numbers of every size, truth values for numbers,
texts that are not UTF-8, keys twice, lengths written long. What is made depends only on the seed.
"""

import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import cbor2

from bench.mutations import Hostile
from cardservice.credential import base45, cose
from cardservice.credential.claims import DAY
from cardservice.credential.keys import Algorithm
from cardservice.credential.status_list import CONTENT_TYPE as STATUS_LIST_TYPE
from cardservice.credential.trust_list import CONTENT_TYPE as TRUST_LIST_TYPE
from cardservice.credential.trust_list import KeyPurpose, KeyState
from tests.verify.town import MIDNIGHT, MORNING, YEAR, TestKey, Town, trusted

INTEGERS = [
    0, 1, -1, 23, 24, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**53, 2**53 + 1, 2**63,
    2**64 - 1, -(2**53), -(2**53) - 1, -(2**63), -(2**64), MIDNIGHT, MIDNIGHT + DAY, MORNING,
    253_402_300_799, 253_402_300_800,
]  # fmt: skip
TEXTS = [
    "",
    " ",
    "a",
    "é",
    "e\u0301",
    "\ufeffname",
    "\u202eevil",
    "𝒳𝒴",
    "\U0010ffff",
    "\x00",
    "0",
    "eng",
    "19900405",
    "19900000",
    "1990040٥",
]
OTHERS: list[Any] = [
    None,
    True,
    False,
    b"",
    b"bytes",
    [],
    {},
    [1, [2, [3]]],
    {1: {2: {3: 4}}},
    1.0,
    float("nan"),
    cbor2.undefined,
]
RAW = [
    b"\x7f\x61a\xff",  # a text of indefinite length
    b"\x5f\x41a\xff",
    b"\x9f\xff",
    b"\xbf\xff",
    b"\x18\x05",  # 5, longer than it need be
    b"\x19\x00\xff",
    b"\x1b\x00\x00\x00\x00\x00\x00\x00\x05",
    b"\x78\x01a",
    b"\xa2\x01\x02\x01\x03",  # a key twice
    b"\xa2\x61a\x01\x61a\x02",
    b"\xa1\x41a\x01",  # a key of bytes
    b"\xa1\xf5\x01",
    b"\x62\xc3\x28",  # not UTF-8
    b"\x63\xed\xa0\x80",  # half of a pair of surrogates
    b"\x64\xf5\x80\x80\x80",
    b"\x62\xc0\x80",
    b"\xf8\x14",
    b"\xf9\x3c\x00",
    b"\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00",
    b"\xc1\x01",
    b"\xf7",
    b"\xff",
    b"\x1c",
    b"\x5b\x00\x00\x00\x01\x00\x00\x00\x00",
    b"\x9b\x00\x00\x00\x01\x00\x00\x00\x00",
    b"\x98\x41" + b"\x00" * 65,  # one element too many
    b"\x81" * 6 + b"\x00",
    b"\x81" * 7 + b"\x00",
]
NOWS = [
    MIDNIGHT - 2 * DAY,
    MIDNIGHT - DAY + 9 * 3600,
    MIDNIGHT,
    MORNING + 3600,
    MORNING + 3 * DAY,
    MORNING + 14 * DAY,
    MORNING + 20 * DAY,
    MORNING + 95 * DAY,
    MIDNIGHT + 2 * YEAR,
]
SERVICES = [None, None, None, "library", "pool", ""]


@dataclass(frozen=True)
class Case:
    """One question for both verifiers."""

    text: str
    kit: int
    """Which of the kits."""
    now: int
    service: str | None


class Raw(bytes):
    """CBOR that is put in as it is."""


def encode(value: Any) -> bytes:
    """CBOR that keeps to no rule: whatever is in `value`, in its order, with `Raw` as it is."""
    match value:
        case Raw():
            return bytes(value)
        case dict():
            return head(0xA0, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())
        case list():
            return head(0x80, len(value)) + b"".join(map(encode, value))
    return cbor2.dumps(value)


def head(major: int, length: int) -> bytes:
    plain = cbor2.dumps(length)
    return bytes([(plain[0] + major) & 0xFF]) + plain[1:]


class Oddities:
    """Makes kits once and cases without end."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.hostile = Hostile()
        self.town = Town()
        self.other = Town(
            issuer="https://outra.example", algorithm=Algorithm.EDDSA, names={"pt": "Outra", "en": "Other"}
        )
        self.keys = [TestKey(f"odd key {number}") for number in range(4)]
        good = self.good_kits()
        self.every = good[0]
        self.kits = [*good, *(self.odd_kit() for _ in range(40))]
        self.bases = [self.town.claims(), self.town.claims().residence(), self.other.claims(), self.two_scripts()]

    def cases(self) -> Iterator[Case]:
        ways: list[Callable[[], str]] = [
            self.hostile.text, self.hostile.text, self.odd_claims, self.odd_claims, self.odd_bytes, self.odd_message,
            self.good, self.pointed, self.long,
        ]  # fmt: skip
        while True:
            kit = self.chance.choice([0, 0, 1, 2, 3, 4, self.chance.randrange(len(self.kits))])
            yield Case(self.chance.choice(ways)(), kit, self.chance.choice(NOWS), self.chance.choice(SERVICES))

    # Kits

    def good_kits(self) -> list[dict[str, bytes]]:
        entry, foreign = self.town.entry(*self.own_keys()), self.other.entry(recognised_for=("library",))
        status = self.other.status_list().seal(self.other.status_key)
        trust_list = self.town.trust_list(entry, foreign)
        every = self.town.files(trust_list, self.town.status_list([5, 77_000])) | {"status/outra-1.cwt": status}
        # The town's list asks for a newer trust list than there is; the city's publisher counts its own.
        asking = {**every, "status/1.cwt": self.status(lowest_trust_sequence=6)}
        counting = {
            **every,
            "status/outra-1.cwt": self.other.status_list(lowest_trust_sequence=99).seal(self.other.status_key),
        }
        # A city whose lists outlive the town's own, or stand alone: its recognition is not proven to be fresh.
        lasting = self.other.status_list(expires_at=MORNING + 200 * DAY).seal(self.other.status_key)
        outliving = {**every, "status/outra-1.cwt": lasting}
        both = {**outliving, "status/1.cwt": self.status(expires_at=MORNING + 200 * DAY)}
        alone = {name: content for name, content in outliving.items() if name != "status/1.cwt"}
        wide = [replace(self.town.status_list(), width=width) for width in (2, 4, 8)]
        return [
            every,
            asking,
            counting,
            outliving,
            both,
            alone,
            self.town.files(),
            {},
            *(self.town.files(None, one) for one in wide),
            *self.refused_kits(every),
        ]

    def status(self, **changes: Any) -> bytes:
        """The town's own list, signed."""
        return self.town.status_list([5, 77_000], **changes).seal(self.town.status_key)

    def refused_kits(self, every: dict[str, bytes]) -> list[dict[str, bytes]]:
        """Kits of which one list is properly signed by a key that may not, or says what it may not."""
        announced = self.town.entry(
            trusted(self.town.card_key),
            trusted(self.keys[0], KeyPurpose.STATUS, state=KeyState.COMPROMISED),
            trusted(self.keys[1], KeyPurpose.STATUS, state=KeyState.RETIRED, retired_at=MORNING - 1),
            trusted(self.keys[2], KeyPurpose.STATUS, not_before=MORNING + DAY),
        )
        trust_list = self.town.trust_list(announced).seal(self.town.anchor)
        status_list = self.town.status_list()
        keys = [encode({**cbor2.loads(every["anchor.cose"]), 3: wrong}) for wrong in (-8, None, True)]
        return [
            *({**every, "trust-list.cwt": trust_list, "status/1.cwt": status_list.seal(key)} for key in self.keys),
            {
                **every,
                "status/1.cwt": replace(status_list, uri="https://elsewhere.example/1").seal(self.town.status_key),
            },
            {**every, "status/1.cwt": status_list.seal(self.town.card_key)},
            {
                **every,
                "status/2.cwt": replace(status_list, sequence=9, packed=b"\xff" * (1 << 14)).seal(self.town.status_key),
            },
            *({**every, "anchor.cose": key} for key in keys),
        ]

    def own_keys(self) -> list[Any]:
        retired, compromised, announced, samples = self.keys
        return [
            trusted(self.town.card_key),
            trusted(self.town.status_key, KeyPurpose.STATUS),
            trusted(retired, state=KeyState.RETIRED, retired_at=MIDNIGHT - 30 * DAY),
            trusted(compromised, state=KeyState.COMPROMISED),
            trusted(announced, state=KeyState.ANNOUNCED, not_before=MIDNIGHT + 3600),
            trusted(samples, KeyPurpose.SAMPLE),
        ]

    def odd_kit(self) -> dict[str, bytes]:
        """A kit of which one list is properly signed and says something odd, or is damaged."""
        files = dict(self.every)
        which = self.chance.choice(["trust-list.cwt", "trust-list.cwt", "status/1.cwt", "anchor.cose"])
        if self.chance.random() < 0.25:
            files[which] = self.flipped(files[which])
        elif which == "anchor.cose":
            files[which] = encode(self.changed(cbor2.loads(files[which])))
        else:
            key = self.town.anchor if which == "trust-list.cwt" else self.town.status_key
            kind = TRUST_LIST_TYPE if which == "trust-list.cwt" else STATUS_LIST_TYPE
            payload = self.changed(cbor2.loads(cbor2.loads(files[which]).value[2]))
            files[which] = cose.sign1(encode(payload), key, content_type=kind)
        return files

    # Texts

    def good(self) -> str:
        town = self.chance.choice([self.town, self.other])
        claims = self.chance.choice([town.claims(), town.claims().residence(), town.claims(portrait=None)])
        day = MIDNIGHT + self.chance.randint(-800, 800) * DAY
        claims = claims._replace(issued_at=day, expires_at=day + self.chance.randint(1, 800) * DAY)
        if claims.status is not None and self.chance.random() < 0.5:
            claims = claims._replace(
                status=replace(claims.status, index=self.chance.choice([5, 77_000, 0, (1 << 17) - 1, 1 << 17]))
            )
        return pack(cose.sign1(claims.encode(), self.chance.choice([town.card_key, town.card_key, *self.keys])))

    def odd_claims(self) -> str:
        """The town's own signature over claims of which one or two parts are odd."""
        base = self.chance.choice(self.bases)
        claims = cbor2.loads(base.encode())
        for _ in range(self.chance.choice([1, 1, 2])):
            claims = self.changed(claims)
        return pack(self.sign(encode(claims), base.issuer))

    def odd_bytes(self) -> str:
        """The town's own signature over bytes that were changed."""
        base = self.chance.choice(self.bases)
        return pack(self.sign(self.flipped(base.encode()), base.issuer))

    def odd_message(self) -> str:
        """A message whose parts are odd, some of it signed as it stands."""
        payload = self.chance.choice(self.bases[:2]).encode()
        good = {1: -7, 4: self.town.card_key.key_id}
        header = encode(
            self.chance.choice(
                [
                    self.changed(good),
                    {**good, 2: [1]},
                    {**good, 16: "a"},
                    {**good, 16: True},
                    {1: -7, 4: b""},
                    {1: -7},
                    good,
                ]
            )
        )
        signature = self.town.card_key.sign(encode(["Signature1", header, b"", payload]))
        unprotected = self.chance.choice([{}, {}, {4: self.town.card_key.key_id}, {1: -7}, {4: 7}, {2: []}, {33: b"x"}])
        parts = [header, unprotected, payload, signature]
        if self.chance.random() < 0.3:
            parts = self.changed(parts)
        tag = self.chance.choice(
            [b"\xd2", b"\xd2", b"\xd8\x3d\xd2", b"\xd8\x12", b"", b"\xd9\x00\x12", b"\xd8\x3d\xd8\x3d\xd2"]
        )
        return pack(tag + encode(parts))

    def pointed(self) -> str:
        """The town's own signature over claims that are odd in one place where two languages are known to differ."""
        base = self.chance.choice(self.bases)
        claims = cbor2.loads(base.encode())
        identity, status = claims[169], claims[65535]
        face = {0: b"RIFF", 1: self.chance.choice([0, False, "0", None, [], 1, 0.0])}
        changed = self.chance.choice(
            [
                {**claims, 2**53: 1, 2**53 + 1: 2},
                {**claims, -(2**53): 1, -(2**53) - 1: 2},
                {**claims, 5: self.chance.choice([*INTEGERS, MIDNIGHT + DAY, MORNING + DAY])},
                {**claims, 169: encode(identity)},
                {
                    **claims,
                    169: {**identity, 62: self.chance.choice([face, [face], [face, {0: b"RIFF2", 1: 0}], [], [{}]])},
                },
                {
                    **claims,
                    169: {
                        **identity,
                        8: self.chance.choice(
                            ["19900400", "19900000", "19900004", "1990", "1990040\u0665", "19900405\n"]
                        ),
                    },
                },
                {**claims, 169: {**identity, 4: self.chance.choice(TEXTS)}},
                {**claims, 169: {**identity, 9: self.chance.choice([1, 3, "1", "agender"])}},
                {**claims, 65535: {"status_list": {**status["status_list"], "idx": self.chance.choice(INTEGERS)}}},
                {**claims, 4: self.chance.choice(INTEGERS), 6: self.chance.choice(INTEGERS)},
            ]
        )
        return pack(self.sign(encode(changed), base.issuer))

    def long(self) -> str:
        """Longer than a code, in characters or in bytes, by little or by much; or with another window of zlib."""
        if self.chance.random() < 0.2:
            narrow = zlib.compressobj(wbits=self.chance.choice([9, 12, 14]))
            message = cose.sign1(self.bases[1].encode(), self.town.card_key)
            return base45.encode(narrow.compress(message) + narrow.flush())
        size = self.chance.choice([4000, 4090, 4096, 4097, 4104, 5000])
        message = cose.sign1(encode({1: self.town.issuer, 99: self.chance.randbytes(size - 140)}), self.town.card_key)
        text = pack(message)
        return self.chance.choice(
            [
                text,
                text[:6144],
                text[:6143] + "é",
                "\U0001f600" * 4000,
                "\U0001f600" * 6145,
                "0" * 6144,
                "0" * 6145,
                "A" * 100_000,
            ]
        )

    def sign(self, payload: bytes, issuer: str) -> bytes:
        town = self.town if issuer == self.town.issuer else self.other
        return cose.sign1(payload, self.chance.choice([town.card_key] * 5 + self.keys))

    def two_scripts(self) -> Any:
        return self.town.claims(
            name="Karim al-Haddad", name_second="كريم الحدّاد", language_second="ara", not_before=MIDNIGHT
        )

    # Changes

    def changed(self, value: Any) -> Any:
        """Another value somewhere in it, or another form of one."""
        if isinstance(value, dict) and value and self.chance.random() < 0.9:
            key = self.chance.choice(list(value))
            match self.chance.randrange(12):
                case 0:
                    return {other: item for other, item in value.items() if other != key}
                case 1:
                    return {**value, self.chance.choice(INTEGERS): self.anything()}
                case 2:
                    return Raw(
                        head(0xA0, len(value) + 1)
                        + encode(value)[len(head(0xA0, len(value))) :]
                        + encode(key)
                        + encode(value[key])
                    )
            return {other: self.changed(item) if other == key else item for other, item in value.items()}
        if isinstance(value, list) and value and self.chance.random() < 0.9:
            place = self.chance.randrange(len(value))
            return [self.changed(item) if number == place else item for number, item in enumerate(value)]
        if isinstance(value, int) and not isinstance(value, bool) and self.chance.random() < 0.4:
            return value + self.chance.choice([-DAY, -1, 1, DAY, 2**53, -(2**60)])
        if isinstance(value, bytes) and value and self.chance.random() < 0.4:
            return self.chance.choice([value[:-1], self.flipped(value), value + b"\x00"])
        return self.anything()

    def anything(self) -> Any:
        kind = self.chance.choice([INTEGERS, TEXTS, OTHERS, RAW])
        chosen = self.chance.choice(kind)  # type: ignore[arg-type]
        return Raw(chosen) if kind is RAW else chosen

    def flipped(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.chance.choice([1, 1, 3])):
            changed[self.chance.randrange(len(changed))] ^= 1 << self.chance.randrange(8)
        return bytes(changed)


def pack(message: bytes) -> str:
    """Put a message into a QR text."""
    return base45.encode(zlib.compress(message, 1))
