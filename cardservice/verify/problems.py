"""Why a list is not used: the errors that say it, with their facts, and how a kit keeps them."""

from dataclasses import dataclass, field

from cardservice.credential.errors import CredentialError, Reason
from cardservice.credential.keys import PublicKey

_GROUP = 4


class ListRefused(CredentialError):
    """A list that is properly signed may not be used."""

    reason = Reason.STATUS_MISSING


class SignedByCompromisedKey(ListRefused):
    """The trust list itself says of the key that signed the list that others may have it."""

    def __init__(self) -> None:
        super().__init__("signed by a compromised key")


class AnotherAnchor(ListRefused):
    """The trust list is signed by a key that is neither the anchor pinned or remembered, nor one that it announced.

    So it is for a verifier that slept through more than one change of anchor, and so it is where somebody else made
    the kit. Only people can tell the two apart.
    """

    def __init__(self, pinned: PublicKey, offered: PublicKey | None) -> None:
        """`offered` is the kit's own anchor where it did sign the trust list."""
        which = "" if offered is None else f", {in_groups(offered.fingerprint)},"
        super().__init__(
            "this kit is signed by another anchor than the one pinned. Do not use it before you have compared the "
            f"fingerprint of its anchor.cose{which} with the poster, or with the town hall by telephone. If they are "
            "the same, pin this anchor anew (--anchor)"
        )
        self.pinned, self.offered = pinned, offered


@dataclass(frozen=True, slots=True)
class ListProblem:
    """A file of the kit that is not used, and why, in words."""

    file: str
    why: str
    cause: CredentialError | None = field(default=None, repr=False, compare=False)
    """The error, for a program that must tell one from another; None where the file could not be read."""


def in_groups(fingerprint: str) -> str:
    """Return a fingerprint in groups of four digits, as people read it to each other."""
    return " ".join(fingerprint[place : place + _GROUP] for place in range(0, len(fingerprint), _GROUP))
