"""Time two things side by side: rounds take turns, so that a busy machine is busy for both; medians are compared."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One measurement against its peer and its goal. A ratio is ours divided by the peer's."""

    ours: float
    peer: float
    peer_name: str
    unit: str
    goal: float
    runs: int
    at_least: bool = False
    """Whether the goal is how many times faster we are, instead of how many times slower we may be."""
    more_is_better: bool = False
    """Whether what is measured is a rate: then the goal is the share of the peer's that ours must reach."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """What it is made of, in the same unit, where that is known."""

    @property
    def ratio(self) -> float:
        """What is compared with the goal."""
        return self.peer / self.ours if self.at_least else self.ours / self.peer

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio >= self.goal if self.at_least or self.more_is_better else self.ratio <= self.goal

    def as_dict(self) -> dict[str, object]:
        """Return the fields that `make bench` prints."""
        return {
            "ours": round(self.ours, 3),
            "peer": round(self.peer, 3),
            "peer_name": self.peer_name,
            "unit": self.unit,
            "ratio": round(self.ratio, 3),
            "goal": f"{'>=' if self.at_least or self.more_is_better else '<='} {self.goal}",
            "holds": self.holds,
            "runs": self.runs,
            **({"parts": {name: round(part, 1) for name, part in self.parts.items()}} if self.parts else {}),
        }


def medians(ours: Callable[[], object], peer: Callable[[], object], *, rounds: int, calls: int) -> tuple[float, float]:
    """Return the median seconds of one call of each, of `rounds` rounds of `calls` calls that take turns."""
    samples: tuple[list[float], list[float]] = [], []
    gc.collect()
    for _ in range(rounds):
        for function, times in zip((ours, peer), samples, strict=True):
            start = time.perf_counter()
            for _ in range(calls):
                function()
            times.append((time.perf_counter() - start) / calls)
    return statistics.median(samples[0]), statistics.median(samples[1])


def compare(
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    peer_name: str,
    goal: float,
    rounds: int = 200,
    calls: int = 20,
    at_least: bool = False,
) -> Result:
    """Compare two functions in microseconds a call."""
    our_time, peer_time = medians(ours, peer, rounds=rounds, calls=calls)
    return Result(
        ours=our_time * MICROSECONDS,
        peer=peer_time * MICROSECONDS,
        peer_name=peer_name,
        unit="microseconds",
        goal=goal,
        runs=rounds * calls,
        at_least=at_least,
    )
