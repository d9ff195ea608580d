"""One folder checks all cards: other cities' lists in this town's kit, and when they may not be there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from town_hall import DAY, NOON, TownHall

from cardservice.credential.errors import Reason
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedKey
from cardservice.domain import mirroring, recognition
from cardservice.domain.actor import CONSOLE
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.recognised_city import Why
from cardservice.storage.models import RecognisedCity
from cardservice.verify import Kit, verify
from tests.verify.town import MIDNIGHT, MORNING, YEAR, TestKey, Town, trusted

OUTRA = Town(issuer="https://outra.example", names={"pt": "Outra"})
NEIGHBOUR = Town(issuer="https://outra.example/neighbour", names={"pt": "Vizinha"})
DAY_S = 86_400
MIRRORED = "status/outra.example-1.cwt"
Files = dict[str, bytes]


@pytest.fixture
def federated(town_hall: TownHall) -> TownHall:
    """The town, with another city recognised for its library, published with the anchor key."""
    recognise(town_hall, OUTRA)
    town_hall.publish()
    return town_hall


def recognise(hall: TownHall, city: Town, *services: str, files: Files | None = None) -> None:
    with hall.transaction() as session:
        recognition.recognise(
            session,
            files or city.files(),
            anchor=city.anchor.public.to_cose_key(),
            services=services or ("library",),
            address=None,
            town=hall.town,
            actor=CONSOLE,
            now=NOON,
        )


def refresh(hall: TownHall, files: Files, *, now: datetime = NOON) -> None:
    with hall.transaction() as session:
        recognition.refresh(session, OUTRA.issuer, files, town=hall.town, actor=CONSOLE, now=now)


def newer(*keys: TrustedKey, sequence: int = 6, days: int = 0, **changes: Any) -> Files:
    """The city's kit some days later: another trust list, and a status list that asks for it."""
    issued_at = MORNING + days * DAY_S
    status_list = OUTRA.status_list(
        sequence=8 + days, issued_at=issued_at, expires_at=issued_at + 14 * DAY_S, lowest_trust_sequence=sequence
    )
    trust_list = OUTRA.trust_list(OUTRA.entry(*keys, **changes), sequence=sequence, issued_at=issued_at)
    return OUTRA.files(trust_list, status_list)


def reason(hall: TownHall, text: str | None = None, *, now: datetime = NOON, service: str = "library") -> Reason:
    return verify(text or OUTRA.text(), Kit.load(hall.kit), now=now, service=service).reason


BOTH = (trusted(OUTRA.card_key), trusted(OUTRA.status_key, KeyPurpose.STATUS))
COMPROMISED = trusted(OUTRA.card_key, state=KeyState.COMPROMISED)
STATUS = trusted(OUTRA.status_key, KeyPurpose.STATUS)


class TestAKitWithAnotherCity:
    def test_checks_its_cards_for_what_it_is_recognised_for(self, federated: TownHall) -> None:
        kit = Kit.load(federated.kit)

        verdict = verify(OUTRA.text(), kit, now=NOON, service="library")

        assert kit.problems == ()
        assert (verdict.reason, verdict.issuer_name, verdict.recognised_for) == (Reason.VALID, "Outra", ("library",))
        assert reason(federated, service="pool") is Reason.NOT_RECOGNISED

    def test_has_the_citys_list_byte_for_byte(self, federated: TownHall) -> None:
        assert (federated.kit / MIRRORED).read_bytes() == OUTRA.files()["status/1.cwt"]

    def test_knows_what_the_city_revoked(self, federated: TownHall) -> None:
        revoked = OUTRA.status_list([77_123], sequence=8, issued_at=MORNING + 60)
        refresh(federated, OUTRA.files(None, revoked))

        federated.publish(anchor=False)

        assert reason(federated) is Reason.REVOKED

    def test_has_the_lists_of_two_cities_of_one_host(self, federated: TownHall) -> None:
        recognise(federated, NEIGHBOUR)

        assert federated.publish().withheld == {}
        names = {path.name for path in (federated.kit / "status").iterdir()}
        assert names == {"1.cwt", "outra.example-1.cwt", "outra.example-2.cwt"}
        assert reason(federated) is reason(federated, NEIGHBOUR.text()) is Reason.VALID

    def test_checks_the_towns_own_cards_as_before(
        self, federated: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        card = make_card()

        federated.publish(now=NOON + DAY)

        assert reason(federated, card.identity_code, now=NOON + DAY) is Reason.VALID


class TestACityThatIsForgotten:
    def test_is_gone_with_the_anchor_key(self, federated: TownHall) -> None:
        with federated.transaction() as session:
            recognition.forget(session, OUTRA.issuer, actor=CONSOLE, now=NOON)

        assert not federated.publish().anchor_waits
        assert reason(federated) is Reason.UNKNOWN_ISSUER
        assert not (federated.kit / MIRRORED).exists()

    def test_is_no_longer_valid_at_once_where_the_anchor_key_is_away(self, federated: TownHall) -> None:
        with federated.transaction() as session:
            recognition.forget(session, OUTRA.issuer, actor=CONSOLE, now=NOON)

        assert federated.publish(anchor=False).anchor_waits
        assert reason(federated) is Reason.STATUS_MISSING


class TestACityThatChangesWhileTheAnchorIsLocked:
    @pytest.mark.parametrize(
        "files",
        [
            newer(COMPROMISED, STATUS),
            newer(STATUS),
            newer(trusted(OUTRA.card_key, not_after=MIDNIGHT + YEAR), STATUS),
            newer(trusted(OUTRA.card_key, KeyPurpose.STATUS), STATUS),
        ],
        ids=["compromised", "gone", "shorter", "another purpose"],
    )
    def test_cannot_be_told_where_it_takes_something_back(self, federated: TownHall, files: Files) -> None:
        """The signed trust list still believes the key: with fresh lists beside it, a thief's cards would be green."""
        refresh(federated, files)

        done = federated.publish(anchor=False)

        assert (done.anchor_waits, done.withheld) == (True, {OUTRA.issuer: Why.WAITS})
        assert reason(federated) is Reason.STATUS_MISSING
        assert federated.publish().withheld == {}
        assert reason(federated) is not Reason.STATUS_MISSING

    def test_cannot_be_told_where_this_town_takes_a_service_back(self, federated: TownHall) -> None:
        recognise(federated, OUTRA, "pool")

        assert federated.publish(anchor=False).withheld == {OUTRA.issuer: Why.WAITS}
        assert reason(federated) is Reason.STATUS_MISSING

    def test_goes_on_where_it_only_adds(self, federated: TownHall) -> None:
        coming = trusted(TestKey("coming"), state=KeyState.ANNOUNCED)
        refresh(federated, newer(*BOTH, coming, days=1), now=NOON + DAY)

        done = federated.publish(anchor=False, now=NOON + DAY)

        assert (done.anchor_waits, done.withheld) == (True, {})
        assert reason(federated, now=NOON + DAY) is Reason.VALID

    def test_goes_on_where_a_key_ended_as_it_was_to_end(self, town_hall: TownHall) -> None:
        old = trusted(TestKey("old"), state=KeyState.RETIRED, not_after=MIDNIGHT + DAY_S)
        recognise(town_hall, OUTRA, files=newer(*BOTH, old, sequence=5))
        town_hall.publish()
        refresh(town_hall, newer(*BOTH, days=2), now=NOON + 2 * DAY)

        assert town_hall.publish(anchor=False, now=NOON + 2 * DAY).withheld == {}
        assert reason(town_hall, now=NOON + 2 * DAY) is Reason.VALID

    def test_cannot_be_told_where_its_new_status_key_is_not_published(self, federated: TownHall) -> None:
        fresh = TestKey("next status key")
        files = newer(*BOTH, trusted(fresh, KeyPurpose.STATUS), days=1)
        files["status/1.cwt"] = OUTRA.status_list(sequence=9, issued_at=MORNING + DAY_S).seal(fresh)
        refresh(federated, files, now=NOON + DAY)

        assert federated.publish(anchor=False, now=NOON + DAY).withheld == {OUTRA.issuer: Why.WAITS}
        assert reason(federated, now=NOON + DAY) is Reason.STATUS_MISSING
        federated.publish(now=NOON + DAY)
        assert reason(federated, now=NOON + DAY) is Reason.VALID

    def test_waits_with_a_new_list_until_the_trust_list_names_it(self, federated: TownHall) -> None:
        second = f"{OUTRA.issuer}/status/2"
        refresh(federated, newer(status_lists=(OUTRA.uri, second)))

        assert federated.publish(anchor=False).anchor_waits
        assert not federated.publish().anchor_waits

    def test_waits_with_all_of_its_lists_where_the_trust_list_names_none(self, town_hall: TownHall) -> None:
        recognise(town_hall, OUTRA, files=newer(status_lists=()))
        town_hall.publish()
        refresh(town_hall, newer(sequence=7))

        assert town_hall.publish(anchor=False).withheld == {OUTRA.issuer: Why.WAITS}

    def test_that_is_new_waits_for_the_anchor_key(self, town_hall: TownHall) -> None:
        recognise(town_hall, OUTRA)

        done = town_hall.publish(anchor=False)

        assert (done.anchor_waits, done.withheld) == (True, {OUTRA.issuer: Why.WAITS})
        assert reason(town_hall) is Reason.UNKNOWN_ISSUER


class TestACityThatFallsBehind:
    @pytest.mark.parametrize(
        ("status_list", "trust_list", "why", "after"),
        [
            ({"expires_at": MORNING + DAY_S}, {}, Why.NO_LISTS, DAY),
            ({"lowest_trust_sequence": 6}, {}, Why.NO_LISTS, 0 * DAY),
            ({"issued_at": MORNING + 2 * DAY_S}, {}, Why.NO_LISTS, 0 * DAY),
            ({}, {"next_update": MORNING + 2 * DAY_S}, Why.PAST, 2 * DAY),
        ],
        ids=["expired", "asks for a newer trust list", "from the future", "past its next update"],
    )
    def test_cannot_be_told_and_is_never_called_forged(
        self, town_hall: TownHall, status_list: Files, trust_list: Files, why: Why, after: Any
    ) -> None:
        files = OUTRA.files(OUTRA.trust_list(**trust_list), OUTRA.status_list(**status_list))
        recognise(town_hall, OUTRA, files=files)

        done = town_hall.publish(now=NOON + after)

        assert done.withheld == {OUTRA.issuer: why}
        assert reason(town_hall, now=NOON + after) is Reason.STATUS_MISSING
        assert Kit.load(town_hall.kit).problems == ()

    def test_without_any_list_cannot_be_told(self, town_hall: TownHall) -> None:
        recognise(town_hall, OUTRA, files={"trust-list.cwt": OUTRA.files()["trust-list.cwt"]})

        assert town_hall.publish().withheld == {OUTRA.issuer: Why.NO_LISTS}


class TestACityWhoseRowWasChanged:
    def test_is_left_out_and_everything_else_is_published(
        self, federated: TownHall, make_card: Callable[..., IssuedCard], tmp_path: Path
    ) -> None:
        card = make_card()
        with federated.transaction() as session:
            session.execute(update(RecognisedCity).values(services="library pool"))

        done = federated.publish(now=NOON + DAY)

        assert (done.anchor_waits, done.withheld) == (False, {OUTRA.issuer: Why.ANOTHER_DECISION})
        assert reason(federated, now=NOON + DAY) is Reason.UNKNOWN_ISSUER
        assert reason(federated, card.identity_code, now=NOON + DAY) is Reason.VALID

    def test_cannot_be_told_where_the_anchor_key_is_away(self, federated: TownHall) -> None:
        with federated.transaction() as session:
            session.execute(update(RecognisedCity).values(services="library pool"))

        assert federated.publish(anchor=False).anchor_waits
        assert reason(federated) is Reason.STATUS_MISSING


class TestTakesBack:
    def test_is_nothing_where_a_compromise_was_published_already(self) -> None:
        entry = OUTRA.entry(COMPROMISED, STATUS)

        assert not mirroring.takes_back(entry, entry, at=MORNING)

    def test_is_no_retirement(self) -> None:
        """Nobody else has the key: what it signed before is as good as it was."""
        retired = OUTRA.entry(trusted(OUTRA.card_key, state=KeyState.RETIRED, retired_at=MORNING), STATUS)

        assert not mirroring.takes_back(OUTRA.entry(), retired, at=MORNING)

    def test_is_no_more_services(self) -> None:
        one, two = (replace(OUTRA.entry(), recognised_for=services) for services in (("pool",), ("library", "pool")))

        assert not mirroring.takes_back(one, two, at=MORNING)
        assert mirroring.takes_back(two, one, at=MORNING)
