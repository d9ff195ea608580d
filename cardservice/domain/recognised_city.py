"""What another city's signed kit must be like for its cards to be accepted here; nothing here remembers anything.

The rule here: everything is read from signed bytes, by the anchor that two people compared, each time anew. Of what a
city says only its entry about itself counts: whom it recognises is its own business. What belongs to this town or to
another city it cannot take, so that a city gone bad harms its own cards and nobody else's. What is kept is
recognition.py, what goes into this town's kit is mirroring.py (docs/decisions/0049).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cardservice.credential import personal
from cardservice.credential.claims import DAY
from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey
from cardservice.credential.status_list import StatusList
from cardservice.credential.trust_list import KeyPurpose, TrustedIssuer, TrustList, open_trust_list, parse_trust_list
from cardservice.domain.errors import Refused
from cardservice.domain.kit_folder import TRUST_LIST
from cardservice.verify import Kit, KitMemory

CITIES = 24
"""How many cities one town recognises at most, so that a kit with all their lists stays one that verifiers load."""
TRUST_LIST_BYTES = 256 * 1024
LISTS_BYTES = 2 * 1024 * 1024  # of all status lists of one city, as they are published
LISTS_ROOM = 4 * 1024 * 1024  # of the same, unpacked: some thirty million cards
KEYS, LISTS, NAMES, SERVICES = 64, 20, 16, 16  # all lists of all cities are half of the files that a kit may have
NAME_LENGTH, URI_LENGTH = 60, 100
LIST_URI_LENGTH = 200

# A mirrored list has the host in its file's name, and a name that begins with a dot is one that no verifier takes.
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"https://{_LABEL}(\.{_LABEL})*"
_ISSUER = re.compile(rf"{_HOST}(/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?")
_LIST_URI = re.compile(rf"{_HOST}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/%-]*)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SERVICE = re.compile(r"[a-z][a-z-]{0,31}")


class Why(StrEnum):
    """Why a city, or what it published, is not taken. Each is a sentence for people."""

    NO_KEY = "its anchor is no key"
    NOT_SIGNED = "its trust list is missing, damaged, or not signed by the anchor that was compared"
    ANOTHER_ANCHOR = "its trust list is signed by an anchor that its last known list did not announce"
    OLDER = "its trust list is older than the one that was taken before"
    PAST = "its trust list is past the day by which it promised a newer one"
    FUTURE = "its trust list is from a day that has not come yet: one of the two clocks is wrong"
    NOT_ITS_OWN = "its trust list does not say who it is itself"
    ADDRESS = "its issuer address, or that of a status list, is not an https address as they are written here"
    NAMES = "its names are not 1 to 60 harmless characters each, with the languages they are in"
    TOO_MUCH = "it has more keys, names, lists or bytes than a city may have"
    SERVICES = "nothing, or no service written in small letters, was named that its cards are good for"
    SAMPLE = "it has a key of the samples, which anybody can make: its kit is one for trying out"
    TRAINING = "one of the two towns is a training town, whose cards are samples, and the other is not"
    OURS = "it says that it is this town"
    NAME_TAKEN = "it has the name of this town or of another recognised city, so verifiers would confuse them"
    KEY_TAKEN = "it names a key of this town or of another recognised city as its own"
    TOO_MANY = "this town recognises as many cities as it can"
    RENAMED = "it calls itself by another issuer address than the one that was recognised"
    OTHER_NAME = "it calls itself by another name than when somebody here recognised it"
    ANOTHER_DECISION = "what is stored about it is not what the audit says was decided"
    WAITS = "this town's trust list does not say yet what is known of it: publish with the anchor key"
    NO_LISTS = "none of its status lists can be used now: they are missing, out of date, or ask for a newer trust list"


class CityRefused(Refused):
    """A city is not recognised, or what it published is not taken; what was taken before stays."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"The city is not taken: {why}. {_NEXT.get(why, 'Ask the other town hall.')}")
        self.why = why


_ANEW = "Compare the words of its anchor by telephone, then `cardservice cities forget` and `recognise` it anew."
_NEXT = {
    Why.ANOTHER_ANCHOR: _ANEW,
    Why.RENAMED: _ANEW,
    Why.ANOTHER_DECISION: _ANEW,
    Why.OTHER_NAME: "Look at the new name: `cardservice cities recognise` takes it.",
    Why.SERVICES: "Name at least one, such as library.",
    Why.TOO_MANY: "Forget one first.",
    Why.TRAINING: "Only training towns recognise training towns, and only each other.",
    Why.NO_KEY: "Take the file anchor.cose of its kit.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is somebody's already: this town's, or a city's that was recognised before."""

    issuers: frozenset[str]
    names: frozenset[str]
    """As they are compared (`skeletons`)."""
    key_ids: frozenset[bytes]

    def also(self, city: "City") -> "Taken":
        """Return the same with what belongs to one more city."""
        return Taken(
            issuers=self.issuers | {city.issuer},
            names=self.names | names_of(city.own),
            key_ids=self.key_ids | _key_ids(city.own, city.anchor),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city as its last good lists show it. Made by `admit`."""

    anchor: PublicKey
    """The key that signed its trust list."""
    trust_list: TrustList
    own: TrustedIssuer
    """Its entry about itself."""
    services: tuple[str, ...]
    """What its cards are good for here."""

    @property
    def issuer(self) -> str:
        """Its https URI."""
        return self.own.issuer

    @property
    def entry(self) -> TrustedIssuer:
        """What this town's trust list says of it."""
        return replace(self.own, recognised_for=self.services)


def admit(trust_list: bytes, anchor: bytes, services: tuple[str, ...], *, taken: Taken) -> City:
    """Return the city whose `anchor` (a COSE_Key) signed `trust_list`, if it may stand in this town's trust list.

    Raises `CityRefused`.
    """
    try:
        key = PublicKey.from_cose_key(anchor)
    except CredentialError:
        raise CityRefused(Why.NO_KEY) from None
    if len(trust_list) > TRUST_LIST_BYTES:
        raise CityRefused(Why.TOO_MUCH)
    try:
        opened = open_trust_list(trust_list, key)
    except CredentialError:
        raise CityRefused(Why.NOT_SIGNED) from None
    own = next((one for one in opened.issuers if one.issuer == opened.publisher), None)
    if own is None:
        raise CityRefused(Why.NOT_ITS_OWN)
    _check_form(own, services)
    _check_taken(own, key, taken)
    return City(anchor=key, trust_list=opened, own=own, services=services)


def follow(content: bytes, memory: KitMemory) -> bytes:
    """Return the anchor (a COSE_Key) that signed a newer trust list: the one before, or the one it announced.

    Raises `CityRefused`.
    """
    kit = Kit.from_files({TRUST_LIST: content}, remembered=memory)
    if kit.anchor is not None:
        return kit.anchor.to_cose_key()
    try:
        message = parse_trust_list(content)
        signed_by = next((key for key in memory.anchors if key.key_id == message.key_id), None)
        if signed_by is None:
            raise CityRefused(Why.ANOTHER_ANCHOR)
        TrustList.decode(message.open(signed_by))
    except CredentialError:
        raise CityRefused(Why.NOT_SIGNED) from None
    raise CityRefused(Why.OLDER)


def check_current(trust_list: TrustList, *, now: datetime) -> None:
    """Return if a trust list may be taken now. Raises `CityRefused`."""
    seconds = int(now.timestamp())
    if seconds >= trust_list.next_update:
        raise CityRefused(Why.PAST)
    if trust_list.issued_at > seconds + DAY:
        raise CityRefused(Why.FUTURE)


def own_lists(
    contents: Iterable[bytes], city: City, trust_list: bytes, *, remembered: KitMemory | None = None
) -> dict[str, tuple[StatusList, bytes]]:
    """Return the city's own status lists among `contents` that its `trust_list` vouches for, by URI, the newest each.

    What is no list, somebody else's, or older than what is `remembered` is left out, and what is beyond the limits.
    """
    found: dict[str, tuple[StatusList, bytes]] = {}
    size = room = 0
    for content in contents:
        size += len(content)
        if size > LISTS_BYTES:
            break
        files = {TRUST_LIST: trust_list, "status/1.cwt": content}
        kit = Kit.from_files(files, anchor=None if remembered else city.anchor, remembered=remembered)
        for (issuer, uri), status_list in kit.status_lists.items():
            room += len(status_list.packed)
            newer = uri not in found or found[uri][0].sequence < status_list.sequence
            if issuer == city.issuer and room <= LISTS_ROOM and newer:
                found[uri] = (status_list, content)
    return found


def host_of(issuer: str) -> str:
    """Return the host of an issuer's URI."""
    return issuer.removeprefix("https://").partition("/")[0]


def check_name_kept(before: City | None, after: City) -> None:
    """Return if a city has no name now that nobody here agreed to. Raises `CityRefused`."""
    if before is None or not names_of(after.own) <= names_of(before.own):
        raise CityRefused(Why.OTHER_NAME)


def check_kind(city: City, *, training: bool) -> None:
    """Return if a city's cards are what this town's are: samples if it is a training town. Raises `CityRefused`."""
    wrong = KeyPurpose.CARD if training else KeyPurpose.SAMPLE
    if any(trusted.purpose is wrong for trusted in city.own.keys):
        raise CityRefused(Why.TRAINING)


def names_of(entry: TrustedIssuer) -> frozenset[str]:
    """Return an issuer's names as they are compared."""
    return skeletons(entry.names.values())


def skeletons(names: Iterable[str]) -> frozenset[str]:
    """Return what people read of names: letters and digits, small, whatever their form (NFKC), spaces and signs."""
    small = (unicodedata.normalize("NFKC", name).casefold() for name in names)
    return frozenset(
        "".join(letter for letter in unicodedata.normalize("NFKC", name) if letter.isalnum()) for name in small
    )


def _check_form(own: TrustedIssuer, services: tuple[str, ...]) -> None:
    if not services or not all(_SERVICE.fullmatch(service) for service in services):
        raise CityRefused(Why.SERVICES)
    sizes = ((own.keys, KEYS), (own.status_lists, LISTS), (own.names, NAMES), (services, SERVICES))
    if any(len(part) > limit for part, limit in sizes):
        raise CityRefused(Why.TOO_MUCH)
    if len(own.issuer) > URI_LENGTH or not _ISSUER.fullmatch(own.issuer):
        raise CityRefused(Why.ADDRESS)
    if any(len(uri) > LIST_URI_LENGTH or not _LIST_URI.fullmatch(uri) for uri in own.status_lists):
        raise CityRefused(Why.ADDRESS)
    if not own.names or not all(_harmless(language, name) for language, name in own.names.items()):
        raise CityRefused(Why.NAMES)


def _harmless(language: str, name: str) -> bool:
    try:
        personal.check_name(name)
    except personal.InvalidName:
        return False
    return len(name) <= NAME_LENGTH and _LANGUAGE.fullmatch(language) is not None


def _check_taken(own: TrustedIssuer, anchor: PublicKey, taken: Taken) -> None:
    if own.issuer in taken.issuers:
        raise CityRefused(Why.OURS)
    if names_of(own) & taken.names:
        raise CityRefused(Why.NAME_TAKEN)
    if _key_ids(own, anchor) & taken.key_ids or anchor.key_id in {trusted.key.key_id for trusted in own.keys}:
        raise CityRefused(Why.KEY_TAKEN)


def _key_ids(own: TrustedIssuer, anchor: PublicKey) -> frozenset[bytes]:
    return frozenset({anchor.key_id, *(trusted.key.key_id for trusted in own.keys)})
