"""The one place where a card is signed: one caller, one permission for one card, and only from a committed intent."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from town_hall import ISSUER, TownHall

import cardservice
from cardservice.credential.claims import CardClaims, StatusReference
from cardservice.domain import signing, status_places
from cardservice.domain.actor import Actor
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.retention import Transaction
from cardservice.domain.signing import Permission, PermissionUsed, prove_intent
from cardservice.keystore import Purpose
from cardservice.storage.models import Card
from cardservice.storage.session import sessions
from cardservice.terms import CardState

PACKAGE = Path(cardservice.__file__).parent
NUMBER = "000000000000"
CLAIMS = CardClaims(
    issuer=ISSUER,
    card_number=NUMBER,
    issued_at=0,
    expires_at=86_400,
    status=StatusReference(uri=f"{ISSUER}/status/1.cwt", index=1),
    name="Karim al-Haddad",
    language="fra",
    birth_date="19920229",
)


def intend(town_hall: TownHall, session: Session, draft_id: str, number: str = NUMBER) -> None:
    place = status_places.reserve(session, token_bytes=bytes)
    key_id = town_hall.keys[Purpose.CARD].key_id.hex()
    session.add(
        Card(
            number=number,
            list_number=place.list_number,
            position=place.position,
            state=CardState.INTENT,
            key_id=key_id,
            issue_month="2026-11",
            expiry_month="2028-11",
            draft_id=draft_id,
        )
    )
    session.flush()


def proved(transaction: Transaction, draft_id: str) -> Permission | None:
    with prove_intent(transaction, draft_id) as (_session, _draft, permission):
        return permission


@pytest.fixture
def draft_id(town_hall: TownHall, clerk: Actor) -> str:
    return town_hall.register(clerk)


class TestTheProgram:
    """Read, not run: whoever adds a second way to sign cards has to change this test."""

    @pytest.mark.parametrize(
        ("called", "places"),
        [
            ("signing.sign", ["domain/issuance.py"]),
            ("signing.prove_intent", ["domain/issuance.py"]),
            ("qr_text.seal", ["domain/signing.py"]),
            ("seal", ["domain/drafts.py"]),
            ("sign", []),
            ("Permission", ["domain/signing.py"]),
            (
                "sign1",
                [
                    "credential/qr_text.py",
                    "credential/status_list.py",
                    "credential/trust_list.py",
                    "domain/checkpoints.py",
                ],
            ),
        ],
    )
    def test_signs_a_card_at_one_place(self, called: str, places: list[str]) -> None:
        assert sorted(place for place, name in calls() if name == called) == places

    def test_imports_the_sealing_of_cards_at_one_place(self) -> None:
        importing = [
            str(file.relative_to(PACKAGE))
            for file in files()
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom)
            and any(
                f"{node.module}.{alias.name}".endswith(("credential.qr_text", "qr_text.seal")) for alias in node.names
            )
        ]

        assert importing == ["domain/signing.py"]


class TestProveIntent:
    def test_sees_a_committed_intent(self, town_hall: TownHall, draft_id: str) -> None:
        with town_hall.transaction() as session:
            intend(town_hall, session, draft_id)

        permission = proved(town_hall.transaction, draft_id)

        assert permission is not None
        assert permission.card_number == NUMBER

    def test_does_not_see_an_intent_before_its_commit(self, town_hall: TownHall, draft_id: str) -> None:
        with sessions(town_hall.engine)() as session:
            intend(town_hall, session, draft_id)
            # Asked from outside, as another process would: the writer's own session would see its own row.
            permission = proved(town_hall.reading, draft_id)

        assert permission is None

    @pytest.mark.parametrize("state", [state for state in CardState if state is not CardState.INTENT])
    def test_gives_none_in_any_other_state(self, town_hall: TownHall, draft_id: str, state: CardState) -> None:
        with town_hall.transaction() as session:
            intend(town_hall, session, draft_id)
            session.get_one(Card, NUMBER).state = state

        assert proved(town_hall.transaction, draft_id) is None

    def test_gives_none_where_no_intent_or_no_draft_is(self, town_hall: TownHall, draft_id: str) -> None:
        assert proved(town_hall.transaction, draft_id) is None
        assert proved(town_hall.transaction, "0" * 32) is None

    def test_opens_the_transaction_in_which_the_signature_is_kept(self, town_hall: TownHall, draft_id: str) -> None:
        with town_hall.transaction() as session:
            intend(town_hall, session, draft_id)
        with prove_intent(town_hall.transaction, draft_id) as (session, _draft, _permission):
            session.get_one(Card, NUMBER).state = CardState.SIGNED

        assert town_hall.card(NUMBER).state is CardState.SIGNED


class TestSign:
    @pytest.fixture
    def permission(self, town_hall: TownHall, draft_id: str) -> Permission:
        with town_hall.transaction() as session:
            intend(town_hall, session, draft_id)
        given = proved(town_hall.transaction, draft_id)
        assert given is not None
        return given

    def test_works_once(self, town_hall: TownHall, permission: Permission) -> None:
        key = town_hall.keys[Purpose.CARD]
        signing.sign(permission, CLAIMS, key)

        with pytest.raises(PermissionUsed):
            signing.sign(permission, CLAIMS, key)

    def test_is_for_its_own_card(self, town_hall: TownHall, permission: Permission) -> None:
        other = CardClaims(issuer=ISSUER, card_number="111111111111", issued_at=0, expires_at=86_400)

        with pytest.raises(PermissionUsed):
            signing.sign(permission, other, town_hall.keys[Purpose.CARD])

    def test_cannot_be_had_without_an_intent(self) -> None:
        with pytest.raises(TypeError, match="prove_intent"):
            Permission(NUMBER, proof=object())

    def test_signs_both_codes_of_the_card(self, make_card: Callable[..., IssuedCard], town_hall: TownHall) -> None:
        issued = make_card()

        codes = [town_hall.verdict(code).code for code in (issued.identity_code, issued.residence_code)]

        assert codes == ["identity", "residence"]


# Signs with keys that anybody can derive and that no trust list may name: what it makes is "unknown city" everywhere.
SAMPLES = PACKAGE / "samples.py"


def files() -> Iterator[Path]:
    return (file for file in PACKAGE.rglob("*.py") if file != SAMPLES)


@cache
def calls() -> list[tuple[str, str]]:
    """Every call in the package, by file and by the name that is called; methods of other objects by attribute."""
    return [
        (str(file.relative_to(PACKAGE)), ast.unparse(node.func))
        for file in files()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
    ]
