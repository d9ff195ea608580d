"""The queue of cards to print: what is asked, what is sent, what came out, and that nothing is printed twice unsaid."""

import pytest
from print_desk import CARDS, LATER, Desk
from sqlalchemy import func, select
from town_hall import DAY, NOON, TownHall

from cardservice.domain import blank_stock, issuance, pick_up, print_parts, print_queue, retention
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.audit import Action
from cardservice.domain.print_parts import PartAlreadySent
from cardservice.domain.print_queue import JobNotFound, NothingToPrint, OnPaper
from cardservice.storage.models import BlankCount, PrintedCard, PrintJob, Staff
from cardservice.terms import BlankUse, CameOut, CardState, JobState, RevocationReason, StaffRole


@pytest.fixture
def desk(town_hall: TownHall, clerk: Actor) -> Desk:
    return Desk(town_hall, clerk)


class TestTheQueue:
    def test_is_the_signed_cards_that_were_not_handed_over(self, desk: Desk) -> None:
        first, second, gone = desk.sign(3)
        desk.hall.register(desk.clerk)
        desk.hall.hand_over(gone.card_number, desk.clerk)

        assert sorted(desk.waiting()) == sorted([first.card_number, second.card_number])

    def test_shows_nobody_elses_cards_and_prints_none(self, desk: Desk) -> None:
        (mine,) = desk.sign(1)
        other = Desk(desk.hall, desk.hall.hire("somebody", StaffRole.CLERK))

        assert other.waiting() == []
        with pytest.raises(NothingToPrint):
            other.begin([mine])

    def test_is_not_the_consoles(self, desk: Desk) -> None:
        cards = desk.sign(1)

        with pytest.raises(NothingToPrint):
            Desk(desk.hall, CONSOLE).begin(cards)

    def test_gives_a_card_to_one_job_only(self, desk: Desk) -> None:
        cards = desk.sign(2)
        desk.begin(cards[:1])

        second = desk.begin(cards)

        assert [card.card_number for card in desk.job(second).cards] == [cards[1].card_number]
        with pytest.raises(NothingToPrint):
            desk.begin(cards)

    @pytest.mark.parametrize("position", [0, 11])
    def test_knows_no_place_that_the_sheet_has_not(self, desk: Desk, position: int) -> None:
        with pytest.raises(ValueError, match="1 to 10"):
            desk.begin(desk.sign(1), OnPaper(printer="hall", places=10, first_position=position))


class TestAJob:
    def test_begins_a_used_sheet_where_it_is_free_and_goes_on_with_whole_ones(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(5), OnPaper(printer="hall", places=3, first_position=3))

        parts = desk.send(job_id)

        assert [(part.number, part.first_position, len(part.cards)) for part in parts] == [
            (1, 3, 1), (2, 1, 3), (3, 1, 1)
        ]  # fmt: skip

    def test_sends_each_card_once_and_as_it_was_signed(self, desk: Desk) -> None:
        cards = desk.sign(3)

        sent = [card for part in desk.send(desk.begin(cards)) for card in part.cards]

        by_number = {card.card_number: card for card in cards}
        assert [by_number[card.card_number] for card in sent] == sent
        assert len(sent) == len(cards)
        assert desk.said() == [(Action.CARD_PRINTED, f"card:{card.card_number}") for card in sent]

    def test_is_seen_by_its_owner_only(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(1))
        other = Desk(desk.hall, desk.hall.hire("somebody", StaffRole.SUPERVISOR))

        for act in (other.job, lambda job: other.answer(job, {})):
            with pytest.raises(JobNotFound):
                act(job_id)

    def test_stops_and_goes_on(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(2), OnPaper(printer="hall", places=2, first_position=2))
        desk.claim(job_id)
        with desk.hall.transaction() as session:
            print_queue.stop(session, job_id, actor=desk.clerk, now=NOON)

        assert desk.claim(job_id) is None
        assert not desk.job(job_id).goes_on
        with desk.hall.transaction() as session:
            print_queue.go_on(session, job_id, actor=desk.clerk, now=NOON)
        assert len(desk.send(job_id)) == 1

    def test_acts_for_nobody_whose_account_is_closed(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(1))
        with desk.hall.transaction() as session:
            session.get_one(Staff, desk.clerk.staff_id).disabled = True

        assert desk.claim(job_id) is None

    def test_leaves_out_what_was_handed_over_or_discarded_meanwhile(self, desk: Desk) -> None:
        handed, ended, left = desk.sign(3)
        job_id = desk.begin([handed, ended, left])
        desk.hall.hand_over(handed.card_number, desk.clerk)
        with desk.hall.transaction() as session:
            issuance.spoil(session, ended.card_number, RevocationReason.DAMAGED, actor=desk.clerk, now=NOON)

        (part,) = desk.send(job_id)

        assert [card.card_number for card in part.cards] == [left.card_number]

    def test_prints_nothing_of_a_day_that_is_over(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(2))

        assert desk.claim(job_id, now=NOON + DAY) is None

    def test_goes_with_its_last_card(self, desk: Desk) -> None:
        cards = desk.sign(2)
        job_id = desk.begin(cards)
        desk.send(job_id)
        for card in cards:
            desk.hall.hand_over(card.card_number, desk.clerk)

        with pytest.raises(JobNotFound):
            desk.job(job_id)
        assert rows_left(desk) == (0, 0)

    def test_goes_with_its_day_in_any_case(self, desk: Desk) -> None:
        cards = desk.sign(3)
        desk.send(desk.begin(cards[:2]))

        retention.housekeeping(desk.hall.transaction, now=NOON + DAY, day_keys=desk.hall.day_keys)

        assert rows_left(desk) == (0, 0)
        assert {desk.hall.card(card.card_number).state for card in cards} == {CardState.REVOKED}

    def test_says_reprint_where_a_card_was_printed_before(self, desk: Desk) -> None:
        cards = desk.sign(2)
        first = desk.begin(cards)
        desk.send(first)
        desk.answer(first, {cards[0].card_number: CameOut.BADLY, cards[1].card_number: CameOut.WELL})

        assert desk.waiting() == [cards[0].card_number]
        (part,) = desk.send(desk.begin(cards))

        assert part.reprints == 1
        assert part.cards == (cards[0],)
        assert desk.said()[-2:] == [
            (Action.CARD_CAME_OUT_BADLY, f"card:{cards[0].card_number}"),
            (Action.CARD_REPRINTED, f"card:{cards[0].card_number}"),
        ]

    def test_tells_what_the_spooler_should_take_back(self, desk: Desk) -> None:
        cards = desk.sign(2)
        job_id = desk.begin(cards, OnPaper(printer="hall", places=2, first_position=2))
        desk.send(job_id)

        back = desk.answer(job_id, {card.card_number: CameOut.NOT for card in cards})

        assert back == {"hall-1", "hall-2"}


class TestAPrinterThatJams:
    def test_has_its_queue_moved_to_another_one(self, desk: Desk) -> None:
        cards = desk.sign(4)
        job_id = desk.begin(cards, OnPaper(printer="hall", places=2))
        part = desk.claim(job_id)
        assert part is not None
        with desk.hall.transaction() as session:
            print_parts.sent(session, part)
            moved = print_queue.move(session, job_id, CARDS, actor=desk.clerk, now=NOON)

        (rest,) = desk.send(job_id)

        assert moved == 2
        assert rest.printer == "evolis"
        assert {card.card_number for card in rest.cards}.isdisjoint(card.card_number for card in part.cards)
        assert [card.blank for card in desk.job(job_id).cards] == ["", "", "cr80", "cr80"]

    def test_that_took_nothing_gets_its_part_back_and_the_job_waits(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(2))
        part = desk.claim(job_id)
        assert part is not None
        with desk.hall.transaction() as session:
            print_parts.not_sent(session, part, now=NOON)

        assert desk.job(job_id).row.state is JobState.PRINTER_GONE
        assert desk.claim(job_id) is None
        with desk.hall.transaction() as session:
            print_queue.go_on(session, job_id, actor=desk.clerk, now=NOON)
        (again,) = desk.send(job_id)
        assert again.reprints == 0

    def test_lets_the_rest_go_back_into_the_queue(self, desk: Desk) -> None:
        cards = desk.sign(2)
        job_id = desk.begin(cards)
        with desk.hall.transaction() as session:
            assert print_queue.put_back(session, job_id, actor=desk.clerk, now=NOON) == 2

        assert len(desk.waiting()) == 2
        assert rows_left(desk)[0] == 0


class TestAWorkerThatDied:
    def test_leaves_a_question_and_no_second_print(self, desk: Desk) -> None:
        cards = desk.sign(2)
        job_id = desk.begin(cards)
        desk.claim(job_id)

        assert desk.claim(job_id) is None
        assert desk.job(job_id, NOON).unsure == []
        assert len(desk.job(job_id, LATER).unsure) == 2
        assert desk.waiting() == []

    def test_is_answered_for_by_whoever_looked(self, desk: Desk) -> None:
        well, badly, nothing = desk.sign(3)
        job_id = desk.begin([well, badly, nothing])
        desk.claim(job_id)

        desk.answer(
            job_id,
            {well.card_number: CameOut.WELL, badly.card_number: CameOut.BADLY, nothing.card_number: CameOut.NOT},
            LATER,
        )

        assert sorted(desk.waiting()) == sorted([badly.card_number, nothing.card_number])
        with desk.hall.reading() as session:
            assert blank_stock.of_kind(session, "ten-up", now=LATER).ever[BlankUse.SPOILT] == 1

    def test_cannot_be_answered_for_while_it_may_live(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        job_id = desk.begin([card])
        desk.claim(job_id)

        desk.answer(job_id, {card.card_number: CameOut.NOT}, NOON)

        assert desk.waiting() == []

    def test_that_lives_after_all_changes_nothing_that_was_answered(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        job_id = desk.begin([card])
        part = desk.claim(job_id)
        assert part is not None
        desk.answer(job_id, {card.card_number: CameOut.NOT}, LATER)

        with desk.hall.transaction() as session:
            print_parts.sent(session, part)

        assert desk.waiting() == [card.card_number]


class TestAPart:
    def test_is_made_once(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(3), OnPaper(printer="hall", places=2))

        assert desk.claim(job_id, part=2) is not None
        with pytest.raises(PartAlreadySent):
            desk.claim(job_id, part=2)


class TestBlanks:
    def test_are_what_was_issued_what_was_spoilt_and_what_is_at_the_desk(self, desk: Desk) -> None:
        handed, bad, waiting = desk.sign(3)
        with desk.hall.transaction() as session:
            blank_stock.receive(session, "cr80", 100, actor=desk.clerk, now=NOON)
        job_id = desk.begin([handed, bad, waiting], CARDS)
        desk.send(job_id)
        desk.answer(job_id, {bad.card_number: CameOut.BADLY})
        desk.hall.hand_over(handed.card_number, desk.clerk)

        with desk.hall.reading() as session:
            stock = blank_stock.of_kind(session, "cr80", now=NOON)

        assert (stock.ever[BlankUse.ISSUED], stock.ever[BlankUse.SPOILT], stock.at_desk, stock.left) == (1, 1, 1, 97)

    def test_of_a_printed_card_that_nobody_fetched_are_spoilt(self, desk: Desk) -> None:
        job_id = desk.begin(desk.sign(2), CARDS)
        desk.send(job_id)

        retention.housekeeping(desk.hall.transaction, now=NOON + DAY, day_keys=desk.hall.day_keys)

        with desk.hall.reading() as session:
            assert blank_stock.of_kind(session, "cr80", now=NOON).ever[BlankUse.SPOILT] == 2

    def test_are_not_counted_on_plain_paper(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        job_id = desk.begin([card], OnPaper(printer="office"))
        desk.send(job_id)
        desk.answer(job_id, {card.card_number: CameOut.BADLY})

        with desk.hall.reading() as session:
            assert session.scalar(select(func.count()).select_from(BlankCount)) == 0


class TestPickUp:
    def test_keeps_a_card_in_the_queue_until_its_day(self, desk: Desk) -> None:
        (card,) = desk.sign(1)
        draft_id = desk.hall.card(card.card_number).draft_id
        assert draft_id is not None
        with desk.hall.transaction() as session:
            pick_up.keep(session, draft_id, days=2, actor=desk.clerk, now=NOON, day_keys=desk.hall.day_keys)
        job_id = desk.begin([card])

        assert desk.claim(job_id, now=NOON + 2 * DAY) is not None


def rows_left(desk: Desk) -> tuple[int | None, int | None]:
    with desk.hall.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(PrintJob)),
            session.scalar(select(func.count()).select_from(PrintedCard)),
        )
