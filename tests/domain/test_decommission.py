"""The end of a town: nothing can be issued any more, and cards verify for years with the last kit, then expire."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from town_hall import DAY, NOON, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.domain import audit, decommission, key_rotation, publication
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.decommission import TownClosed
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.key_rotation import KeyNotActive
from cardservice.keystore import Purpose, SigningKey
from cardservice.storage.models import AuditEntry, Card, Draft, Staff, StatusIndex
from cardservice.terms import CardState
from cardservice.verify import Kit

HOUR = timedelta(hours=1)
LAST_DAY = NOON.replace(year=2028, month=11, day=21, hour=23, minute=59)


def close(town_hall: TownHall, *, status: bool = True) -> None:
    decommission.close(
        town_hall.transaction,
        town_hall.kit,
        town=town_hall.town,
        status_key=town_hall.keys[Purpose.STATUS] if status else None,
        anchor_key=town_hall.keys[Purpose.ANCHOR],
        actor=CONSOLE,
        now=NOON + HOUR,
        token_bytes=town_hall.token_bytes,
    )


class TestCards:
    def test_verify_for_years_and_then_expire(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        card, revoked = make_card(), make_card(CardState.REVOKED)

        close(town_hall)

        for days in (1, 15, 91, 400, 729):
            assert town_hall.verdict(card.identity_code, now=NOON + days * DAY).reason == "valid", days
            assert town_hall.verdict(revoked.residence_code, now=NOON + days * DAY).reason == "revoked", days
        assert town_hall.verdict(card.identity_code, now=LAST_DAY).reason == "valid"
        assert town_hall.verdict(card.identity_code, now=LAST_DAY + HOUR).reason == "expired"

    def test_would_be_cannot_tell_in_two_weeks_with_an_ordinary_list(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        """The control."""
        card = make_card()
        town_hall.publish(now=NOON + HOUR)

        assert town_hall.verdict(card.identity_code, now=NOON + 15 * DAY).reason == "status-stale"

    def test_that_were_not_handed_over_are_revoked_with_their_drafts(
        self, town_hall: TownHall, clerk: Actor, make_card: Callable[..., IssuedCard]
    ) -> None:
        signed, alone = make_card(CardState.SIGNED), make_card(CardState.SIGNED)
        town_hall.register(clerk)
        with town_hall.transaction() as session:
            session.get_one(Card, alone.card_number).draft = None

        close(town_hall)

        for card in (signed, alone):
            assert town_hall.card(card.card_number).state is CardState.REVOKED
            assert town_hall.verdict(card.identity_code, now=NOON + 400 * DAY).reason == "revoked"
        with town_hall.reading() as session:
            assert session.scalar(select(func.count()).select_from(Draft)) == 0
            audit.verify_chain(session)

    def test_verify_for_a_verifier_that_remembers_what_came_before(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        make_card()
        memory = Kit.load(town_hall.kit).remember()

        close(town_hall)

        assert Kit.load(town_hall.kit, remembered=memory).problems == ()

    def test_last_as_long_as_any_key_is_believed_whatever_the_register_knows(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        """After a restore there may be cards in the world that the register has no row of."""
        card = make_card()
        with town_hall.transaction() as session:
            session.delete(session.get_one(Card, card.card_number))

        close(town_hall)

        assert town_hall.verdict(card.identity_code, now=LAST_DAY).reason == "valid"


class TestAKeyThatSomebodyKept:
    def test_signs_no_card_dated_later(self, town_hall: TownHall, make_card: Callable[..., IssuedCard]) -> None:
        close(town_hall)

        keys = {trusted.key.key_id: trusted for _, trusted in Kit.load(town_hall.kit).card_keys.values()}
        trusted = keys[town_hall.keys[Purpose.CARD].key_id]
        assert trusted.retired_at == int((NOON + HOUR).timestamp())

    @pytest.mark.parametrize("purpose", [Purpose.CARD, Purpose.STATUS])
    def test_signs_nothing_where_it_was_announced_only(self, town_hall: TownHall, purpose: Purpose) -> None:
        """The last trust list names it: nobody may take it for one whose turn comes."""
        coming = SigningKey.generate(purpose, Algorithm.ES256)
        with town_hall.transaction() as session:
            key_rotation.announce(session, purpose, coming.public, validity_years=2, actor=CONSOLE, now=NOON)

        close(town_hall)

        with town_hall.reading() as session:
            stages = {key.key_id: key.state for key in key_rotation.of_purpose(session, purpose)}
        listed = Kit.load(town_hall.kit).trust_list
        assert listed is not None
        trusted = next(one for issuer in listed.issuers for one in issuer.keys if one.key.key_id == coming.key_id)
        assert set(stages.values()) == {"retired"}
        assert trusted.retired_at == int((NOON + HOUR).timestamp())

    def test_signs_no_later_status_list(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard], tmp_path: Path
    ) -> None:
        """Somebody with the register, the status key and no anchor makes a revoked card good again: refused."""
        make_card(CardState.REVOKED)
        close(town_hall)
        forged = tmp_path / "forged"
        shutil.copytree(town_hall.kit, forged)
        with town_hall.transaction() as session:
            status = key_rotation.of_purpose(session, Purpose.STATUS)[0]
            status.state, status.retired_at = "active", None
            for place in session.scalars(select(StatusIndex)):
                place.invalid, place.reinstated = False, True
        town_hall.kit = forged
        with pytest.raises(publication.VerifierRefusedLists):
            town_hall.publish(now=NOON + DAY, anchor=False)


class TestTheTown:
    def test_is_closed_and_says_so(self, town_hall: TownHall) -> None:
        with town_hall.reading() as session:
            decommission.check_open(session)

        close(town_hall)

        with town_hall.reading() as session:
            last = audit.newest(session)
            assert last is not None
            assert (last.action, last.subject) == ("town.closed", "town:closed")
            with pytest.raises(TownClosed):
                decommission.check_open(session)

    def test_has_no_open_account(self, town_hall: TownHall, clerk: Actor, supervisor: Actor) -> None:
        close(town_hall)

        with town_hall.reading() as session:
            assert all(member.disabled for member in session.scalars(select(Staff)))
            closed = select(func.count()).where(AuditEntry.action == "staff.disabled")
            assert session.scalar(closed) == 2

    def test_can_issue_nothing_with_a_key_that_was_kept(self, town_hall: TownHall, clerk: Actor) -> None:
        close(town_hall)

        with pytest.raises(KeyNotActive):
            town_hall.issue(town_hall.register(clerk), clerk)

    def test_ends_without_a_card_key_that_was_not_compromised(
        self, town_hall: TownHall, make_card: Callable[..., IssuedCard]
    ) -> None:
        with town_hall.transaction() as session:
            key_id = town_hall.keys[Purpose.CARD].key_id.hex()
            key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=NOON)

        close(town_hall)

        (status_list, *_) = Kit.load(town_hall.kit).status_lists.values()
        assert status_list.expires_at == int((NOON + HOUR + 14 * DAY).timestamp())

    def test_needs_all_four_keys(self, town_hall: TownHall) -> None:
        with town_hall.reading() as session:
            assert decommission.needed_keys(session) == list(Purpose)

        close(town_hall)

        with town_hall.reading() as session:
            assert decommission.needed_keys(session) == [Purpose.AUDIT]

    def test_is_not_closed_twice(self, town_hall: TownHall) -> None:
        close(town_hall)
        before = {path: path.read_bytes() for path in town_hall.kit.rglob("*.cwt")}

        close(town_hall)

        assert {path: path.read_bytes() for path in town_hall.kit.rglob("*.cwt")} == before


class Interrupted(BaseException):
    """What a kill is to the code it hits."""


class TestAnInterruption:
    @pytest.mark.parametrize("step", range(5))
    def test_at_any_step_is_made_good_by_going_on(
        self,
        town_hall: TownHall,
        make_card: Callable[..., IssuedCard],
        clerk: Actor,
        monkeypatch: pytest.MonkeyPatch,
        step: int,
    ) -> None:
        card, signed = make_card(), make_card(CardState.SIGNED)
        real, taken = town_hall.transaction, 0

        def interrupted() -> object:
            nonlocal taken
            taken += 1
            if taken > step:
                raise Interrupted
            return real()

        monkeypatch.setattr(TownHall, "transaction", property(lambda _: interrupted))
        try:
            with pytest.raises(Interrupted):
                close(town_hall)
        finally:
            monkeypatch.undo()
        with town_hall.reading() as session:
            status = key_rotation.active(session, Purpose.STATUS) is not None

        close(town_hall, status=status)

        assert town_hall.card(signed.card_number).state is CardState.REVOKED
        assert town_hall.verdict(card.identity_code, now=LAST_DAY).reason == "valid"
        assert town_hall.verdict(signed.identity_code, now=LAST_DAY).reason == "revoked"
        with town_hall.reading() as session:
            assert decommission.is_closed(session)
            audit.verify_chain(session)
