"""What is sealed in a draft: as bytes and back, and never shown by accident."""

from dataclasses import replace
from datetime import date

import pytest
from town_hall import REGISTRATION

from cardservice.domain.draft_contents import Contents, ContentsUnreadable, SignedCodes

SIGNED = SignedCodes(
    card_number="000000000000",
    identity_code="THE IDENTITY CODE",
    residence_code="THE RESIDENCE CODE",
    slip_code="THE SLIP CODE",
    issued_on=date(2026, 11, 22),
    valid_until=date(2028, 11, 21),
)


class TestContents:
    @pytest.mark.parametrize(
        "contents",
        [
            Contents(REGISTRATION),
            Contents(replace(REGISTRATION, portrait_print=None, portrait_code=None)),
            Contents(REGISTRATION).with_codes(SIGNED),
        ],
    )
    def test_come_back_from_bytes_as_they_were(self, contents: Contents) -> None:
        assert Contents.from_bytes(contents.to_bytes()) == contents

    @pytest.mark.parametrize(
        "older", [b'{"registration": {}, "signed": null}', b"", b"\xa0", b"\xa2lregistration\xa0fsigned\xf6"]
    )
    def test_of_another_version_are_refused(self, older: bytes) -> None:
        with pytest.raises(ContentsUnreadable):
            Contents.from_bytes(older)

    def test_show_nothing_in_a_traceback(self) -> None:
        shown = repr(Contents(REGISTRATION).with_codes(SIGNED))

        assert "Karim" not in shown
        assert "THE IDENTITY CODE" not in shown
