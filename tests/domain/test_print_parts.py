"""Parts and single cards on their way to a printer, where something else happened in between."""

import pytest
from print_desk import CARDS, Desk
from sqlalchemy import func, select
from town_hall import DAY, NOON, TownHall

from cardservice.domain import blank_stock, print_parts, print_queue, printed
from cardservice.domain.actor import Actor
from cardservice.domain.audit import Action
from cardservice.domain.issuance import NotIssued
from cardservice.domain.print_parts import InAJob, Part, WhatCameOut
from cardservice.domain.print_queue import OnPaper
from cardservice.storage.models import Card, Counter, PrintedCard, Staff
from cardservice.terms import CameOut, PrintState


@pytest.fixture
def desk(town_hall: TownHall, clerk: Actor) -> Desk:
    return Desk(town_hall, clerk)


def counted(desk: Desk) -> int:
    """How many prints the counters of all months have."""
    with desk.hall.reading() as session:
        names = [str(Action.CARD_PRINTED), str(Action.CARD_REPRINTED)]
        return session.scalar(select(func.sum(Counter.count)).where(Counter.name.in_(names))) or 0


def refused(desk: Desk, part: Part) -> None:
    """The printer took nothing of a part, and said so."""
    with desk.hall.transaction() as session:
        print_parts.not_sent(session, part, now=NOON)


class TestAPartThatThePrinterRefused:
    def test_is_queued_again_in_nobodys_name_where_the_account_was_closed_meanwhile(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(1))
        part = desk.claim(job_id)
        assert part is not None
        with desk.hall.transaction() as session:
            session.get_one(Staff, desk.clerk.staff_id).disabled = True

        refused(desk, part)

        assert [card.state for card in desk.job(job_id).cards] == [PrintState.QUEUED]
        assert [action for action, _ in desk.said()] == [Action.CARD_PRINTED]

    def test_brings_back_no_job_whose_cards_were_all_handed_over_meanwhile(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        part = desk.claim(desk.begin([card]))
        assert part is not None
        desk.hall.hand_over(card.card_number, desk.clerk)

        refused(desk, part)

        with desk.hall.reading() as session:
            assert print_queue.jobs(session, actor=desk.clerk, now=NOON) == []
            assert print_queue.row_of(session, card.card_number) is None

    @pytest.mark.parametrize("prints_before", [0, 1])
    def test_is_not_counted_as_printed(self, desk: Desk, prints_before: int) -> None:
        cards = desk.sign(1)
        for _ in range(prints_before):
            job_id = desk.begin(cards)
            desk.send(job_id)
            desk.answer(job_id, {cards[0].card_number: CameOut.BADLY})
        part = desk.claim(desk.begin(cards))
        assert part is not None
        # Said a moment later, which may be in another month.
        with desk.hall.transaction() as session:
            print_parts.not_sent(session, part, now=NOON + 31 * DAY)

        assert counted(desk) == prints_before

    def test_is_not_counted_as_printed_where_it_was_one_card(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.one(card)
        assert counted(desk) == 1

        with desk.hall.transaction() as session:
            print_parts.not_sent_one(session, card.card_number, actor=desk.clerk, now=NOON)

        assert counted(desk) == 0


class TestAPrintThatTheSpoolerEnded:
    def test_leaves_the_question_what_came_out_before_and_nothing_comes_out_later(self, desk: Desk) -> None:
        cards = desk.sign(3)
        job_id = desk.begin(cards, CARDS)
        desk.send(job_id)
        (spooled,) = desk.answer(job_id, {cards[0].card_number: CameOut.NOT})

        with desk.hall.transaction() as session:
            assert print_queue.taken_back(session, spooled) == 2

        assert {card.state for card in desk.job(job_id).cards} == {PrintState.TAKEN_BACK}
        # Nothing of it is in the spooler any more, that would have to be taken back again.
        seen = {cards[1].card_number: CameOut.NOT, cards[2].card_number: CameOut.WELL}
        assert desk.answer(job_id, seen) == set()
        assert sorted(desk.waiting()) == sorted(card.card_number for card in cards[:2])

    def test_changes_nothing_that_somebody_saw_and_no_other_print(self, desk: Desk) -> None:
        cards = desk.sign(3)
        job_id = desk.begin(cards, OnPaper(printer="hall", places=2))
        desk.send(job_id)
        first, second, _ = desk.job(job_id).cards
        desk.answer(job_id, {first.card_number: CameOut.WELL, second.card_number: CameOut.NOT})

        with desk.hall.transaction() as session:
            assert print_queue.taken_back(session, "hall-1") == 0

        assert [card.state for card in desk.job(job_id).cards] == [PrintState.CAME_OUT, PrintState.SENT]

    def test_keeps_its_blanks_counted_until_somebody_looked(self, desk: Desk) -> None:
        cards = desk.sign(2)
        job_id = desk.begin(cards, CARDS)
        desk.send(job_id)
        desk.answer(job_id, {cards[0].card_number: CameOut.NOT})

        with desk.hall.transaction() as session:
            print_queue.taken_back(session, "hall-1")
            assert blank_stock.of_kind(session, "cr80", now=NOON).at_desk == 1


class TestAJob:
    def test_is_found_by_its_owner_and_by_whoever_works_for_its_printer(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(11))

        with desk.hall.reading() as session:
            (mine,) = print_queue.jobs(session, actor=desk.clerk, now=NOON)
            assert mine.queued_parts == [1, 2]
            assert print_queue.for_printers(session, ["evolis", "hall"]) == [job_id]
            assert print_queue.for_printers(session, ["evolis"]) == []

    def test_lets_go_of_a_card_that_is_no_longer_to_be_printed(self, desk: Desk) -> None:
        first, second = desk.sign(2)
        job_id = desk.begin([first, second])
        with desk.hall.transaction() as session:
            session.get_one(Card, first.card_number).draft_id = None

        part = desk.claim(job_id)

        assert part is not None
        assert part.cards == (second,)
        with desk.hall.reading() as session:
            row = session.get_one(PrintedCard, first.card_number)
            assert (row.job_id, row.state) == (None, PrintState.AGAIN)

    def test_that_is_gone_is_forgotten_once(self, desk: Desk) -> None:
        with desk.hall.transaction() as session:
            printed.forget_if_empty(session, "no such job")
            assert print_queue.jobs(session, actor=desk.clerk, now=NOON) == []


class TestAWorkerOfOnePrinter:
    def test_leaves_what_goes_to_another_printer(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(1))

        def claim(*printers: str) -> Part | None:
            with desk.hall.transaction() as session:
                return print_parts.claim(
                    session, job_id, now=NOON, day_keys=desk.hall.day_keys, only_for=frozenset(printers)
                )

        assert claim("another") is None
        assert claim("another", desk.job(job_id).row.printer) is not None


class TestOneCardWhileItsHolderWaits:
    def test_is_not_printed_before_it_is_issued(self, desk: Desk) -> None:
        draft_id = desk.hall.register(desk.clerk)

        with desk.hall.transaction() as session, pytest.raises(NotIssued):
            print_parts.claim_one(
                session, draft_id, CARDS, None, actor=desk.clerk, now=NOON, day_keys=desk.hall.day_keys
            )

    def test_that_the_printer_refused_is_printed_the_next_time_for_the_first_time(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.one(card)
        with desk.hall.transaction() as session:
            print_parts.not_sent_one(session, card.card_number, actor=desk.clerk, now=NOON)

        desk.one(card)
        assert [action for action, _ in desk.said()] == [
            Action.CARD_PRINTED, Action.CARD_DID_NOT_COME_OUT, Action.CARD_PRINTED
        ]  # fmt: skip

    def test_that_was_answered_for_meanwhile_stays_as_somebody_saw_it(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.one(card)
        with desk.hall.transaction() as session:
            row = session.get_one(PrintedCard, card.card_number)
            print_queue.tell(session, row, CameOut.BADLY, actor=desk.clerk, now=NOON)

        with desk.hall.transaction() as session:
            print_parts.sent_one(session, card.card_number)
            print_parts.not_sent_one(session, card.card_number, actor=desk.clerk, now=NOON)

        with desk.hall.reading() as session:
            assert session.get_one(PrintedCard, card.card_number).state is PrintState.AGAIN

    def test_is_printed_again_when_somebody_says_what_became_of_it(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.one(card)
        with desk.hall.transaction() as session:
            print_parts.sent_one(session, card.card_number)

        with pytest.raises(WhatCameOut):
            desk.one(card)
        assert desk.one(card, CameOut.BADLY) == ""
        assert [action for action, _ in desk.said()] == [
            Action.CARD_PRINTED, Action.CARD_CAME_OUT_BADLY, Action.CARD_REPRINTED
        ]  # fmt: skip

    def test_is_not_printed_twice_because_it_came_out_well(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.one(card)

        with pytest.raises(WhatCameOut):
            desk.one(card, CameOut.WELL)

    def test_is_not_printed_again_by_a_form_that_was_sent_twice(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.one(card)
        desk.one(card, CameOut.BADLY, times=1)

        with pytest.raises(WhatCameOut):
            desk.one(card, CameOut.BADLY, times=1)

    def test_is_taken_back_from_a_printer_that_did_not_print_it(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.one(card)
        with desk.hall.transaction() as session:
            print_parts.sent_one(session, card.card_number, spooled="evolis-7")

        assert desk.one(card, CameOut.NOT) == "evolis-7"

    def test_is_not_printed_beside_a_job(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        desk.begin([card])

        with pytest.raises(InAJob):
            desk.one(card, CameOut.NOT)
