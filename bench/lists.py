"""A status list of 1,000,000 cards of which 1 % are revoked: the time to publish it, and its size."""

import math
import random
import zlib

from bench.measure import Result, medians
from cardservice.credential.status_list import StatusList, pack
from tests.verify.town import Town

CARDS, REVOKED = 1_000_000, 10_000
ROUNDS = 15
TOWN = Town()
PLACES = random.Random(1).sample(range(CARDS), REVOKED)


def publish() -> bytes:
    """Build, compress and sign the list."""
    return TOWN.status_list(PLACES, size=CARDS).seal(KEY)


KEY = TOWN.status_key


def time_to_publish() -> Result:
    """Against zlib's best level alone."""
    packed = pack(CARDS, PLACES)
    ours, peer = medians(publish, lambda: zlib.compress(packed, 9), rounds=ROUNDS, calls=1)
    return Result(
        ours=ours * 1000, peer=peer * 1000, peer_name="zlib level 9 alone", unit="milliseconds", goal=10, runs=ROUNDS
    )


def size() -> Result:
    """Against the entropy of which cards are revoked."""
    entropy = (math.lgamma(CARDS + 1) - math.lgamma(REVOKED + 1) - math.lgamma(CARDS - REVOKED + 1)) / math.log(2) / 8
    assert StatusList.decode(TOWN.status_list(PLACES, size=CARDS).encode()).status(PLACES[0]) == 1
    return Result(ours=len(publish()), peer=entropy, peer_name="entropy of the choice", unit="bytes", goal=1.45, runs=1)
