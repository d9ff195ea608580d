"""The points at which a child process dies, and how: a function is replaced, in the child only, by one that does its
work and then kills its own process. The names begin with those of THREATS §7; the product knows nothing of them.

Commits are counted from the moment at which a point is armed. A visit commits the draft, the intent, the signature and
the hand-over; a purge its list of what is due, then each draft; a rotation the announcement, the publication, the
activation, the retirement and the publication.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import crash_child
from sqlalchemy import event
from sqlalchemy.orm import Session

from cardservice.domain import key_rotation, kit_folder, kit_writing, retention, signing, status_places
from cardservice.keystore import KeyFolder

Arm = Callable[[], object]


def die() -> None:
    """SIGKILL: nothing runs after it, no `finally`, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> Arm:
    """Die instead of running the function."""
    return lambda: setattr(owner, name, lambda *_args, **_keywords: die())


def after(owner: Any, name: str, *, times: int = 1) -> Arm:
    """Die as soon as the function has run for the `times`-th time."""

    def arm() -> None:
        real, left = getattr(owner, name), [times]

        def replaced(*args: Any, **keywords: Any) -> Any:
            result = real(*args, **keywords)
            left[0] -= 1
            if left[0] == 0:
                die()
            return result

        setattr(owner, name, replaced)

    return arm


def commit(number: int, *, done: bool) -> Arm:
    """Die at the `number`-th COMMIT: just before it, or when it is `done`."""

    def arm() -> None:
        left = [number]

        def listener(_session: Session) -> None:
            left[0] -= 1
            if left[0] == 0:
                die()

        event.listen(Session, "after_commit" if done else "before_commit", listener)

    return arm


def half_a_file() -> None:
    """Die when half of a file of the kit is written."""

    def place(path: Path, content: bytes) -> None:
        path.with_name(f".{path.name}.new").write_bytes(content[: len(content) // 2])
        die()

    kit_folder.place = place


POINTS: dict[str, dict[str, Arm]] = {
    "issuing": {
        "C1 reserved": after(status_places, "reserve"),
        "C2 intent committed": commit(2, done=True),
        "C2 intent proved": after(signing, "Permission"),
        "C3 signed": after(signing, "sign"),
        "C3 at the commit": commit(3, done=False),
        "C4 recorded, not printed": commit(3, done=True),
        "C5 in the middle of printing": before(crash_child, "put_on_paper"),
        "C6 C7 printed, not handed over": after(crash_child, "put_on_paper"),
        "C8 handed over, not purged": before(retention, "end_draft"),
        "C8 purged, not committed": commit(4, done=False),
        "C10 handed over and purged": commit(4, done=True),
    },
    "housekeeping": {
        "C9 keys destroyed, rows not": commit(1, done=False),
        "C9 in the middle of the purge": after(retention, "end_draft", times=2),
        "C9 one draft purged": commit(2, done=True),
        "C10 purged": commit(4, done=True),
    },
    "publishing": {
        "C11 rows read": after(status_places, "invalid_positions"),
        "C12 signed, nothing written": before(kit_writing, "write"),
        "C13 half a file": half_a_file,
        "C13 one file of several": after(kit_folder, "place", times=2),
        "C14 written, not remembered": after(kit_writing, "write"),
        "C14 at the commit": commit(1, done=False),
        "C14 remembered": commit(1, done=True),
    },
    "rotating": {
        "C16 generated": after(KeyFolder, "create"),
        "C17 announced": commit(1, done=True),
        "C18 trust list written, not remembered": after(kit_writing, "write"),
        "C19 remembered, not committed": after(key_rotation, "mark_published"),
        "C19 trust list published": commit(2, done=True),
        "C20 activated, not committed": commit(3, done=False),
        "C20 activated": commit(3, done=True),
        "C21 retired, not committed": commit(4, done=False),
        "C21 retired": commit(4, done=True),
    },
    "naive": {"C3 signed": commit(1, done=False)},
}
