"""One table: what went wrong → which status and which words. Nothing else in the house knows about both.

Each page says what happened, what to do next, and that nothing is half done; none repeats what was typed and none shows
a traceback. An error that is not in the table is a mistake of ours: its type and place go to the log, nothing more.
"""

import errno
import logging

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from cardservice.domain import audit, card_numbers, errors, key_rotation, status_places
from cardservice.domain.code_app import CodeAppUnreadable
from cardservice.domain.daily_cap import EnoughForToday
from cardservice.domain.second_factors import LastFactor
from cardservice.domain.staff import LastAdministrator
from cardservice.web import as_shown, card_problems, nothing_here, print_problems, security_log, uploads
from cardservice.web.access import NotYourRole
from cardservice.web.desk import KeyLocked
from cardservice.web.guessing import TooManyAtOnce, TooManyTries, TooManyVisits
from cardservice.web.pace import TooFast
from cardservice.web.problem import Problem as Problem
from cardservice.web.quiet_log import describe

log = logging.getLogger("cardservice.web")


NOTHING_LOST = _("Nothing was done. What was saved before is still there.")

DATABASE_GONE = Problem(
    503,
    _("The register cannot be reached"),
    _("The desk cannot read or write the register just now. Nothing was done, and nothing is half done."),
    _("Wait a minute and try again. If it stays like this, tell whoever runs the server that the database is gone."),
    bare=True,
)
DISK_FULL = Problem(
    507,
    _("The disk is full"),
    _("The server has no space left to write, so it stopped before doing anything."),
    _("Tell whoever runs the server. Cards already issued go on working. Work goes on when there is space again."),
    bare=True,
)
OUR_MISTAKE = Problem(
    500,
    _("Something went wrong"),
    _("This is a mistake in the software, not in anything you did. The step was not done."),
    _("Go to the start page and try once more. If it happens again, tell whoever runs the server what you did."),
    bare=True,
)

# Where not even the page of a problem can be made, its words cannot be looked up either.
LAST_WORDS = "Something went wrong, and the step was not done. Go back, or tell whoever runs the server."

_OF_OTHERS = print_problems.TABLE | card_problems.TABLE | as_shown.TABLE | nothing_here.TABLE

TABLE: dict[type[BaseException], Problem] = {
    NotFound: Problem(
        404,
        _("There is no such page"),
        _("The address leads nowhere, or the page is from an earlier day."),
        _("Go to the start page. Your open registrations are listed there."),
    ),
    MethodNotAllowed: Problem(
        405,
        _("This page cannot be opened like that"),
        _("A step that does something can only be taken with its button."),
        _("Go to the start page and open the registration or the card from there."),
    ),
    CSRFError: Problem(
        400,
        _("This form is too old"),
        _("The form was open while you were signed out, or it did not come from this desk. Nothing was done."),
        _("Open the page again and repeat the step. What was saved before is still there."),
    ),
    RequestEntityTooLarge: Problem(
        413,
        _("This file is too large"),
        _("The file is larger than a photo may be, so it was not read. Everything else you entered is saved."),
        _("Go back and choose a smaller picture, or take the photo with the camera."),
    ),
    RateLimitExceeded: Problem(
        429,
        _("Too many attempts"),
        _("There were too many wrong passwords or codes. Nobody is locked out."),
        _("Wait one minute, then try again."),
    ),
    TooManyAtOnce: Problem(
        503,
        _("Many passwords are being tried"),
        _("The desk is checking as many passwords as it can beside its work. Yours was not looked at."),
        _("Wait a few seconds and sign in again. With a passkey, or where you have signed in before, nobody waits."),
        bare=True,
    ),
    TooFast: Problem(
        429,
        _("That was too fast"),
        _("This page was opened more than sixty times within a minute, which no hand does. Nothing was done."),
        _("Wait one minute, then go on. If it was not you, sign out and tell an administrator."),
    ),
    TooManyTries: Problem(
        429,
        _("Too many attempts"),
        _("Too many codes were tried from this connection just now. Nothing was done, and no card is locked."),
        _("Wait one minute, then try again."),
    ),
    TooManyVisits: Problem(
        429,
        _("Too many visits from one connection"),
        _("Many visits were booked from this connection within the hour. This one was not booked."),
        _("You need not book: come when the town hall is open, and you get a number. Or try again in an hour."),
    ),
    NotYourRole: Problem(
        403,
        _("This page is not part of your role"),
        _("Each role has its own pages, so that no one person can do everything."),
        _("Ask somebody with the right role, or ask an administrator to change yours."),
    ),
    KeyLocked: Problem(
        503,
        _("A key is locked"),
        _("The service was started without the passphrase of the key that this step needs. Nothing was done."),
        _(
            "Ask whoever runs the server to start it again with that passphrase. "
            "What you saved is kept for an hour at most."
        ),
    ),
    errors.Conflict: Problem(
        409,
        _("This can no longer be done"),
        _("The registration or the card has moved on, in another window or by a colleague. Nothing is done twice."),
        _("Open it again from the start page to see where it stands."),
    ),
    card_numbers.CardNumberMistyped: Problem(
        404,
        _("This is not a card number"),
        _("A letter or digit of the number is missing or wrong."),
        _("Go to the start page. To find a card, type the number that is printed on it."),
    ),
    LastAdministrator: Problem(
        409,
        _("This is the last administrator"),
        _("Without an administrator nobody could look after staff and keys any more. Nothing was changed."),
        _("Make somebody else administrator first."),
    ),
    LastFactor: Problem(
        409,
        _("This is your last passkey or code app"),
        _("Without it your account would hang on a password alone. Nothing was changed."),
        _("Add another passkey or a code app first, then remove this one."),
    ),
    CodeAppUnreadable: Problem(
        503,
        _("Codes cannot be checked just now"),
        _("The file that opens the secrets of code apps is missing or is another one. Your code may well be right."),
        _("Sign in with a passkey, or tell whoever runs the server to restore second-factors.key."),
        bare=True,
    ),
    key_rotation.TooEarly: Problem(
        409,
        _("It is too early for this key"),
        _("Some verifiers may still use lists without this key. A card signed with it now could be refused."),
        _("The keys page says from when on the key can be activated."),
    ),
    key_rotation.SuccessorWaits: Problem(
        409,
        _("A successor of this key is announced already"),
        _("No second one was announced: it would follow nobody."),
        _(
            "Go on with that one. If it was a mistake, whoever runs the server withdraws it with "
            "“cardservice keys retire”."
        ),
    ),
    key_rotation.KeyNotPublished: Problem(
        409,
        _("This key is not published yet"),
        _("Verifiers learn a key from a published trust list, and this key is in none yet."),
        _("Publish the lists, wait until the keys page offers it, then activate the key."),
    ),
    key_rotation.KeyBeginsLater: Problem(
        503,
        _("The clock of the server is behind"),
        _("The key that signs cards is younger than the day the clock shows, so its cards would be refused for ever."),
        _("Ask whoever runs the server to set the clock, then issue it. What you saved is kept for an hour at most."),
    ),
    key_rotation.LastActiveKey: Problem(
        409,
        _("This is the only active key"),
        _("Without it nothing could be signed any more. Nothing was changed."),
        _("Announce and activate its successor first."),
    ),
    status_places.NoStatusListPublished: Problem(
        503,
        _("The lists are not published yet"),
        _("Nobody could check a card whose status list was never published, so none was issued."),
        _("Ask a supervisor to publish the lists, then issue the card again."),
    ),
    audit.AuditNotWritten: Problem(
        503,
        _("The audit cannot be written"),
        _("Every step leaves an entry in the audit. The register takes none just now, so the step was not done."),
        _("Stop issuing, and tell whoever runs the server. Cards already issued go on working."),
    ),
    audit.ChainBroken: Problem(
        409,
        _("The audit is not as it was written"),
        _("An entry was changed, moved or removed in the database, so no checkpoint was signed."),
        _("Stop issuing, keep a copy of the database as it is, and compare it with the last checkpoint kept outside."),
    ),
    EnoughForToday: Problem(
        403,
        _("That is enough for today"),
        _("You have issued as many cards today as this town lets one person issue. This one was not made."),
        _(
            "Ask a colleague to issue it, or register the person again tomorrow. "
            "What you saved is kept for an hour at most."
        ),
    ),
    errors.Refused: Problem(
        403,
        _("This is not allowed"),
        _("The rules of this town do not allow this step to you, or not yet. Nothing was done."),
        _("Go to the start page, or ask a supervisor."),
    ),
    errors.Unavailable: Problem(
        503,
        _("This cannot be done just now"),
        _("A part of the service that this step needs is not available. Nothing was done, and nothing is half done."),
        _("Wait a minute and try again. If it stays like this, tell whoever runs the server."),
    ),
} | _OF_OTHERS


def problem_for(error: BaseException) -> Problem:
    """The table's line for an error: that of its own type, else that of the nearest type above it."""
    if isinstance(error, DBAPIError):
        return _of_the_database(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DISK_FULL
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    if isinstance(error, HTTPException) and error.code and error.code < 500:
        return Problem(error.code, TABLE[MethodNotAllowed].title, NOTHING_LOST, TABLE[MethodNotAllowed].next)
    return OUR_MISTAKE


def _of_the_database(error: DBAPIError) -> Problem:
    full = (
        getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error.orig, "sqlstate", "") == "53100"
    )
    if full:
        return DISK_FULL
    gone = isinstance(error, OperationalError) or error.connection_invalidated
    return DATABASE_GONE if gone else OUR_MISTAKE


def install(app: Flask) -> None:
    """Answer every error of `app` with a page from the table."""

    @app.errorhandler(Exception)
    def answer(error: Exception) -> ResponseReturnValue:
        problem = problem_for(error)
        security_log.refused(error, problem.status)
        if problem.status >= 500:
            log.error("%s answered with %d [%s]", request.endpoint or "(no route)", problem.status, describe(error))
        if problem.status == 413:
            uploads.drain(request)
        try:
            return page(problem)
        except Exception as second:  # noqa: BLE001 - let out here, it would go past Flask, to the server and its log
            log.error("no page could be made of %d [%s]", problem.status, describe(second))
            return Response(LAST_WORDS, problem.status, mimetype="text/plain")


_FOR_EVERYBODY = {"lost": "lost.show", "visits": "visits.show"}
"""Where somebody without a sign-in begins again, by the blueprint of the page."""


def page(problem: Problem) -> ResponseReturnValue:
    """The page of a problem, with its status."""
    begin_again = _FOR_EVERYBODY.get(request.blueprint or "")
    return render_template("problem.html", problem=problem, begin_again=begin_again), problem.status
