"""The verdict on a card: every reason, the order of the steps, and what a verdict shows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import base45, deflate, qr_text
from cardservice.credential.claims import DAY, CardClaims, StatusReference
from cardservice.credential.cose import sign1
from cardservice.credential.errors import BadSignature
from cardservice.credential.keys import Algorithm, PublicKey
from cardservice.credential.status_list import StatusList
from cardservice.credential.trust_list import KeyPurpose, KeyState, TrustedKey
from cardservice.verify import Kit, Outcome, Reason, Verdict, verifier, verify
from tests.verify.town import MIDNIGHT, MORNING, NOON, YEAR, TestKey, Town, trusted

TOWN = Town()
KIT = TOWN.kit()
OTHER = Town(issuer="https://outra.example", names={"pt": "Outra"})


def with_keys(*keys: TrustedKey, **changes: object) -> Kit:
    """The town's kit with other card keys, its status key beside them."""
    entry = TOWN.entry(*keys, trusted(TOWN.status_key, KeyPurpose.STATUS))
    return TOWN.kit(TOWN.trust_list(entry, **changes))


def federated(*status_lists: StatusList) -> Kit:
    """The town's kit with another city in it, recognised for its library, and that city's status lists."""
    trust_list = TOWN.trust_list(TOWN.entry(), OTHER.entry(recognised_for=("library",)))
    theirs = {f"status/o-{place}.cwt": item.seal(OTHER.status_key) for place, item in enumerate(status_lists)}
    return Kit.from_files({**TOWN.files(trust_list), **theirs})


FEDERATED = federated(OTHER.status_list(lowest_trust_sequence=99))


class TestVerify:
    @pytest.mark.parametrize("algorithm", Algorithm)
    def test_finds_a_good_card_valid_and_tells_what_it_says(self, algorithm: Algorithm) -> None:
        town = Town(algorithm=algorithm)

        verdict = verify(town.text(), town.kit(), now=NOON)

        assert verdict.as_dict() == {
            "verdict": "valid",
            "reason": "valid",
            "would_be": None,
            "code": "identity",
            "card_number": "7K3M9QX2R4P9",
            "issuer": "https://vila-aberta.example",
            "issuer_name": "Vila Aberta",
            "recognised_for": (),
            "name": "Amina Example",
            "language": "eng",
            "name_second": None,
            "language_second": None,
            "birth_date": "1990-04-05",
            "expires": "2028-11-21",
            "trust_list_age_s": 10_800,
            "status_list_age_s": 10_800,
            "fresh": True,
        }
        assert verdict.portrait == town.claims().portrait

    def test_finds_a_residence_code_valid_and_learns_nothing_of_its_holder(self) -> None:
        verdict = verify(TOWN.text(TOWN.claims().residence()), KIT, now=NOON)

        assert (verdict.verdict, verdict.code) == (Outcome.VALID, "residence")
        assert verdict.card_number == "7K3M9QX2R4P9"
        assert (verdict.name, verdict.birth_date, verdict.portrait, verdict.language) == (None, None, None, None)

    @pytest.mark.parametrize(
        ("card", "would_be"),
        [
            (TOWN.claims(), "valid"),
            (TOWN.claims().residence(), "valid"),
            (TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT), "expired"),
            (TOWN.claims(status=StatusReference(TOWN.uri, 666)), "revoked"),
            (TOWN.claims(status=None), "status-missing"),
        ],
    )
    def test_calls_what_a_key_for_samples_signed_a_sample_and_says_what_a_card_would_be(
        self, card: CardClaims, would_be: str
    ) -> None:
        entry = TOWN.entry(trusted(TOWN.card_key, KeyPurpose.SAMPLE), trusted(TOWN.status_key, KeyPurpose.STATUS))
        kit = TOWN.kit(TOWN.trust_list(entry), TOWN.status_list([666]))

        for lists in (kit, Kit.from_bytes(kit.to_bytes())):
            verdict = verify(TOWN.text(card), lists, now=NOON)

            assert (verdict.verdict, verdict.reason) == (Outcome.NOT_VALID, Reason.SAMPLE)
            assert (verdict.would_be, verdict.as_card) == (would_be, would_be)
            assert (verdict.card_number, verdict.code) == (card.card_number, card.code)

    def test_says_of_no_card_what_it_would_be(self) -> None:
        verdict = verify(TOWN.text(), KIT, now=NOON)

        assert (verdict.would_be, verdict.as_card) == (None, Reason.VALID)

    def test_finds_nothing_in_what_is_signed_by_a_key_for_samples_that_others_may_have(self) -> None:
        kit = with_keys(trusted(TOWN.card_key, KeyPurpose.SAMPLE, state=KeyState.COMPROMISED))

        verdict = verify(TOWN.text(), kit, now=NOON)

        assert (verdict.reason, verdict.would_be, verdict.claims) == (Reason.KEY_COMPROMISED, None, None)

    def test_finds_the_card_of_a_recognised_city_valid(self) -> None:
        verdict = verify(OTHER.text(), FEDERATED, now=NOON)

        assert (verdict.reason, verdict.issuer_name, verdict.recognised_for) == (Reason.VALID, "Outra", ("library",))

    @pytest.mark.parametrize(
        ("service", "reason"),
        [
            (None, Reason.VALID),
            ("library", Reason.VALID),
            ("pool", Reason.NOT_RECOGNISED),
            ("librar", Reason.NOT_RECOGNISED),
            ("", Reason.NOT_RECOGNISED),
        ],
    )
    def test_takes_the_card_of_another_city_only_for_what_it_is_recognised_for(
        self, service: str | None, reason: Reason
    ) -> None:
        verdict = verify(OTHER.text(), FEDERATED, now=NOON, service=service)

        assert verdict.reason is reason
        assert (verdict.issuer_name, verdict.recognised_for) == ("Outra", ("library",))

    def test_takes_the_card_of_the_town_itself_for_every_service(self) -> None:
        assert verify(TOWN.text(), FEDERATED, now=NOON, service="pool").reason is Reason.VALID

    def test_asks_for_the_service_last(self) -> None:
        """A revoked card is revoked, wherever it is shown."""
        kit = federated(OTHER.status_list([77_123]))

        assert verify(OTHER.text(), kit, now=NOON, service="pool").reason is Reason.REVOKED
        assert verify(OTHER.text(), federated(), now=NOON, service="pool").reason is Reason.STATUS_MISSING

    @pytest.mark.parametrize(
        ("reason", "text", "kit"),
        [
            (Reason.NOT_A_CARD, "https://shop.example/offer", KIT),
            (Reason.MALFORMED, base45.encode(base45.decode(TOWN.text())[:-4]), KIT),
            (Reason.UNKNOWN_ISSUER, OTHER.text(), KIT),
            (Reason.UNKNOWN_KEY, TOWN.text(key=TestKey("stranger")), KIT),
            (Reason.UNKNOWN_KEY, TOWN.text(key=TOWN.status_key), KIT),
            (Reason.UNKNOWN_KEY, TOWN.text(key=TOWN.anchor), KIT),
            (Reason.UNKNOWN_KEY, TOWN.text(OTHER.claims()), KIT),
            (Reason.EXPIRED, TOWN.text(TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT)), KIT),
            (Reason.NOT_YET_VALID, TOWN.text(TOWN.claims(issued_at=MIDNIGHT + DAY)), KIT),
            (Reason.REVOKED, TOWN.text(), TOWN.kit(None, TOWN.status_list([77_123]))),
            (Reason.KEY_COMPROMISED, TOWN.text(), with_keys(trusted(TOWN.card_key, state=KeyState.COMPROMISED))),
            (Reason.KEY_NOT_VALID_THEN, TOWN.text(), with_keys(trusted(TOWN.card_key, not_before=MIDNIGHT + DAY))),
            (Reason.KEY_NOT_VALID_THEN, TOWN.text(), with_keys(trusted(TOWN.card_key, not_after=MIDNIGHT + YEAR))),
            (Reason.STATUS_MISSING, TOWN.text(), TOWN.kit(None, TOWN.status_list(uri=TOWN.issuer + "/status/2"))),
            (Reason.STATUS_MISSING, TOWN.text(), TOWN.kit(None, TOWN.status_list(size=800))),
            (Reason.STATUS_MISSING, TOWN.text(TOWN.claims(status=None)), KIT),
            (Reason.STATUS_MISSING, TOWN.text(), Kit.from_files({})),
            (Reason.STATUS_STALE, TOWN.text(), TOWN.kit(None, TOWN.status_list(expires_at=MORNING + 60))),
            (Reason.STATUS_STALE, TOWN.text(), TOWN.kit(None, TOWN.status_list(lowest_trust_sequence=6))),
            (Reason.CLOCK_WRONG, TOWN.text(), TOWN.kit(None, TOWN.status_list(issued_at=MORNING + 2 * DAY))),
            (Reason.CLOCK_WRONG, TOWN.text(), TOWN.kit(TOWN.trust_list(issued_at=MORNING + 2 * DAY))),
        ],
    )
    def test_tells_why_not(self, reason: Reason, text: str, kit: Kit) -> None:
        verdict = verify(text, kit, now=NOON)

        assert verdict.reason is reason
        assert verdict.verdict is not Outcome.VALID

    def test_finds_every_changed_bit_of_the_signed_message(self) -> None:
        message = sign1(TOWN.claims(portrait=None).encode(), TOWN.card_key)

        for bit in range(len(message) * 8):
            changed = bytearray(message)
            changed[bit // 8] ^= 1 << bit % 8
            text = base45.encode(deflate.compress(bytes(changed), repeated=b""))
            assert verify(text, KIT, now=NOON).verdict is Outcome.NOT_VALID

    def test_takes_a_retired_key_for_the_cards_it_signed_while_in_use(self) -> None:
        kit = with_keys(trusted(TOWN.card_key, state=KeyState.RETIRED, retired_at=MIDNIGHT - DAY))

        before = TOWN.text(TOWN.claims(issued_at=MIDNIGHT - DAY))
        after = TOWN.text(TOWN.claims(issued_at=MIDNIGHT))

        assert verify(before, kit, now=NOON).reason is Reason.VALID
        assert verify(after, kit, now=NOON).reason is Reason.KEY_NOT_VALID_THEN

    def test_takes_a_key_from_the_day_on_which_it_came_into_use(self) -> None:
        kit = with_keys(trusted(TOWN.card_key, state=KeyState.ANNOUNCED, not_before=MORNING))

        assert verify(TOWN.text(), kit, now=NOON).reason is Reason.VALID
        assert (
            verify(TOWN.text(TOWN.claims(issued_at=MIDNIGHT - DAY)), kit, now=NOON).reason is Reason.KEY_NOT_VALID_THEN
        )

    @pytest.mark.parametrize(("second", "reason"), [(-1, Reason.VALID), (0, Reason.EXPIRED), (1, Reason.EXPIRED)])
    def test_takes_a_card_until_the_second_it_expires(self, second: int, reason: Reason) -> None:
        text = TOWN.text(TOWN.claims(expires_at=MIDNIGHT + DAY))

        assert verify(text, KIT, now=datetime.fromtimestamp(MIDNIGHT + DAY + second, UTC)).reason is reason

    @pytest.mark.parametrize(("second", "reason"), [(-1, Reason.VALID), (0, Reason.STATUS_STALE)])
    def test_takes_a_status_list_until_the_second_it_expires(self, second: int, reason: Reason) -> None:
        now = datetime.fromtimestamp(MORNING + 14 * DAY + second, UTC)

        assert verify(TOWN.text(), KIT, now=now).reason is reason

    @pytest.mark.parametrize(("second", "reason"), [(0, Reason.VALID), (-1, Reason.CLOCK_WRONG)])
    def test_forgives_a_clock_that_is_a_day_behind_and_no_more(self, second: int, reason: Reason) -> None:
        text = TOWN.text(TOWN.claims(issued_at=MIDNIGHT - 2 * DAY))

        assert verify(text, KIT, now=datetime.fromtimestamp(MORNING - DAY + second, UTC)).reason is reason

    def test_judges_by_the_lists_where_the_clock_is_behind(self) -> None:
        text = TOWN.text(TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT))

        assert verify(text, KIT, now=NOON - timedelta(hours=20)).reason is Reason.EXPIRED

    def test_reads_an_old_trust_list_with_its_age_and_lets_it_pass(self) -> None:
        kit = TOWN.kit(TOWN.trust_list(issued_at=MORNING - 100 * DAY, next_update=MORNING - 10 * DAY))

        verdict = verify(TOWN.text(), kit, now=NOON)

        assert (verdict.reason, verdict.trust_list_age_s) == (Reason.VALID, 100 * DAY + 3 * 3600)

    def test_looks_at_the_period_before_the_status(self) -> None:
        card = TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT)
        kit = TOWN.kit(None, TOWN.status_list([77_123], expires_at=MORNING))

        assert verify(TOWN.text(card), kit, now=NOON).reason is Reason.EXPIRED

    def test_believes_nothing_before_the_signature_is_checked(self) -> None:
        expired = TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT)
        forged = self._forged(qr_text.seal(expired, TOWN.card_key))

        verdict = verify(forged, KIT, now=NOON)

        assert verdict.reason is Reason.BAD_SIGNATURE
        assert (verdict.card_number, verdict.name, verdict.issuer, verdict.expires) == (None, None, None, None)

    @staticmethod
    def _forged(text: str) -> str:
        message = bytearray(deflate.decompress(base45.decode(text)))
        message[-1] ^= 1
        return base45.encode(deflate.compress(bytes(message), repeated=b""))

    def test_gives_the_age_of_the_oldest_list_where_the_card_says_nothing(self) -> None:
        old, young = TOWN.status_list(issued_at=MORNING - DAY), TOWN.status_list(uri=TOWN.issuer + "/status/2")
        entry = TOWN.entry(status_lists=(old.uri, young.uri))
        kit = TOWN.kit(TOWN.trust_list(entry), old, young)

        assert verify("nothing", kit, now=NOON).status_list_age_s == DAY + 3 * 3600

    def test_gives_no_age_only_where_there_is_no_list(self) -> None:
        nothing = verify(TOWN.text(), Kit.from_files({}), now=NOON)
        no_status = verify(TOWN.text(TOWN.claims(status=None)), KIT, now=NOON)

        assert (nothing.trust_list_age_s, nothing.status_list_age_s) == (None, None)
        assert (no_status.trust_list_age_s, no_status.status_list_age_s) == (10_800, None)

    def test_counts_no_age_below_nought(self) -> None:
        assert verify(TOWN.text(), KIT, now=NOON - timedelta(hours=12)).trust_list_age_s == 0

    def test_asks_for_a_time_zone(self) -> None:
        with pytest.raises(ValueError, match="time zone"):
            verify(TOWN.text(), KIT, now=NOON.replace(tzinfo=None))

    @given(st.text(max_size=100) | st.text(alphabet=base45.ALPHABET.decode(), max_size=300))
    def test_never_raises_for_anything_the_text_contains(self, text: str) -> None:
        assert verify(text, KIT, now=NOON).verdict is Outcome.NOT_VALID


class TestAFrozenKit:
    """The town's lists, kept back by a mirror that goes on with the fresh lists of a city that was forgotten."""

    LATER = MORNING + 200 * DAY

    @staticmethod
    def reason(text: str, *own: StatusList, at: int, **changes: object) -> Reason:
        trust_list = TOWN.trust_list(TOWN.entry(), OTHER.entry(), **changes)
        theirs = OTHER.status_list([3], size=1 << 17, expires_at=TestAFrozenKit.LATER + 14 * DAY)
        files = {**TOWN.files(trust_list, *own), "status/o-1.cwt": theirs.seal(OTHER.status_key)}
        return verify(text, Kit.from_files(files), now=datetime.fromtimestamp(at, UTC)).reason

    @pytest.mark.parametrize(("second", "reason"), [(-1, Reason.VALID), (0, Reason.STATUS_STALE)])
    def test_takes_another_citys_card_until_the_towns_own_list_ends(self, second: int, reason: Reason) -> None:
        assert self.reason(OTHER.text(), at=MORNING + 14 * DAY + second) is reason
        assert self.reason(OTHER.text(), at=self.LATER) is Reason.STATUS_STALE

    @pytest.mark.parametrize(("second", "reason"), [(-1, Reason.VALID), (0, Reason.STATUS_STALE)])
    def test_takes_another_citys_card_until_the_trust_lists_next_update(self, second: int, reason: Reason) -> None:
        at = MORNING + 3 * DAY + second

        assert self.reason(OTHER.text(), at=at, next_update=MORNING + 3 * DAY) is reason
        assert self.reason(TOWN.text(), at=at, next_update=MORNING + 3 * DAY) is Reason.VALID

    @pytest.mark.parametrize(("lowest", "reason"), [(5, Reason.VALID), (6, Reason.STATUS_STALE)])
    def test_takes_another_citys_card_where_no_newer_trust_list_is_asked_for(self, lowest: int, reason: Reason) -> None:
        assert self.reason(OTHER.text(), TOWN.status_list(lowest_trust_sequence=lowest), at=MORNING) is reason

    def test_needs_one_good_list_of_the_town(self) -> None:
        """One that is old, or asks for more, or is broken, does not stop another that will do."""
        second = f"{TOWN.issuer}/status/2"
        entry = TOWN.entry(status_lists=(TOWN.uri, second))
        lists = (TOWN.status_list(expires_at=MORNING + DAY), TOWN.status_list(uri=second))
        files = TOWN.files(TOWN.trust_list(entry, OTHER.entry()), *lists)
        files["status/o-1.cwt"] = OTHER.status_list().seal(OTHER.status_key)
        at = NOON + timedelta(days=2)

        assert verify(OTHER.text(), Kit.from_files(files), now=at).reason is Reason.VALID
        del files["status/2.cwt"]
        assert verify(OTHER.text(), Kit.from_files(files), now=at).reason is Reason.STATUS_STALE
        del files["status/1.cwt"]
        assert verify(OTHER.text(), Kit.from_files(files), now=at).reason is Reason.STATUS_STALE

    def test_is_looked_at_before_the_place_in_the_list(self) -> None:
        for index in (3, 1 << 17):
            text = OTHER.text(OTHER.claims(status=StatusReference(uri=OTHER.uri, index=index)))

            assert self.reason(text, at=MORNING + 14 * DAY) is Reason.STATUS_STALE


class TestAnotherIssuersFirstTime:
    """`nbf` (RFC 8392 §3.1.5): our cards have none, another city's may."""

    @staticmethod
    def text(not_before: object) -> str:
        payload = {**cbor2.loads(TOWN.claims().encode()), 5: not_before}
        return qr_text.pack(sign1(cbor2.dumps(payload), TOWN.card_key), TOWN.claims())

    @pytest.mark.parametrize(
        ("after_noon", "reason"), [(-1, Reason.VALID), (0, Reason.VALID), (1, Reason.NOT_YET_VALID)]
    )
    def test_is_heeded(self, after_noon: int, reason: Reason) -> None:
        assert verify(self.text(int(NOON.timestamp()) + after_noon), KIT, now=NOON).reason is reason

    def test_does_not_let_a_card_in_before_its_issue(self) -> None:
        payload = {**cbor2.loads(TOWN.claims(issued_at=MIDNIGHT + DAY).encode()), 5: 0}
        text = qr_text.pack(sign1(cbor2.dumps(payload), TOWN.card_key), TOWN.claims())

        assert verify(text, KIT, now=NOON).reason is Reason.NOT_YET_VALID

    @pytest.mark.parametrize("not_before", ["2026-11-22", True, b"", [0]])
    def test_is_a_number(self, not_before: object) -> None:
        assert verify(self.text(not_before), KIT, now=NOON).reason is Reason.MALFORMED


class TestVerdict:
    @pytest.mark.parametrize(
        ("signed", "shown"),
        [
            ("19900405", "1990-04-05"),
            ("19900400", "1990-04"),
            ("19900000", "1990"),
            ("1984-04-18", "1984-04-18"),
            ("April 84", "April 84"),
            ("١٩٩٠٠٤٠٥", "١٩٩٠٠٤٠٥"),
            (None, None),
        ],
    )
    def test_shows_as_much_of_a_birth_date_as_is_known(self, signed: str | None, shown: str | None) -> None:
        text = TOWN.text(TOWN.claims(birth_date=signed))

        assert verify(text, KIT, now=NOON).birth_date == shown

    @pytest.mark.parametrize(
        ("age", "fresh"), [(0, True), (48 * 3600, True), (48 * 3600 + 1, False), (13 * DAY, False)]
    )
    def test_is_fresh_for_two_days(self, age: int, fresh: bool) -> None:
        verdict = verify(TOWN.text(), KIT, now=datetime.fromtimestamp(MORNING + age, UTC))

        assert (verdict.reason, verdict.fresh) == (Reason.VALID, fresh)

    def test_is_not_fresh_without_a_list(self) -> None:
        assert not verify(TOWN.text(), Kit.from_files({}), now=NOON).fresh

    def test_cannot_be_changed(self) -> None:
        verdict = verify(TOWN.text(), KIT, now=NOON)

        with pytest.raises(AttributeError):
            verdict.reason = Reason.VALID  # type: ignore[misc]

    def test_names_nobody_in_a_log(self) -> None:
        verdict = verify(TOWN.text(), KIT, now=NOON)

        assert "Amina" not in repr(verdict)

    def test_has_an_outcome_for_every_reason(self) -> None:
        cannot_tell = {Reason.STATUS_STALE, Reason.STATUS_MISSING, Reason.CLOCK_WRONG}

        for reason in Reason:
            outcome = Verdict(reason, None, None).verdict
            assert (outcome is Outcome.VALID) == (reason is Reason.VALID)
            assert (outcome is Outcome.CANNOT_TELL) == (reason in cannot_tell)


def passes(*anything: object) -> None:
    """A step that passes everything."""


def trusts_our_clock(card: object, now: int) -> int:
    """The same for the step that must return a time."""
    return now


def skip(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Plant a fault: leave one step out."""
    if step == "signature":
        monkeypatch.setattr(PublicKey, "verify", passes)
    else:
        monkeypatch.setattr(verifier, step, trusts_our_clock if step == "_check_clock" else passes)


STEPS: list[tuple[str, Callable[[], tuple[str, Kit]]]] = [
    ("signature", lambda: (TestVerify._forged(TOWN.text()), KIT)),
    ("_check_issuer", lambda: (TOWN.text(OTHER.claims(status=TOWN.claims().status)), KIT)),
    ("_check_issuer", lambda: (TOWN.text(), with_keys(trusted(TOWN.card_key, state=KeyState.COMPROMISED)))),
    ("_check_clock", lambda: (TOWN.text(), TOWN.kit(TOWN.trust_list(issued_at=MORNING + 2 * DAY)))),
    ("_check_period", lambda: (TOWN.text(TOWN.claims(issued_at=0, expires_at=MIDNIGHT)), KIT)),
    ("_check_key_period", lambda: (TOWN.text(), with_keys(trusted(TOWN.card_key, not_before=MIDNIGHT + DAY)))),
    ("_check_status", lambda: (TOWN.text(), TOWN.kit(None, TOWN.status_list([77_123])))),
    ("_check_recognised", lambda: (OTHER.text(), FEDERATED)),
]


class TestEveryStep:
    @pytest.mark.parametrize(("step", "scene"), STEPS)
    def test_is_what_refuses_its_card(
        self, step: str, scene: Callable[[], tuple[str, Kit]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text, kit = scene()
        honest = verify(text, kit, now=NOON, service="pool").reason

        skip(monkeypatch, step)

        left_out = verify(text, kit, now=NOON, service="pool").reason
        assert left_out is not honest, "the step could be left out and nobody would notice"

    def test_refuses_the_same_card_as_the_key_itself(self) -> None:
        sealed = qr_text.open_text(TestVerify._forged(TOWN.text()))

        with pytest.raises(BadSignature):
            sealed.open(TOWN.card_key.public)


def test_a_place_beyond_the_list_is_not_read() -> None:
    far = TOWN.claims(status=StatusReference(uri=TOWN.uri, index=1 << 40))

    assert verify(TOWN.text(far), KIT, now=NOON).reason is Reason.STATUS_MISSING
