"""Sessions that were signed out, remembered until they would have ended anyway.

A session is a signed cookie, so a copy of it would outlive its owner's sign-out; this is what stops the copy. Only
random ids are kept, in the memory of the process (docs/decisions/0016-sessions-and-headers.md).
"""

from threading import Lock


class EndedSessions:
    """Ids of sessions that are over, each with the second at which it may be forgotten."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        self._lock = Lock()

    def add(self, session_id: str, *, until: int, now: int) -> None:
        """Remember a session as over; those that have run out are forgotten."""
        with self._lock:
            self._until = {known: end for known, end in self._until.items() if end > now}
            self._until[session_id] = until

    def __contains__(self, session_id: object) -> bool:
        with self._lock:
            return session_id in self._until
