"""The page with the leaflet and the sheets, and the papers behind it."""

import pytest

from cardservice.printing.print_out import PrintOut
from web.hall import TownHall
from web.pages import Client


class TestThePage:
    def test_is_found_from_the_first_page_by_everybody(self, clerk: Client, auditor: Client) -> None:
        for browser in (clerk, auditor):
            links = [link.attributes.get("href") for link in browser.get("/").main.all("a")]
            assert "/print-outs" in links

    def test_has_every_paper_in_five_languages(self, clerk: Client) -> None:
        links = {link.attributes["href"] for link in clerk.get("/print-outs").main.all("a")}

        assert {
            f"/print-outs/{paper}-{language}.pdf" for paper in PrintOut for language in ("en", "fr", "es", "pt", "ar")
        } <= links


class TestAPaper:
    def test_is_the_towns(self, hall: TownHall, clerk: Client, shaped_once: None) -> None:
        answer = clerk.get("/print-outs/leaflet-ar.pdf")

        assert answer.status_code == 200
        assert answer.data.startswith(b"%PDF")
        assert answer.headers["Content-Disposition"] == 'inline; filename="leaflet-ar.pdf"'

    @pytest.mark.parametrize("path", ["leaflet-xx", "poster-en", "leaflet-eng"])
    def test_that_there_is_not_is_not_found(self, clerk: Client, path: str) -> None:
        assert clerk.get(f"/print-outs/{path}.pdf").status_code == 404
