"""The page of components: there for whoever changes the desk, and nowhere in a town."""

import re
from pathlib import Path

from cardservice.terms import StaffRole
from web.hall import Builder, TownHall

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


class TestThePage:
    def test_is_not_there_in_a_town(self, hall: TownHall) -> None:
        stranger, clerk = hall.browser(), hall.browser(StaffRole.CLERK)

        assert stranger.get("/style").status_code == clerk.get("/style").status_code == 404

    def test_shows_every_component_without_signing_in(self, make_hall: Builder) -> None:
        page = make_hall(style_page=True).browser().get("/style")

        assert page.status_code == 200
        assert {"notice notice--bad", "field field--problem", "tasks", "tag tag--wait"} <= {
            node.attributes.get("class") for node in page.main.walk()
        }

    def test_has_a_sample_of_each_macro(self) -> None:
        """Also of those that every page has: base.html calls them."""
        made = {
            name
            for file in (TEMPLATES / "components").glob("*.html")
            for name in re.findall(r"{% macro (\w+)", file.read_text())
            if not name.startswith("_")
        }
        sample = "".join((TEMPLATES / name).read_text() for name in ("style/style.html", "base.html"))

        assert {name for name in made if not re.search(rf"(?<!macro )\b{name}\(", sample)} == set()
