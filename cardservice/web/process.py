"""The process that has names in its memory: what it lets go of is overwritten, and nobody else can read it.

Python keeps freed memory as it was: of 300 names that were used and dropped, 300 are still there. Three settings of
the environment change that (`FORGETFUL`), and count only from a process's first instruction, so the command begins
itself again with them, once, before it has read a passphrase. Source: THREATS §4.3; tests/web/test_process.py measures.
A fourth (`LARGE_PAGES`) makes signing in cheaper (docs/decisions/0083-a-visit-in-half-a-second.md).
"""

import ctypes
import gc
import os
import platform
import resource
import sys
from collections.abc import Mapping
from pathlib import Path

FORGETFUL = {
    # The C library's allocator instead of Python's, whose freed memory nobody writes over.
    "PYTHONMALLOC": "malloc",
    # That allocator writes over what is freed (mallopt(3), M_PERTURB) …
    "MALLOC_PERTURB_": "165",
    # … but not over the last seven blocks of each size that a thread has freed (its "tcache"), so without these.
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
}

LARGE_PAGES = "glibc.malloc.hugetlb=1"
"""A tunable: large blocks of memory are asked for in pages of 2 MB, where the system gives them (madvise(2)).

Argon2 wants 64 MiB for every password: 32 pages instead of 16,384, each of which the system would clear by itself.
"""

SWAPS = Path("/proc/swaps")
# The numbers of linux/prctl.h, see prctl(2).
_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4
_CANARY_BYTES = 256


def begin_again() -> None:
    """Replace this process by itself with an environment whose memory forgets, unless it has that already.

    Arguments and open file descriptors stay as they are. Returns only if there was nothing to do.
    """
    wanted = environment(os.environ)
    if wanted != os.environ:
        # The very command line of this process: nothing in it comes from anybody else.
        os.execve(sys.executable, sys.orig_argv, wanted)  # noqa: S606


def environment(present: Mapping[str, str]) -> dict[str, str]:
    """What the service is started with: the environment there is, with our settings in it."""
    return {**present, **FORGETFUL, "GLIBC_TUNABLES": _with_tunables(present.get("GLIBC_TUNABLES", ""))}


def _with_tunables(present: str) -> str:
    """The C library's tunables as somebody has set them, and ours. Where large pages were decided on, that stands."""
    forgetting = FORGETFUL["GLIBC_TUNABLES"]
    others = [one for one in present.split(":") if one and not _is_same(one, forgetting)]
    larger = [] if any(_is_same(one, LARGE_PAGES) for one in others) else [LARGE_PAGES]
    return ":".join([*others, *larger, forgetting])


def _is_same(one: str, other: str) -> bool:
    return one.partition("=")[0] == other.partition("=")[0]


def settle() -> None:
    """What is there now stays until the end: from here on Python's collector looks only at what requests leave behind.

    Quicker by what it need not walk over, and what a request left in a circle is found sooner, because the collector
    comes by whenever there is a quarter more than it has looked at (gc.freeze, docs/decisions/0083).
    """
    gc.collect()
    gc.freeze()


def is_glibc() -> bool:
    """Whether this is a system on which memory can be made to forget."""
    return platform.libc_ver()[0] == "glibc"


def forgets() -> bool:
    """Whether freed memory is overwritten: tried, not believed."""
    canary = os.urandom(_CANARY_BYTES)
    where, length = id(canary) + sys.getsizeof(b"") - 1, len(canary)
    middle = canary[length // 2 : length // 2 + 16]
    del canary
    # A block this small stays part of the heap when it is free, so it can still be looked at.
    return middle not in ctypes.string_at(where, length)


def hide_memory() -> None:
    """Leave no core file, and let no other process of this account look into this one or its children."""
    # The limit alone would not do: a handler in core_pattern is given the memory whatever the limit says (core(5)).
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, 0)


def is_hidden() -> bool:
    """Whether `hide_memory` had its effect."""
    dumpable = _prctl(_PR_GET_DUMPABLE, 0) if sys.platform == "linux" else 0
    return resource.getrlimit(resource.RLIMIT_CORE)[0] == 0 and dumpable == 0


def swap_devices(swaps: Path = SWAPS) -> list[str]:
    """The devices and files that memory may be written to (proc(5)). Whether they are encrypted cannot be told."""
    try:
        lines = swaps.read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return []
    return [line.split()[0] for line in lines if line.strip()]


def _prctl(option: int, value: int) -> int:
    return int(ctypes.CDLL(None).prctl(option, value, 0, 0, 0))
