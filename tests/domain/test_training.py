"""A training town: the journeys of a real one, every verifier says "sample", and neither town becomes the other."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from restored import backed_up, restore
from sqlalchemy import Engine, delete
from town_hall import ISSUER, NOON, REGISTRATION, TownHall

from cardservice.credential.trust_list import KeyPurpose
from cardservice.domain import kit_folder, publication, reading_back, recognition, reentry, renewal
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.recognised_city import CityRefused, Why
from cardservice.domain.trust import AnotherKind
from cardservice.keystore import Purpose
from cardservice.storage.models import Card, IssuerKey, Publication
from cardservice.terms import CardState
from cardservice.verify import Kit, Outcome, Reason
from tests.verify.town import Town, trusted

OUTRA = Town(issuer="https://outra.example", names={"pt": "Outra"})
TRAINING_OUTRA = OUTRA.files(
    OUTRA.trust_list(
        OUTRA.entry(trusted(OUTRA.card_key, KeyPurpose.SAMPLE), trusted(OUTRA.status_key, KeyPurpose.STATUS))
    )
)


@pytest.fixture
def training_hall(town_hall: TownHall) -> TownHall:
    return trained(town_hall)


def trained(town_hall: TownHall) -> TownHall:
    """The same town, as if it had been a training town from its first kit on."""
    with town_hall.transaction() as session:
        session.execute(delete(Publication))
    for file in (town_hall.kit / name for name in ("trust-list.cwt", "status/1.cwt")):
        file.unlink()
    town_hall.town = replace(town_hall.town, training=True)
    town_hall.publish()
    return town_hall


@pytest.fixture
def trainee(training_hall: TownHall, clerk: Actor) -> Actor:
    return clerk


class TestASample:
    def test_is_never_valid_and_says_what_a_card_would_be(self, training_hall: TownHall, trainee: Actor) -> None:
        good = training_hall.make_card(trainee)
        ended = training_hall.make_card(trainee, CardState.REVOKED)
        training_hall.publish()

        verdicts = [training_hall.verdict(card.identity_code) for card in (good, ended)]

        assert [(one.verdict, one.reason) for one in verdicts] == [(Outcome.NOT_VALID, Reason.SAMPLE)] * 2
        assert [one.would_be for one in verdicts] == [Reason.VALID, Reason.REVOKED]

    def test_has_no_key_among_those_for_verifiers_that_take_no_trust_list(self, training_hall: TownHall) -> None:
        assert (training_hall.kit / "jwks.json").read_bytes() == kit_folder.jwks([])

    def test_is_read_back_before_it_is_handed_over(self, training_hall: TownHall, trainee: Actor) -> None:
        card = training_hall.make_card(trainee, CardState.SIGNED)

        with training_hall.reading() as session:
            read = reading_back.read(
                session, card.identity_code, training_hall.kit, issuer=ISSUER, now=NOON, day_keys=training_hall.day_keys
            )

        assert read.number == card.card_number

    def test_is_renewed(self, training_hall: TownHall, trainee: Actor) -> None:
        card = training_hall.make_card(trainee)

        with training_hall.reading() as session:
            said = renewal.from_signed_card(session, card.identity_code, training_hall.kit, issuer=ISSUER, now=NOON)

        assert (said.name, said.replaces) == (REGISTRATION.name, card.card_number)

    def test_is_entered_again(self, training_hall: TownHall, trainee: Actor) -> None:
        card = training_hall.make_card(trainee)
        with training_hall.transaction() as session:
            session.delete(session.get_one(Card, card.card_number))

        with training_hall.transaction() as session:
            town, kit = training_hall.town, training_hall.kit
            entered = reentry.enter(session, card.identity_code, kit, town=town, actor=CONSOLE, now=NOON)

        assert entered.state is CardState.ACTIVE

    def test_has_its_key_learned_as_a_card_key_after_a_restore(
        self, training_hall: TownHall, second_register: Callable[[str], Engine]
    ) -> None:
        content = backed_up(training_hall)
        other = second_register(training_hall.engine.dialect.name)

        restored = restore(training_hall, content, other, kit=training_hall.kit, days=1)

        with restored.hall.reading() as session:
            key = session.get_one(IssuerKey, training_hall.keys[Purpose.CARD].key_id.hex())
            assert key.purpose == Purpose.CARD


class TestTheOtherKind:
    @pytest.mark.parametrize(("training", "said"), [(False, "are real cards"), (True, "are samples")])
    def test_is_what_no_town_becomes(self, town_hall: TownHall, training: bool, said: str) -> None:
        hall = trained(town_hall) if training else town_hall
        before = {file: file.read_bytes() for file in hall.kit.rglob("*") if file.is_file()}
        hall.town = replace(hall.town, training=not training)

        with pytest.raises(AnotherKind, match=said) as refused:
            hall.publish()

        assert f"Write training = {str(training).lower()} there again" in str(refused.value)
        assert str(refused.value).endswith("init`." if training else "init --training`.")
        assert {file: file.read_bytes() for file in hall.kit.rglob("*") if file.is_file()} == before

    def test_is_found_without_the_folder_in_what_the_register_remembers(self, town_hall: TownHall) -> None:
        with town_hall.reading() as session, pytest.raises(AnotherKind):
            publication.check_told(session, [], replace(town_hall.town, training=True))

    def test_is_found_in_the_folder_by_a_register_that_remembers_nothing(self, town_hall: TownHall) -> None:
        with town_hall.transaction() as session:
            session.execute(delete(Publication))
            with pytest.raises(AnotherKind):
                publication.check_told(session, [town_hall.kit], replace(town_hall.town, training=True))


class TestRecognition:
    def take(self, hall: TownHall, files: dict[str, bytes]) -> None:
        with hall.transaction() as session:
            recognition.recognise(
                session,
                files,
                anchor=OUTRA.anchor.public.to_cose_key(),
                services=("library",),
                address=None,
                town=hall.town,
                actor=CONSOLE,
                now=NOON,
            )

    def test_of_a_training_town_is_refused_by_a_real_one(self, town_hall: TownHall) -> None:
        with pytest.raises(CityRefused, match="Only training towns recognise training towns") as refused:
            self.take(town_hall, TRAINING_OUTRA)

        assert refused.value.why is Why.TRAINING

    def test_of_a_real_town_is_refused_by_a_training_town(self, training_hall: TownHall) -> None:
        with pytest.raises(CityRefused) as refused:
            self.take(training_hall, OUTRA.files())

        assert refused.value.why is Why.TRAINING

    def test_of_a_training_town_is_what_another_may_train(self, training_hall: TownHall) -> None:
        self.take(training_hall, TRAINING_OUTRA)
        training_hall.publish()

        verdict = training_hall.verdict(OUTRA.text())

        assert (verdict.reason, verdict.would_be) == (Reason.SAMPLE, Reason.VALID)

    def test_ends_where_a_city_turns_into_a_training_town(self, town_hall: TownHall) -> None:
        self.take(town_hall, OUTRA.files())
        trust_list = Kit.from_files(TRAINING_OUTRA).trust_list
        assert trust_list is not None
        newer = {**TRAINING_OUTRA, "trust-list.cwt": replace(trust_list, sequence=6).seal(OUTRA.anchor)}

        with town_hall.transaction() as session, pytest.raises(CityRefused) as refused:
            recognition.refresh(session, OUTRA.issuer, newer, town=town_hall.town, actor=CONSOLE, now=NOON)

        assert refused.value.why is Why.TRAINING

    def test_does_not_count_where_what_is_stored_is_of_the_other_kind(self, town_hall: TownHall) -> None:
        self.take(town_hall, OUTRA.files())

        with town_hall.reading() as session:
            (known,) = recognition.known(session, replace(town_hall.town, training=True))

        assert (known.city, known.why) == (None, Why.TRAINING)
