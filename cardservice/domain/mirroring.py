"""Which status lists of recognised cities lie in this town's kit, so that one folder checks all cards.

The rule here: a city's lists are there only while the trust list beside them says nothing of the city that its newest
trust list takes back. Without lists its cards are "cannot tell": never valid, and never called forged. The bytes are
the city's own. What is kept of a city is recognition.py.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from cardservice.credential.claims import DAY
from cardservice.credential.status_list import StatusList, parse_status_list
from cardservice.credential.trust_list import KeyState, TrustedIssuer, TrustedKey, TrustList
from cardservice.domain.recognised_city import City, Why, host_of
from cardservice.domain.recognition import Known


def mirrored(
    cities: Iterable[Known], trust_list: TrustList, *, now: datetime
) -> tuple[dict[str, bytes], dict[str, Why]]:
    """Return the files to lay beside the town's own lists, by name, and by issuer why a city has none.

    `trust_list` is the one that is published with them, which may be older than what is known of the cities.
    """
    files: dict[str, bytes] = {}
    without: dict[str, Why] = {}
    places: Counter[str] = Counter()
    for one in cities:
        try:
            usable = _usable(one, trust_list, int(now.timestamp()))
        except _Withheld as withheld:
            without[one.issuer] = withheld.why
            continue
        host = host_of(one.issuer)
        for content in usable:
            places[host] += 1
            files[f"status/{host}-{places[host]}.cwt"] = content
    return files, without


class _Withheld(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def _usable(one: Known, trust_list: TrustList, now: int) -> list[bytes]:
    if one.city is None:
        raise _Withheld(one.why or Why.ANOTHER_DECISION)
    if now >= one.city.trust_list.next_update:
        raise _Withheld(Why.PAST)
    published = next((entry for entry in trust_list.issuers if entry.issuer == one.issuer), None)
    if published is None or takes_back(published, one.city.entry, at=one.city.trust_list.issued_at):
        raise _Withheld(Why.WAITS)
    found = [one.lists[uri] for uri in one.city.own.status_lists if uri in one.lists]
    usable = [(status_list, content) for status_list, content in found if _is_usable(status_list, one.city, now)]
    if not usable:
        raise _Withheld(Why.NO_LISTS)
    vouched = [content for status_list, content in usable if _is_vouched_for(status_list, content, published)]
    if not vouched:
        raise _Withheld(Why.WAITS)
    return vouched


def _is_usable(status_list: StatusList, city: City, now: int) -> bool:
    """Whether a list may be used, with the newest trust list of its own city."""
    return (
        now < status_list.expires_at
        and status_list.issued_at <= now + DAY
        and status_list.lowest_trust_sequence <= city.trust_list.sequence
    )


def _is_vouched_for(status_list: StatusList, content: bytes, published: TrustedIssuer) -> bool:
    """Whether a verifier with the published trust list knows the list and the key that signed it."""
    keys = {trusted.key.key_id for trusted in published.keys}
    return status_list.uri in published.status_lists and parse_status_list(content).key_id in keys


def takes_back(published: TrustedIssuer, newest: TrustedIssuer, *, at: int) -> bool:
    """Tell whether the newest word about a city, of the time `at`, takes back what was published about it before.

    What it only adds, such as the next key, can wait for the anchor key: cards of that key are not valid before.
    """
    if not set(published.recognised_for) <= set(newest.recognised_for):
        return True
    keys = {trusted.key.key_id: trusted for trusted in newest.keys}
    return any(_is_taken_back(trusted, keys.get(trusted.key.key_id), at) for trusted in published.keys)


def _is_taken_back(published: TrustedKey, newest: TrustedKey | None, at: int) -> bool:
    if newest is None:
        return at <= published.not_after
    compromised = newest.state is KeyState.COMPROMISED and published.state is not KeyState.COMPROMISED
    return compromised or newest.purpose is not published.purpose or newest.not_after < published.not_after
