"""What was published before: in the register's memory, and in the folders in which a kit lies or is about to.

All are asked, because each may be the older one: the register after a restored backup, the folder after a crash
between writing a file and remembering it. Only what one of the town's own keys signed counts.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cardservice.credential.cose import Sign1, parse_sign1
from cardservice.credential.errors import CredentialError
from cardservice.credential.keys import PublicKey
from cardservice.credential.status_list import StatusList, parse_status_list
from cardservice.credential.trust_list import TrustList, parse_trust_list
from cardservice.domain import key_rotation, kit_folder
from cardservice.keystore import Purpose
from cardservice.storage.models import Publication

AnyList = TypeVar("AnyList", TrustList, StatusList)


def trust_lists(session: Session, folders: Sequence[Path]) -> list[tuple[TrustList, bytes]]:
    """Return the newest published trust lists that are known, with their bytes: none, or one a source."""
    read = _reader(session, Purpose.ANCHOR, parse_trust_list, TrustList.decode)
    return _known(session, folders, kit_folder.TRUST_LIST, read)


def status_lists(session: Session, folders: Sequence[Path], name: str) -> list[tuple[StatusList, bytes]]:
    """Return the newest published status lists of a name that are known, with their bytes; none, or one a source."""
    return _known(session, folders, name, _reader(session, Purpose.STATUS, parse_status_list, StatusList.decode))


def highest_sequence(session: Session, name: str) -> int:
    """Return the highest sequence that the register remembers under that name, 0 where there is none."""
    return session.scalar(select(func.max(Publication.sequence)).where(Publication.name == name)) or 0


def remember(session: Session, name: str, signed: TrustList | StatusList, content: bytes) -> None:
    """Remember what was published. Only the newest keeps its bytes."""
    session.execute(update(Publication).where(Publication.name == name).values(content=None))
    expires_at = signed.expires_at if isinstance(signed, StatusList) else signed.next_update
    session.add(
        Publication(
            name=name,
            sequence=signed.sequence,
            issued_at=datetime.fromtimestamp(signed.issued_at, UTC),
            expires_at=datetime.fromtimestamp(expires_at, UTC),
            key_id=(parse_sign1(content).key_id or b"").hex(),
            digest=hashlib.sha256(content).digest(),
            content=content,
        )
    )
    session.flush()


def newest(session: Session) -> list[Publication]:
    """Return the newest publication of every name."""
    last = select(Publication.name, func.max(Publication.sequence).label("sequence")).group_by(Publication.name)
    latest = last.subquery()
    chosen = select(Publication).join(
        latest, (Publication.name == latest.c.name) & (Publication.sequence == latest.c.sequence)
    )
    return list(session.scalars(chosen.order_by(Publication.name)))


def _known(
    session: Session, folders: Sequence[Path], name: str, read: Callable[[bytes], AnyList | None]
) -> list[tuple[AnyList, bytes]]:
    remembered = session.scalar(
        select(Publication.content).where(Publication.name == name).order_by(Publication.sequence.desc()).limit(1)
    )
    contents = [remembered, *(kit_folder.found(folder / name) for folder in folders)]
    return [(opened, content) for content in contents if content and (opened := read(content)) is not None]


def _reader(
    session: Session, purpose: Purpose, parse: Callable[[bytes], Sign1], decode: Callable[[bytes], AnyList]
) -> Callable[[bytes], AnyList | None]:
    """Return what opens a list that one of the town's keys of that purpose signed, and answers None to any other."""
    publics = (PublicKey.from_cose_key(key.public_key) for key in key_rotation.of_purpose(session, purpose))
    keys = {public.key_id: public for public in publics}

    def read(content: bytes) -> AnyList | None:
        try:
            message = parse(content)
            key = keys.get(message.key_id or b"")
            return None if key is None else decode(message.open(key))
        except CredentialError:
            return None

    return read
