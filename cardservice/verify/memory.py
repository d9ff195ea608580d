"""What a verifier remembers from one kit to the next, so that nobody can hand it an older one.

Opt-in: a verifier without a memory trusts the anchor that comes with its kit, and takes lists in any order. The memory
holds keys and lists, nothing about any card that was checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from cardservice.credential import cbor
from cardservice.credential.errors import CredentialError, Malformed, Reason
from cardservice.credential.keys import PublicKey
from cardservice.credential.status_list import SIZE_LIMIT, StatusList
from cardservice.credential.trust_list import TrustList

_ANCHORS, _TRUST_LIST, _STATUS_LISTS = 1, 2, 3


class RolledBack(CredentialError):
    """A list is older than the one that was used before, or lost a revocation."""

    reason = Reason.STATUS_STALE


@dataclass(frozen=True, slots=True)
class KitMemory:
    """The newest lists that a verifier has accepted, and the anchors that signed them."""

    lineage: tuple[PublicKey, ...]
    """The anchors so far, each announced by the one before it; the last signed the trust list."""
    trust_list: TrustList
    status_lists: Mapping[tuple[str, str], StatusList]
    """By issuer and URI."""

    @property
    def anchors(self) -> tuple[PublicKey, ...]:
        """The keys that may sign the next trust list: the present anchor, and the one it announced."""
        announced = self.trust_list.next_anchor
        return self.lineage[-1:] if announced is None else (*self.lineage[-1:], announced)

    def anchors_for(self, pinned: PublicKey | None) -> tuple[PublicKey, ...]:
        """The keys that may sign the next trust list for whoever pinned one: the announced anchor alone, if it is that.

        Somebody named the new anchor themselves, perhaps because the old one is in other hands.
        """
        return self.anchors if pinned is None or pinned != self.trust_list.next_anchor else (pinned,)

    def descends_from(self, anchor: PublicKey) -> bool:
        """Whether this memory is for whoever pinned `anchor`: it is one of the anchors so far, or the announced one."""
        return anchor in self.lineage or anchor in self.anchors

    def followed_by(
        self, anchor: PublicKey, trust_list: TrustList, status_lists: Mapping[tuple[str, str], StatusList]
    ) -> Self:
        """Return the memory after lists under one of `anchors` were accepted. Lists that are not among them stay."""
        lineage = self.lineage if anchor == self.lineage[-1] else (*self.lineage, anchor)
        return replace(self, lineage=lineage, trust_list=trust_list, status_lists={**self.status_lists, **status_lists})

    def check_trust_list(self, newer: TrustList) -> None:
        """Return if `newer` may take the remembered one's place. Raises RolledBack."""
        if newer.sequence < self.trust_list.sequence or newer.issued_at < self.trust_list.issued_at:
            raise RolledBack("older than the trust list used before")

    def check_status_list(self, issuer: str, newer: StatusList) -> None:
        """Return if `newer` may take the remembered one's place. Raises RolledBack."""
        known = self.status_lists.get((issuer, newer.uri))
        if known is None:
            return
        if newer.sequence < known.sequence or newer.issued_at < known.issued_at:
            raise RolledBack("older than the status list used before")
        if newer.vanished(known):
            raise RolledBack("a revocation has vanished from the status list")

    def to_bytes(self) -> bytes:
        """Return the memory as it is kept on disk."""
        lists = [[issuer, status_list.encode()] for (issuer, _), status_list in self.status_lists.items()]
        anchors = [anchor.to_cose_map() for anchor in self.lineage]
        return cbor.encode({_ANCHORS: anchors, _TRUST_LIST: self.trust_list.encode(), _STATUS_LISTS: lists})

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises Malformed."""
        match cbor.decode(data, items=SIZE_LIMIT):
            case {1: [_, *_] as anchors, 2: bytes(trust_list), 3: list(lists)}:
                return cls(
                    tuple(PublicKey.from_cose_map(anchor) for anchor in anchors),
                    TrustList.decode(trust_list),
                    dict(_remembered_list(entry) for entry in lists),
                )
        raise Malformed("not a memory of a kit")


def _remembered_list(entry: object) -> tuple[tuple[str, str], StatusList]:
    match entry:
        case [str(issuer), bytes(payload)]:
            status_list = StatusList.decode(payload)
            return (issuer, status_list.uri), status_list
    raise Malformed("not a memory of a kit")
