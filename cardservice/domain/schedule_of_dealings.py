"""The retention schedule of the town's dealings with the outside world: lists, partners, organisations, other cities.

Part of schedule.py, which says the rule.
"""

from cardservice.domain.schedule_rule import N_, Rule

OUTSIDE: dict[str, Rule] = {
    "publications": Rule(
        why=N_("Which lists were published when, so that none goes back in time or loses a revocation."),
        ends=N_("Never: what it holds is public."),
        columns={
            "name": "name of the list",
            "sequence": "its number, which only rises",
            "issued_at": "moment it was signed",
            "expires_at": "moment until which it may be used",
            "key_id": "the key that signed it",
            "digest": "SHA-256 of the file",
            "content": "the file itself, of the newest only",
        },
        oldest="issued_at",
    ),
    "partners": Rule(
        why=N_("Which organisations check cards, for which services and with which code. No person is named."),
        ends=N_("When the town removes it."),
        columns={
            "id": "number of the entry, which the audit names",
            "name": "name of the organisation",
            "name_key": "the same without capitals, so that no two are alike",
            "services": "what it checks cards for",
            "code": "the code it asks for: residence or identity",
            "reason": "why it asks for the identity code, one of a fixed list",
        },
    ),
    "organisations": Rule(
        why=N_("Which organisations' letters count as evidence, and for how long. No person is named."),
        ends=N_("When the town removes it."),
        columns={
            "id": "number of the entry, which the audit names",
            "name": "name of the organisation",
            "name_key": "the same without capitals, so that no two are alike",
            "begins_on": "first day on which its letters count",
            "ends_on": "last day, where one is set",
            "letters_a_month": "how many of its letters count in a month; 0: all",
        },
        oldest="begins_on",
    ),
    "letter_counts": Rule(
        why=N_("How many letters of an organisation counted this month, for its limit. Not whose they were."),
        ends=N_("With the month."),
        columns={"organisation_id": "the organisation", "month": "the month", "count": "how many letters"},
        oldest="month",
        in_backups=False,
    ),
    "recognised_cities": Rule(
        why=N_(
            "Which other cities' cards are accepted here and for what, with the keys that were compared. All public."
        ),
        ends=N_("When the town no longer recognises the city."),
        columns={
            "issuer": "address of the city, as on its cards",
            "anchor": "the key that signs its trust list",
            "services": "what its cards are accepted for",
            "address": "where its lists are fetched",
            "trust_list": "its newest trust list, as it signed it",
            "recognised_on": "the day it was recognised",
            "refreshed_at": "moment its lists were last taken",
            "asked_at": "moment its lists were last asked for",
        },
        oldest="recognised_on",
    ),
    "recognised_lists": Rule(
        why=N_("The recognised cities' lists of cards that are not valid, as they signed them. All public."),
        ends=N_("When a newer one takes its place, or the town no longer recognises the city."),
        columns={
            "issuer": "address of the city",
            "uri": "address of the list, as on its cards",
            "content": "the list itself",
        },
    ),
}
