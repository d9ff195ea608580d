"""A kit on its way into its folder: read by our own verifier first, in memory, and laid down whole or not at all.

Lists that were not signed just now, such as those of recognised cities, are left out where a verifier would not use
them: a kit with a list that is no good is one that no mirror takes. What is signed is publication.py; how a file gets
into its place is kit_folder.py.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from cardservice.credential.keys import PublicKey
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustList, parse_trust_list
from cardservice.domain import key_rotation, kit_folder, published
from cardservice.domain.errors import Conflict
from cardservice.domain.kit_folder import ANCHOR, JWKS, TRUST_LIST
from cardservice.domain.trust import Town
from cardservice.verify import Kit
from cardservice.verify.sums import HostileNames, read_sums

Beside = Callable[[PublicKey], Mapping[str, bytes]]
"""Gives the files that lie beside the signed lists, by name, for the anchor key that signed the trust list."""


def nothing(_anchor: PublicKey) -> Mapping[str, bytes]:
    """A kit of signed lists alone."""
    return {}


class VerifierRefusedLists(Conflict):
    """Our own verifier would not use what was about to be published, so nothing was."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Nothing is published: a verifier would not use the lists ({why}). Look at the list of keys.")
        self.why = why


def write(
    session: Session, out: Path, town: Town, trust_list: TrustList, signed: Mapping[str, bytes], beside: Beside
) -> None:
    """Let our own verifier read the kit in memory, then put it into the folder, trust list first.

    Lists that were not signed here just now are left out where a verifier would not use them: a kit with a list that is
    no good is one that no mirror takes.
    """
    anchor = key_rotation.get(session, (parse_trust_list(signed[TRUST_LIST]).key_id or b"").hex())
    public = PublicKey.from_cose_key(anchor.public_key)
    ours = {ANCHOR, JWKS, *signed}
    others = {name: content for name, content in beside(public).items() if name not in ours}
    kept = {} if len(signed) > 1 else _signed_before(session, out)
    kit = Kit.from_files({**kept, **others, **signed}, anchor=public)
    refused = {problem.file: problem.why for problem in kit.problems}
    if refused.keys() & signed.keys():
        raise VerifierRefusedLists("; ".join(f"{file}: {refused[file]}" for file in refused if file in signed))
    files = {ANCHOR: anchor.public_key, **signed, JWKS: kit_folder.jwks(_card_keys(trust_list, town)), **kept, **others}
    whole = {name: content for name, content in files.items() if name not in refused}
    try:
        read_sums(kit_folder.sums(whole))
    except HostileNames as hostile:
        raise VerifierRefusedLists(f"SHA256SUMS: {hostile}") from None
    kit_folder.lay(out, whole)


def _signed_before(session: Session, out: Path) -> dict[str, bytes]:
    """The status lists in the folder, where the status key is gone and none can be signed any more."""
    names = [last.name for last in published.newest(session) if last.name != TRUST_LIST]
    return {name: content for name in names if (content := kit_folder.found(out / name)) is not None}


def _card_keys(trust_list: TrustList, town: Town) -> list[PublicKey]:
    return [
        trusted.key
        for issuer in trust_list.issuers
        if issuer.issuer == town.issuer
        for trusted in issuer.keys
        if trusted.purpose is KeyPurpose.CARD and trusted.state is not KeyState.COMPROMISED
    ]
