"""The desk of a training town says so on every page, in its language, and prints it; a real town's never does."""

from collections.abc import Iterator

import pytest

from cardservice.terms import StaffRole
from web.hall import Builder, TownHall

WORDS = "Training: these cards are samples"
PAGES = ("/", "/registrations/new", "/cards", "/your-sign-in", "/lost", "/sign-in", "/nowhere")


@pytest.fixture
def training_hall(make_hall: Builder) -> Iterator[TownHall]:
    made = make_hall()
    town = made.settings.town.model_copy(update={"training": True})
    yield TownHall(
        made.folder,
        made.settings.model_copy(update={"town": town}),
        made.sessions,
        made.keys,
        made.day_keys,
        made.clock,
    )
    made.sessions.kw["bind"].dispose()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_the_banner(training_hall: TownHall, page: str) -> None:
    browser = training_hall.browser(None if page in ("/lost", "/sign-in") else StaffRole.CLERK)

    answer = browser.get(page)

    assert answer.text.count(WORDS) == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_real_towns_pages_have_none(hall: TownHall, page: str) -> None:
    browser = hall.browser(None if page in ("/lost", "/sign-in") else StaffRole.CLERK)

    assert 'class="training"' not in browser.get(page).text
