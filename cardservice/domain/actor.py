"""Who is acting: handed to every function of the domain that changes something."""

from dataclasses import dataclass

from cardservice.terms import StaffRole


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff member at the desk; without a staff id the console (command line), the service itself, or a cardholder.

    A cardholder has no role: what they may do is what their slip lets them do.
    """

    name: str
    role: StaffRole | None
    staff_id: int | None = None

    @property
    def code(self) -> str:
        """What the audit keeps of the actor: "staff:7", "service", "console" or "holder"; never a name."""
        if self.staff_id is not None:
            return f"staff:{self.staff_id}"
        return self.name if self in {SERVICE, HOLDER} else "console"


SERVICE = Actor("service", StaffRole.ADMINISTRATOR)
CONSOLE = Actor("console", StaffRole.ADMINISTRATOR)
HOLDER = Actor("holder", None)
"""Whoever has a card's slip in hand. The audit says that it was somebody with the slip, and nothing about who."""
