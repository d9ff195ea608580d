"""Answers that were typed on a page which is older than the registration: nothing is saved, and both stand there."""

from sqlalchemy import select

from cardservice.storage.models import ParkedForm
from cardservice.terms import StaffRole
from web.hall import ANSWERS, NAMES, PAPERS, PASSWORD, TownHall
from web.marked_pages import MEANWHILE, OTHER, kept, mark, marks
from web.pages import Client


class TestTheAnswers:
    def test_are_shown_as_they_were_typed_and_beside_each_other_one_what_is_saved(
        self, hall: TownHall, clerk: Client
    ) -> None:
        draft_id = hall.register(clerk)
        path = f"/registrations/{draft_id}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, OTHER | {"name_second": "", "language_second": ""})

        shown = clerk.submit(path, ANSWERS | {"name": "Karim Haddad", "language": "fra"} | page).main

        said = {
            one.attributes["id"]: one.text for one in shown.all("p") if one.attributes.get("id", "").endswith("-saved")
        }
        assert said == {
            "name-saved": "Saved meanwhile: Karima al-Haddad",
            "language-saved": "Saved meanwhile: English",
            "birth_day-saved": "Saved meanwhile: 28 March 1985",
            "name_second-saved": "Saved meanwhile: No name in a second script",
        }
        typed = {one.attributes.get("name"): one.attributes.get("value") for one in shown.all("input")}
        assert (typed["name"], typed["birth_day"]) == ("Karim Haddad", "27")
        described = next(one for one in shown.all("input") if one.attributes.get("name") == "name").attributes
        assert "name-saved" in described["aria-describedby"].split()
        assert "open" in next(one for one in shown.all("details") if "second script" in one.text).attributes

    def test_in_a_second_script_are_told_with_their_language(self, hall: TownHall, clerk: Client) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, ANSWERS | {"name_second": "کریم", "language_second": "fas"})

        shown = clerk.submit(path, ANSWERS | page).main

        assert "Saved meanwhile: کریم" in shown.text
        assert "Saved meanwhile: Persian" in shown.text

    def test_that_were_never_typed_have_nothing_beside_them(self, hall: TownHall, clerk: Client, details: str) -> None:
        page = mark(clerk, details)
        clerk.submit(details.replace("details", "papers"), PAPERS | {"paper-bill": "y", "dated-bill": "16 11"})

        shown = clerk.submit(details, ANSWERS | page)

        assert (shown.status_code, MEANWHILE in shown.main.text) == (409, True)
        assert "Saved meanwhile" not in shown.main.text

    def test_with_a_mistake_stay_those_of_the_page_that_they_were_typed_on(self, hall: TownHall, clerk: Client) -> None:
        """A page that only says what is wrong must not make an older one look new."""
        path = f"/registrations/{hall.register(clerk)}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, OTHER)

        wrong = clerk.submit(path, ANSWERS | {"birth_day": "99"} | page)

        assert (wrong.status_code, marks(wrong.main)) == (200, set(page.values()))
        assert clerk.submit(path, ANSWERS | page).status_code == 409

    def test_sent_twice_go_on_to_the_photo_twice(self, hall: TownHall, clerk: Client, details: str) -> None:
        page = mark(clerk, details)

        answers = [clerk.submit(details, ANSWERS | page).location for _ in range(2)]

        assert answers == [details.replace("details", "photo")] * 2

    def test_corrected_on_the_way_back_are_in_conflict_with_nobody(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        page = mark(clerk, details)
        clerk.submit(details, ANSWERS | page)

        assert clerk.submit(details, OTHER | page).status_code == 302
        assert (kept(hall, details.split("/")[2]) or 0).name == OTHER["name"]  # type: ignore[union-attr]

    def test_of_two_windows_that_say_the_same_are_no_conflict(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        pages = [mark(clerk, details) for _ in range(2)]

        answers = [clerk.submit(details, ANSWERS | page).status_code for page in pages]

        assert answers == [302, 302]

    def test_of_two_windows_are_those_of_neither_unseen(self, hall: TownHall, clerk: Client) -> None:
        """One writes a name, the other another birth date: the second is asked, and nothing is mixed."""
        draft_id = hall.register(clerk)
        path = f"/registrations/{draft_id}/details"
        one, other = mark(clerk, path), mark(clerk, path)
        clerk.submit(path, ANSWERS | {"name": "Karima al-Haddad"} | one)

        assert clerk.submit(path, ANSWERS | {"birth_day": "28"} | other).status_code == 409

        saved = kept(hall, draft_id)
        assert saved is not None
        assert (saved.name, saved.birth_date) == ("Karima al-Haddad", "19850327")

    def test_that_come_back_after_signing_in_are_beside_what_is_saved(self, hall: TownHall, clerk: Client) -> None:
        """They are laid over what is saved by now, so their page is one of now, and says what it covers."""
        path = f"/registrations/{hall.register(clerk)}/details"
        form = OTHER | mark(clerk, path) | {"csrf_token": clerk.csrf_from(path)}
        hall.browser(StaffRole.CLERK).submit(path, ANSWERS | {"birth_day": "26"})
        hall.clock.passes(minutes=11)
        assert clerk.post(path, data=form).location == "/sign-in"
        clerk.sign_in(NAMES[StaffRole.CLERK], PASSWORD)

        offered = clerk.get(path).main
        back = clerk.get(f"{path}?typed=again").main

        assert "Saved meanwhile" not in offered.text
        assert f"Saved meanwhile: {ANSWERS['name']}" in back.text
        assert "Saved meanwhile: 26 March 1985" in back.text
        assert clerk.submit(path, OTHER | {"as_shown": marks(back).pop()}).status_code == 302

    def test_that_come_back_to_what_nobody_changed_have_nothing_beside_them(
        self, hall: TownHall, clerk: Client
    ) -> None:
        path = f"/registrations/{hall.register(clerk)}/details"
        form = OTHER | mark(clerk, path) | {"csrf_token": clerk.csrf_from(path)}
        hall.clock.passes(minutes=11)
        clerk.post(path, data=form)
        clerk.sign_in(NAMES[StaffRole.CLERK], PASSWORD)

        back = clerk.get(path).main

        assert OTHER["name"] in {one.attributes.get("value") for one in back.all("input")}
        assert "Saved meanwhile" not in back.text
        assert clerk.submit(path, OTHER | {"as_shown": marks(back).pop()}).status_code == 302

    def test_that_were_shown_beside_what_is_saved_stay_so_in_another_language(
        self, hall: TownHall, clerk: Client
    ) -> None:
        """The page of both is kept as one of the older page; what it covers is said until it is sent."""
        path = f"/registrations/{hall.register(clerk)}/details"
        page = mark(clerk, path)
        hall.browser(StaffRole.CLERK).submit(path, ANSWERS | {"name": "Anna B"})
        both = clerk.submit(path, ANSWERS | {"name": "Anna C"} | page).main
        (typed_on,) = {one.attributes["value"] for one in both.all("input") if one.attributes["name"] == "typed_on"}
        sent = ANSWERS | {"name": "Anna C", "as_shown": marks(both).pop(), "typed_on": typed_on}

        clerk.submit("/half-typed", sent | {"page": path})
        back = clerk.get(f"{path}?typed=again").main
        wrong = clerk.submit(path, sent | {"birth_day": "99"}).main

        assert "Saved meanwhile: Anna B" in back.text
        assert "Saved meanwhile: Anna B" in wrong.text
        assert clerk.submit(path, sent).status_code == 302

    def test_that_nobody_typed_are_not_kept_for_the_next_sign_in(
        self, hall: TownHall, clerk: Client, details: str
    ) -> None:
        form = mark(clerk, details) | {"csrf_token": clerk.csrf_from(details)}
        hall.clock.passes(minutes=11)
        clerk.post(details, data=form)

        with hall.sessions.begin() as session:
            assert session.scalars(select(ParkedForm.id)).all() == []
