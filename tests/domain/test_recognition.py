"""Other cities: taken by what they signed, believed no longer than that, and harmful to nobody but themselves."""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from town_hall import DAY, NOON, TownHall

from cardservice.credential.keys import Algorithm
from cardservice.credential.trust_list import KeyPurpose, TrustList
from cardservice.domain import publication, recognised_city, recognition
from cardservice.domain.actor import CONSOLE
from cardservice.domain.recognised_city import CITIES, CityRefused, Why
from cardservice.domain.recognition import CityNotFound, Known
from cardservice.keystore import Purpose
from cardservice.storage.models import AuditEntry, RecognisedCity, RecognisedList, StatusList
from cardservice.verify import sums
from tests.verify.town import MORNING, TestKey, Town, trusted

OUTRA = Town(issuer="https://outra.example", names={"pt": "Outra", "en": "Outra"}, algorithm=Algorithm.EDDSA)
THIRD = Town(issuer="https://third.example", names={"en": "Third"})
FOURTH = Town(issuer="https://fourth.example", names={"en": "Fourth"})
COLUMNS = RecognisedCity.__table__.columns.keys()
DAY_S = 86_400
TIMES = 1_000 if os.environ.get("CARDSERVICE_LONG") else 200
"""How many older lists are sent again, and how many bytes are flipped."""
Files = dict[str, bytes]


@pytest.fixture
def session(town_hall: TownHall) -> Any:
    with town_hall.transaction() as session:
        yield session
        session.rollback()


@pytest.fixture
def recognise(session: Session, town_hall: TownHall) -> Callable[..., Known]:
    def take(city: Town = OUTRA, files: Files | None = None, *services: str, **changes: Any) -> Known:
        given = {
            "anchor": city.anchor.public.to_cose_key(),
            "services": services or ("library", "pool"),
            "address": None,
            "town": town_hall.town,
            "actor": CONSOLE,
            "now": NOON,
            **changes,
        }
        return recognition.recognise(session, city.files() if files is None else files, **given)

    return take


@pytest.fixture
def refresh(session: Session, town_hall: TownHall) -> Callable[..., bool]:
    def take(files: Files, city: Town = OUTRA, *, now: Any = NOON) -> bool:
        return recognition.refresh(session, city.issuer, files, town=town_hall.town, actor=CONSOLE, now=now)

    return take


def signed(trust_list: TrustList, city: Town = OUTRA, *, by: TestKey | None = None) -> Files:
    return {**city.files(), "trust-list.cwt": trust_list.seal(by or city.anchor)}


def with_entry(city: Town = OUTRA, *keys: Any, **changes: Any) -> Files:
    """The city's kit, its entry about itself changed."""
    return signed(city.trust_list(city.entry(*keys, **changes)), city)


def called(issuer: str) -> Files:
    """The kit of the same city, which says that it is another."""
    return signed(replace(OUTRA, issuer=issuer).trust_list(), by=OUTRA.anchor)


def flipped(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ chance.randint(1, 255)]) + content[place + 1 :]


class TestRecognise:
    def test_takes_the_citys_own_entry_for_the_services_that_were_named(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        made = recognise(OUTRA, None, "pool", "library", "pool", address="https://outra.example/kit/")

        assert (made.issuer, made.services, made.address) == (
            OUTRA.issuer,
            ("library", "pool"),
            "https://outra.example/kit/",
        )
        assert recognition.known(session, town_hall.town) == (made,)
        (entry,) = recognition.entries([made])
        assert entry == replace(OUTRA.entry(), recognised_for=("library", "pool"))
        assert [status_list for status_list, _ in made.lists.values()] == [OUTRA.status_list()]

    def test_leaves_out_whom_the_city_recognises_itself(self, recognise: Callable[..., Known]) -> None:
        """Trust is not handed on."""
        theirs = replace(THIRD.entry(), recognised_for=("library",))
        files = signed(OUTRA.trust_list(theirs, OUTRA.entry())) | {
            "status/third.example-1.cwt": THIRD.status_list().seal(THIRD.status_key)
        }

        made = recognise(OUTRA, files)

        assert [entry.issuer for entry in recognition.entries([made])] == [OUTRA.issuer]
        assert set(made.lists) == {OUTRA.uri}

    def test_is_audited_by_what_was_decided(self, recognise: Callable[..., Known], session: Session) -> None:
        recognise()
        recognise(OUTRA, None, "library")

        subjects = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "city.recognised")).all()
        assert len(set(subjects)) == 2
        assert all(subject.endswith("/outra.example") for subject in subjects)

    def test_once_more_changes_the_services(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        recognise()

        recognise(OUTRA, None, "museum", now=NOON + DAY)

        (kept,) = recognition.known(session, town_hall.town)
        assert (kept.services, kept.recognised_on) == (("museum",), NOON.date())

    def test_once_more_takes_nothing_older(self, recognise: Callable[..., Known]) -> None:
        recognise(OUTRA, signed(OUTRA.trust_list(sequence=6)))

        with pytest.raises(CityRefused) as refused:
            recognise(OUTRA, signed(OUTRA.trust_list(sequence=5)))
        assert refused.value.why is Why.OLDER

    def test_under_another_anchor_needs_that_the_city_is_forgotten_first(
        self, recognise: Callable[..., Known], session: Session
    ) -> None:
        recognise()
        other = TestKey("another anchor")
        files = signed(OUTRA.trust_list(sequence=9), by=other)

        with pytest.raises(CityRefused, match="forget") as refused:
            recognise(OUTRA, files, anchor=other.public.to_cose_key())
        assert refused.value.why is Why.ANOTHER_ANCHOR
        recognition.forget(session, OUTRA.issuer, actor=CONSOLE, now=NOON)
        assert recognise(OUTRA, files, anchor=other.public.to_cose_key()).city is not None

    def test_takes_no_more_cities_than_a_kit_has_room_for(
        self, recognise: Callable[..., Known], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recognition, "CITIES", 1)
        recognise()

        with pytest.raises(CityRefused) as refused:
            recognise(THIRD)
        assert refused.value.why is Why.TOO_MANY
        recognise(OUTRA, None, "museum")

    def test_takes_a_city_whose_status_lists_are_still_missing(self, recognise: Callable[..., Known]) -> None:
        files = {name: content for name, content in OUTRA.files().items() if not name.startswith("status/")}

        assert recognise(OUTRA, files).lists == {}


OURS = Town(issuer="https://vila-aberta.example")
LONG = "a" * 33


def _by_another_key() -> Files:
    return signed(OUTRA.trust_list(), by=TestKey("somebody"))


ROGUES: dict[str, tuple[Why, Callable[[], Files], dict[str, Any]]] = {
    "signed by somebody else": (Why.NOT_SIGNED, _by_another_key, {}),
    "without a trust list": (Why.NOT_SIGNED, dict, {}),
    "not a trust list": (Why.NOT_SIGNED, lambda: {"trust-list.cwt": OUTRA.status_list().seal(OUTRA.anchor)}, {}),
    "anchor that is no key": (Why.NO_KEY, OUTRA.files, {"anchor": b"nothing"}),
    "another publisher": (Why.NOT_ITS_OWN, lambda: signed(OUTRA.trust_list(publisher=THIRD.issuer)), {}),
    "our address": (Why.OURS, lambda: called(OURS.issuer), {}),
    "our name": (Why.NAME_TAKEN, lambda: with_entry(names={"en": "VILA ABERTA"}), {}),
    "out of date": (Why.PAST, lambda: signed(OUTRA.trust_list(next_update=MORNING + 1)), {}),
    "from the future": (Why.FUTURE, lambda: signed(OUTRA.trust_list(issued_at=MORNING + 2 * DAY_S)), {}),
    "no services": (Why.SERVICES, OUTRA.files, {"services": ()}),
    "a service in capitals": (Why.SERVICES, OUTRA.files, {"services": ("Library",)}),
    "a long service": (Why.SERVICES, OUTRA.files, {"services": (LONG,)}),
    "many services": (Why.TOO_MUCH, OUTRA.files, {"services": tuple(f"a{'b' * n}" for n in range(17))}),
    "many lists": (
        Why.TOO_MUCH,
        lambda: with_entry(status_lists=tuple(f"https://outra.example/{n}" for n in range(257))),
        {},
    ),
    "many names": (
        Why.TOO_MUCH,
        lambda: with_entry(names={f"a{chr(97 + n)}": "Outra" for n in range(17)}),
        {},
    ),
    "many keys": (Why.TOO_MUCH, lambda: with_entry(OUTRA, *(trusted(TestKey(f"key {n}")) for n in range(65))), {}),
    "a huge list": (Why.TOO_MUCH, lambda: {"trust-list.cwt": bytes(256 * 1024 + 1)}, {}),
    "no name": (Why.NAMES, lambda: with_entry(names={}), {}),
    "an empty name": (Why.NAMES, lambda: with_entry(names={"en": ""}), {}),
    "a long name": (Why.NAMES, lambda: with_entry(names={"en": "a" * 61}), {}),
    "a name with a control": (Why.NAMES, lambda: with_entry(names={"en": "Ou\x1btra"}), {}),
    "a name turned around": (Why.NAMES, lambda: with_entry(names={"en": "Ou\u202etra"}), {}),
    "a name with an invisible letter": (Why.NAMES, lambda: with_entry(names={"en": "Vila\u200b Aberta"}), {}),
    "an odd language": (Why.NAMES, lambda: with_entry(names={"EN\n": "Outra"}), {}),
    "plain http": (Why.ADDRESS, lambda: called("http://outra.example"), {}),
    "a slash more": (Why.ADDRESS, lambda: called("https://outra.example/"), {}),
    "large letters": (Why.ADDRESS, lambda: called("https://Vila-aberta.example"), {}),
    "a long address": (Why.ADDRESS, lambda: called("https://" + "a" * 93), {}),
    "a host that hides its files": (Why.ADDRESS, lambda: called("https://.evil.example"), {}),
    "a host like an option": (Why.ADDRESS, lambda: called("https://-evil.example"), {}),
    "a host of dots": (Why.ADDRESS, lambda: called("https://.."), {}),
    "a host with an empty label": (Why.ADDRESS, lambda: called("https://evil..example"), {}),
    "a label that ends in a hyphen": (Why.ADDRESS, lambda: called("https://evil-.example/a"), {}),
    "a label that is too long": (Why.ADDRESS, lambda: called("https://" + "a" * 64), {}),
    "a list by http": (Why.ADDRESS, lambda: with_entry(status_lists=("http://outra.example/1",)), {}),
    "a list with a query": (Why.ADDRESS, lambda: with_entry(status_lists=("https://outra.example/1?card=7",)), {}),
    "a list at no host": (Why.ADDRESS, lambda: with_entry(status_lists=("https://.outra.example/1",)), {}),
    "a list far away": (Why.ADDRESS, lambda: with_entry(status_lists=("https://outra.example/" + "a" * 200,)), {}),
    "its anchor signs cards": (Why.KEY_TAKEN, lambda: with_entry(OUTRA, trusted(OUTRA.anchor)), {}),
}


class TestARogueCity:
    @pytest.mark.parametrize(("why", "files", "changes"), ROGUES.values(), ids=list(ROGUES))
    def test_is_refused(
        self,
        recognise: Callable[..., Known],
        session: Session,
        why: Why,
        files: Callable[[], Files],
        changes: dict[str, Any],
    ) -> None:
        with pytest.raises(CityRefused) as refused:
            recognise(OUTRA, files(), **changes)

        assert refused.value.why is why
        assert str(why) in str(refused.value)
        assert session.scalars(select(RecognisedCity)).all() == []

    @pytest.mark.parametrize("purpose", list(Purpose))
    def test_cannot_name_a_key_of_this_town(
        self, recognise: Callable[..., Known], town_hall: TownHall, purpose: Purpose
    ) -> None:
        """A key on two entries would break this town's trust list for every verifier."""
        ours = replace(trusted(OUTRA.card_key), key=town_hall.keys[purpose].public)

        with pytest.raises(CityRefused) as refused:
            recognise(OUTRA, with_entry(OUTRA, trusted(OUTRA.card_key), ours))
        assert refused.value.why is Why.KEY_TAKEN

    def test_cannot_name_a_key_or_the_name_of_another_city(self, recognise: Callable[..., Known]) -> None:
        recognise(THIRD)

        for why, files in (
            (Why.KEY_TAKEN, with_entry(OUTRA, trusted(THIRD.card_key))),
            (Why.KEY_TAKEN, with_entry(OUTRA, trusted(THIRD.anchor))),
            (Why.NAME_TAKEN, with_entry(names={"en": "third"})),
            (Why.NAME_TAKEN, with_entry(names={"en": "Th-ird."})),
            (Why.NAME_TAKEN, with_entry(names={"en": "Outra", "fr": "T h i r d"})),
            (Why.NAME_TAKEN, with_entry(names={"en": "Ｔｈｉｒｄ"})),
        ):
            with pytest.raises(CityRefused) as refused:
                recognise(OUTRA, files)
            assert refused.value.why is why

    def test_harms_itself_only_where_this_town_makes_a_key_that_it_has(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        """It would have to know the key before: whoever was first, this town's own entry stays."""
        recognise(THIRD)
        recognise()
        session.execute(update(RecognisedList).values(content=b""))
        town = replace(town_hall.town, names={"en": "outra"})

        third, outra = sorted(recognition.known(session, town), key=lambda one: one.issuer, reverse=True)

        assert (outra.city, outra.why) == (None, Why.NAME_TAKEN)
        assert third.city is not None

    def test_cannot_have_so_many_lists_that_verifiers_refuse_this_towns_kit(
        self, recognise: Callable[..., Known]
    ) -> None:
        """Half of the files are left for the town's own lists and the verifier's pages."""
        assert CITIES * recognised_city.LISTS <= sums.NAMES_LIMIT / 2

        uris = tuple(f"{OUTRA.issuer}/status/{number}" for number in range(recognised_city.LISTS + 1))
        assert recognise(OUTRA, with_entry(status_lists=uris[:-1]))
        with pytest.raises(CityRefused) as refused:
            recognise(OUTRA, with_entry(status_lists=uris))
        assert refused.value.why is Why.TOO_MUCH

    def test_cannot_fill_this_towns_kit(self, recognise: Callable[..., Known], monkeypatch: pytest.MonkeyPatch) -> None:
        uris = tuple(f"{OUTRA.issuer}/status/{number}" for number in range(1, 5))
        lists = [OUTRA.status_list(uri=uri) for uri in uris]
        files = signed(OUTRA.trust_list(OUTRA.entry(status_lists=uris))) | {
            f"status/{n}.cwt": each.seal(OUTRA.status_key) for n, each in enumerate(lists, 1)
        }
        size = len(files["status/1.cwt"])

        monkeypatch.setattr(recognised_city, "LISTS_BYTES", 3 * size + 10)
        assert set(recognise(OUTRA, files).lists) == set(uris[:3])
        monkeypatch.setattr(recognised_city, "LISTS_ROOM", 2 * len(lists[0].packed))
        assert set(recognise(OUTRA, files, "library").lists) == set(uris[:2])


class TestRefresh:
    def test_takes_newer_lists(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        recognise()
        later = NOON + DAY
        newer = OUTRA.status_list([5], sequence=8, issued_at=MORNING + DAY_S)

        assert refresh(OUTRA.files(OUTRA.trust_list(sequence=6), newer), now=later)
        (kept,) = recognition.known(session, town_hall.town)
        assert kept.city is not None
        assert (kept.city.trust_list.sequence, kept.lists[OUTRA.uri][0].sequence) == (6, 8)
        assert (kept.refreshed_at, kept.asked_at) == (later, later)

    def test_says_where_nothing_is_new(self, recognise: Callable[..., Known], refresh: Callable[..., bool]) -> None:
        files = OUTRA.files()
        recognise(OUTRA, files)

        assert not refresh(files)

    def test_knows_no_city_that_nobody_recognised(self, refresh: Callable[..., bool]) -> None:
        with pytest.raises(CityNotFound):
            refresh(OUTRA.files())

    def test_keeps_lists_that_did_not_come_this_time(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        recognise()
        refresh({"trust-list.cwt": OUTRA.trust_list(sequence=6).seal(OUTRA.anchor)})

        (kept,) = recognition.known(session, town_hall.town)
        assert set(kept.lists) == {OUTRA.uri}

    def moved(self, uri: str, *, sequence: int) -> Files:
        """The city's kit with its one list at another address."""
        entry = OUTRA.entry(status_lists=(uri,))
        return OUTRA.files(OUTRA.trust_list(entry, sequence=sequence), OUTRA.status_list(uri=uri))

    def test_keeps_nothing_under_addresses_that_the_city_dropped(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session
    ) -> None:
        """Or a city that names new ones every hour would fill the disk."""
        recognise()
        for sequence in range(6, 9):
            refresh(self.moved(f"{OUTRA.issuer}/{sequence}", sequence=sequence))

        assert session.scalars(select(RecognisedList.uri)).all() == [f"{OUTRA.issuer}/8"]

    def test_reads_the_lists_that_the_city_names_now_whatever_else_is_kept(
        self,
        recognise: Callable[..., Known],
        session: Session,
        town_hall: TownHall,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        files = self.moved(f"{OUTRA.issuer}/new", sequence=6)
        recognise(OUTRA, files)
        session.add(RecognisedList(issuer=OUTRA.issuer, uri=f"{OUTRA.issuer}/earlier", content=b"old" * 99))
        session.flush()
        monkeypatch.setattr(recognised_city, "LISTS_BYTES", len(files["status/1.cwt"]))

        (kept,) = recognition.known(session, town_hall.town)
        assert set(kept.lists) == {f"{OUTRA.issuer}/new"}

    def test_takes_no_list_from_which_a_revocation_vanished(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        recognise(OUTRA, OUTRA.files(None, OUTRA.status_list([5])))
        forgetful = OUTRA.status_list([], sequence=8, issued_at=MORNING + 60)

        assert refresh(OUTRA.files(OUTRA.trust_list(sequence=6), forgetful))
        (kept,) = recognition.known(session, town_hall.town)
        assert kept.lists[OUTRA.uri][0].status(5) == 1

    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_takes_the_newest_in_any_order_of_replays(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        """T16."""
        kits = [
            OUTRA.files(
                OUTRA.trust_list(sequence=5 + n, issued_at=MORNING + n),
                OUTRA.status_list(range(n), size=64, sequence=7 + n, issued_at=MORNING + n),
            )
            for n in range(20)
        ]
        recognise(OUTRA, kits[0])
        chance, newest, refused = random.Random(16), 0, 0

        for _ in range(TIMES):
            n = chance.randrange(len(kits))
            if n >= newest:
                refresh(kits[n])
                newest = n
            else:
                with pytest.raises(CityRefused, match="older"):
                    refresh(kits[n])
                refused += 1

        (kept,) = recognition.known(session, town_hall.town)
        assert kept.city is not None
        assert (kept.city.trust_list.sequence, kept.lists[OUTRA.uri][0].sequence) == (24, 26)
        assert refused > 0.5 * TIMES

    def test_takes_no_older_status_list_beside_a_newer_trust_list(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        recognise()

        refresh(OUTRA.files(OUTRA.trust_list(sequence=6), OUTRA.status_list(sequence=6)))

        (kept,) = recognition.known(session, town_hall.town)
        assert kept.lists[OUTRA.uri][0].sequence == 7

    def test_stops_with_a_trust_list_that_is_past_its_time(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool]
    ) -> None:
        recognise()

        with pytest.raises(CityRefused) as refused:
            refresh(OUTRA.files(OUTRA.trust_list(sequence=6)), now=NOON + 100 * DAY)
        assert refused.value.why is Why.PAST

    def test_does_not_let_a_city_become_another(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool]
    ) -> None:
        recognise()
        renamed = replace(OUTRA, issuer="https://new.example")

        with pytest.raises(CityRefused) as refused:
            refresh({"trust-list.cwt": renamed.trust_list(sequence=6).seal(OUTRA.anchor)})
        assert refused.value.why is Why.RENAMED

    def test_holds_everything_of_a_city_with_another_name_until_somebody_agrees_to_it(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        """Or it could take a harmless name first, and another one when nobody looks."""
        recognise()
        renamed = OUTRA.files(OUTRA.trust_list(OUTRA.entry(names={"en": "Outra", "fr": "La Nouvelle"}), sequence=6))

        with pytest.raises(CityRefused, match="`cardservice cities recognise` takes it") as refused:
            refresh(renamed)
        assert refused.value.why is Why.OTHER_NAME
        (kept,) = recognition.known(session, town_hall.town)
        assert kept.city is not None
        assert kept.city.own.names == OUTRA.names

        recognise(OUTRA, renamed)
        assert not refresh(renamed)

    def test_lets_a_city_drop_a_name_or_write_it_otherwise(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool]
    ) -> None:
        recognise(OUTRA, with_entry(names={"en": "Outra", "pt": "A Outra"}))

        assert refresh(OUTRA.files(OUTRA.trust_list(OUTRA.entry(names={"pt": "A OUTRA"}), sequence=6)))

    @pytest.mark.parametrize("content", [b"", b"nothing", OUTRA.status_list().seal(OUTRA.anchor)])
    def test_takes_nothing_that_is_no_trust_list(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], content: bytes
    ) -> None:
        recognise()

        with pytest.raises(CityRefused) as refused:
            refresh({"trust-list.cwt": content})
        assert refused.value.why is Why.NOT_SIGNED

    def test_takes_nothing_under_the_right_name_with_a_wrong_signature(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool]
    ) -> None:
        recognise()
        content = OUTRA.trust_list(sequence=6).seal(OUTRA.anchor)

        with pytest.raises(CityRefused) as refused:
            refresh({"trust-list.cwt": content[:-1] + bytes([content[-1] ^ 1])})
        assert refused.value.why is Why.NOT_SIGNED

    def test_is_refused_where_a_rogue_took_another_citys_key_meanwhile(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        recognise(THIRD)
        recognise()
        stolen = OUTRA.entry(trusted(THIRD.card_key), trusted(OUTRA.status_key, KeyPurpose.STATUS))

        with pytest.raises(CityRefused) as refused:
            refresh(signed(OUTRA.trust_list(stolen, sequence=6)))
        assert refused.value.why is Why.KEY_TAKEN
        assert all(one.city for one in recognition.known(session, town_hall.town))


class TestAnAnchorThatChanges:
    SECOND, LAST = TestKey("second anchor"), TestKey("third anchor")

    def test_is_followed_where_it_was_announced(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session, town_hall: TownHall
    ) -> None:
        recognise(OUTRA, signed(OUTRA.trust_list(next_anchor=self.SECOND.public)))
        refresh(signed(OUTRA.trust_list(sequence=6, next_anchor=self.LAST.public), by=self.SECOND))
        refresh(signed(OUTRA.trust_list(sequence=7), by=self.LAST))

        (kept,) = recognition.known(session, town_hall.town)
        assert kept.city is not None
        assert kept.city.anchor == self.LAST.public
        followed = select(AuditEntry.subject).where(AuditEntry.action == "city.followed to its next anchor")
        assert len(session.scalars(followed).all()) == 2

    def test_is_not_followed_where_two_changes_were_slept_through(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool]
    ) -> None:
        recognise(OUTRA, signed(OUTRA.trust_list(next_anchor=self.SECOND.public)))

        with pytest.raises(CityRefused, match=r"telephone.*forget.*anew") as refused:
            refresh(signed(OUTRA.trust_list(sequence=7), by=self.LAST))
        assert refused.value.why is Why.ANOTHER_ANCHOR

    def test_cannot_go_back(self, recognise: Callable[..., Known], refresh: Callable[..., bool]) -> None:
        recognise(OUTRA, signed(OUTRA.trust_list(next_anchor=self.SECOND.public)))
        refresh(signed(OUTRA.trust_list(sequence=6), by=self.SECOND))

        with pytest.raises(CityRefused) as refused:
            refresh(signed(OUTRA.trust_list(sequence=7), by=OUTRA.anchor))
        assert refused.value.why is Why.ANOTHER_ANCHOR


class TestNews:
    """The kit is due as it is when a card ends."""

    @pytest.fixture
    def is_due(self, session: Session) -> Callable[[], bool]:
        def ask() -> bool:
            due = publication.has_changes(session)
            session.execute(update(StatusList).values(changed=False))
            return due

        return ask

    def test_is_to_be_published(
        self,
        recognise: Callable[..., Known],
        refresh: Callable[..., bool],
        session: Session,
        is_due: Callable[[], bool],
    ) -> None:
        files, told = OUTRA.files(), [is_due()]

        recognise(OUTRA, files)
        told.append(is_due())
        refresh(files)
        told.append(is_due())
        refresh(OUTRA.files(OUTRA.trust_list(sequence=6)))
        told.append(is_due())
        recognition.forget(session, OUTRA.issuer, actor=CONSOLE, now=NOON)
        told.append(is_due())

        assert told == [False, True, False, True, True]


class TestDue:
    def test_is_who_has_an_address_and_waited_longest(self, recognise: Callable[..., Known], session: Session) -> None:
        hour = timedelta(hours=1)
        recognise(OUTRA, address="https://outra.example/kit/", now=NOON)
        recognise(THIRD, now=NOON)
        recognise(FOURTH, address="https://fourth.example/kit/", now=NOON - hour)

        assert recognition.due(session, every=2 * hour, now=NOON) is None
        assert recognition.due(session, every=hour, now=NOON) == (FOURTH.issuer, "https://fourth.example/kit/")
        recognition.note_failure(session, FOURTH.issuer, now=NOON + hour)
        assert recognition.due(session, every=hour, now=NOON + hour) == (OUTRA.issuer, "https://outra.example/kit/")


class TestWhatIsStored:
    @pytest.mark.uncounted  # it is counted elsewhere; counting takes twice the time
    def test_is_ignored_where_any_byte_is_flipped(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        """T18: checked on every read, not only when it came in."""
        recognise(THIRD)
        recognise()
        row = session.get(RecognisedCity, OUTRA.issuer)
        assert row is not None
        good, chance, ignored = (row.trust_list, row.anchor, row.services), random.Random(18), 0

        for n in range(TIMES):
            row.trust_list, row.anchor, row.services = good
            if n % 2 == 0:
                row.trust_list = flipped(good[0], chance)
            elif n % 4 == 1:
                row.anchor = flipped(good[1], chance)
            else:
                row.services = flipped(good[2].encode(), chance).decode("latin-1")
            third, outra = sorted(recognition.known(session, town_hall.town), key=lambda one: one.issuer, reverse=True)
            ignored += outra.city is None and outra.why is not None and outra.lists == {}
            assert third.city is not None

        assert ignored == TIMES

    def test_is_ignored_where_anchor_and_list_are_exchanged_together(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        """Somebody at the database signs for the city: the audit says that another anchor was recognised."""
        recognise()
        forger = TestKey("forger")
        row = session.get(RecognisedCity, OUTRA.issuer)
        assert row is not None
        row.anchor, row.trust_list = forger.public.to_cose_key(), OUTRA.trust_list().seal(forger)

        (outra,) = recognition.known(session, town_hall.town)

        assert (outra.city, outra.why) == (None, Why.ANOTHER_DECISION)

    @pytest.mark.parametrize("changes", [{"subject": "city:forged"}, {"digest": bytes(32)}, {"actor": "staff:1"}])
    def test_is_ignored_where_the_decision_in_the_audit_was_edited(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall, changes: dict[str, Any]
    ) -> None:
        recognise()
        session.execute(update(AuditEntry).where(AuditEntry.action == "city.recognised").values(**changes))
        session.expire_all()

        assert recognition.known(session, town_hall.town)[0].why is Why.ANOTHER_DECISION

    def test_is_ignored_where_a_city_that_was_forgotten_is_put_back(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        """Once it was decided to take it; the last decision counts."""
        recognise()
        kept = {name: getattr(session.get(RecognisedCity, OUTRA.issuer), name) for name in COLUMNS}
        recognition.forget(session, OUTRA.issuer, actor=CONSOLE, now=NOON)

        session.add(RecognisedCity(**kept))

        assert recognition.known(session, town_hall.town)[0].why is Why.ANOTHER_DECISION

    def test_is_ignored_where_services_that_were_taken_back_are_put_back(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        recognise(OUTRA, None, "library", "pool")
        recognise(OUTRA, None, "library")

        session.execute(update(RecognisedCity).values(services="library pool"))

        assert recognition.known(session, town_hall.town)[0].why is Why.ANOTHER_DECISION

    def test_is_ignored_where_nothing_was_ever_decided(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        recognise()
        session.execute(update(AuditEntry).values(action="card.signed"))

        assert recognition.known(session, town_hall.town)[0].why is Why.ANOTHER_DECISION

    def test_is_not_followed_from_where_it_is_damaged(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session
    ) -> None:
        recognise()
        session.execute(update(RecognisedCity).values(services="library"))
        session.expire_all()

        with pytest.raises(CityRefused, match="anew") as refused:
            refresh(OUTRA.files())
        assert refused.value.why is Why.ANOTHER_DECISION

    def test_loses_a_damaged_status_list_and_nothing_else(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        recognise()
        kept = session.scalars(select(RecognisedList)).one()
        good, chance = kept.content, random.Random(1)

        for _ in range(100):
            kept.content = flipped(good, chance)
            (outra,) = recognition.known(session, town_hall.town)
            assert outra.city is not None
            assert outra.lists == {}


class TestForget:
    def test_leaves_nothing_but_the_audit(
        self, recognise: Callable[..., Known], session: Session, town_hall: TownHall
    ) -> None:
        recognise()

        recognition.forget(session, OUTRA.issuer, actor=CONSOLE, now=NOON)

        assert recognition.known(session, town_hall.town) == ()
        assert session.scalars(select(RecognisedList)).all() == []
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc())).first()
        assert last is not None
        assert (last.action, last.subject[-14:]) == ("city.forgotten", "/outra.example")

    def test_needs_a_city_that_is_known(self, session: Session) -> None:
        with pytest.raises(CityNotFound):
            recognition.forget(session, OUTRA.issuer, actor=CONSOLE, now=NOON)


class TestAFailure:
    def test_is_news_once(
        self, recognise: Callable[..., Known], refresh: Callable[..., bool], session: Session
    ) -> None:
        recognise()
        hour = timedelta(hours=1)

        assert recognition.note_failure(session, OUTRA.issuer, now=NOON + hour)
        assert not recognition.note_failure(session, OUTRA.issuer, now=NOON + 2 * hour)
        refresh(OUTRA.files(), now=NOON + 3 * hour)
        assert recognition.note_failure(session, OUTRA.issuer, now=NOON + 4 * hour)

    def test_of_a_city_that_was_forgotten_meanwhile_is_said(self, session: Session) -> None:
        with pytest.raises(CityNotFound):
            recognition.note_failure(session, OUTRA.issuer, now=NOON)
