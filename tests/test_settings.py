"""config.toml: good values in one frozen piece, or every problem at once, with what is allowed."""

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from cardservice import settings

LISTS = ("stock", "printer")
SECTIONS = [name for name in settings.Settings.model_fields if name not in ("folder", *LISTS)]
REQUIRED = {"stock": {"name", "columns", "rows", "origin", "pitch"}, "printer": {"name", "medium"}}
EXAMPLE = Path(__file__).parent.parent / "config.example.toml"


def example() -> dict[str, Any]:
    return tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))


class TestLoad:
    def test_takes_the_example_as_it_stands(self, tmp_path: Path) -> None:
        (tmp_path / "config.toml").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")

        loaded = settings.load(tmp_path)

        assert loaded.town.name == "Vila Aberta"
        assert loaded.keys_folder == tmp_path / "keys"

    def test_finds_every_setting_in_the_example_at_its_default(self) -> None:
        sparse = settings.parse({"town": example()["town"]}, Path())

        assert settings.parse(example(), Path()) == sparse
        assert {f"{part}.{name}" for part, values in example().items() for name in values} == {
            f"{part}.{name}" for part in SECTIONS for name in getattr(sparse, part).model_dump()
        }

    def test_finds_every_setting_of_stocks_and_printers_in_the_example_once_its_hashes_are_taken_away(self) -> None:
        _, start, rest = EXAMPLE.read_text(encoding="utf-8").partition("# [[stock]]")
        lists = tomllib.loads("\n".join(line.removeprefix("#").strip() for line in (start + rest).splitlines()))

        loaded = settings.parse({"town": example()["town"], **lists}, Path())

        for name in LISTS:
            (given,), (taken,) = lists[name], getattr(loaded, name)
            assert list(given) == list(type(taken).model_fields)
            assert {key: value for key, value in given.items() if key not in REQUIRED[name]} == {
                key: list(field.default) if isinstance(field.default, tuple) else field.default
                for key, field in type(taken).model_fields.items()
                if key not in REQUIRED[name]
            }

    def test_says_how_to_make_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(settings.SettingsError, match="init` makes it"):
            settings.load(tmp_path)

    @pytest.mark.parametrize("content", [b"[town", b"\xff\xfe"])
    def test_refuses_what_is_not_toml(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "config.toml").write_bytes(content)

        with pytest.raises(settings.SettingsError, match=r"is not (TOML|UTF-8)"):
            settings.load(tmp_path)

    def test_takes_a_file_that_an_editor_has_marked_as_utf_8(self, tmp_path: Path) -> None:
        text = Path("config.example.toml").read_text(encoding="utf-8")
        (tmp_path / "config.toml").write_text(text, encoding="utf-8-sig")

        assert settings.load(tmp_path).town.name


class TestParse:
    def test_names_every_problem_at_once(self) -> None:
        raw = example()
        raw["card"]["validity_years"] = 50
        raw["retention"]["idle_minuts"] = 30
        raw["pritning"] = {}
        raw["card"]["algorithm"] = "RSA"
        del raw["town"]["issuer"]

        with pytest.raises(settings.SettingsError) as caught:
            settings.parse(raw, Path())

        assert str(caught.value).splitlines() == [
            "config.toml has 5 problems:",
            "  town.issuer: is missing",
            "  card.validity_years: must be from 1 to 10, is 50",
            "  card.algorithm: must be 'ES256' or 'EdDSA', is 'RSA'",
            "  retention.idle_minuts: not a setting. Did you mean retention.idle_minutes?",
            "  pritning: not a setting. Did you mean printing?",
        ]

    def test_lets_no_childs_card_outlive_the_key_that_signs_it(self) -> None:
        raw = example()
        raw["card"] |= {"validity_years": 2, "validity_years_child": 2}
        assert settings.parse(raw, Path()).card.validity_years_child == 2

        raw["card"]["validity_years_child"] = 3
        with pytest.raises(settings.SettingsError, match=r"card\.validity_years_child: at most validity_years"):
            settings.parse(raw, Path())

    def test_lists_what_is_known_where_nothing_is_close(self) -> None:
        raw = example() | {"qqqq": 1}

        with pytest.raises(settings.SettingsError, match=r"qqqq: not a setting\. Known here: town, card"):
            settings.parse(raw, Path())

    @pytest.mark.parametrize(
        ("section", "name", "value", "words"),
        [
            ("town", "issuer", "http://plain.example", r"town\.issuer: must be an address like https://"),
            ("town", "name", "", r"town\.name: must not be empty"),
            ("town", "name", "A\nB", r"town\.name: must be letters, without a new line"),
            ("town", "name", "\u202eabc", r"town\.name: must be letters, without a new line or a hidden sign"),
            ("town", "languages", ["en", "en"], r"town\.languages: each language once$"),
            ("printing", "crest", "a\0b", r"printing\.crest: must be the name of a file or a folder"),
            ("keys", "passphrase_file", "/a\0b", r"keys\.passphrase_file: must be the name of a file or a folder"),
            ("audit", "copies", "kit/old", r"\n  audit\.copies: must be a folder of somebody outside"),
            ("visits", "hours", {"monday": []}, r"visits\.hours\.monday: must be 'mon', 'tue'"),
            ("visits", "closed", date(2026, 12, 25), r"visits\.closed: must be a list, in \[ \], is 2026-12-25$"),
            ("evidence", "points", 21, r"evidence\.points: must be from 0 to 20, is 21$"),
            (
                "evidence",
                "paper",
                [{"kind": "bill", "residency": -1}],
                r"paper\[1\]\.residency: must be 0 or more, is -1",
            ),
            ("evidence", "paper", [{"kind": "bill", "residency": 1}], r"\n  evidence: nobody could ever have a card"),
            ("town", "name", 7, r"town\.name: must be text, in quotes, is 7$"),
            ("town", "names", "Vila", r"town\.names: must be a section, with names and values, is 'Vila'$"),
            ("town", "languages", "en", r"town\.languages: must be a list, in \[ \], is 'en'$"),
            ("town", "languages", [], r"town\.languages: must have at least 1, is a list$"),
            ("desk", "port", "many", r"desk\.port: must be a whole number, is 'many'$"),
            ("desk", "port", "80", r"desk\.port: must be a whole number, is '80'$"),
            ("desk", "threads", True, r"desk\.threads: must be a whole number, is true$"),
            ("desk", "threads", 2.5, r"desk\.threads: must be a whole number, is 2\.5$"),
            ("desk", "four_eyes", 1, r"desk\.four_eyes: must be true or false, is 1$"),
            ("desk", "four_eyes", "no", r"desk\.four_eyes: must be true or false, is 'no'$"),
            ("printing", "colour", "blue", r"printing\.colour: must be a colour like #0b4f6c, is 'blue'$"),
            ("printing", "tactile_mark", True, r"printing\.tactile_mark: must be a number, is true$"),
            ("visits", "minutes", True, r"visits\.minutes: must be a whole number, is true$"),
            ("evidence", "points", True, r"evidence\.points: must be a whole number, is true$"),
        ],
    )
    def test_says_what_a_value_must_be(self, section: str, name: str, value: object, words: str) -> None:
        raw = example()
        raw[section][name] = value

        with pytest.raises(settings.SettingsError, match=words):
            settings.parse(raw, Path())

    def test_does_not_repeat_the_password_in_a_wrong_address_of_the_database(self) -> None:
        raw = example()
        raw["database"]["url"] = "postgres://desk:open-sesame@db/register"

        with pytest.raises(settings.SettingsError, match=r"database\.url: must be an address like") as caught:
            settings.parse(raw, Path())

        assert "open-sesame" not in str(caught.value)

    @pytest.mark.parametrize("kit", [".", "..", "../..", "keys", "keys/kit", "logs", "./logs/"])
    def test_keeps_what_is_private_out_of_the_folder_that_everybody_may_read(self, kit: str, tmp_path: Path) -> None:
        raw = example()
        raw["lists"]["kit"] = kit

        with pytest.raises(settings.SettingsError, match=r"lists\.kit: everybody may read it"):
            settings.parse(raw, tmp_path)

    @pytest.mark.parametrize("kit", ["kit", "../kit", "/srv/kit", "public/kit"])
    def test_lets_the_kit_lie_anywhere_else(self, kit: str, tmp_path: Path) -> None:
        raw = example()
        raw["lists"]["kit"] = kit

        assert settings.parse(raw, tmp_path / "town").kit_folder.name == "kit"

    @pytest.mark.parametrize("https", [True, False])
    @pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "desk.example"])
    def test_refuses_plain_http_beyond_this_machine(self, host: str, https: bool) -> None:
        """With https a proxy ends TLS: what it sends on is plain, and must not leave the machine either."""
        raw = example()
        raw["desk"] |= {"host": host, "https": https}

        with pytest.raises(settings.SettingsError, match=r"desk\.host: must be this machine"):
            settings.parse(raw, Path())

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
    def test_lets_the_demo_use_plain_http_on_this_machine(self, host: str) -> None:
        raw = example()
        raw["desk"] |= {"host": host, "https": False}

        assert settings.parse(raw, Path()).desk.https is False

    def test_refuses_passwords_alone_where_others_could_sign_in(self) -> None:
        raw = example()
        raw["desk"]["second_factor"] = False

        with pytest.raises(settings.SettingsError, match=r"desk\.second_factor: may only be false while desk\.https"):
            settings.parse(raw, Path())
        raw["desk"]["https"] = False

        assert settings.parse(raw, Path()).desk.second_factor is False

    def test_refuses_the_page_of_components_in_a_town(self) -> None:
        raw = example()
        raw["desk"]["style_page"] = True

        with pytest.raises(
            settings.SettingsError, match=r"desk\.style_page: may only be true while desk\.https is false"
        ):
            settings.parse(raw, Path())
        raw["desk"]["https"] = False

        assert settings.parse(raw, Path()).desk.style_page is True

    @pytest.mark.parametrize("minutes", [0, 16])
    def test_keeps_a_confirmation_fresh_for_a_quarter_of_an_hour_at_most(self, minutes: int) -> None:
        raw = example()
        raw["desk"]["step_up_minutes"] = minutes

        with pytest.raises(settings.SettingsError, match=r"desk\.step_up_minutes: must be from 1 to 15"):
            settings.parse(raw, Path())

    def test_refuses_several_workers_that_could_not_open_each_others_drafts(self) -> None:
        raw = example()
        raw["desk"]["workers"] = 2

        with pytest.raises(settings.SettingsError, match="tmpfs folder they share"):
            settings.parse(raw, Path())


class TestVisits:
    def test_are_off_where_no_hours_are_named(self) -> None:
        assert settings.parse(example(), Path()).visits.spans == {}

    def test_have_hours_by_weekday(self) -> None:
        raw = example()
        raw["visits"] |= {"zone": "Europe/Lisbon", "hours": {"tue": ["09:00-12:00", "14:00-17:30"]}}

        spans = settings.parse(raw, Path()).visits.spans

        assert spans == {1: ((time(9), time(12)), (time(14), time(17, 30)))}

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("closed", ["25 December"], r"visits\.closed\.?\[?1?\]?: must be a date like 2026-12-25"),
            ("days", 61, r"visits\.days: must be from 1 to 60, is 61"),
            ("hours", {"mon": ["9-12"]}, r"visits\.hours: mon: '9-12' must look like 09:00-12:00"),
            ("hours", {"mon": ["12:00-09:00"]}, r"visits\.hours: mon: 12:00-09:00 ends before it begins"),
            ("hours", {"mon": ["14:00-17:00", "09:00-12:00"]}, r"visits\.hours: mon: one time after the other"),
            ("hours", {"mon": ["09:00-09:20"]}, r"visits: hours: mon: shorter than one visit of 30 minutes"),
            ("hours", {"monday": []}, r"visits\.hours\.monday.*: must be 'mon', 'tue'"),
            ("walk_ins", 6, r"visits: walk_ins: must be fewer than persons"),
            ("zone", "Europe/Atlantis", r"visits\.zone: no time zone that this machine knows is called 'Europe/Atl"),
            ("zone", "../../etc/passwd", r"visits\.zone: no time zone that this machine knows"),
        ],
    )
    def test_that_cannot_be_are_refused_with_what_can(self, name: str, value: object, words: str) -> None:
        raw = example()
        raw["visits"][name] = value

        with pytest.raises(settings.SettingsError, match=words):
            settings.parse(raw, Path())


class TestDeskAddress:
    def test_is_the_issuers_where_none_is_named(self) -> None:
        raw = example()
        raw["town"]["issuer"] = "https://id.vila-aberta.example/cards"

        assert settings.parse(raw, Path()).desk_address == "https://id.vila-aberta.example"

    def test_is_this_machine_without_https(self) -> None:
        raw = example()
        raw["desk"] |= {"https": False, "port": 8123}

        assert settings.parse(raw, Path()).desk_address == "http://localhost:8123"
        assert settings.parse(raw, Path()).served_at(None, 9000).desk_address == "http://localhost:9000"

    def test_is_what_the_town_says(self) -> None:
        raw = example()
        raw["desk"]["address"] = "https://desk.vila-aberta.example:8443"

        assert settings.parse(raw, Path()).desk_address == "https://desk.vila-aberta.example:8443"

    @pytest.mark.parametrize(
        ("https", "address"),
        [
            (True, "http://localhost"),
            (False, "https://desk.example"),
            (True, "http://desk.example"),
            (True, "https://desk.example/path"),
            (False, "http://localhost.example"),
            (True, "desk.example"),
        ],
    )
    def test_is_an_origin_that_passkeys_can_be_bound_to(self, https: bool, address: str) -> None:
        raw = example()
        raw["desk"] |= {"https": https, "address": address}

        with pytest.raises(settings.SettingsError, match=r"desk\.address: "):
            settings.parse(raw, Path())


class TestServedAt:
    def test_moves_the_desk(self) -> None:
        desk = settings.parse(example(), Path()).served_at("127.0.0.2", 9000).desk

        assert (desk.host, desk.port) == ("127.0.0.2", 9000)

    def test_changes_nothing_where_nothing_is_asked(self) -> None:
        as_read = settings.parse(example(), Path())

        assert as_read.served_at(None, None) == as_read

    def test_refuses_plain_http_beyond_this_machine_as_the_file_does(self) -> None:
        with pytest.raises(settings.SettingsError, match=r"desk\.host: must be this machine"):
            settings.parse(example(), Path()).served_at("0.0.0.0", None)


class TestDatabaseUrl:
    def test_places_a_relative_sqlite_file_in_the_towns_folder(self, tmp_path: Path) -> None:
        assert settings.parse(example(), tmp_path).database_url == f"sqlite:///{tmp_path / 'register.db'}"

    def test_names_the_driver_for_postgresql(self, tmp_path: Path) -> None:
        raw = example()
        raw["database"]["url"] = "postgresql://town@db/register"

        assert settings.parse(raw, tmp_path).database_url == "postgresql+psycopg://town@db/register"

    @pytest.mark.parametrize(
        "address",
        [
            "postgresql:///register",
            "postgresql+psycopg:///register?host=/run/postgresql",
            "postgresql://town@localhost:5432/register",
            "postgresql://town:p/w:4@localhost:1/register",
            "postgresql://town:open%40sesame@[::1]:65535/register",
            "postgresql://town@db.town.example/register?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        ],
    )
    def test_takes_what_the_library_below_can_read(self, tmp_path: Path, address: str) -> None:
        raw = example()
        raw["database"]["url"] = address

        assert make_url(settings.parse(raw, tmp_path).database_url).get_backend_name() == "postgresql"

    @pytest.mark.parametrize("port", ["54x2", "5432x", "", "0", "65536", "99999", "543210", "-1", " 5432"])
    def test_refuses_a_port_that_is_none_and_repeats_nothing_of_it(self, tmp_path: Path, port: str) -> None:
        raw = example()
        raw["database"]["url"] = f"postgresql://desk:open-sesame@db.internal:{port}/register"

        with pytest.raises(settings.SettingsError, match=r"database\.url: must be .* or postgresql://.*") as caught:
            settings.parse(raw, tmp_path)

        assert not [part for part in ("open-sesame", "db.internal", f":{port}/register") if part in str(caught.value)]


class TestIssuer:
    def test_loses_a_closing_slash(self) -> None:
        raw = example()
        raw["town"]["issuer"] += "/"

        assert settings.parse(raw, Path()).town.issuer == "https://id.vila-aberta.example"


class TestStatusUri:
    def test_is_under_the_issuer(self) -> None:
        assert settings.parse(example(), Path()).status_uri(3) == "https://id.vila-aberta.example/status/3"


class TestKitAddress:
    def test_is_under_the_issuer_where_none_is_named(self) -> None:
        assert settings.parse(example(), Path()).kit_address == "https://id.vila-aberta.example/kit/"

    @pytest.mark.parametrize(
        "address", ["https://cards.example/vila-aberta", "https://cards.example:8443/", "http://localhost:8000/kit/"]
    )
    def test_is_what_the_town_says_and_ends_with_a_slash(self, address: str) -> None:
        raw = example()
        raw["lists"]["address"] = address

        assert settings.parse(raw, Path()).kit_address == address.rstrip("/") + "/"

    @pytest.mark.parametrize("address", ["http://cards.example/", "https://cards.example/?a=b", "cards.example"])
    def test_is_one_that_a_browser_lets_a_verifier_be_installed_from(self, address: str) -> None:
        raw = example()
        raw["lists"]["address"] = address

        with pytest.raises(settings.SettingsError, match=r"lists\.address: must be empty, or an address like"):
            settings.parse(raw, Path())


class TestListPeriod:
    def test_is_how_long_a_status_list_may_be_used(self) -> None:
        assert settings.parse(example(), Path()).list_period.days == 14


STOCK: dict[str, Any] = {"name": "ten", "columns": 2, "rows": 5, "origin": [15.0, 13.5], "pitch": [94.4, 54.0]}
PRINTER: dict[str, Any] = {"name": "desk-1", "medium": "ten"}


class TestPrinters:
    def test_are_a_medium_and_a_profile_each(self) -> None:
        raw = example() | {"stock": [STOCK], "printer": [PRINTER | {"offset_mm": [0.4, -1.2], "scale": [0.996, 0.998]}]}

        loaded = settings.parse(raw, Path())

        (printer,) = loaded.printers
        assert (loaded.medium(printer.medium).positions, printer.profile.offset_y_mm) == (10, -1.2)
        assert (printer.profile.scale_x, printer.profile.scale_y) == (0.996, 0.998)

    def test_are_the_same_after_the_desk_is_served_elsewhere(self) -> None:
        loaded = settings.parse(example() | {"stock": [STOCK], "printer": [PRINTER]}, Path())

        assert loaded.served_at(None, 8001).printers == loaded.printers

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"pitch": [110.0, 54.0]}, "2 columns reach from 15.00 to 210.60 mm; the page is 210.00 mm"),
            ({"rows": 6}, "6 rows reach from 13.50 to 337.48 mm; the page is 297.00 mm high"),
            ({"pitch": [80.0, 54.0]}, "columns 80.00 mm apart lie on each other; a card is 85.60"),
            ({"pitch": [94.4, 54.0], "bleed": 2.0}, "rows 54.00 mm apart lie on each other; a card is 57.98"),
            ({"origin": [-1.0, 13.5]}, "2 columns reach from -1.00 to 179.00 mm; the page is 210.00 mm"),
            ({"origin": [float("nan"), 13.5]}, "stock[1].origin[1]: must be a finite number, is nan"),
            ({"name": "a4"}, "stock[1]: a4 is always there; give a stock of your own another name"),
            ({"columns": 7}, "stock[1].columns: must be from 1 to 6, is 7"),
            ({"piтch": 1}, "stock[1].piтch: not a setting. Did you mean stock[1].pitch?"),
        ],
    )  # fmt: skip
    def test_refuses_a_stock_that_is_not_on_its_page_with_the_figure(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(settings.SettingsError) as caught:
            settings.parse(example() | {"stock": [STOCK | changes]}, Path())

        (problem,) = caught.value.problems
        assert said in problem

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"medium": "a5"}, "printer desk-1: medium: There is no medium 'a5'. Known: cr80,"),
            ({"queue": "-o raw"}, "printer[1].queue: must be empty, or the name of a queue"),
            ({"scale": [0.93, 1.0]}, "printer[1]: a scale is from 0.95 to 1.05, not 0.9300: print at actual size"),
            ({"back_offset_mm": [0, 16]}, "printer[1]: an offset is at most 15 mm, not 16.00"),
            ({"duplex": "both"}, "printer[1].duplex: must be '', 'long-edge' or 'short-edge', is 'both'"),
        ],
    )  # fmt: skip
    def test_refuses_a_printer_that_cannot_be_right(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(settings.SettingsError) as caught:
            settings.parse(example() | {"stock": [STOCK], "printer": [PRINTER | changes]}, Path())

        (problem,) = caught.value.problems
        assert said in problem

    @pytest.mark.parametrize("kind", LISTS)
    def test_refuses_two_of_one_name(self, kind: str) -> None:
        raw = example() | {"stock": [STOCK], "printer": [PRINTER]}

        with pytest.raises(settings.SettingsError, match=f"{kind}: the name .* is given twice"):
            settings.parse(raw | {kind: raw[kind] * 2}, Path())

    @pytest.mark.parametrize(
        ("medium", "duplex", "told"),
        [
            ("cr80", "", ("sides=two-sided-short-edge",)),
            ("cr80", "long-edge", ("sides=two-sided-long-edge",)),
            ("ten", "", ("sides=two-sided-long-edge", "media=a4")),
            ("letter", "short-edge", ("sides=two-sided-short-edge", "media=letter")),
            ("a4-fold", "", ("sides=one-sided", "media=a4")),
            ("a6", "", ("sides=one-sided", "media=a6")),
        ],
    )
    def test_tell_the_spooler_the_paper_and_how_the_back_is_printed(
        self, medium: str, duplex: str, told: tuple[str, ...]
    ) -> None:
        raw = example() | {"stock": [STOCK], "printer": [PRINTER | {"medium": medium, "duplex": duplex}]}

        loaded = settings.parse(raw, Path())

        assert loaded.printers[0].options(loaded.medium(medium)) == told
