"""The tables of the town's dealings with the outside world: what it publishes. Nothing here is about a cardholder.

The rule here: models.py names every table of this file, so that whoever imports it has the whole register.
"""

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cardservice.storage.base import Base
from cardservice.storage.types import UtcDateTime


class Publication(Base):
    """A list that was signed and published. The newest of each name keeps its bytes, to be compared with the next."""

    __tablename__ = "publications"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_id: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
