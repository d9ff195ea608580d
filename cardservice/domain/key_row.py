"""A key as signing asks for it, for every card: the columns of its row, without an object (docs/decisions/0043)."""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cardservice.credential.keys import PublicKey
from cardservice.storage.models import IssuerKey


class KeyRow(NamedTuple):
    """What signing asks of a key."""

    key_id: str
    purpose: str
    state: str
    public_key: bytes
    not_before: date
    not_after: date
    published_at: datetime | None

    @property
    def public(self) -> PublicKey:
        return _public(self.public_key)


@lru_cache(maxsize=4)  # the keys of today, again and again
def _public(cose_key: bytes) -> PublicKey:
    return PublicKey.from_cose_key(cose_key)


_KEY_ROW = select(*(getattr(IssuerKey, name) for name in KeyRow._fields)).where(IssuerKey.key_id == bindparam("key_id"))


def find_row(session: Session, key_id: str) -> KeyRow | None:
    """Return the key of that id, if the register has it."""
    row = session.connection().execute(_KEY_ROW, {"key_id": key_id}).one_or_none()
    return None if row is None else KeyRow(*row)
