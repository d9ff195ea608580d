"""What a browser holds of a session, and who is signed in because of it.

The cookie holds the random id of a row in the register (domain/sessions.py), signed and bound to this browser and
address by flask-login. Each request reads the row, so that whatever ended it counts at once. Between a right password
and the code there is no session yet, only a mark that is good for five minutes.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from sqlalchemy.orm import Session

from cardservice.domain import sessions, signed_in, staff
from cardservice.domain.actor import Actor
from cardservice.domain.second_factors import Factors
from cardservice.domain.sessions import SessionOver
from cardservice.domain.signed_in import SignedIn
from cardservice.domain.staff import Staff, StaffNotFound
from cardservice.terms import StaffRole
from cardservice.web import desk, guessing, parked
from cardservice.web.forms import secret_names

HALF_LIVES = timedelta(minutes=5)


@dataclass(frozen=True)
class User(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """The staff member of this request. `is_fresh`: they showed a factor in the last few minutes."""

    known: SignedIn
    is_fresh: bool

    @property
    def actor(self) -> Actor:
        return self.known.actor

    @property
    def factors(self) -> Factors:
        return self.known.factors

    @property
    def is_being_recovered(self) -> bool:
        return self.known.is_being_recovered

    @property
    def role(self) -> StaffRole:
        return cast(StaffRole, self.actor.role)

    @property
    def name(self) -> str:
        return self.actor.name

    @property
    def must_add_factor(self) -> bool:
        """Whether the town wants a second factor and this person has none."""
        return desk.settings().desk.second_factor and not self.factors.count

    @property
    def must_change_password(self) -> bool:
        """Whether somebody else chose the password; where there is no second factor, it is only tried out."""
        return desk.settings().desk.second_factor and self.known.has_first_password

    def get_id(self) -> str:
        return str(self.actor.staff_id)


class Sessions(LoginManager):  # type: ignore[misc]  # flask-login ships no types
    """flask-login without its cookie that remembers people: a desk is shared."""

    def _update_remember_cookie(self, response: Response) -> Response:
        session.pop("_remember", None)
        return response


def install(app: Flask) -> None:
    """Give `app` its sessions."""
    # Not flask-login's own context processor: it reads the register even for the page that says the register is gone.
    manager = Sessions(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user
    manager.session_protection = "strong"
    manager.user_loader(_staff_member)


def own_id() -> bytes:
    """The random id of this browser's session; nothing where there is none."""
    return bytes.fromhex(session.get("id", ""))


def begin(db: Session, member: Staff) -> tuple[User, bytes]:
    """Write the row of a new session, in the transaction that believed who this is; `enter` goes on when it is kept."""
    session_id = desk.token_bytes(sessions.ID_BYTES)
    sessions.begin(db, member.id, session_id, now=desk.now())
    return _user(signed_in.find(db, session_id, now=desk.now(), limits=desk.session_limits())), session_id


def enter(user: User, session_id: bytes) -> None:
    """Let this browser be in a session that was just begun."""
    kept = parked.take_over(user.actor)
    session.clear()  # nothing of the stranger's session lives on, its anti-forgery value included
    session["id"] = session_id.hex()
    parked.remember(kept)
    login_user(user)


def go_on_as(next_id: bytes) -> None:
    """Let this browser's session go on under another id."""
    session["id"] = next_id.hex()


def welcome(user: User, session_id: bytes) -> Response:
    """Enter, and answer with the page that was asked for before signing in."""
    back = session.get("return_to", "")
    enter(user, session_id)
    answer = make_response(redirect(urlsplit(back).path or url_for("start.today")))
    guessing.remember_desk(answer, user.name)
    return answer


def leave(reason: str) -> None:
    """Let the browser forget its session; the sign-in page says why."""
    session.clear()
    session["ended"] = reason


def account(name: str) -> int | None:
    """The number of the account of a name that was typed, for the log, which keeps no name."""
    with desk.reading() as db:
        try:
            return staff.by_name(db, name).id
        except StaffNotFound:
            return None


def begin_half(member: Staff) -> None:
    """The password was right; the code is still to come."""
    session["half"] = {"staff": member.id, "at": int(desk.now().timestamp()), "mark": _mark(member)}


def half(db: Session) -> Staff | None:
    """Who showed a right password less than five minutes ago, if it is still their password."""
    kept = session.get("half")
    if kept is None or not 0 <= desk.now().timestamp() - kept["at"] <= HALF_LIVES.total_seconds():
        return None
    member = staff.by_id(db, kept["staff"])
    return member if member is not None and _mark(member) == kept["mark"] else None


def _mark(member: Staff) -> str:
    """Changes with the password, and tells nothing of it."""
    return hashlib.sha256(member.password_hash.encode()).hexdigest()[:16]


def _staff_member(staff_id: str) -> User | None:
    """Who this browser's session is of, or None if it is over; which of the reasons is kept for the page."""
    session_id, now = own_id(), desk.now()
    try:
        with desk.reading() as db:
            known = signed_in.find(db, session_id, now=now, limits=desk.session_limits())
    except SessionOver as over:
        if request.path == parked.STILL_HERE:
            return None  # it was only asked: what was typed comes next, and is kept with this very session
        # Only time's doing: whose account changed or was signed out elsewhere finds nothing of it again.
        kept = parked.keep(int(staff_id), without=secret_names()) if over.code in {"idle", "long"} else None
        leave(over.code)
        parked.remember(kept)
        if kept is not None:
            session["return_to"] = kept["path"]
        return None
    if _is_somebody_at_work() and sessions.is_unnoted(known.seen_at, now=now):
        with desk.transaction() as db:
            sessions.touch(db, session_id, now=now)
    return _user(known)


def _is_somebody_at_work() -> bool:
    """What is pointed at in the applicant's window is nobody, and what a page keeps by itself; the page says who is."""
    return request.blueprint != "interpreter" and request.path != parked.HALF_TYPED


def _user(known: SignedIn) -> User:
    within = timedelta(minutes=desk.settings().desk.step_up_minutes)
    return User(known, is_fresh=sessions.is_recent(known.confirmed_at, now=desk.now(), within=within))
