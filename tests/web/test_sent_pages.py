"""Every page that only a sent form shows is named in browser/sent.py, and can be sent again and again."""

from collections.abc import Iterator

import pytest

from web.browser.sent import NOT_SENT, SENT, Town
from web.hall import EVERY_MORNING, Builder
from web.test_matrix import declared

pytestmark = pytest.mark.usefixtures("shaped_once")


@pytest.fixture
def town(make_hall: Builder) -> Iterator[Town]:
    made = Town(make_hall(visits=EVERY_MORNING, style_page=True))
    yield made
    made.hall.sessions.kw["bind"].dispose()


class TestThePagesThatAreSent:
    def test_are_all_there_are(self, town: Town) -> None:
        routes = town.hall.app.url_map
        urls = routes.bind("localhost")
        named = {urls.match(one.at(town.places), method="POST")[0] for one in SENT}

        assert named | NOT_SENT.keys() == {rule.endpoint for rule in routes.iter_rules() if "POST" in rule.methods}
        assert named & NOT_SENT.keys() == set()
        assert len({one.name for one in SENT}) == len(SENT)

    def test_leave_out_no_route_that_shows_a_page_of_its_own(self) -> None:
        """By the matrix of routes and roles: 200 is a page, 302 goes on, 4xx is a page of problems.py's table."""
        shows_one = {
            endpoint
            for (endpoint, method, _), said in declared().items()
            if method == "POST" and "200" in said.values()
        }

        assert shows_one & NOT_SENT.keys() == {"evidence.points"}

    def test_are_answered_as_they_are_said_to_be_also_when_sent_again(self, town: Town) -> None:
        refusing = [one for one in SENT if one.refuses_for_a_minute]
        others = [one for one in SENT if not one.refuses_for_a_minute]
        answers = [(one, town.send(one)) for one in (*others, *others, *refusing)]

        assert {one.name: answer.status_code for one, answer in answers if answer.status_code != one.status} == {}
        assert {one.name for one, answer in answers if answer.mimetype != "text/html"} == set()
