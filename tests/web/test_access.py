"""Who may use which page. The table below is the second statement of it: code and test have to agree."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask

from cardservice.terms import StaffRole
from cardservice.web import access
from cardservice.web.access import RouteWithoutAccess
from web.hall import TownHall
from web.pages import Client

pytestmark = pytest.mark.usefixtures("shaped_once")

CLERK, SUPERVISOR, ADMINISTRATOR, AUDITOR = StaffRole
DESK = {CLERK, SUPERVISOR}
EVERYBODY = set(StaffRole)
NOBODY_NEEDED = None
NOT_IN_A_TOWN = {"style.show"}
"""Declared for everybody, and there for nobody: test_style.py sets what a town cannot set."""

ALLOWED: dict[str, set[StaffRole] | None] = {
    "static": NOBODY_NEEDED,
    "kit.index": NOBODY_NEEDED,
    "kit.file": NOBODY_NEEDED,
    "kit.status": NOBODY_NEEDED,
    "prefill_page.show": NOBODY_NEEDED,
    "sign_in.sign_in": NOBODY_NEEDED,
    "sign_in.sign_out": NOBODY_NEEDED,
    "second_factor.passkey": NOBODY_NEEDED,
    "second_factor.code": NOBODY_NEEDED,
    "step_up.confirm": EVERYBODY,
    "your_sign_in.show": EVERYBODY,
    "your_sign_in.add_passkey": EVERYBODY,
    "your_sign_in.remove_passkey": EVERYBODY,
    "your_sign_in.set_up_code_app": EVERYBODY,
    "your_sign_in.code_app_picture": EVERYBODY,
    "your_sign_in.remove_code_app": EVERYBODY,
    "your_sign_in.change_password": EVERYBODY,
    "your_sign_in.end_others": EVERYBODY,
    "languages.switch": NOBODY_NEEDED,
    "start.today": EVERYBODY,
    "keep.keep": EVERYBODY,
    "keep.half_typed": EVERYBODY,
    "keep.drop": EVERYBODY,
    "evidence.new": DESK,
    "evidence.another": DESK,
    "evidence.replace": DESK,
    "evidence.papers": DESK,
    "evidence.points": DESK,
    "interpreter.choose": DESK,
    "interpreter.ask": DESK,
    "interpreter.what_to_bring": DESK,
    "second_look.show": DESK,
    "second_look.decline": {SUPERVISOR},
    "organisations.show": DESK,
    "organisations.new": {SUPERVISOR},
    "organisations.change": {SUPERVISOR},
    "organisations.remove": {SUPERVISOR},
    "keep.still_here": EVERYBODY,
    "style.show": NOBODY_NEEDED,
    "registration.details": DESK,
    "registration.discard": DESK,
    "portrait.show": DESK,
    "portrait.crop": DESK,
    "portrait.accept": DESK,
    "portrait.whole": DESK,
    "portrait.recognised": DESK,
    "portrait.decline": DESK,
    "portrait.picture": DESK,
    "issuance.check": DESK,
    "issuance.picture": DESK,
    "issuance.submit": DESK,
    "issuance.approve": {SUPERVISOR},
    "issuance.issue": DESK,
    "issuance.print_card": DESK,
    "print_one.card_pdf": DESK,
    "print_queue.show": DESK,
    "print_queue.begin": DESK,
    "print_queue.keep": DESK,
    "print_jobs.show": DESK,
    "print_jobs.part_pdf": DESK,
    "print_jobs.came_out": DESK,
    "print_jobs.stop": DESK,
    "print_jobs.go_on": DESK,
    "print_jobs.move": DESK,
    "print_jobs.put_back": DESK,
    "read_back.scan": DESK,
    "read_back.scan_this": DESK,
    "phone_copy.show": DESK,
    "phone_copy.code": DESK,
    "phone_copy.picture": DESK,
    "phone_copy.page_pdf": DESK,
    "blank_stock.show": DESK,
    "blank_stock.spoilt": DESK,
    "blank_stock.received": {SUPERVISOR},
    "blank_stock.counted": {SUPERVISOR},
    "issuance.slip_pdf": DESK,
    "print_one.print_slip": DESK,
    "issuance.hand_over": DESK,
    "issuance.spoil": DESK,
    "issuance.correct": DESK,
    "pick_up.keep": DESK,
    "cards.find": DESK,
    "cards.show": DESK,
    "revocation.revoke": DESK,
    "revocation.suspend": DESK,
    "revocation.reinstate": DESK,
    "renewal.renew": DESK,
    "lost.show": NOBODY_NEEDED,
    "numbers.show": NOBODY_NEEDED,
    "numbers.table": NOBODY_NEEDED,
    "overview.show": {SUPERVISOR},
    "visits.show": NOBODY_NEEDED,
    "visits.choose": NOBODY_NEEDED,
    "visits.mine": NOBODY_NEEDED,
    "waiting.show": NOBODY_NEEDED,
    "waiting.screen": NOBODY_NEEDED,
    "waiting.at_desk": DESK,
    "waiting.given": DESK,
    "waiting.call": DESK,
    "partners.show": EVERYBODY,
    "partners.new": {SUPERVISOR, ADMINISTRATOR},
    "partners.change": {SUPERVISOR, ADMINISTRATOR},
    "partners.remove": {SUPERVISOR, ADMINISTRATOR},
    "partners.poster_pdf": EVERYBODY,
    "partners.staff_pdf": EVERYBODY,
    "print_outs.show": EVERYBODY,
    "print_outs.paper_pdf": EVERYBODY,
    "publication.show": {SUPERVISOR, ADMINISTRATOR, AUDITOR},
    "publication.publish": {SUPERVISOR, ADMINISTRATOR},
    "key_rotation.show": {ADMINISTRATOR, AUDITOR},
    "key_rotation.announce": {ADMINISTRATOR},
    "key_rotation.activate": {ADMINISTRATOR},
    "key_rotation.retire": {ADMINISTRATOR},
    "staff.show": {ADMINISTRATOR},
    "staff.new": {ADMINISTRATOR},
    "staff.role": {ADMINISTRATOR},
    "staff.disable": {ADMINISTRATOR},
    "staff.sign_out": {ADMINISTRATOR},
    "recovery.recover": NOBODY_NEEDED,
    "recovery.vouch": {SUPERVISOR, ADMINISTRATOR},
    "recovery.cancel": EVERYBODY,
    "audit.show": {AUDITOR},
    "holdings.show": {SUPERVISOR, ADMINISTRATOR, AUDITOR},
    "holdings.ask": {SUPERVISOR, ADMINISTRATOR},
    "holdings.about_card": {SUPERVISOR, ADMINISTRATOR},
    "holdings.about_a_person": {SUPERVISOR, ADMINISTRATOR},
    "checkpoints.show": {AUDITOR},
    "checkpoints.take": {AUDITOR},
    "checkpoints.download": {AUDITOR},
    "checkpoints.code": {AUDITOR},
}
EXAMPLES = {
    "draft_id": "0" * 32,
    "card_number": "7K2MPX4Q9T0A",
    "staff_id": 1,
    "passkey_id": 1,
    "partner_id": 1,
    "organisation_id": 1,
    "key_id": "0" * 16,
    "side": "front",
    "job_id": "0" * 32,
    "part": 1,
    "blank": "cr80",
    "code": "identity",
    "filename": "desk.css",
    "name": "SHA256SUMS",
    "number": 1,
    "paper": "leaflet",
    "paper_language": "fr",
    "day": "2026-11-24",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
COLUMNS = (*StaffRole, None)
LONG = bool(os.environ.get("CARDSERVICE_LONG"))


def addresses(app: Flask) -> list[tuple[str, str, set[str]]]:
    """(endpoint, an address of it, its own methods) of every route."""
    urls = app.url_map.bind("localhost")
    return [
        (
            rule.endpoint,
            urls.build(
                rule.endpoint, {name: EXAMPLES[name] for name in rule.arguments}, method=min(rule.methods or ())
            ),
            set(rule.methods or ()),
        )
        for rule in app.url_map.iter_rules()
    ]


class TestEveryRoute:
    def test_is_in_this_table_and_nothing_else_is(self, hall: TownHall) -> None:
        assert {rule.endpoint for rule in hall.app.url_map.iter_rules()} == set(ALLOWED)

    @pytest.mark.parametrize("role", COLUMNS)
    def test_lets_in_its_roles_and_nobody_else(self, hall: TownHall, role: StaffRole | None) -> None:
        browser = hall.browser(role)
        csrf = browser.csrf_from("/")
        surprises = []
        for endpoint, address, method, is_offered in questions(hall.app, role):
            status, place = _ask(browser, method, address, csrf)
            if endpoint in NOT_IN_A_TOWN and is_offered and method != "OPTIONS":
                surprises += [(method, address, status)] if status != 404 else []
            elif not _as_declared(status, place, ALLOWED[endpoint], role, is_offered=is_offered):
                surprises.append((method, address, status))

        assert surprises == []

    def test_is_asked_in_every_way_by_somebody(self, hall: TownHall) -> None:
        """In the short run one of them tries a way that a route does not have: there nobody looks at who asks."""
        asked = {one for role in COLUMNS for one in questions(hall.app, role)}

        assert asked == {one for role in COLUMNS for one in questions(hall.app, role, by_everybody=True)}


def questions(app: Flask, role: StaffRole | None, *, by_everybody: bool = LONG) -> Iterator[tuple[str, str, str, bool]]:
    """(endpoint, address, method, whether the route has it) of what somebody tries."""
    number = 0
    for endpoint, address, methods in addresses(app):
        if endpoint in {"sign_in.sign_out"}:
            continue  # it would end the walk
        shared = set(app.url_map.bind("localhost").allowed_methods(address)) - methods
        for method in METHODS:
            if method in methods:
                yield endpoint, address, method, True
            elif method not in shared:
                number += 1
                if by_everybody or COLUMNS[number % len(COLUMNS)] is role:
                    yield endpoint, address, method, False


def _ask(browser: Client, method: str, address: str, csrf: str) -> tuple[int, str]:
    answer = browser.open(address, method=method, data={"csrf_token": csrf} if method == "POST" else None)
    return answer.status_code, answer.headers.get("Location", "")


def _as_declared(
    status: int, place: str, allowed: set[StaffRole] | None, role: StaffRole | None, *, is_offered: bool
) -> bool:
    if not is_offered:
        return status == 405
    if allowed is None:
        return status in {200, 302, 304, 400}
    if role is None:
        return (status == 302 and place == "/sign-in") or status == 401  # 401: the applicant's window has no way in
    if role in allowed:
        return status not in {401, 403, 405, 500} and place != "/sign-in"
    return status == 403


class TestTheService:
    def test_does_not_start_with_a_route_that_says_nothing(self) -> None:
        app = Flask(__name__, static_folder=None)
        app.add_url_rule("/forgotten", "forgotten", lambda: "open to everybody")

        with pytest.raises(RouteWithoutAccess) as refused:
            access.check_every_route(app)

        assert refused.value.endpoints == ["forgotten"]

    def test_does_not_let_a_route_name_no_role(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            access.requires()


class TestStrangers:
    def test_come_back_to_the_page_they_wanted_after_signing_in(self, hall: TownHall) -> None:
        browser = hall.browser()
        browser.get("/registrations/new")

        answer = browser.sign_in("clara", "seven lamps under water")

        assert answer.location == "/registrations/new"
