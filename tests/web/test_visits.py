"""The public pages on which a visit is booked, moved and cancelled, asked by nobody who comes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import resvg_py
from sqlalchemy import select

from cardservice import scan
from cardservice.domain import visits
from cardservice.storage.models import AuditEntry, Booking
from cardservice.terms import StaffRole
from cardservice.web import guessing
from web.hall import EVERY_MORNING, Builder, TownHall
from web.pages import Client

TOMORROW = "/visits/2026-11-24"
AT_NINE = {"time": "09:00", "persons": "2"}


@pytest.fixture
def hall(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall(visits=EVERY_MORNING | {"persons": 4, "walk_ins": 1, "zone": "Europe/Lisbon"})
    yield made
    made.sessions.kw["bind"].dispose()


@pytest.fixture
def resident(hall: TownHall) -> Client:
    return hall.browser()


def booked(hall: TownHall) -> list[tuple[str, datetime, int]]:
    with hall.sessions.begin() as session:
        return [(row.code, row.begins_at, row.persons) for row in session.scalars(select(Booking))]


def drawn(page: Any) -> str:
    """The code that the page of a day sends along."""
    return next(str(one.attributes["value"]) for one in page.main.all("input") if one.attributes["name"] == "code")


def book(resident: Client, day: str = TOMORROW, **changed: str) -> Any:
    """Open a day and book a time as a browser does."""
    return resident.submit(day, AT_NINE | {"code": drawn(resident.get(day))} | changed)


class TestBooking:
    def test_goes_from_the_day_over_the_time_to_a_code(self, hall: TownHall, resident: Client) -> None:
        days = resident.get("/visits")
        links = [one.attributes["href"] for one in days.main.all("a")]
        assert "Tuesday, 24 November 2026" in days.main.text
        assert TOMORROW in links

        answer = book(resident)

        ((code, begins_at, persons),) = booked(hall)
        assert (begins_at, persons) == (datetime(2026, 11, 24, 9, tzinfo=UTC), 2)
        assert answer.status_code == 201
        assert visits.grouped(code) in answer.main.text
        assert "Tuesday, 24 November 2026 at 09:00" in answer.main.text
        assert "For 2 persons" in answer.main.text

    def test_shows_the_code_as_a_picture_that_scanners_read(self, hall: TownHall, resident: Client) -> None:
        page = book(resident).text

        picture = page[page.index("<svg") : page.index("</svg>") + 6]

        drawing = bytes(resvg_py.svg_to_bytes(svg_string=picture, width=300))
        assert scan.texts_on_picture(drawing) == [booked(hall)[0][0]]

    def test_sent_twice_is_one_visit(self, hall: TownHall, resident: Client) -> None:
        code = drawn(resident.get(TOMORROW))

        statuses = [book(resident, code=code).status_code for _ in range(2)]

        assert statuses == [201, 200]
        assert len(booked(hall)) == 1

    def test_asks_for_nothing_else_and_keeps_nothing_else(self, hall: TownHall, resident: Client) -> None:
        form = resident.get(TOMORROW).main.all("form")[0]
        asked = {one.attributes["name"] for one in form.all("input")}

        book(resident, name="Karim al-Haddad", telephone="0")

        assert asked == {"csrf_token", "code", "time", "persons"}
        with hall.sessions.begin() as session:
            assert not [entry for entry in session.scalars(select(AuditEntry)) if "visit" in entry.action]

    def test_keeps_no_code_in_an_address(self, resident: Client) -> None:
        answer = book(resident)

        addresses = [
            one.attributes.get(name, "") for one in answer.page.walk() for name in ("href", "action", "formaction")
        ]
        assert not [one for one in addresses if drawn(answer) in one]


class TestWhatCannotBeBooked:
    def test_is_said_beside_its_question_and_the_rest_stays(self, hall: TownHall, resident: Client) -> None:
        for wrong, words, kept in (
            ({"persons": "0"}, "one to four", "09:00"),
            ({"persons": "5"}, "one to four", "09:00"),
            ({"persons": "many"}, "one to four", "09:00"),
            ({"time": "09:10"}, "Choose a time", "2"),
            ({"time": ""}, "Choose a time", "2"),
        ):
            answer = book(resident, **wrong)

            assert answer.status_code == 200
            assert words in answer.main.text
            assert kept in {one.attributes["value"] for one in answer.main.all("input") if "checked" in one.attributes}
        assert booked(hall) == []

    def test_is_a_time_that_filled_up_meanwhile(self, hall: TownHall, resident: Client) -> None:
        page, other = resident.get(TOMORROW), hall.browser()
        book(other)

        one_left = resident.submit(TOMORROW, AT_NINE | {"code": drawn(page)})
        book(other, persons="1")
        full = resident.submit(TOMORROW, AT_NINE | {"code": drawn(page)})

        assert "no room for so many" in one_left.main.text
        assert "This time is full" in full.main.text
        assert "09:00" not in [one.attributes["value"] for one in full.main.all("input")]

    def test_is_a_day_without_times(self, resident: Client) -> None:
        for day in ("2026-11-22", "2026-12-24", "2026-02-30", "9999-12-31", "tomorrow", "٢٠٢٦-١١-٢٤"):
            for answer in (resident.get(f"/visits/{day}"), resident.submit(f"/visits/{day}", AT_NINE)):
                assert answer.status_code == 200, day
                assert "Choose another day" in answer.main.text

    def test_is_a_day_that_is_full(self, resident: Client, hall: TownHall) -> None:
        for clock in ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30"):
            book(resident, time=clock, persons="3")
            hall.clock.passes(hours=1)

        assert "All times of this day are full" in resident.get(TOMORROW).main.text
        assert TOMORROW not in [one.attributes["href"] for one in resident.get("/visits").main.all("a")]

    def test_is_more_than_twenty_an_hour_from_one_connection(self, hall: TownHall, resident: Client) -> None:
        day = iter(f"/visits/2026-11-{day}" for day in (24, 25, 26, 27, 28) for _ in range(4))
        times = ["09:00", "09:30", "10:00", "10:30"] * 5
        made = [book(resident, next(day), time=times[one]).status_code for one in range(20)]

        refused = book(resident, "/visits/2026-11-29")

        assert (set(made), refused.status_code) == ({201}, 429)
        assert guessing.VISITS_PER_SOURCE == "20 per hour"
        assert "You need not book" in refused.main.text
        assert "/visits" in [one.attributes["href"] for one in refused.main.all("a")]
        assert len(booked(hall)) == 20

    def test_is_more_than_half_of_a_day_within_an_hour_from_however_many_connections(
        self, hall: TownHall, resident: Client
    ) -> None:
        page = drawn(resident.get(TOMORROW))
        for clock in ("09:00", "09:30", "10:00"):
            book(hall.browser(), time=clock, persons="3")

        refused = resident.submit(TOMORROW, {"time": "11:00", "persons": "2", "code": page})
        shown = resident.get(TOMORROW)

        assert len(booked(hall)) == 3
        assert "At 10:00 there are more places" in refused.main.text
        assert {one.attributes["value"] for one in refused.main.all("input") if "checked" in one.attributes} == {
            "11:00", "2",
        }  # fmt: skip
        assert drawn(refused) == page
        assert "At 10:00 there are more places" in shown.main.text
        assert book(resident, "/visits/2026-11-25").status_code == 201
        hall.clock.passes(hours=1)
        assert "there are more places" not in resident.get(TOMORROW).main.text
        assert resident.submit(TOMORROW, {"time": "11:00", "persons": "2", "code": page}).status_code == 201

    def test_asks_for_no_writer_where_the_number_of_persons_is_none(
        self, hall: TownHall, resident: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = drawn(resident.get(TOMORROW))
        monkeypatch.setattr(type(hall.desk), "transaction", None)

        for persons in ("0", "5", "many", ""):
            assert resident.submit(TOMORROW, {"time": "09:00", "persons": persons, "code": page}).status_code == 200

    def test_with_a_code_that_somebody_changed_is_booked_with_a_new_one(self, hall: TownHall, resident: Client) -> None:
        assert book(resident, code="0").status_code == 201
        assert len(booked(hall)) == 1


class TestWhatEverybodySees:
    @pytest.mark.parametrize(
        ("town", "seen"),
        [
            # The example of the settings: a time never has more than a family needs.
            ({}, ["few"] * 4 + ["full"]),
            ({"persons": 9, "walk_ins": 1}, ["places"] * 5 + ["few"] * 3 + ["full"]),
        ],
    )
    def test_is_no_number_of_places_however_many_are_booked(
        self, make_hall: Builder, town: dict[str, int], seen: list[str]
    ) -> None:
        """Who asks often must not learn when somebody booked, nor how many they are."""
        hall, shown = make_hall(visits=EVERY_MORNING | town), list[str]()
        days = {hall.browser().get("/visits").main.text}
        while "full" not in shown:
            shown.append(self.seen(hall.browser()))
            code = drawn(hall.browser().get(TOMORROW))
            asked = hall.browser().submit(TOMORROW, {"time": "09:00", "persons": "1", "code": code})
            assert asked.status_code == 201 or shown[-1] == "full"
            days.add(hall.browser().get("/visits").main.text)

        assert shown == seen
        assert len(days) == 1
        hall.sessions.kw["bind"].dispose()

    def seen(self, browser: Client) -> str:
        words = {"09:00": "places", "09:00: only a few places": "few"}
        labels = [label.text for label in browser.get(TOMORROW).main.all("label")]
        return next((words[label] for label in labels if label.startswith("09:00")), "full")

    def test_is_that_few_places_are_left(self, hall: TownHall, resident: Client) -> None:
        for clock in ("09:00", "09:30", "10:00"):
            book(resident, time=clock, persons="3")

        listed = [row.text for row in resident.get("/visits").main.all("li")]
        assert [row for row in listed if "few" in row] == ["Tuesday, 24 November 2026 only a few places"]


class TestWithTheCode:
    def test_a_visit_is_looked_at_moved_and_cancelled(self, hall: TownHall, resident: Client) -> None:
        code = drawn(book(resident))

        shown = resident.submit("/visits/code", {"code": visits.grouped(code).lower()})
        days = resident.submit("/visits/code", {"code": code, "step": "move"})
        day = resident.submit("/visits/2026-11-25", {"code": code, "look": "yes"})
        assert (booked(hall)[0][1].day, drawn(day)) == (24, code)
        moved = resident.submit("/visits/2026-11-25", AT_NINE | {"code": code})

        assert "Tuesday, 24 November 2026 at 09:00" in shown.main.text
        assert "stays as it is" in days.main.text
        assert "Wednesday, 25 November 2026 at 09:00" in moved.main.text
        assert [(one[0], one[1].day) for one in booked(hall)] == [(code, 25)]
        asked = resident.submit("/visits/code", {"code": code, "step": "cancel"}).main
        assert "Cancel this visit?" in asked.text
        assert booked(hall)
        cancelled = resident.submit("/visits/code", {"code": code, "step": "cancel", "sure": "yes"})
        assert "cancelled" in cancelled.main.text
        assert booked(hall) == []

    def test_a_visit_is_moved_with_all_who_come_and_the_page_says_so(self, hall: TownHall, resident: Client) -> None:
        code = drawn(book(resident, persons="3"))

        days = resident.submit("/visits/code", {"code": code, "step": "move"})
        day = resident.submit("/visits/2026-11-25", {"code": code, "look": "yes"})

        assert "You are moving your visit of Tuesday, 24 November 2026 at 09:00" in day.main.text
        persons = [box for box in day.main.all("input") if box.attributes.get("name") == "persons"]
        assert [box.attributes["value"] for box in persons if "checked" in box.attributes] == ["3"]
        for page in (days, day):
            # Nothing leads away without the code, which is there to be written down.
            assert visits.grouped(code) in page.main.text
            assert [form for form in page.page.all("form") if form.attributes.get("class") == "languages"] == []
        back = resident.submit("/visits/code", {"code": code, "step": "move"})
        assert "Choose another day" in back.main.text
        left = resident.submit("/visits/code", {"code": code})
        assert "For 3 persons" in left.main.text

    def test_as_an_address_is_no_day(self, resident: Client) -> None:
        """A browser that is sent back to where a code was typed."""
        answer = resident.get("/visits/code")

        assert (answer.status_code, answer.location) == (302, "/visits")

    def test_is_for_no_more_than_can_ever_be_booked_together(self, make_hall: Builder) -> None:
        """With one place of four kept for who simply comes, four would be refused at every time."""
        hall = make_hall(visits=EVERY_MORNING | {"persons": 4, "walk_ins": 1, "zone": "Europe/Lisbon"})
        page = hall.browser().get("/visits/2026-11-24").main

        offered = [one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == "persons"]
        assert offered == ["1", "2", "3"]

    def test_that_is_none_is_told_beside_the_field(self, resident: Client) -> None:
        slip, unknown = "not the code of a visit", "no visit with this code"
        for step in ("", "cancel", "move"):
            for typed, words in (("", "Type the code of your visit"), ("7K2M-PX4Q", slip), ("00000000", unknown)):
                answer = resident.submit("/visits/code", {"code": typed, "step": step})

                assert answer.status_code == 200
                assert words in answer.main.text


class TestATownWithoutHours:
    def test_says_that_people_simply_come(self, make_hall: Builder) -> None:
        page = make_hall().browser().get("/visits").main

        assert "nobody has to book" in page.text
        assert page.all("form") == []

    def test_tells_a_code_of_before_that_there_is_no_visit(self, make_hall: Builder) -> None:
        answer = make_hall().browser().submit("/visits/code", {"code": visits.draw(bytes)})

        assert "no visit with this code" in answer.main.text


class TestThePage:
    def test_is_the_same_for_a_clerk_and_asks_nobody_to_sign_in(self, hall: TownHall, resident: Client) -> None:
        for path in ("/visits", TOMORROW):
            assert "clara" not in hall.browser(StaffRole.CLERK).get(path).text
            assert "/sign-in" not in resident.get(path).text
