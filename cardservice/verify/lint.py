"""What issuing asks before it signs and after it has signed, with the code that partners run.

`check_claims` is stricter than a verifier, which also reads other cities' cards. `check_text` opens the finished code
the way a verifier will, so that a wrong claim is found at the counter and not at a partner's.
"""

from datetime import date

from cardservice.credential import personal
from cardservice.credential.claims import DAY, CardClaims
from cardservice.credential.errors import CredentialError, Reason
from cardservice.credential.keys import PublicKey
from cardservice.credential.qr_text import open_text


class UnfitToIssue(CredentialError):
    """The claims or the code would not be what a card must be."""

    reason = Reason.MALFORMED


def check_claims(claims: CardClaims, *, today: date) -> None:
    """Return if these unsigned claims may be signed.

    Raises UnfitToIssue, or personal.InvalidPersonalData for what stands on the card about its holder.
    """
    if claims.issued_at % DAY or claims.expires_at % DAY or claims.expires_at <= claims.issued_at:
        raise UnfitToIssue("the times are not whole UTC days, one after the other")
    if not claims.issuer.startswith("https://") or not claims.card_number:
        raise UnfitToIssue("the issuer is not an https URI, or the card has no number")
    if claims.status is None or not claims.status.uri.startswith("https://"):
        raise UnfitToIssue("no status list by an https URI")
    _check_holder(claims, today)
    if CardClaims.decode(claims.encode()) != claims:
        raise UnfitToIssue("the payload does not say what the claims say")


def check_text(text: str, claims: CardClaims, key: PublicKey) -> None:
    """Return if `text` opens with `key` and says exactly `claims`.

    Raises UnfitToIssue, or the CredentialError that a verifier would.
    """
    sealed = open_text(text)
    if sealed.key_id != key.key_id or sealed.open(key) != claims:
        raise UnfitToIssue("the code does not say what was to be signed")


def _check_holder(claims: CardClaims, today: date) -> None:
    for name in (claims.name, claims.name_second):
        if name is not None:
            personal.check_name(name)
    for language in (claims.language, claims.language_second):
        if language is not None:
            personal.check_language(language)
    if claims.birth_date is not None:
        personal.check_birth_date(claims.birth_date, today)
    if claims.portrait is not None:
        personal.check_portrait(claims.portrait)
    if claims.name is None and claims != claims.residence():
        raise UnfitToIssue("a residence code that says something about the holder")
