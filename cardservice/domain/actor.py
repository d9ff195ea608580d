"""Who is acting: handed to every function of the domain that changes something."""

from dataclasses import dataclass

from cardservice.terms import StaffRole


@dataclass(frozen=True, slots=True)
class Actor:
    """A staff member at the desk; or, without a staff id, the console (command line) or the service itself."""

    name: str
    role: StaffRole
    staff_id: int | None = None

    @property
    def code(self) -> str:
        """What the audit keeps of the actor: "staff:7", "service" or "console"; never a name."""
        if self.staff_id is not None:
            return f"staff:{self.staff_id}"
        return "service" if self == SERVICE else "console"


SERVICE = Actor("service", StaffRole.ADMINISTRATOR)
CONSOLE = Actor("console", StaffRole.ADMINISTRATOR)
