"""The verification: numbered steps, each of which returns or raises the reason why not. `verify` makes a verdict of it.

The order is the promise: nothing in the payload is believed before the signature is checked, and "valid" is reached
only by passing every step. Time never runs backwards: signed lists prove that it is at least as late as they say.
"""

from datetime import datetime
from typing import NamedTuple

from cardservice.credential.claims import DAY, CardClaims
from cardservice.credential.errors import CredentialError, Reason
from cardservice.credential.qr_text import SealedCard, open_text
from cardservice.credential.status_list import IndexOutOfRange, StatusList
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedIssuer, TrustedKey, TrustList
from cardservice.verify.kit import Kit
from cardservice.verify.verdict import Verdict

CLOCK_TOLERANCE = DAY  # seconds that a clock may be behind the newest list


class Refused(CredentialError):
    """A step was not passed. `card` is there where the signature was found good."""

    def __init__(self, reason: Reason, message: str, card: "SignedCard | None" = None) -> None:
        super().__init__(message)
        self.reason, self.card = reason, card


class SignedCard(NamedTuple):
    """A card whose signature is good, and what the kit has about it."""

    claims: CardClaims
    issuer: TrustedIssuer
    key: TrustedKey
    trust_list: TrustList
    status_list: StatusList | None

    @property
    def of_publisher(self) -> bool:
        """Whether it is a card of the town whose trust list this is, and not of a city that it recognises."""
        return self.issuer.issuer == self.trust_list.publisher

    @property
    def is_sample(self) -> bool:
        """Whether its key signs samples: then it is good for nothing, whatever the steps find."""
        return self.key.purpose is KeyPurpose.SAMPLE

    @property
    def newest_list(self) -> int:
        """The latest time that a signed list proves to have come, in seconds since 1970."""
        if self.status_list is None:
            return self.trust_list.issued_at
        return max(self.trust_list.issued_at, self.status_list.issued_at)


def verify(text: str, kit: Kit, *, now: datetime, service: str | None = None) -> Verdict:
    """Return the verdict on the card whose QR code says `text`. Never raises for anything the text contains.

    With a `service`, such as "library", another city's card is valid only where that city is recognised for it.

    Raises ValueError where `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must have a time zone")
    seconds = int(now.timestamp())
    card, reason = None, Reason.VALID
    try:
        card = examine(text, kit, now=seconds, service=service)
    except Refused as refused:
        card, reason = refused.card, refused.reason
    except CredentialError as error:
        reason = error.reason
    trust_list_age = _age(kit.trust_list, seconds)
    if card is None:
        return Verdict(reason, trust_list_age, _oldest_age(kit, seconds))
    status_list_age = _age(card.status_list, seconds)
    if card.is_sample:
        return Verdict(Reason.SAMPLE, trust_list_age, status_list_age, card.claims, card.issuer, would_be=reason)
    return Verdict(reason, trust_list_age, status_list_age, card.claims, card.issuer)


def examine(text: str, kit: Kit, *, now: int, service: str | None = None) -> SignedCard:
    """Return a card that passes every step at `now`, in seconds since 1970, and is good for `service` if one is named.

    It may be a sample, which `verify` never calls valid.

    Raises Refused, or another CredentialError of the step that unpacks or opens the text.
    """
    # (1) The text is a signed message, packed as ours are, within the limits.
    sealed = open_text(text)
    # (2) The key it names is on the trust list, as one that signs cards.
    issuer, key, trust_list = _find_key(sealed, kit)
    # (3) That key made the signature. Nothing in the payload is believed before this line.
    claims = sealed.open(key.key)
    # (4) The key is the named issuer's own, and nobody else has it.
    _check_issuer(claims, issuer, key)
    card = SignedCard(claims, issuer, key, trust_list, _status_list(claims, kit))
    # (5) Our clock is not behind what the lists prove.
    effective = _check_clock(card, now)
    # (6) The card is within its period.
    _check_period(card, effective)
    # (7) The key was in use when it signed.
    _check_key_period(card)
    # (8) A fresh status list shows the card as not revoked.
    _check_status(card, kit, effective)
    # (9) Another city's card is recognised for the service that it is shown for.
    _check_recognised(card, service)
    return card


def _find_key(sealed: SealedCard, kit: Kit) -> tuple[TrustedIssuer, TrustedKey, TrustList]:
    if kit.trust_list is None:
        raise Refused(Reason.STATUS_MISSING, "the kit has no trust list that can be used")
    entry = kit.card_keys.get(sealed.key_id or b"")
    if entry is None:
        # Only for choosing the words: an unchecked payload may name whom it likes.
        if kit.has_issuer(sealed.issuer_hint):
            raise Refused(Reason.UNKNOWN_KEY, "not signed by a key of its issuer")
        raise Refused(Reason.UNKNOWN_ISSUER, "not from an issuer on the trust list")
    return *entry, kit.trust_list


def _check_issuer(claims: CardClaims, issuer: TrustedIssuer, key: TrustedKey) -> None:
    if claims.issuer != issuer.issuer:
        raise Refused(Reason.UNKNOWN_KEY, "signed by another issuer's key")
    if key.state is KeyState.COMPROMISED:
        raise Refused(Reason.KEY_COMPROMISED, "signed by a key that others may have")


def _status_list(claims: CardClaims, kit: Kit) -> StatusList | None:
    return None if claims.status is None else kit.status_lists.get((claims.issuer, claims.status.uri))


def _check_clock(card: SignedCard, now: int) -> int:
    """Return the time to judge by: ours, or the newest list's if that is later."""
    newest = card.newest_list
    if now < newest - CLOCK_TOLERANCE:
        raise Refused(Reason.CLOCK_WRONG, "the clock is more than a day behind the newest list", card)
    return max(now, newest)


def _check_period(card: SignedCard, effective: int) -> None:
    if effective >= card.claims.expires_at:
        raise Refused(Reason.EXPIRED, "past its last day", card)
    if effective < max(card.claims.issued_at, card.claims.not_before or 0):
        raise Refused(Reason.NOT_YET_VALID, "before its first day", card)


def _check_key_period(card: SignedCard) -> None:
    key, claims = card.key, card.claims
    if claims.issued_at < key.not_before - key.not_before % DAY:
        raise Refused(Reason.KEY_NOT_VALID_THEN, "signed before its key was in use", card)
    if claims.expires_at > key.not_after:
        raise Refused(Reason.KEY_NOT_VALID_THEN, "valid for longer than its key", card)
    if key.retired_at is not None and claims.issued_at > key.retired_at:
        raise Refused(Reason.KEY_NOT_VALID_THEN, "signed after its key was retired", card)


def _check_status(card: SignedCard, kit: Kit, effective: int) -> None:
    status_list, reference = card.status_list, card.claims.status
    if status_list is None or reference is None:
        raise Refused(Reason.STATUS_MISSING, "no status list tells about this card", card)
    if effective >= status_list.expires_at:
        raise Refused(Reason.STATUS_STALE, "the status list is out of date", card)
    if card.of_publisher:
        if card.trust_list.sequence < status_list.lowest_trust_sequence:
            raise Refused(Reason.STATUS_STALE, "the trust list is older than the status list asks for", card)
    elif not _is_still_recognised(card.trust_list, kit, effective):
        raise Refused(Reason.STATUS_STALE, "the town's own lists are out of date", card)
    try:
        revoked = status_list.status(reference.index)
    except IndexOutOfRange:
        raise Refused(Reason.STATUS_MISSING, "the status list has no place for this card", card) from None
    if revoked:
        raise Refused(Reason.REVOKED, "revoked or suspended", card)


def _is_still_recognised(trust_list: TrustList, kit: Kit, effective: int) -> bool:
    """Whether the town still stands by what its trust list says of other cities.

    A city's own list does not say so: it counts the city's trust lists, not this one. Without this a mirror that keeps
    back the town's newest lists could hand out a city that was forgotten, with fresh status lists, for ever.
    """
    return effective < trust_list.next_update and any(
        effective < status_list.expires_at and status_list.lowest_trust_sequence <= trust_list.sequence
        for (issuer, _), status_list in kit.status_lists.items()
        if issuer == trust_list.publisher
    )


def _check_recognised(card: SignedCard, service: str | None) -> None:
    if service is None or card.of_publisher or service in card.issuer.recognised_for:
        return
    raise Refused(Reason.NOT_RECOGNISED, "a good card of a city that is not recognised for this", card)


def _age(signed: TrustList | StatusList | None, now: int) -> int | None:
    """Seconds since a list was signed; none are counted where our clock is behind."""
    return None if signed is None else max(now - signed.issued_at, 0)


def _oldest_age(kit: Kit, now: int) -> int | None:
    return _age(min(kit.status_lists.values(), key=lambda status_list: status_list.issued_at, default=None), now)
