"""Every page that only a sent form shows: its name, what is sent, and by whom. The town is furnished.py's.

SENT is complete: test_sent_pages.py compares it with the routes that take a form. Each entry can be sent again and
again, by a browser without a face (`Town.send`) and in Chromium (`in_chromium`), with the same status. Where a
page that a first step leads to is meant, that step is sent before (`first`).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from playwright.sync_api import Page, Response

from web.browser.furnished import PAGES, Furnished
from web.hall import ANSWERS, NAMES, PASSWORD, TownHall
from web.pages import Client

Form = dict[str, str | bytes]
ROLES = {name: role for role, name in NAMES.items()} | {"": None}


@dataclass(frozen=True)
class Sent:
    """A form that is answered with a page. In `path` and `form` {…} are filled in from a furnished town."""

    name: str
    by: str
    """Who sends it; "" for somebody who is not signed in."""
    path: str
    form: Form = field(default_factory=dict)
    """What is typed; bytes are a file that was chosen."""
    status: int = 200
    first: tuple[Sent, ...] = ()
    """What the same browser sends before, whatever the answer is."""
    times: int = 1
    """How often it is sent before the page is looked at."""

    @property
    def refuses_for_a_minute(self) -> bool:
        """Whether nothing can be sent there for a minute afterwards, by the same person or from the same place."""
        return self.times > 1

    def at(self, places: dict[str, str]) -> str:
        return self.path.format(**places)

    def typed(self, places: dict[str, str]) -> Form:
        return {
            name: said if isinstance(said, bytes) else said.format(**places) if "{" in said else said
            for name, said in self.form.items()
        }


def by_client(browser: Client, one: Sent, places: dict[str, str]) -> Any:
    """Send it, and return the answer."""
    for before in one.first:
        by_client(browser, before, places)
    for _ in range(one.times):
        form = {
            name: (BytesIO(said), "photo.jpg") if isinstance(said, bytes) else said
            for name, said in one.typed(places).items()
        }
        answer = browser.submit(one.at(places), form)
    return answer


class Town:
    """A furnished town, and a browser for everybody who sends something."""

    def __init__(self, hall: TownHall) -> None:
        self.hall, self.furnished = hall, Furnished()
        self.furnished(hall)
        self.places = self.furnished.places
        self._browsers: dict[str, Client] = {}

    def browser(self, name: str) -> Client:
        if name not in self._browsers:
            self._browsers[name] = self.hall.browser(ROLES[name])
        return self._browsers[name]

    def send(self, one: Sent) -> Any:
        return by_client(self.browser(one.by), one, self.places)

    def pages(self) -> Iterator[tuple[str, str]]:
        """Every page of the desk as text, under its name: what is looked at, then what is sent."""
        for by, paths in PAGES.items():
            for path in paths:
                answer = self.browser(by).get(path.format(**self.places), follow_redirects=True)
                yield f"{path} for {by or 'everybody'}", answer.text
        for one in sorted(SENT, key=lambda one: one.refuses_for_a_minute):
            yield one.name, self.send(one).text


_SEND = """async ([path, fields, files, times]) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: path });
  const fill = (name, value) => {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(input);
  };
  const drawn = document.querySelector("input[name=csrf_token]").value;
  for (const [name, value] of Object.entries({ csrf_token: drawn, ...fields })) fill(name, value);
  for (const [name, text] of Object.entries(files)) {
    const all = new DataTransfer();
    all.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], "photo.jpg"));
    const input = Object.assign(document.createElement("input"), { type: "file", name, files: all.files });
    form.enctype = "multipart/form-data";
    form.append(input);
  }
  document.body.append(form);
  for (let before = 1; before < times; before += 1) {
    await fetch(path, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  }
  form.submit();
}"""


def in_chromium(page: Page, one: Sent, places: dict[str, str]) -> Response:
    """Send it from a page of the desk, as whoever is signed in there, and wait for the answer."""
    for before in one.first:
        in_chromium(page, before, places)
    if not page.locator("input[name=csrf_token]").count():
        page.goto("/sign-in")
    typed = one.typed(places)
    files = {name: base64.b64encode(said).decode() for name, said in typed.items() if isinstance(said, bytes)}
    fields = {name: said for name, said in typed.items() if name not in files}
    with page.expect_navigation() as answer:
        page.evaluate(_SEND, [one.at(places), fields, files, one.times])
    assert answer.value is not None
    return answer.value


_NO_CODE = {"code": "not a code of anything"}
_FEW = {"paper-passport": "y"}
_VISIT = {"time": "09:00", "persons": "2", "code": "{visit}"}
_OLDER = {"as_shown": "0" * 24}
"""Typed on a page that shows the registration as it is no more."""
_LOST = {"code": "{slip_lost}"}

_ENDS = {"code": "{visit_to_end}", "step": "cancel", "sure": "yes"}
_BOOKED = Sent(
    "a visit that ends", "", "/visits/{day}", {"time": "10:00", "persons": "1", "code": "{visit_to_end}"}, 201
)
_PASSWORD = Sent("the password before a code", "", "/sign-in", {"name": "cora", "password": PASSWORD}, 302)
_ENDED = Sent("a card that its holder ends", "", "/lost", _LOST | {"sure": "y"})

SENT: tuple[Sent, ...] = (
    Sent("a wrong password", "", "/sign-in", {"name": "nobody", "password": "wrong"}),
    Sent("a wrong passkey", "", "/sign-in/passkey"),
    Sent("wrong halves of a code", "", "/recovery", {"name": "clara", "first_half": "1", "second_half": "2"}),
    Sent("halves of a code and a good password", "", "/recovery", {"name": "nobody", "password": PASSWORD + " two"}),
    Sent("no slip code", "", "/lost"),
    Sent("a mistyped slip code", "", "/lost", _NO_CODE),
    Sent("a slip code of no card", "", "/lost", {"code": "{slip_unknown}"}),
    Sent("a slip code", "", "/lost", {"code": "{slip_active}"}),
    Sent("the slip code of a card that waits", "", "/lost", {"code": "{slip_waiting}"}),
    _ENDED,
    Sent("the slip code of a card that has ended", "", "/lost", _LOST, first=(_ENDED,)),
    Sent("no time of a visit", "", "/visits/{day}"),
    Sent("a visit", "", "/visits/{day}", _VISIT),
    Sent("too many for a time", "", "/visits/{day}", {"time": "09:00", "persons": "3"}),
    Sent("more persons than a visit has", "", "/visits/{day}", {"time": "11:00", "persons": "9"}),
    Sent("times of a visit that moves", "", "/visits/{day}", {"look": "y", "code": "{visit}"}),
    Sent("a visit on a day without times", "", "/visits/1999-01-01"),
    Sent("a mistyped visit", "", "/visits/code", _NO_CODE),
    Sent("a visit that nobody booked", "", "/visits/code", {"code": "{visit_unknown}"}),
    Sent("a visit by its code", "", "/visits/code", {"code": "{visit}", "step": "look"}),
    Sent("a visit to be moved", "", "/visits/code", {"code": "{visit}", "step": "move"}),
    Sent("a visit to cancel", "", "/visits/code", {"code": "{visit}", "step": "cancel"}),
    Sent("a visit cancelled", "", "/visits/code", _ENDS, first=(_BOOKED,)),
    Sent("a form from elsewhere", "", "/lost", {"csrf_token": "of another day"}, 400),
    Sent("a wrong code after the password", "", "/sign-in/code", {"code": "000000"}, first=(_PASSWORD,)),
    Sent("few papers", "sofia", "/registrations/new", _FEW),
    Sent("a paper with no date", "sofia", "/registrations/new", {"paper-bill": "y", "dated-bill": "soon"}),
    Sent("what to bring", "sofia", "/registrations/new", _FEW | {"do": "bring"}),
    Sent("what to bring besides", "clara", "/registrations/{asked}/papers", _FEW | {"do": "bring"}),
    Sent("what to bring in the other window", "sofia", "/interpreter/what-to-bring", _FEW | {"language": "fr"}),
    Sent("few papers of a family", "sofia", "/registrations/{cropped}/another", {"paper-lease": "y"}),
    Sent("no papers for another card", "sofia", "/cards/{active}/replace"),
    Sent("papers taken away", "sofia", "/registrations/{doubted}/papers", {"paper-bill": "y", "dated-bill": "soon"}),
    Sent("a second look without its reason", "sofia", "/registrations/{asked}/second-look"),
    Sent("no answers", "sofia", "/registrations/{cropped}/details"),
    Sent("wrong answers", "sofia", "/registrations/{cropped}/details", {
        "name": "K4rim", "language": "eng", "birth_day": "31", "birth_month": "2", "birth_year": "1985",
        "name_second": "Karim",
    }),
    Sent("answers of a child", "sofia", "/registrations/{cropped}/details", ANSWERS | {"birth_year": "2024"}),
    Sent("a mistyped code from home", "sofia", "/registrations/{cropped}/details", {"form_code": "no code"}),
    Sent("no photo", "sofia", "/registrations/{cropped}/photo"),
    Sent("a photo that is none", "sofia", "/registrations/{cropped}/photo", {"photo": b"no picture"}),
    Sent("answers saved meanwhile", "sofia", "/registrations/{cropped}/details", _OLDER | ANSWERS | {
        "name": "Karim", "birth_day": "1", "language": "fra", "name_second": "", "language_second": "",
    }, 409),
    Sent("papers saved meanwhile", "sofia", "/registrations/{cropped}/papers",
         _OLDER | {"paper-passport": "y", "paper-consular-card": "y", "paper-pay-slip": "y", "paper-lease": "y"}, 409),
    Sent("a crop of what was saved meanwhile", "sofia", "/registrations/{cropped}/photo/crop",
         _OLDER | {"x": "0", "y": "0", "width": "100"}, 409),
    Sent("a photo of what was saved meanwhile", "sofia", "/registrations/{cropped}/no-photo", _OLDER, 409),
    Sent("a card of what was saved meanwhile", "sofia", "/registrations/{cropped}/issue", _OLDER, 409),
    Sent("a second look at other papers", "sofia", "/registrations/{asked}/second-look",
         _OLDER | {"because": "papers together"}, 409),
    Sent("a card that was issued", "sofia", "/registrations/{issued}/details", ANSWERS, 409),
    Sent("a line that no card has", "sofia", "/registrations/{issued}/card.pdf", {"allergy": "x" * 200}, 422),
    Sent("no scan of this card", "sofia", "/registrations/{issued}/print"),
    Sent("a part printed before", "sofia", "/print-queue/{job}/parts/1.pdf", status=409),
    Sent("a printer that is not there", "sofia", "/print-queue/{job}/move", {"printer": "none"}, 404),
    Sent("no scan of a printed card", "sofia", "/hand-over"),
    Sent("a scan of no card", "sofia", "/hand-over", {"code": "no card"}),
    Sent("a scanned card", "sofia", "/hand-over", {"code": "{code_waiting}"}),
    Sent("no reason why a card is cancelled", "sofia", "/cards/{waiting}/cancel"),
    Sent("no number of blanks", "sofia", "/blanks/cr80/counted", {"number": "many"}, 422),
    Sent("no number of spoilt blanks", "clara", "/blanks/cr80/spoilt", {"number": "many"}, 422),
    Sent("no number of new blanks", "sofia", "/blanks/cr80/received", {"number": "many"}, 422),
    Sent("nothing to find a card by", "sofia", "/cards/find"),
    Sent("a mistyped card number", "sofia", "/cards/find", {"code": "7K2M-PX4Q-9T0B"}),
    Sent("a card number of no card", "sofia", "/cards/find", {"code": "{number_unknown}"}),
    Sent("a mistyped slip code at the desk", "sofia", "/cards/find", {"code": "A" * 30}),
    Sent("no old card", "sofia", "/cards/renew"),
    Sent("an old card that is none", "sofia", "/cards/renew", {"code": "no card"}),
    Sent("a picture without a code", "sofia", "/cards/renew", {"picture": b"no picture"}),
    Sent("no reason why a card is revoked", "sofia", "/cards/{active}/revoke"),
    Sent("a mistyped code of a visit", "sofia", "/queue/desk", {"code": "0"}),
    Sent("a code of no visit", "sofia", "/queue/desk", {"code": "{visit_unknown}"}),
    Sent("a visit of another day", "sofia", "/queue/desk", {"code": "{visit}"}),
    Sent("too many for a number", "sofia", "/queue/desk", {"persons": "9"}),
    Sent("an unnamed organisation", "sofia", "/organisations/new", {"begins_on": "soon", "letters_a_month": "x"}),
    Sent("an organisation that is listed", "sofia", "/organisations/new", {"name": "{organisation_name}"}),
    Sent("an organisation without its name", "sofia", "/organisations/{organisation}/change"),
    Sent("a partner without a name", "sofia", "/partners/new", {"code": "identity"}),
    Sent("a partner without its name", "ada", "/partners/{partner}/change"),
    Sent("an answer about a mistyped card", "sofia", "/what-we-hold/answer/card", {"number": "7"}),
    Sent("an answer about a card", "sofia", "/what-we-hold/answer/card", {"number": "{active}"}),
    Sent("an answer about a person", "sofia", "/what-we-hold/answer/person"),
    Sent("vouching for nobody", "sofia", "/recovery/vouch", {"name": "nobody"}),
    Sent("vouching for oneself", "sofia", "/recovery/vouch", {"name": "sofia"}),
    Sent("vouching for a colleague", "ada", "/recovery/vouch", {"name": "cora"}),
    Sent("a wrong confirmation", "sofia", "/confirm", {"confirm_password": "wrong"}),
    Sent("a wrong passkey to add", "sofia", "/your-sign-in/passkeys/new"),
    Sent("a wrong password to change", "sofia", "/your-sign-in/password", {"new_password": "short"}),
    Sent("a wrong code to begin with", "sofia", "/your-sign-in/code-app", {"code": "1"}),
    Sent("something of another role", "sofia", "/staff/new", status=403),
    Sent("nothing of nobody", "sofia", "/registrations/{nobody}/details", ANSWERS, 404),
    Sent("nothing of a staff member", "ada", "/staff/new"),
    Sent("staff with a short password", "ada", "/staff/new", {"name": "clara", "role": "clerk", "password": "1"}),
    Sent("a name that somebody has", "ada", "/staff/new", {"name": "clara", "role": "clerk", "password": PASSWORD}),
    Sent("no role", "ada", "/staff/1/role"),
    Sent("nothing of a key", "ada", "/keys/announce"),
    Sent("two passphrases", "ada", "/keys/announce", {"purpose": "card", "passphrase": "one", "again": "two"}),
    Sent("a short passphrase", "ada", "/keys/announce", {"purpose": "card", "passphrase": "1", "again": "1"}),
    Sent("the only key", "ada", "/keys/{key}/retire", status=409),
    Sent("more than hands can do", "clara", "/cards/find", status=429, times=61),
    Sent("more codes than people try", "", "/lost", status=429, times=101),
)  # fmt: skip

# Routes that take a form and show no page of their own, and why. Where they refuse, they do so with a page of the table
# in web/problems.py, all of which test_sent_pages.py looks at.
_ON = "goes on to the next page"
_BACK = "goes back to the page with its button, which says what was done"
NOT_SENT: dict[str, str] = {
    "evidence.points": "answers the page's script, in JSON",
    "languages.switch": "goes back to the page, in the other language",
    "keep.keep": _BACK, "keep.drop": _BACK,
    "keep.half_typed": "answers the page's script, without words",
    "sign_in.sign_out": _BACK,
    "checkpoints.take": _BACK,
    "issuance.submit": _ON, "issuance.approve": _ON, "issuance.hand_over": _ON,
    "issuance.correct": _ON, "pick_up.keep": _ON,
    "second_look.decline": _ON, "registration.discard": _ON,
    "revocation.suspend": _ON, "revocation.reinstate": _ON,
    "print_one.print_slip": _BACK, "print_queue.begin": _ON, "print_queue.keep": _BACK,
    "print_jobs.came_out": _BACK, "print_jobs.stop": _BACK, "print_jobs.go_on": _BACK, "print_jobs.put_back": _BACK,
    "waiting.call": _BACK, "publication.publish": _BACK,
    "organisations.remove": _BACK, "partners.remove": _BACK,
    "key_rotation.activate": _BACK, "staff.disable": _BACK, "staff.sign_out": _BACK,
    "recovery.cancel": _BACK,
    "your_sign_in.end_others": _BACK, "your_sign_in.remove_passkey": _BACK, "your_sign_in.remove_code_app": _BACK,
}  # fmt: skip
