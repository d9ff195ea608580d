"""Keys that open quickly: a real one takes a seventh of a second, and a command opens up to four.

How many rounds there are outside of tests, and that a file says its own number, is tests/test_keystore.py's business.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cardservice import key_file

ROUNDS = 1_000


@contextmanager
def few_rounds() -> Iterator[None]:
    """Encrypt keys that are made meanwhile with few rounds; they open quickly ever after, in any process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_file, "ROUNDS", ROUNDS)
        yield
