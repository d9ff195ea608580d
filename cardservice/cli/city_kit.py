"""Another city's kit, fetched from a folder or the web within bounds. Nothing of it is believed here.

Only what the city says of itself is asked for: its trust list and its own status lists. What is believed is decided in
domain/recognition.py.
"""

import re
from pathlib import Path

from cardservice.cli.verify_sources import BadAddress, FromFolder, FromWeb, is_address
from cardservice.domain import kit_folder
from cardservice.domain.errors import Unavailable
from cardservice.domain.kit_folder import SUMS, TRUST_LIST
from cardservice.domain.recognised_city import LISTS, LISTS_BYTES, TRUST_LIST_BYTES

DEADLINE = 60  # seconds for all files of one city: housekeeping waits for it
_SUMS_BYTES = 256 * 1024
_OWN_LIST = re.compile(r"status/[0-9]{1,9}\.cwt")


class CityNotReached(Unavailable):
    """The kit of the other city could not be fetched."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The city's kit cannot be fetched: {why.rstrip('.')}. What was taken before stays.")


def fetch(place: str) -> dict[str, bytes]:
    """The city's trust list and its own status lists, by their names in its kit. Raises `CityNotReached`."""
    try:
        source = _source(place)
        names = source.names()
        found = kit_folder.checksums(source.fetch(SUMS, _SUMS_BYTES)) if names is None else names
        lists = sorted((name for name in found if _OWN_LIST.fullmatch(name)), key=lambda name: (len(name), name))
        files = {TRUST_LIST: source.fetch(TRUST_LIST, TRUST_LIST_BYTES)}
        left = LISTS_BYTES
        for name in lists[:LISTS]:
            files[name] = source.fetch(name, left)
            left -= len(files[name])
            if left < 0:
                raise CityNotReached("its status lists are too large")
    except FileNotFoundError:
        raise CityNotReached("there is no kit with a SHA256SUMS") from None
    except (BadAddress, OSError) as error:
        raise CityNotReached(str(error)) from None
    return files


def _source(place: str) -> FromWeb | FromFolder:
    if is_address(place):
        # An administrator said where the kit is; a server that this service asks by itself does not get to.
        return FromWeb(place, secure=False, redirects=False, deadline=DEADLINE)
    return FromFolder(Path(place))
