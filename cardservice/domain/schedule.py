"""The retention schedule: for every table and column why it is kept and when it ends, in words a council can adopt.

The rule here: a table or a column without words here may not exist (tests/domain/test_holdings.py). The files beside
the register are schedule_of_files.py; what is held at a moment is holdings.py; what ends it is retention.py.
"""

from cardservice.domain.schedule_of_dealings import OUTSIDE
from cardservice.domain.schedule_rule import N_ as N_
from cardservice.domain.schedule_rule import Rule as Rule

_OWN: dict[str, Rule] = {
    "cards": Rule(
        why=N_("So that every card in the world is known and can be revoked. Nothing here says whose card it is."),
        ends=N_("30 days after the month in which the card expires."),
        columns={
            "number": "card number, random",
            "list_number": "its status list",
            "position": "its place in that list, random",
            "state": "where it stands: signed, active, suspended, revoked, replaced, expired",
            "key_id": "the key that signed it",
            "issue_month": "month of issue",
            "expiry_month": "month of expiry",
            "revoke_month": "month of revocation",
            "slip_digest": "SHA-256 of the code on the holder's slip",
            "draft_id": "its registration, until the hand-over",
        },
        oldest="issue_month",
    ),
    "drafts": Rule(
        why=N_("An unfinished registration: encrypted, with a key that is in memory only and never on a disk."),
        ends=N_(
            "With the hand-over, when it is discarded, after 60 minutes without a change, or at the end of the day. A "
            "finished card that waits for its holder: after 14 days at the latest."
        ),
        columns={
            "id": "random number",
            "creator_id": "account of who registers",
            "approver_id": "account of who approved",
            "state": "which of its steps it has come to",
            "created_at": "minute it was begun",
            "touched_at": "minute of the last change",
            "key_day": "the last day on which it may be read",
            "ciphertext": "kinds of papers, what was typed, the portrait; readable with the key of that day only",
        },
        oldest="created_at",
    ),
    "parked_forms": Rule(
        why=N_(
            "What somebody typed at the desk and did not send, so that they find it when they come back to the page."
        ),
        ends=N_("When it is sent or dropped, with its registration, after 60 minutes, or at the end of the day."),
        columns={
            "id": "random number",
            "staff_id": "account of who typed it",
            "draft_id": "the registration that its page is about, with which it ends",
            "created_at": "minute it was last typed in",
            "key_day": "the day on which it was typed, and the last on which it may be read",
            "ciphertext": "page and fields, readable with the key of that day only; no password, no file",
        },
        oldest="created_at",
        in_backups=False,
    ),
    "sent_forms": Rule(
        why=N_("Which forms of the desk were sent, so that one that is sent twice is counted once."),
        ends=N_("At the end of the following day (UTC)."),
        columns={
            "id": "random number that the page drew",
            "made": "the waiting number that it made, if it made one",
            "day": "the day on which it was sent",
        },
        oldest="day",
        in_backups=False,
    ),
    "print_jobs": Rule(
        why=N_("Who sends cards to which printer, so that a jam loses none and prints none twice unnoticed."),
        ends=N_("With the last card of it: handed over, cancelled, or put back into the queue."),
        columns={
            "id": "random number",
            "staff_id": "account of who prints",
            "printer": "name of the printer",
            "state": "running, stopped, or its printer gone",
        },
        in_backups=False,
    ),
    "printed_cards": Rule(
        why=N_("Where a finished card stands between the queue and the hand. Numbers and states; no name, no picture."),
        ends=N_("With the hand-over, or with its registration."),
        columns={
            "card_number": "the card",
            "job_id": "the print job it is in",
            "state": "queued, being sent, sent, came out, to print again",
            "part": "the sheet or handful it is printed with",
            "position": "its place on the sheet",
            "times": "how often it was printed",
            "blank": "the kind of blank it is on",
            "claimed_at": "moment it was last about to be sent",
            "spooled": "what the system's spooler calls that",
        },
        oldest="claimed_at",
        in_backups=False,
    ),
    "blank_counts": Rule(
        why=N_("How many blank cards came and went on a day, so that one that leaves without a card is missed."),
        ends=N_("Never: these are counts."),
        columns={"day": "the day", "blank": "the kind of blank", "what": "what happened", "count": "to how many"},
        oldest="day",
    ),
    "bookings": Rule(
        why=N_("When somebody wants to come, so that they need not wait. It does not say who."),
        ends=N_("When it is cancelled, when they have come, or twelve hours after the time."),
        columns={
            "code": "random code on the paper of whoever booked",
            "begins_at": "the time at which they want to come",
            "persons": "how many, 1 to 4",
        },
        oldest="begins_at",
        in_backups=False,
    ),
    "booking_hours": Rule(
        why=N_("How many persons booked within this hour, so that nobody takes all places at once."),
        ends=N_("With the next booking of that day in a later hour, or after twelve hours."),
        columns={
            "day": "the day that was booked",
            "began_at": "beginning of the hour in which they booked",
            "persons": "how many persons they are together",
        },
        oldest="began_at",
        in_backups=False,
    ),
    "waiting_numbers": Rule(
        why=N_("Who is next of those who wait at the town hall, by a number of the day. It does not say who they are."),
        ends=N_("Twelve hours after the number was given."),
        columns={
            "day": "the day",
            "number": "the number, from 1 on",
            "persons": "how many came together, 1 to 4",
            "came_at": "minute at which it was given",
            "booked_for": "the time that was booked, if one was",
            "called_at": "moment it was called",
            "counter": "the counter it was called to",
        },
        oldest="came_at",
        in_backups=False,
    ),
    "staff": Rule(
        why=N_("Who may sign in, and with which role. These are the town's employees, not cardholders."),
        ends=N_("When the town decides. Entries of the audit keep the number of the account."),
        columns={
            "id": "number of the account, which the audit names",
            "name": "what they sign in with",
            "name_key": "the same without capitals, so that no two are alike",
            "role": "clerk, supervisor, administrator or auditor",
            "password_hash": "Argon2id of the password",
            "password_is_first": "whether somebody else chose it, so that it must be changed",
            "disabled": "whether the account is closed",
            "code_secret": "secret of the code app, sealed with a key that is not in the register",
            "code_step": "time step of the last code that was accepted, so that none is accepted twice",
        },
    ),
    "passkeys": Rule(
        why=N_("With which passkeys staff may sign in. Only public halves."),
        ends=N_("When its owner removes it, or when all factors of an account are removed."),
        columns={
            "id": "number of the passkey",
            "staff_id": "account it belongs to",
            "credential_id": "the passkey's own name, random",
            "public_key": "the public half",
            "sign_count": "how often it was used, where it counts: shows a copy",
            "label": "what its owner calls it",
            "added_on": "the day it was added",
        },
        oldest="added_on",
    ),
    "sessions": Rule(
        why=N_("Which staff are signed in, so that a session can be ended everywhere at once."),
        ends=N_("With signing out; by itself an hour after the session ended."),
        columns={
            "digest": "SHA-256 of the random number in the browser's cookie",
            "staff_id": "account that is signed in",
            "began_at": "moment it began",
            "seen_at": "moment it was last used, to the minute",
            "confirmed_at": "moment a factor was last shown",
            "refused": "wrong confirmations in a row",
        },
        oldest="began_at",
        in_backups=False,
    ),
    "spent_challenges": Rule(
        why=N_("Which questions to a passkey were answered, so that no answer counts twice."),
        ends=N_("After ten minutes."),
        columns={"digest": "SHA-256 of the question, random", "spent_at": "moment of the answer"},
        oldest="spent_at",
        in_backups=False,
    ),
    "recoveries": Rule(
        why=N_("A staff member who has lost their sign-in, and the two people who vouched for them."),
        ends=N_(
            "When it was used or cancelled, at most 24 hours after the first of the two, one hour after the second."
        ),
        columns={
            "staff_id": "account that is brought back",
            "first_id": "account of who vouched first",
            "first_digest": "SHA-256 of one half of the code",
            "second_id": "account of who vouched second",
            "second_digest": "SHA-256 of the other half",
            "expires_at": "moment it is over",
        },
        in_backups=False,
    ),
    "status_lists": Rule(
        why=N_("How many lists of valid and invalid places there are, and how full they are."),
        ends=N_("Never: a list is published as long as cards point to it, and says nothing about anybody."),
        columns={
            "number": "number of the list",
            "size": "how many places it has, the same for all",
            "used": "how many are taken",
            "changed": "whether it changed since it was last published",
        },
    ),
    "status_indices": Rule(
        why=N_("So that no place in a list is given out twice. The lists themselves are public."),
        ends=N_("Never: a place is used once, also when its card has left the register."),
        columns={
            "list_number": "the list",
            "position": "the place",
            "invalid": "whether the published bit is set; also where the place is a decoy and no card's",
            "reinstated": "whether it was set once and is no longer",
        },
    ),
    "issuer_keys": Rule(
        why=N_("The public halves of the town's keys and where each stands in its life."),
        ends=N_("Never: they are public, and old cards and checkpoints are checked with them."),
        columns={
            "key_id": "the key's short name",
            "purpose": "card, status, anchor or audit",
            "state": "announced, active, retired or compromised",
            "public_key": "the public half",
            "announced_at": "moment of its announcement",
            "not_before": "first day it may sign for",
            "not_after": "last day it is believed",
            "retired_at": "moment of its retirement",
            "published_at": "moment of the first list that held it",
        },
        oldest="announced_at",
    ),
    "audit_entries": Rule(
        why=N_("Who did what on which day, by numbers of accounts and ids, so that insiders answer for what they do."),
        ends=N_("Never. No entry names a cardholder."),
        columns={
            "sequence": "number of the entry",
            "day": "the day",
            "actor": "number of the account, the console, the service, or a holder with their slip",
            "action": "what was done, one of a fixed list",
            "subject": "id of the card, registration, key, list, city or account",
            "previous": "digest of the entry before",
            "digest": "digest of this entry",
        },
        oldest="day",
    ),
    "counters": Rule(
        why=N_("Statistics: how often something happened in a month. Counts under ten are not shown."),
        ends=N_("Never: these are counts."),
        columns={"month": "the month", "name": "what was counted", "count": "how often"},
        oldest="month",
    ),
    "ledger_entries": Rule(
        why=N_("How many registrations and cards each rule of this schedule ended on a day, as proof that it runs."),
        ends=N_("Never: these are counts."),
        columns={"day": "the day", "rule": "the rule", "count": "how many it ended"},
        oldest="day",
    ),
}
TABLES: dict[str, Rule] = _OWN | OUTSIDE
"""Every table: of the town's own work, and of its dealings with the outside world."""
BESIDE_THE_MODELS = {"alembic_version"}
"""A table of the tool that changes tables: the version of the register, one row."""
