"""The audit on an auditor's machine: the exported file says all that the chain says, and nothing that is believed."""

import json
from collections.abc import Callable

import pytest
from town_hall import DAY, ISSUER, NOON, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.domain import audit, audit_export, checkpoints, key_rotation
from cardservice.domain.actor import CONSOLE
from cardservice.domain.audit import ChainBroken
from cardservice.domain.audit_export import Export, KeyNotInExport, NotAFingerprint, NotAnExport
from cardservice.domain.issuance import IssuedCard
from cardservice.keystore import Purpose, SigningKey


def exported(town_hall: TownHall) -> list[str]:
    with town_hall.reading() as session:
        return list(audit_export.lines(session, issuer=ISSUER, now=NOON))


class TestLines:
    def test_begin_with_the_audit_keys_and_hold_every_entry(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        make_card()

        head, *entries = exported(town_hall)

        audit_key = town_hall.keys[Purpose.AUDIT].public
        assert json.loads(head)["issuer"] == ISSUER
        assert [key["key_id"] for key in json.loads(head)["audit_keys"]] == [audit_key.key_id.hex()]
        with town_hall.reading() as session:
            assert list(Export(iter([head, *entries])).entries()) == list(audit.links(session))

    def test_name_nobody(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        make_card()

        said = "\n".join(exported(town_hall))

        assert "Karim" not in said
        assert "clerk one" not in said


class TestExport:
    def test_agrees_with_checkpoints_of_two_audit_keys_when_both_are_trusted(self, town_hall: TownHall) -> None:
        old, new = town_hall.keys[Purpose.AUDIT], SigningKey.generate(Purpose.AUDIT, Algorithm.EDDSA)
        with town_hall.transaction() as session:
            early = checkpoints.sign(session, old, now=NOON)
            key_rotation.announce(session, Purpose.AUDIT, new.public, validity_years=2, actor=CONSOLE, now=NOON)
            key_rotation.activate(session, new.key_id.hex(), wait=DAY, actor=CONSOLE, now=NOON)
            late = checkpoints.sign(session, new, now=NOON)
        export = Export(iter(exported(town_hall)))

        keys = export.trusted([old.public.fingerprint, new.key_id.hex()])

        kept = [checkpoints.opened(signed, keys) for signed in (early, late)]
        last = checkpoints.compare(export.entries(), kept)
        assert last is not None
        assert last.sequence == kept[1].sequence

    def test_shows_an_entry_that_was_changed_in_the_file(self, town_hall: TownHall) -> None:
        lines = exported(town_hall)
        lines[3] = lines[3].replace("console", "staff:7")

        with pytest.raises(ChainBroken, match="entry 3 was edited"):
            checkpoints.compare(Export(iter(lines)).entries(), [])

    def test_takes_a_fingerprint_as_it_stands_on_paper(self, town_hall: TownHall) -> None:
        public = town_hall.keys[Purpose.AUDIT].public
        digits = public.fingerprint.upper()
        grouped = " ".join(digits[at : at + 4] for at in range(0, 64, 4))

        assert Export(iter(exported(town_hall))).trusted([grouped]) == [public]
        assert Export(iter(exported(town_hall))).fingerprints == [public.fingerprint]

    @pytest.mark.parametrize("typed", ["", "3f1c", "audit key of the town", "g" * 16])
    def test_takes_no_fingerprint_that_could_mean_several_keys(self, town_hall: TownHall, typed: str) -> None:
        with pytest.raises(NotAFingerprint):
            Export(iter(exported(town_hall))).trusted([typed])

    def test_says_when_the_trusted_key_is_not_in_it(self, town_hall: TownHall) -> None:
        with pytest.raises(KeyNotInExport, match="0123456789abcdef"):
            Export(iter(exported(town_hall))).trusted(["0123456789abcdef"])

    @pytest.mark.parametrize(
        "head",
        [
            "",
            "nothing",
            "[]",
            "{}",
            '{"format": "other"}',
            '{"format": "cardservice-audit-1", "audit_keys": [{}]}',
            '{"format": "cardservice-audit-1", "audit_keys": [{"cose_key": "a0"}]}',
            '"' + "x" * 70_000 + '"',
        ],
    )
    def test_is_not_read_from_another_file(self, head: str) -> None:
        with pytest.raises(NotAnExport, match="Line 1"):
            Export(iter([head]))

    def test_is_not_read_from_an_empty_file(self) -> None:
        with pytest.raises(NotAnExport):
            Export(iter([]))

    @pytest.mark.parametrize("line", ["", "{}", '{"sequence": "x"}', "null"])
    def test_says_which_line_is_damaged(self, town_hall: TownHall, line: str) -> None:
        lines = exported(town_hall)
        lines[2] = line

        with pytest.raises(NotAnExport, match="Line 3"):
            list(Export(iter(lines)).entries())
