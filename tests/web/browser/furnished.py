"""A town with one of each thing that a page can show, and the list of all pages of the desk.

PAGES is complete: test_every_page.py compares it with the routes that answer with a page.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta

from cardservice.domain import card_numbers, partners, slip_codes, staff, visits
from cardservice.domain.actor import CONSOLE
from cardservice.domain.partners import Checks
from cardservice.keystore import Purpose
from cardservice.terms import CardCode, IdentityReason, Service, StaffRole
from web.factors import CodeApp
from web.hall import PASSWORD, TownHall, picture
from web.pages import Client
from web.test_slip import issued as issued_card

# Everything that is not a page: files, pictures, PDFs, and what has no content.
NO_PAGES = {
    "static", "kit.index", "kit.file", "kit.status", "keep.still_here", "portrait.picture", "portrait.whole",
    "portrait.recognised", "issuance.picture", "issuance.slip_pdf", "phone_copy.code", "phone_copy.picture",
    "phone_copy.page_pdf", "partners.poster_pdf", "partners.staff_pdf", "checkpoints.download", "checkpoints.code",
    "your_sign_in.code_app_picture",
    # The second half of signing in: a page only after a password, looked at in test_every_page.py.
    "second_factor.code",
    # One file with a policy of its own, looked at in test_prefill.py.
    "prefill_page.show", "numbers.table", "print_outs.paper_pdf",
    # A number that was given: looked at in test_desk.py's neighbour, the page of the queue, which has the same parts.
    "waiting.given",
    # Leads to the days.
    "visits.mine",
}  # fmt: skip

# By whose eyes each page is looked at; {…} are filled in from a furnished town.
PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "/sign-in",
        "/sign-in/passkey",
        "/recovery",
        "/lost",
        "/numbers",
        "/visits",
        "/visits/{day}",
        "/queue",
        "/queue/screen",
        "/style",
    ),
    "sofia": (
        "/",
        "/nowhere",
        "/registrations/new",
        "/registrations/{cropped}/another",
        "/registrations/{cropped}/papers",
        "/registrations/{doubted}/second-look",
        "/registrations/{cropped}/details",
        "/registrations/{cropped}/photo",
        "/registrations/{cropped}/photo/crop",
        "/registrations/{cropped}/check",
        "/registrations/{issued}/print",
        "/registrations/{issued}/telephone",
        "/interpreter",
        "/interpreter/birth-date?language=ar",
        "/interpreter/papers-who?language=ti",
        "/queue/desk",
        "/print-queue",
        "/print-queue/{job}",
        "/hand-over",
        "/blanks",
        "/cards/renew",
        "/cards/find",
        "/cards/{active}",
        "/cards/{active}/revoke",
        "/cards/{active}/suspend",
        "/cards/{suspended}/reinstate",
        "/cards/{active}/replace",
        "/cards/{waiting}/cancel",
        "/overview",
        "/organisations",
        "/organisations/new",
        "/organisations/{organisation}/change",
        "/organisations/{organisation}/remove",
        "/print-outs",
        "/partners",
        "/publish",
        "/what-we-hold",
        "/what-we-hold/answer",
        "/recovery/vouch",
        "/your-sign-in",
        "/your-sign-in/passkeys/new",
        "/your-sign-in/password",
        "/your-sign-in/code-app",
        "/confirm",
    ),
    "ada": (
        "/",
        "/staff",
        "/staff/new",
        "/staff/1/role",
        "/staff/1/disable",
        "/keys",
        "/keys/announce",
        "/partners",
        "/partners/new",
        "/partners/{partner}/change",
        "/partners/{partner}/remove",
    ),
    "otto": ("/audit", "/audit/checkpoint"),
}


@dataclass
class Furnished:
    """What there is: names for the braces of PAGES."""

    places: dict[str, str] = field(default_factory=dict)

    def __call__(self, hall: TownHall) -> None:
        """Do a morning's work as the supervisor."""
        person = hall.browser(StaffRole.SUPERVISOR)
        shelter = "Centre d’hébergement d’urgence du quartier du port"
        person.submit("/organisations/new", {"name": shelter})
        self.places["organisation"] = "".join(
            link.attributes["href"].split("/")[2]
            for link in person.get("/organisations").main.all("a")
            if link.attributes["href"].endswith("/change")
        )
        doubted = person.submit("/registrations/new", {"paper-bill": "y", "dated-bill": "1 1", "do": "second-look"})
        cropped = hall.register(person)
        person.submit(f"/registrations/{cropped}/photo", {"photo": (picture(), "photo.jpg")})
        issued, waiting = hall.issue(person)
        _, reprinted = hall.issue(person)
        active, suspended = hall.hand_out(person), hall.hand_out(person)
        person.submit(f"/cards/{suspended}/suspend")
        job = person.submit("/print-queue", {"card": [reprinted], "printer": "pdf.cr80"}).location
        person.submit(f"{job}/parts/1.pdf")
        self.places |= {
            "cropped": cropped, "issued": issued, "waiting": waiting, "active": active, "suspended": suspended,
            "doubted": doubted.location.split("/")[2], "job": job.rpartition("/")[2],
            "partner": str(self._partner(hall)), "day": f"{hall.clock() + timedelta(days=1):%Y-%m-%d}",
            "organisation_name": shelter,
        }  # fmt: skip
        self._for_forms(hall, person)

    def _for_forms(self, hall: TownHall, person: Client) -> None:
        """What the forms of sent.py ask for: codes that are right, and codes of nothing."""
        clerk, stranger = hall.browser(StaffRole.CLERK), hall.browser()
        asked = clerk.submit("/registrations/new", {"paper-passport": "y", "do": "second-look"})
        waiting, visit = issued_card(hall, self.places["issued"]), visits.draw(os.urandom)
        slips = {"slip_waiting": slip_codes.grouped(waiting.slip_code)}
        for name in ("slip_active", "slip_lost"):
            draft_id, number = hall.issue(person)
            slips[name] = slip_codes.grouped(issued_card(hall, draft_id).slip_code)
            person.submit(f"/cards/{number}/hand-over")
        booked = stranger.submit(f"/visits/{self.places['day']}", {"time": "09:00", "persons": "2", "code": visit})
        assert booked.status_code == 201
        self._with_a_code_app(hall)
        self.places |= slips | {
            "asked": asked.location.split("/")[2], "code_waiting": waiting.residence_code, "visit": visit,
            "visit_to_end": visits.draw(os.urandom), "visit_unknown": visits.draw(os.urandom),
            "slip_unknown": slip_codes.draw(os.urandom), "number_unknown": card_numbers.draw(os.urandom),
            "nobody": "0" * 32, "key": hall.keys.get(Purpose.CARD).key_id.hex(),
        }  # fmt: skip

    @staticmethod
    def _with_a_code_app(hall: TownHall) -> None:
        with hall.sessions.begin() as session:
            made = staff.add(session, "cora", StaffRole.CLERK, PASSWORD, actor=CONSOLE, now=hall.clock())
            made.password_is_first = False
        CodeApp.set_up(hall, hall.browser(StaffRole.CLERK, "cora"))

    @staticmethod
    def _partner(hall: TownHall) -> int:
        checks = Checks(
            services=frozenset({Service.CLINIC, Service.SCHOOL_MEALS}),
            code=CardCode.IDENTITY,
            reason=next(iter(IdentityReason)),
        )
        name = "Centre de santé municipal Simone-Veil du quartier du port"
        with hall.sessions.begin() as session:
            return partners.add(session, name, checks, actor=CONSOLE, now=hall.clock()).id
