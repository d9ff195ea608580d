"""Scenes from the counter: an evening of forgeries, and a key's whole life.

Each row of the second is a moment in a rotation, with the card and the lists that somebody could have then.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from cardservice.credential.claims import DAY, StatusReference
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedKey
from cardservice.verify import Kit, Outcome, Reason, verify
from tests.verify.town import MIDNIGHT, NOON, PORTRAIT, YEAR, TestKey, Town, trusted

TOWN = Town()
OLD_KEY, NEW_KEY = TestKey("card key of 2025"), TestKey("card key of 2026")
STATUS_KEY = trusted(TOWN.status_key, KeyPurpose.STATUS)


class TestForgeryEvening:
    """SCENARIOS 6: eight tricks, eight different plain answers, none of them green."""

    kit = TOWN.kit(
        TOWN.trust_list(
            TOWN.entry(
                trusted(TOWN.card_key),
                trusted(OLD_KEY, state=KeyState.RETIRED, retired_at=MIDNIGHT - 30 * DAY),
                STATUS_KEY,
            )
        ),
        TOWN.status_list([666]),
    )

    def test_a_photocopy_with_another_photo_shows_the_face_that_was_signed(self) -> None:
        verdict = verify(TOWN.text(), self.kit, now=NOON)

        assert verdict.portrait == PORTRAIT
        assert verdict.name == "Amina Example"

    @pytest.mark.parametrize(
        ("trick", "reason"),
        [
            (lambda: TOWN.text().replace("A", "B"), {Reason.MALFORMED, Reason.NOT_A_CARD, Reason.BAD_SIGNATURE}),
            (lambda: Town(issuer="https://outra.example").text(), {Reason.UNKNOWN_ISSUER}),
            (lambda: TOWN.text(TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT)), {Reason.EXPIRED}),
            (lambda: TOWN.text(TOWN.claims(status=StatusReference(uri=TOWN.uri, index=666))), {Reason.REVOKED}),
            (lambda: TOWN.text(key=OLD_KEY), {Reason.KEY_NOT_VALID_THEN}),
            (lambda: "https://shop.example/offer", {Reason.NOT_A_CARD}),
        ],
    )
    def test_a_trick_gets_its_answer(self, trick: Callable[[], str], reason: set[Reason]) -> None:
        verdict = verify(trick(), self.kit, now=NOON)

        assert verdict.verdict is Outcome.NOT_VALID
        assert verdict.reason in reason

    def test_a_clock_set_back_a_year_brings_no_expired_card_back(self) -> None:
        expired = TOWN.text(TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT - DAY))

        verdict = verify(expired, self.kit, now=NOON - timedelta(days=365))

        assert (verdict.verdict, verdict.reason) == (Outcome.CANNOT_TELL, Reason.CLOCK_WRONG)


@dataclass(frozen=True)
class Scene:
    """A moment in the rotation from the old key to the new: days are counted from the announcement."""

    what: str
    lists_of: int
    """The day whose lists the verifier has."""
    signed_by: TestKey
    issued_on: int
    checked_on: int
    reason: Reason


ACTIVATED, RETIRED, COMPROMISED = 14, 20, 40
LAST_CARD_EXPIRES = RETIRED + 30

SCENES = [
    Scene("before anything happened", 0, OLD_KEY, -5, 0, Reason.VALID),
    Scene("new key announced, old key signs on", 1, OLD_KEY, 1, 1, Reason.VALID),
    Scene("old lists know nothing of the new key yet", 0, NEW_KEY, 0, 1, Reason.UNKNOWN_KEY),
    Scene("nobody may use the new key early", 1, NEW_KEY, 1, 2, Reason.KEY_NOT_VALID_THEN),
    Scene("first card of the new key, lists of the announcement", 1, NEW_KEY, ACTIVATED, ACTIVATED, Reason.VALID),
    Scene("first card of the new key, lists of today", ACTIVATED, NEW_KEY, ACTIVATED, ACTIVATED, Reason.VALID),
    Scene("last card of the old key", ACTIVATED, OLD_KEY, ACTIVATED - 1, ACTIVATED, Reason.VALID),
    Scene("old card, its key retired", RETIRED, OLD_KEY, 1, RETIRED + 1, Reason.VALID),
    Scene("old card on the last day of its life", RETIRED + 10, OLD_KEY, RETIRED, RETIRED + 13, Reason.VALID),
    Scene(
        "the old key signs after it was retired", RETIRED, OLD_KEY, RETIRED + 1, RETIRED + 2, Reason.KEY_NOT_VALID_THEN
    ),
    Scene("the new key is compromised", COMPROMISED, NEW_KEY, ACTIVATED, COMPROMISED, Reason.KEY_COMPROMISED),
    Scene("and nobody with new lists believes its older cards", COMPROMISED, NEW_KEY, 15, 41, Reason.KEY_COMPROMISED),
    Scene("while the old key's cards go on", COMPROMISED, OLD_KEY, RETIRED, COMPROMISED, Reason.VALID),
]


def kit_of(day: int) -> Kit:
    """The lists as they were published on that day."""
    issued_at = MIDNIGHT + day * DAY
    old = trusted(OLD_KEY, not_after=MIDNIGHT + LAST_CARD_EXPIRES * DAY)
    new = trusted(NEW_KEY, state=KeyState.ANNOUNCED, not_before=MIDNIGHT + ACTIVATED * DAY)
    keys: list[TrustedKey] = [old]
    if day >= 1:
        keys.append(new)
    if day >= ACTIVATED:
        keys[1] = trusted(NEW_KEY, not_before=MIDNIGHT + ACTIVATED * DAY)
    if day >= RETIRED:
        retired_at = MIDNIGHT + RETIRED * DAY
        keys[0] = trusted(OLD_KEY, state=KeyState.RETIRED, not_after=old.not_after, retired_at=retired_at)
    if day >= COMPROMISED:
        keys[1] = trusted(NEW_KEY, state=KeyState.COMPROMISED, not_before=MIDNIGHT + ACTIVATED * DAY)
    trust_list = TOWN.trust_list(TOWN.entry(*keys, STATUS_KEY), issued_at=issued_at, sequence=100 + day)
    status_list = TOWN.status_list(
        issued_at=issued_at, expires_at=issued_at + 15 * DAY, lowest_trust_sequence=100 + day, sequence=day
    )
    return TOWN.kit(trust_list, status_list)


class TestRotation:
    @pytest.mark.parametrize("scene", SCENES, ids=[scene.what for scene in SCENES])
    def test_never_fails_a_good_card_nor_passes_a_bad_one(self, scene: Scene) -> None:
        issued_at = MIDNIGHT + scene.issued_on * DAY
        expires_at = issued_at + 30 * DAY
        text = TOWN.text(TOWN.claims(issued_at=issued_at, expires_at=expires_at), key=scene.signed_by)

        verdict = verify(
            text, kit_of(scene.lists_of), now=datetime.fromtimestamp(MIDNIGHT + scene.checked_on * DAY, UTC)
        )

        assert verdict.reason is scene.reason

    def test_refuses_a_card_that_would_outlive_its_key(self) -> None:
        text = TOWN.text(TOWN.claims(expires_at=MIDNIGHT + (LAST_CARD_EXPIRES + 1) * DAY), key=OLD_KEY)

        assert verify(text, kit_of(1), now=NOON).reason is Reason.KEY_NOT_VALID_THEN

    def test_an_old_trust_list_cannot_hide_that_a_key_is_compromised(self) -> None:
        text = TOWN.text(TOWN.claims(issued_at=MIDNIGHT + 15 * DAY, expires_at=MIDNIGHT + 45 * DAY), key=NEW_KEY)
        old, new = kit_of(RETIRED), kit_of(COMPROMISED)
        mixed = Kit(
            anchor=old.anchor, trust_list=old.trust_list, status_lists=new.status_lists, card_keys=old.card_keys
        )

        verdict = verify(text, mixed, now=datetime.fromtimestamp(MIDNIGHT + COMPROMISED * DAY, UTC))

        assert verdict.reason is Reason.STATUS_STALE


def test_importing_the_verifier_loads_nothing_of_the_service() -> None:
    program = "import sys, cardservice.verify; print(*sorted({name.split('.')[0] for name in sys.modules}))"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert not {"flask", "sqlalchemy", "reportlab", "qrcode", "PIL", "click", "pydantic", "argparse"} & set(loaded)
