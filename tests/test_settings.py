"""config.toml: good values in one frozen piece, or every problem at once, with what is allowed."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from cardservice import settings

SECTIONS = [name for name in settings.Settings.model_fields if name != "folder"]
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

    def test_says_how_to_make_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(settings.SettingsError, match="init` makes it"):
            settings.load(tmp_path)

    @pytest.mark.parametrize("content", [b"[town", b"\xff\xfe"])
    def test_refuses_what_is_not_toml(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "config.toml").write_bytes(content)

        with pytest.raises(settings.SettingsError, match=r"is not (TOML|UTF-8)"):
            settings.load(tmp_path)


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

    def test_lists_what_is_known_where_nothing_is_close(self) -> None:
        raw = example() | {"qqqq": 1}

        with pytest.raises(settings.SettingsError, match=r"qqqq: not a setting\. Known here: town, card"):
            settings.parse(raw, Path())

    @pytest.mark.parametrize(
        ("section", "name", "value", "words"),
        [
            ("town", "issuer", "http://plain.example", r"town\.issuer: must look like"),
            ("town", "name", "", r"town\.name: string should have at least 1 character"),
            ("desk", "port", "many", r"desk\.port: input should be a valid integer"),
            ("printing", "colour", "blue", r"printing\.colour: must look like"),
        ],
    )
    def test_says_what_a_value_must_be(self, section: str, name: str, value: object, words: str) -> None:
        raw = example()
        raw[section][name] = value

        with pytest.raises(settings.SettingsError, match=words):
            settings.parse(raw, Path())

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

        with pytest.raises(settings.SettingsError, match=r"lists\.address: must look like"):
            settings.parse(raw, Path())


class TestListPeriod:
    def test_is_how_long_a_status_list_may_be_used(self) -> None:
        assert settings.parse(example(), Path()).list_period.days == 14
