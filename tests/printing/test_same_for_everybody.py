"""A card tells nobody who its holder is but by the holder's own fields: no evidence, no office, no kind of resident."""

import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw
from printed import qr_text, rendered

from cardservice import settings
from cardservice.domain import issuance
from cardservice.domain.actor import Actor
from cardservice.domain.registration import Registration
from cardservice.printing import card_front, layout, media, portrait, sample_portraits, themes
from cardservice.printing.card_face import CardFace
from cardservice.printing.layout import CARD_WIDTH, MARGIN, Side
from cardservice.printing.themes import ThemeName
from cardservice.storage.session import engine as open_engine
from cardservice.terms import StaffRole
from cardservice.web import decided
from tests.town_hall import NOON, TownHall

DPI = 200
# What is the holder's own on the two sides, in millimetres: left, top, right, bottom.
OWN_FRONT = {
    "portrait": (4.0, 13.6, 23.2, 37.6),
    "date of birth": (25.8, 16.5, 47.8, 23.0),
    "names": (3.7, card_front.NAME_TOP, 47.8, card_front.NAME_BOTTOM),
    "residence code": (layout.CARD_WIDTH - MARGIN - 31.7 - 2.5, 11.3, CARD_WIDTH - 1.3, 47.6),
}
OWN_BACK = {"identity code": (31.8, 0.0, CARD_WIDTH, layout.CARD_HEIGHT)}
TOWN = settings.parse({"town": {"name": "Vila Aberta", "issuer": "https://vila-aberta.example"}}, Path())
SOMEBODY = Registration(name="Karim al-Haddad", birth_date="19920229", language="fra")
PEOPLE = {
    "one name": replace(SOMEBODY, name="Sukarni", language="ind"),
    "a long name": replace(SOMEBODY, name="Maria da Conceição Alexandrina dos Santos van den Broek", language="por"),
    "two scripts": replace(SOMEBODY, name_second="كريم الحدّاد", language_second="ara"),
    "a child": replace(SOMEBODY, birth_date="20240101"),
    "an old woman": replace(SOMEBODY, name="Ana", birth_date="19240615"),
    "an unknown birthday": replace(SOMEBODY, birth_date="19850000"),
    "another script alone": replace(SOMEBODY, name="ኃይለ ሥላሴ", language="amh"),
}  # fmt: skip


@pytest.fixture
def hall(migrated_sqlite: Path, tmp_path: Path) -> Iterator[TownHall]:
    file = tmp_path / "register.db"
    shutil.copy(migrated_sqlite, file)
    engine = open_engine(f"sqlite:///{file}")
    yield TownHall(engine, tmp_path / "kit").open()
    engine.dispose()


class TestFace:
    def test_has_no_field_for_what_must_not_be_seen(self):
        of_the_holder = {
            "name",
            "name_second",
            "language",
            "language_second",
            "birth_date",
            "portrait",
            "optional_lines",
        }
        of_their_own_choice = {"optional_lines"}
        of_the_card = {"card_number", "valid_until", "identity_code", "residence_code"}
        of_the_town = {"town", "wording", "theme", "crest", "mark", "sample"}

        known = of_the_holder | of_their_own_choice | of_the_card | of_the_town
        assert {field.name for field in fields(CardFace)} == known

    def test_is_the_same_whoever_registered_and_approved_whenever_on_the_day_first_card_or_next(self, hall):
        clerk, supervisor = hall.hire("carla", StaffRole.CLERK), hall.hire("samir", StaffRole.SUPERVISOR)
        first = hall.make_card(clerk, registration=SOMEBODY)
        ways = [
            hall.issue(hall.register(clerk, SOMEBODY), clerk),
            hall.issue(hall.register(supervisor, SOMEBODY), supervisor),
            hall.issue(
                hall.register(clerk, SOMEBODY, now=NOON - timedelta(hours=3)), clerk, now=NOON - timedelta(hours=3)
            ),
            hall.issue(hall.register(clerk, replace(SOMEBODY, replaces=first.card_number)), clerk),
            hall.issue(_approved_by_another(hall, clerk, supervisor), clerk),
        ]

        faces = {_of_one_number(decided.face(TOWN, card)) for card in [first, *ways]}

        assert len({card.card_number for card in [first, *ways]}) == 6
        assert len(faces) == 1


class TestPage:
    @pytest.mark.parametrize("theme", list(ThemeName))
    def test_differs_only_where_the_holders_own_fields_stand(self, theme):
        looks = {"front": set(), "back": set()}
        for number, person in enumerate(PEOPLE.values()):
            for side, page in zip(looks, _pages(person, number, theme), strict=True):
                looks[side].add(page.tobytes())

        assert len(looks["front"]) == len(looks["back"]) == 1

    def test_does_differ_where_they_stand(self):
        first, second = (
            _pages(PEOPLE[who], 1, ThemeName.TIDE, covered=False)[0] for who in ("one name", "two scripts")
        )

        assert ImageChops.difference(first, second).getbbox() is not None

    def test_would_notice_a_dot_for_some(self, monkeypatch):
        drawn = card_front._values

        def with_a_dot(side: Side, face: CardFace) -> None:
            drawn(side, face)
            if face.name_second:
                side.panel(24.2, 30.0, 0.3, 0.3, (0, 0, 0))

        monkeypatch.setattr(card_front, "_values", with_a_dot)
        pages = [_pages(PEOPLE[who], 1, ThemeName.TIDE)[0].tobytes() for who in ("one name", "two scripts")]

        assert pages[0] != pages[1]


def _approved_by_another(hall: TownHall, clerk: Actor, supervisor: Actor) -> str:
    draft = hall.register(clerk, SOMEBODY)
    with hall.transaction() as session:
        issuance.submit(session, draft, actor=clerk, now=NOON)
    with hall.transaction() as session:
        issuance.approve(session, draft, actor=supervisor, now=NOON)
    return draft


def _of_one_number(face: CardFace) -> CardFace:
    return replace(face, card_number="0000-0000-0000", identity_code=None, residence_code=None)


@cache
def _portrait(number: int) -> bytes:
    return portrait.prepare(sample_portraits.draw(number)).print_jpeg


def _pages(person: Registration, number: int, theme: str, *, covered: bool = True) -> list[Image.Image]:
    """Both sides of one person's card, with what is their own covered; everybody has the same number, for its lines."""
    picture = _portrait(number) if number % 2 else None
    face = decided.face_before_issuing(TOWN, replace(person, portrait_print=picture), valid_until=date(2030, 1, 1))
    face = replace(
        face,
        theme=themes.theme(theme, "#0f5c63"),
        card_number="7H3K-9Q2M-X4ND",
        identity_code=qr_text(700 + 60 * number, number),
        residence_code=qr_text(300, number),
    )
    pages = rendered(media.pdf([face], media.CR80), dpi=DPI)
    for page, own in zip(pages, (OWN_FRONT, OWN_BACK), strict=True):
        if covered:
            for place in own.values():
                ImageDraw.Draw(page).rectangle([round(side / 25.4 * DPI) for side in place], fill=(0, 0, 0))
    return pages
