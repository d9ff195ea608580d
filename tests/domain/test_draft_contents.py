"""What is sealed in a draft: as bytes and back, and never shown by accident."""

from dataclasses import replace
from datetime import date

import pytest
from town_hall import REGISTRATION, SHOWN

from cardservice.credential import cbor
from cardservice.domain.draft_contents import Contents, ContentsUnreadable, SignedCodes
from cardservice.domain.evidence import Missing
from cardservice.terms import PaperFault, RefusedFor, Shows

FOR_AN_ADULT = replace(
    SHOWN,
    kinds=("birth-certificate",),
    identity=2,
    is_met=False,
    refused_for=RefusedFor.IDENTITY,
    faults={"caretaker": PaperFault.NOT_A_CHILD, "bill": PaperFault.TOO_OLD},
    missing=Missing(identity=1, points=1, shows=frozenset(Shows)),
)
FOR_A_CHILD = replace(
    SHOWN,
    kinds=("birth-certificate", "caretaker"),
    faults={"bill": PaperFault.TOO_OLD},
    of_an_adult=FOR_AN_ADULT,
)
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
            Contents(REGISTRATION, evidence=FOR_A_CHILD, is_child=True),
        ],
    )
    def test_come_back_from_bytes_as_they_were(self, contents: Contents) -> None:
        assert Contents.from_bytes(contents.to_bytes()) == contents

    def test_of_a_version_that_kept_less_of_papers_still_open(self) -> None:
        sealed = cbor.decode(Contents(REGISTRATION, evidence=SHOWN).to_bytes())
        del sealed["is_child"]
        for part in ("faults", "missing", "of_an_adult"):
            del sealed["evidence"][part]

        assert Contents.from_bytes(cbor.encode(sealed)) == Contents(REGISTRATION, evidence=SHOWN)

    @pytest.mark.parametrize(("is_child", "is_enough"), [(None, True), (True, True), (False, False)])
    def test_judge_the_papers_by_the_birth_date(self, is_child: bool | None, is_enough: bool) -> None:
        kept = Contents(REGISTRATION, evidence=FOR_A_CHILD, is_child=is_child)

        assert kept.judged is not None
        assert kept.judged.is_enough is is_enough
        assert kept.is_enough_for_a_child_only is not is_enough
        assert (Contents(REGISTRATION).judged, Contents(REGISTRATION).is_enough_for_a_child_only) == (None, False)

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
