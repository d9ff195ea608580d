"""Printing at the desk: the queue, its jobs, a printer that jams, reprints that say so, lines that are kept nowhere."""

from dataclasses import dataclass, field, replace
from io import BytesIO

import pypdfium2
import pytest
from sqlalchemy import select

from cardservice import spooler
from cardservice.domain.audit import Action
from cardservice.scan import qr_texts
from cardservice.settings import parse
from cardservice.storage.models import AuditEntry, ParkedForm, PrintedCard
from cardservice.terms import CameOut, PrintState, StaffRole
from cardservice.web import desk, print_worker
from web.hall import TownHall
from web.pages import Client

PRINTERS = [
    {"name": "hall", "medium": "a4", "queue": "hall_queue"},
    {"name": "evolis", "medium": "cr80", "queue": "evolis_queue"},
    {"name": "slips", "medium": "a6", "queue": "slips_queue"},
]


@dataclass
class Spooler:
    """What `lp` would have been given, by queue; a queue may refuse, or be silent and take nothing."""

    given: list[tuple[str, bytes]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    breaks: set[str] = field(default_factory=set)
    taken_back: list[str] = field(default_factory=list)
    finished: set[str] = field(default_factory=set)

    def print_pdf(self, name: str, pdf: bytes, *, options: object = ()) -> str:
        assert options
        if name in self.refuses:
            raise spooler.PrinterRefused(name)
        if name in self.silent:
            raise spooler.PrinterGone(name, in_time=False)
        self.given.append((name, pdf))
        if name in self.breaks:
            raise RuntimeError("nobody foresaw this")
        return f"{name}-{len(self.given)}"

    def cancel(self, job: str) -> bool:
        self.taken_back.append(job)
        return job not in self.finished


@pytest.fixture
def lp(monkeypatch: pytest.MonkeyPatch) -> Spooler:
    """A spooler of ours, and a worker that works while one waits: what is tried here is the desk."""
    made = Spooler()
    monkeypatch.setattr(spooler, "print_pdf", made.print_pdf)
    monkeypatch.setattr(spooler, "cancel", made.cancel)
    monkeypatch.setattr(print_worker, "start", lambda job_id: print_worker.worker(desk.here()).work_off(job_id))
    return made


@pytest.fixture
def hall(hall: TownHall) -> TownHall:
    """The same town, with two printers for cards and one for slips."""
    raw = hall.settings.model_dump(exclude={"folder", "printer", "stock"})
    raw["desk"]["batch_days"] = 2
    return replace(hall, settings=parse(raw | {"printer": PRINTERS}, hall.folder))


def choose(clerk: Client, numbers: list[str], printer: str, **more: str) -> str:
    """Begin a job; return the address of its page."""
    answer = clerk.submit("/print-queue", {"card": numbers, "printer": printer} | more)
    assert answer.status_code == 302, answer.main.text
    return str(answer.location)


def states(hall: TownHall) -> dict[str, PrintState]:
    with hall.sessions() as session:
        return {row.card_number: row.state for row in session.scalars(select(PrintedCard))}


def said(hall: TownHall, number: str) -> list[str]:
    with hall.sessions() as session:
        entries = select(AuditEntry).where(AuditEntry.subject == f"card:{number}").order_by(AuditEntry.sequence)
        return [entry.action for entry in session.scalars(entries)]


def codes(pdf: bytes) -> set[str]:
    """What a scanner of QR codes reads on all pages."""
    return set(qr_texts(pdf))


def figures(clerk: Client) -> dict[str, str]:
    """The figures of the first kind of blank."""
    page = clerk.get("/blanks").main
    return {div.all("dt")[0].text: div.all("dd")[0].text for div in page.all("dl")[0].all("div")}


class TestTheQueue:
    def test_lists_numbers_and_no_names(self, hall: TownHall, clerk: Client) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)

        page = clerk.get("/print-queue").main.text

        assert number[:4] in page
        assert "Karim" not in page

    def test_prints_on_a_printer_of_the_town_and_asks_what_came_out(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(2)]

        page = clerk.get(choose(clerk, numbers, "hall")).main.text

        ((queue, pdf),) = lp.given
        assert queue == "hall_queue"
        assert len(codes(pdf)) == 4
        assert set(states(hall).values()) == {PrintState.SENT}
        assert "Did it come out?" in page

    def test_leads_to_handing_over_once_all_came_out(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        job = choose(clerk, [hall.issue(clerk)[1]], "hall")
        assert "Hand over by scanning" not in clerk.get(job).main.text

        clerk.submit(f"{job}/came-out", {"everything": CameOut.WELL})

        page = clerk.get(job).main
        assert "All of this job came out" in page.text
        assert [a.attributes["href"] for a in page.all("a") if a.attributes.get("accesskey") == "n"] == ["/hand-over"]

    def test_says_that_nothing_was_chosen(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)

        answer = clerk.submit("/print-queue", {"printer": "hall"}, follow_redirects=True)

        assert "Choose at least one card" in answer.main.text

    def test_tells_a_clerk_whose_cards_are_in_another_job(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(2)]
        choose(clerk, numbers[:1], "pdf.hall")

        answer = clerk.submit("/print-queue", {"card": numbers, "printer": "pdf.hall"}, follow_redirects=True)

        assert "1 card was left out" in answer.main.text
        assert clerk.submit("/print-queue", {"card": numbers, "printer": "hall"}).status_code == 409
        assert lp.given == []

    def test_is_not_another_clerks(self, hall: TownHall) -> None:
        _, number = hall.issue(hall.browser(StaffRole.CLERK))
        supervisor = hall.browser(StaffRole.SUPERVISOR)

        assert number[:4] not in supervisor.get("/print-queue").main.text
        assert supervisor.submit("/print-queue", {"card": [number], "printer": "hall"}).status_code == 409

    @pytest.mark.parametrize("printer", ["", "nobody", "../hall"])
    def test_knows_no_other_printer(self, hall: TownHall, printer: str) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)

        assert clerk.submit("/print-queue", {"card": [number], "printer": printer}).status_code == 404
        assert states(hall) == {}

    def test_keeps_cards_for_as_long_as_the_town_allows(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)

        answer = clerk.submit("/print-queue/keep", {"card": [number]}, follow_redirects=True)

        assert "1 card is kept until 25 November 2026" in answer.main.text


class TestAJob:
    def test_gives_each_part_as_a_pdf_once(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(2)]
        address = choose(clerk, numbers, "pdf.a4", position="10")

        parts = [clerk.submit(f"{address}/parts/{part}.pdf") for part in (1, 2)]

        assert [len(codes(part.data)) for part in parts] == [2, 2]
        again = clerk.submit(f"{address}/parts/1.pdf")
        assert again.status_code == 409
        assert "printed before" in again.main.text

    def test_has_a_reprint_that_says_so_and_is_the_same_card(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)
        address = choose(clerk, [number], "evolis")
        clerk.submit(f"{address}/came-out", {f"card-{number}": "badly"})

        assert "Reprint" in clerk.get("/print-queue").main.text
        clerk.get(choose(clerk, [number], "evolis"))

        (_, first), (_, second) = lp.given
        assert first == second
        assert said(hall, number)[-3:] == [Action.CARD_PRINTED, Action.CARD_CAME_OUT_BADLY, Action.CARD_REPRINTED]
        assert figures(clerk)["spoilt today"] == "1"

    def test_says_that_nothing_was_chosen_where_nothing_was(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        address = choose(clerk, [hall.issue(clerk)[1]], "hall")

        assert "Nothing was chosen" in clerk.submit(f"{address}/came-out", {}, follow_redirects=True).main.text
        assert PrintState.CAME_OUT not in states(hall).values()

    def test_is_good_as_a_whole_with_one_click(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(3)]
        address = choose(clerk, numbers, "hall")

        clerk.submit(f"{address}/came-out", {"everything": "well"})

        assert set(states(hall).values()) == {PrintState.CAME_OUT}
        assert lp.taken_back == []

    def test_has_what_did_not_come_out_taken_back_from_the_spooler(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)
        address = choose(clerk, [number], "hall")

        clerk.submit(f"{address}/came-out", {f"card-{number}": "not at all"})

        assert lp.taken_back == ["hall_queue-1"]

    def test_knows_that_the_others_of_an_ended_print_come_out_no_more(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(3)]
        address = choose(clerk, numbers, "evolis")

        page = clerk.submit(f"{address}/came-out", {f"card-{numbers[0]}": "not at all"}, follow_redirects=True).main

        assert "2 other cards were in the same print" in page.text
        assert "Wait until the printer stands still" in page.text
        assert "Did it come out?" not in page.text
        boxes = [box.attributes for box in page.all("input")]
        chosen = {box["name"]: box["value"] for box in boxes if "checked" in box}
        assert chosen == {f"card-{number}": "not at all" for number in numbers[1:]}

        clerk.submit(f"{address}/came-out", chosen | {f"card-{numbers[1]}": "well"})

        assert states(hall) == {
            numbers[0]: PrintState.AGAIN, numbers[1]: PrintState.CAME_OUT, numbers[2]: PrintState.AGAIN
        }  # fmt: skip
        assert lp.taken_back == ["evolis_queue-1"]

    def test_calls_nothing_good_of_an_ended_print_that_nobody_looked_at(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(2)]
        address = choose(clerk, numbers, "evolis")
        clerk.submit(f"{address}/came-out", {f"card-{numbers[0]}": "not at all"})

        clerk.submit(f"{address}/came-out", {"everything": "well"})

        assert states(hall)[numbers[1]] is PrintState.TAKEN_BACK

    def test_goes_on_asking_where_the_printer_has_everything_already(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(2)]
        lp.finished.add("evolis_queue-1")
        address = choose(clerk, numbers, "evolis")

        page = clerk.submit(f"{address}/came-out", {f"card-{numbers[0]}": "not at all"}, follow_redirects=True).main

        assert "Did it come out?" in page.text
        assert states(hall)[numbers[1]] is PrintState.SENT


class TestAPrinterThatTakesNothing:
    def test_loses_no_card_and_its_queue_moves_to_another(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        numbers = [hall.issue(clerk)[1] for _ in range(2)]
        lp.refuses.add("hall_queue")
        address = choose(clerk, numbers, "hall")
        assert "takes nothing" in clerk.get(address).main.text

        clerk.submit(f"{address}/move", {"printer": "evolis"})

        ((queue, pdf),) = lp.given
        assert queue == "evolis_queue"
        assert len(codes(pdf)) == 4
        assert said(hall, numbers[0]).count(Action.CARD_REPRINTED) == 0

    def test_goes_on_when_it_is_back(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)
        lp.refuses.add("hall_queue")
        address = choose(clerk, [number], "hall")
        lp.refuses.clear()

        clerk.submit(f"{address}/go-on")

        assert len(lp.given) == 1

    def test_that_did_not_answer_took_nothing_and_nobody_is_asked(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)
        lp.silent.add("hall_queue")

        address = choose(clerk, [number], "hall")

        assert states(hall) == {number: PrintState.QUEUED}
        assert "takes nothing" in clerk.get(address).main.text

    def test_is_asked_about_when_nobody_knows_and_prints_nothing_meanwhile(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)
        lp.breaks.add("hall_queue")
        address = choose(clerk, [number], "hall")
        hall.clock.passes(minutes=3)

        page = clerk.get(address).main.text
        clerk.submit(f"{address}/go-on")
        clerk.submit(f"{address}/move", {"printer": "evolis"})

        assert "nobody knows whether the printer got it" in page
        assert len(lp.given) == 1

    def test_gives_its_cards_back_to_the_queue(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        _, number = hall.issue(clerk)
        lp.refuses.add("hall_queue")
        address = choose(clerk, [number], "hall")

        clerk.submit(f"{address}/put-back")

        assert clerk.get(address).status_code == 404
        assert choose(clerk, [number], "evolis")


class TestOneCard:
    def test_goes_straight_to_a_printer(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, number = hall.issue(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "evolis"}, follow_redirects=True)

        assert "The printer evolis has the card" in answer.main.text
        assert len(lp.given) == 1
        assert states(hall) == {number: PrintState.SENT}

    def test_is_as_it_was_where_the_printer_refuses(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, number = hall.issue(clerk)
        lp.refuses.add("evolis_queue")

        assert clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "evolis"}).status_code == 503
        assert "Reprint" not in clerk.get("/print-queue").main.text
        assert states(hall) == {number: PrintState.AGAIN}

    def test_comes_out_of_one_printer_where_the_first_one_wakes_up_again(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, _ = hall.issue(clerk)
        clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "evolis"})

        clerk.submit(
            f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80", "before": "not at all", "times": "1"}
        )

        assert lp.taken_back == ["evolis_queue-1"]

    def test_says_that_it_was_taken_back_together_with_others(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        (draft_id, number), (_, other) = hall.issue(clerk), hall.issue(clerk)
        choose(clerk, [number, other], "evolis")

        clerk.submit(
            f"/registrations/{draft_id}/card.pdf", {"before": "not at all", "times": "1", "printer": "pdf.cr80"}
        )

        assert states(hall) == {number: PrintState.SENT, other: PrintState.TAKEN_BACK}
        assert "1 other card was in the same print" in clerk.get("/print-queue").main.text

    def test_is_printed_again_only_with_a_reason(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, number = hall.issue(clerk)
        form = {"printer": "pdf.cr80"}
        first = clerk.submit(f"/registrations/{draft_id}/card.pdf", form)

        assert "What is printed now is a reprint" in clerk.get(f"/registrations/{draft_id}/print").main.text
        assert clerk.submit(f"/registrations/{draft_id}/card.pdf", form).status_code == 409
        second = clerk.submit(f"/registrations/{draft_id}/card.pdf", form | {"before": "badly", "times": "1"})
        assert second.data == first.data
        assert said(hall, number)[-1] == Action.CARD_REPRINTED

    def test_has_the_lines_that_its_holder_wishes_and_they_are_kept_nowhere(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, _ = hall.issue(clerk)
        lines = {"allergy": "Qwertynuts", "emergency_contact": "Zelda 0123", "interpreter": "Tamil"}

        pdf = clerk.submit(f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80"} | lines).data

        with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
            printed = "".join(page.get_textpage().get_text_range() for page in document)
        assert all(words in printed for words in lines.values())
        assert "Qwertynuts" not in clerk.get(f"/registrations/{draft_id}/print").text
        again = clerk.submit(
            f"/registrations/{draft_id}/card.pdf", {"printer": "pdf.cr80", "before": "badly", "times": "1"}
        )
        with pypdfium2.PdfDocument(BytesIO(again.data)) as document:
            assert "Qwertynuts" not in "".join(page.get_textpage().get_text_range() for page in document)

    def test_says_what_is_wrong_with_a_line_and_prints_nothing(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, _ = hall.issue(clerk)

        answer = clerk.submit(f"/registrations/{draft_id}/card.pdf", {"allergy": "x" * 41})

        assert answer.status_code == 422
        assert "Use at most 40 characters" in answer.main.text
        assert [
            one.attributes["value"] for one in answer.main.all("input") if one.attributes.get("name") == "allergy"
        ] == ["x" * 41]
        assert states(hall) == {}

    def test_has_lines_that_are_not_parked_when_the_session_is_over(self, hall: TownHall) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, _ = hall.issue(clerk)
        csrf = clerk.csrf_from("/")
        hall.clock.passes(minutes=11)

        clerk.post(f"/registrations/{draft_id}/card.pdf", data={"csrf_token": csrf, "allergy": "nuts"})
        clerk.post("/keep", data={"csrf_token": csrf, "allergy": "nuts", "page": f"/registrations/{draft_id}/card.pdf"})
        clerk.post("/keep", data={"csrf_token": csrf, "allergy": "nuts", "page": f"/registrations/{draft_id}/print"})

        with hall.sessions() as session:
            assert session.scalars(select(ParkedForm)).all() == []


class TestTheSlip:
    def test_goes_straight_to_the_printer_that_is_for_slips(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, _ = hall.issue(clerk)
        assert "Print the slip on slips" in clerk.get(f"/registrations/{draft_id}/print").main.text

        answer = clerk.submit(
            f"/registrations/{draft_id}/slip", {"printer": "slips", "language": "pt"}, follow_redirects=True
        )

        assert "The printer slips has the slip" in answer.main.text
        ((queue, pdf),) = lp.given
        assert queue == "slips_queue"
        opened = clerk.get(f"/registrations/{draft_id}/slip.pdf?paper=a6&language=pt").data
        assert pdf == opened
        assert states(hall) == {}

    def test_is_not_sent_where_the_printer_refuses(self, hall: TownHall, lp: Spooler) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, _ = hall.issue(clerk)
        lp.refuses.add("slips_queue")

        assert clerk.submit(f"/registrations/{draft_id}/slip", {"printer": "slips"}).status_code == 503

    @pytest.mark.parametrize(("what", "printer"), [("card.pdf", "slips"), ("slip", "evolis"), ("slip", "")])
    def test_and_the_card_have_printers_of_their_own(
        self, hall: TownHall, lp: Spooler, what: str, printer: str
    ) -> None:
        clerk = hall.browser(StaffRole.CLERK)
        draft_id, _ = hall.issue(clerk)

        assert clerk.submit(f"/registrations/{draft_id}/{what}", {"printer": printer}).status_code == 404
        assert lp.given == []
