"""What a clerk does in the demo: register, issue, hand over."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from cardservice.cli.town import Town
from cardservice.day_keys import DayKeys
from cardservice.domain import drafts, evidence, issuance
from cardservice.domain.actor import Actor
from cardservice.domain.evidence import Evidence, Shown
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.registration import Registration
from cardservice.keystore import Purpose, SigningKey
from cardservice.web import decided


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the demo needs to do a clerk's work."""

    town: Town
    keys: dict[Purpose, SigningKey]
    day_keys: DayKeys
    clerk: Actor

    def make_card(self, registration: Registration) -> IssuedCard:
        """Register, issue and hand over, as the desk does: afterwards the town knows the card and not its holder."""
        actor, now, chance = self.clerk, utc_now(), secrets.token_bytes
        with self.town.transaction() as session:
            draft = drafts.open_draft(
                session,
                registration,
                evidence=self._shown(),
                actor=actor,
                now=now,
                day_keys=self.day_keys,
                token_bytes=chance,
            )
        card = issuance.issue(
            self.town.transaction,
            draft.id,
            actor=actor,
            now=now,
            day_keys=self.day_keys,
            issuing=decided.issuing(self.town.settings, self.keys[Purpose.CARD]),
            token_bytes=chance,
        )
        with self.town.transaction() as session:
            issuance.hand_over(session, card.card_number, actor=actor, now=now, day_keys=self.day_keys)
        return card

    def _shown(self) -> Evidence:
        """A passport and a lease, as the example of a policy counts them."""
        policy = decided.policy(self.town.settings)
        shown = [Shown(kind="passport"), Shown(kind="lease")]
        return evidence.kept(policy, shown, today=utc_now().date(), checked_by=self.clerk.staff_id)


def utc_now() -> datetime:
    """The clock of the demo."""
    return datetime.now(UTC)
