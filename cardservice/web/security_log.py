"""What an attack leaves behind: refusals and sign-ins in the log, as codes and numbers only (ASVS 16.3).

One line an event: what it was, on which page, and the number of the staff member who was signed in. No name, no
address, nothing that was typed. What each line means, who reads it and for how long it is kept: docs/security.md.
"""

import logging

from flask import g, has_request_context, request

from cardservice.web.quiet_log import SECURITY

log = logging.getLogger(SECURITY)


def refused(error: BaseException, status: int) -> None:
    """Log that a request was refused. The code is the type of the error, which never holds what was typed."""
    if status < 500 and request.endpoint is not None:
        log.warning("refused %s with %d: %s by %s", request.endpoint, status, type(error).__name__, who())


def proved(way: str, staff_id: int | None) -> None:
    """Log that somebody proved who they are, and by which way in."""
    log.info("proved by %s: %s", way, _named(staff_id))


def not_proved(way: str, staff_id: int | None) -> None:
    """Log that somebody did not; for whose account, if it is one."""
    log.warning("not proved by %s: %s", way, _named(staff_id))


def who() -> str:
    """The number of who is signed in; the register is not asked for it."""
    known = getattr(g, "_login_user", None) if has_request_context() else None
    actor = getattr(known, "actor", None)
    return _named(actor.staff_id if actor else None)


def _named(staff_id: int | None) -> str:
    """A staff member as the audit writes one."""
    return "nobody known" if staff_id is None else f"staff:{staff_id}"
