"""Hostile QR texts: changed at every layer, signed with the wrong keys, cut, nested, and made to burst.

Every text must get a verdict that is not "valid", in five milliseconds, without another error, and without using more
memory as it goes on. All cores take their share. BENCH_MUTATIONS sets how many (10,000,000 unless set),
BENCH_PROCESSES on how many cores. Each process says on standard error how far it is.
"""

import os
import random
import resource
import sys
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import NamedTuple

import cbor2

from bench.measure import Result
from cardservice.credential import base45, cose, deflate
from cardservice.credential.keys import Algorithm
from cardservice.verify import Outcome, verify
from tests.verify.town import NOON, TestKey, Town

COUNT = int(os.environ.get("BENCH_MUTATIONS", "10000000"))
PROCESSES = int(os.environ.get("BENCH_PROCESSES", "0")) or len(os.sched_getaffinity(0))
MEMORY_GOAL = 64  # MiB by which a process may grow between its first tenth and its end
TIME_GOAL = 5  # milliseconds of processor time for 99 of 100 texts
_LONGEST = 100_000  # microseconds; a histogram of them ends here
CHANCE = random.Random(169)


class Hostile:
    """Makes hostile texts out of good cards; what is made depends only on the seed."""

    def __init__(self) -> None:
        self.town = Town()
        self.kit = self.town.kit()
        self.claims = [self.town.claims(), self.town.claims(portrait=None), self.town.claims().residence()]
        self.payloads = [claims.encode() for claims in self.claims]
        self.messages = [cose.sign1(payload, self.town.card_key) for payload in self.payloads]
        self.texts = [pack(message) for message in self.messages]
        self.wrong_keys = [
            TestKey("stranger"),
            TestKey("stranger", Algorithm.EDDSA),
            self.town.status_key,
            self.town.anchor,
        ]
        self.impostor = TestKey("impostor")
        self.impostor.key_id = self.town.card_key.key_id
        self.ways: list[Callable[[], str]] = [
            self.changed_characters,
            self.changed_characters,
            self.changed_stream,
            self.changed_message,
            self.changed_message,
            self.changed_message,
            self.cut,
            self.wrongly_signed,
            self.changed_and_signed_by_an_impostor,
            self.nested,
            self.bomb,
            self.noise,
        ]

    def text(self) -> str:
        """One more hostile text."""
        return CHANCE.choice(self.ways)()

    def is_genuine(self, text: str) -> bool:
        """Whether it is a good card packed another way: a bit of padding in a stream means nothing."""
        return deflate.decompress(base45.decode(text)) in self.messages

    def changed_characters(self) -> str:
        """Other characters in the text itself, some outside the alphabet."""
        characters = list(CHANCE.choice(self.texts))
        for _ in range(CHANCE.randint(1, 3)):
            place = CHANCE.randrange(len(characters))
            characters[place] = CHANCE.choice([c for c in "0AZ $%*+-./:aé\n" if c != characters[place]])
        return "".join(characters)

    def changed_stream(self) -> str:
        """Changed bits under Base45, in the zlib stream or its checksum."""
        return base45.encode(flip(base45.decode(CHANCE.choice(self.texts))))

    def changed_message(self) -> str:
        """Changed bits under zlib: in the headers, the payload or the signature."""
        return pack(flip(CHANCE.choice(self.messages)))

    def cut(self) -> str:
        """Too little or too much, at every layer."""
        text, message = CHANCE.choice(self.texts), CHANCE.choice(self.messages)
        data = base45.decode(text)
        place = CHANCE.randrange(1, len(message))
        return CHANCE.choice(
            [
                text[: CHANCE.randrange(len(text))],
                text + CHANCE.choice(["0", "00", text]),
                base45.encode(data[: CHANCE.randrange(len(data))]),
                base45.encode(data + CHANCE.randbytes(3)),
                pack(message[:place]),
                pack(message + message[:place]),
            ]
        )

    def wrongly_signed(self) -> str:
        """A good payload under a key that may not sign it."""
        return pack(cose.sign1(CHANCE.choice(self.payloads), CHANCE.choice(self.wrong_keys)))

    def changed_and_signed_by_an_impostor(self) -> str:
        """A changed payload under another key that calls itself the town's."""
        return pack(cose.sign1(flip(CHANCE.choice(self.payloads)), self.impostor))

    def nested(self) -> str:
        """Arrays, maps and tags deep inside each other, as the message, its header or its payload."""
        depth = CHANCE.randint(5, 4000)
        deep = CHANCE.choice([b"\x81", b"\xa1\x00", b"\xd2", b"\x9f", b"\xd8\x3d"]) * depth
        header = cbor2.dumps({1: -7, 4: self.town.card_key.key_id})
        return pack(
            CHANCE.choice(
                [
                    deep,
                    b"\xd2" + deep,
                    cbor2.dumps(cbor2.CBORTag(18, [deep, {}, b"", bytes(64)])),
                    cbor2.dumps(cbor2.CBORTag(18, [header, {}, deep, bytes(64)])),
                    b"\xd2\x9b" + (2**63).to_bytes(8, "big"),
                    b"\xd2\xbb" + (2**40).to_bytes(8, "big"),
                    b"\xd2\x84\x5b" + (2**62).to_bytes(8, "big"),
                ]
            )
        )

    def bomb(self) -> str:
        """A small stream of very much, whole or cut."""
        stream = bombs()[CHANCE.randrange(3)]
        return base45.encode(stream[: len(stream) - CHANCE.choice([0, 0, 1, 4, 50])])

    def noise(self) -> str:
        """Anything, in the alphabet or not, in a zlib stream or not."""
        size = CHANCE.randint(0, 700)
        return CHANCE.choice(
            [
                base45.encode(CHANCE.randbytes(size)),
                pack(CHANCE.randbytes(size)),
                base45.encode(b"\x78\xda" + CHANCE.randbytes(size)),
                CHANCE.randbytes(size).decode("latin-1"),
            ]
        )


@cache
def bombs() -> list[bytes]:
    return [zlib.compress(bytes(size), 9) for size in (65_536, 65_537, 4_000_000)]


def pack(message: bytes) -> str:
    """Put a message into a QR text, quickly."""
    return base45.encode(zlib.compress(message, 1))


def flip(data: bytes) -> bytes:
    """Change one bit or three: an odd number, so that changes never undo each other."""
    changed = bytearray(data)
    for _ in range(CHANCE.choice([1, 1, 1, 3])):
        changed[CHANCE.randrange(len(changed))] ^= 1 << CHANCE.randrange(8)
    return bytes(changed)


class Found(NamedTuple):
    """What one process found in its share."""

    crashes: int
    accepts: int
    early: float
    """Peak memory after the first tenth, in MiB."""
    late: float
    """The same at the end."""
    times: list[int]
    """How many texts took so many microseconds of processor time: a busy machine is not our slowness."""


@cache
def run() -> list[Found]:
    """Let every process check its share."""
    shares = [COUNT // PROCESSES + (number < COUNT % PROCESSES) for number in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        return list(pool.map(check_share, range(PROCESSES), shares))


def check_share(number: int, count: int) -> Found:
    """Check so many texts, which depend only on the number of the process."""
    CHANCE.seed(169 + number)
    hostile = Hostile()
    assert all(verify(text, hostile.kit, now=NOON).verdict is Outcome.VALID for text in hostile.texts)
    crashes = accepts = 0
    early = peak_memory()
    times = [0] * (_LONGEST + 1)
    for done in range(count):
        text = hostile.text()
        start = time.thread_time_ns()
        try:
            valid = verify(text, hostile.kit, now=NOON).verdict is Outcome.VALID
        except Exception:  # noqa: BLE001 - whatever it is, it is counted
            crashes += 1
            continue
        times[min((time.thread_time_ns() - start) // 1000, _LONGEST)] += 1
        accepts += valid and not hostile.is_genuine(text)
        if done == count // 10:
            early = peak_memory()
        if done % 500_000 == 0:
            print(f"process {number}: {done:,} of {count:,}, {crashes} crashes, {accepts} accepted", file=sys.stderr)
    return Found(crashes, accepts, early, peak_memory(), times)


def peak_memory() -> float:
    """The most memory that this process has used, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def outcome() -> Result:
    """Crashes and false accepts: none."""
    bad = sum(found.crashes + found.accepts for found in run())
    return Result(ours=bad, peer=1, peer_name="one crash or false accept", unit="texts", goal=0, runs=COUNT)


def memory() -> Result:
    """How much the process that grew most grew after its first tenth."""
    grown = max(found.late - found.early for found in run())
    return Result(ours=grown, peer=MEMORY_GOAL, peer_name="growth allowed", unit="MiB", goal=1, runs=COUNT)


def time_of_one() -> Result:
    """The time within which 99 of 100 texts have their verdict."""
    slowest, at = sum(sum(found.times) for found in run()) // 100, _LONGEST
    while at and (slowest := slowest - sum(found.times[at] for found in run())) > 0:
        at -= 1
    return Result(ours=at / 1000, peer=TIME_GOAL, peer_name="p99 allowed", unit="milliseconds", goal=1, runs=COUNT)
