"""`cardservice demo`: a town out of nothing, cards for any people, each of them verified offline, then the desk.

The folder it writes has two halves. town/ and kit/ are what a town keeps and publishes: nobody is named in them.
cards.pdf, slips/, codes/ and qr.jsonl play the pockets of the holders. What the demo did not make is left alone.
"""

import json
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from cardservice.cli import demo_neighbour, demo_partners, passphrase, people, running, town
from cardservice.cli.context import until_the_end
from cardservice.cli.demo_desk import Desk, utc_now
from cardservice.cli.people import LineRefused, Person
from cardservice.cli.town import Town
from cardservice.credential.claims import CodeKind
from cardservice.domain import registration, staff
from cardservice.domain.actor import CONSOLE, Actor
from cardservice.domain.card_numbers import grouped
from cardservice.domain.issuance import IssuedCard
from cardservice.domain.registration import Registration, RegistrationRefused
from cardservice.printing import media, portrait, qr_image, sample_portraits, slip
from cardservice.printing.slip import SlipPaper
from cardservice.printing.text import MissingGlyph, missing
from cardservice.scan import qr_texts
from cardservice.terms import StaffRole
from cardservice.verify import Kit, Reason, Verdict, verify
from cardservice.web import decided

MARK = ".cardservice-demo"
FOLDERS = ("town", "kit", "codes", "slips", demo_neighbour.FOLDER)
WRITTEN = (*FOLDERS, "cards.pdf", "qr.jsonl", "staff.txt", "passphrase.txt")
STAFF = {
    StaffRole.CLERK: "carla",
    StaffRole.SUPERVISOR: "samir",
    StaffRole.ADMINISTRATOR: "ana",
    StaffRole.AUDITOR: "aurelio",
}
UNDETERMINED = "und"  # ISO 639-3, for a name whose language nobody said
DEFAULT_LANGUAGE = "eng"
DRAWN = {1: 18, 2: 21, 3: 2, 4: 5, 6: 28, 7: 25, 8: 7, 9: 10, 10: 20, 11: 8, 12: 12}
"""Which drawn portrait each sample resident has, by line; the fifth declined."""


class FolderInUse(click.ClickException):
    """The demo would have written over something that is not a demo."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(f"{folder} has a {name} that the demo did not make. Name another folder with --out.")


class NobodyTaken(click.ClickException):
    """There is nothing to print, to verify or to show."""

    def __init__(self) -> None:
        super().__init__("No line of the people file could be taken, so no card was made.")


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"), show_default=True)
@click.option(
    "--people", "people_file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON lines."
)
@click.option("--algorithm", type=click.Choice(list(town.ALGORITHMS)), default="ES256", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Stop after the cards are made and verified.")
def demo(out: Path, people_file: Path | None, algorithm: str, port: int, no_serve: bool) -> None:
    """Make a town with keys, staff and cards, verify the cards offline, and open the desk.

    --people takes one JSON object a line: name, birth_date (YYYY-MM-DD), and if wanted name_second, language,
    language_second (ISO 639-3) and portrait (a picture's path).
    """
    if not no_serve:
        _check_port(port)
    _clear(out)
    desk = _build(out, algorithm, port)
    # With a town's own people nobody comes from elsewhere.
    visitor = None if people_file else demo_neighbour.visit(desk.town, out, _said(out), algorithm=algorithm)
    made = _make_cards(desk, people_file, out)
    good = _verify(out, made) and (visitor is None or _verify_visitor(out, visitor))
    cards = "1 card" if len(made) == 1 else f"{len(made)} cards"
    click.echo(f"{cards}: {out / 'cards.pdf'}; slips: {out / 'slips'}; codes: {out / 'codes'}; kit: {out / 'kit'}")
    click.echo("Staff (also in staff.txt):")
    click.echo((out / "staff.txt").read_text(encoding="utf-8"), nl=False)
    if not good:
        raise click.ClickException("A card did not verify. This should not happen: please report it.")
    click.echo(f"The verifier in the browser: http://localhost:{port}/kit/ while the desk is open.")
    click.echo(f"It is only files, so this serves it too: python3 -m http.server --directory {out / 'kit'}")
    if not no_serve:
        running.serve(desk.town, desk.keys, host="127.0.0.1", port=port, say=click.echo, day_keys=desk.day_keys)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise click.ClickException(
                f"Port {port} is in use. Stop what uses it, or name another with --port."
            ) from None


def _clear(out: Path) -> None:
    """Make room for a new demo where an earlier one was; whatever else is in the folder stays."""
    in_the_way = [out / name for name in WRITTEN if (out / name).exists()]
    if in_the_way and not (out / MARK).is_file():
        raise FolderInUse(out, in_the_way[0].name)
    for path in in_the_way:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in ("codes", "slips"):
        (out / name).mkdir(mode=0o700, parents=True)
    (out / MARK).touch()


_EVERY_DAY = [f'{day} = ["08:00-20:00"]' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
"""Whoever tries the demo finds a time for a visit on whichever day it is."""


def _build(out: Path, algorithm: str, port: int) -> Desk:
    _write_private(out / "passphrase.txt", f"{passphrase.known('demo', None) or secrets.token_urlsafe(24)}\n")
    config = town.config_for(
        name="Vila Aberta",
        training="training = true",
        issuer="https://id.vila-aberta.example",
        algorithm=algorithm,
        names='names = { en = "Vila Aberta", ar = "فيلا أبيرتا" }',
        port=f"port = {port}",
        https="https = false",
        second_factor="second_factor = false",
        step_up_minutes="step_up_minutes = 15",
        style_page="style_page = true",
        hours=f"hours = {{ {', '.join(_EVERY_DAY)} }}",
        kit='kit = "../kit"',
        passphrase_file='passphrase_file = "../passphrase.txt"',  # noqa: S106 - where it is, not what it is
    )
    made, keys = town.create(out / "town", config, lambda _: _said(out), now=utc_now())
    until_the_end(made)
    clerk = _hire(made, out)
    demo_partners.list_all(made, now=utc_now())
    return Desk(town=made, keys=keys, day_keys=made.day_keys(), clerk=clerk)


def _said(out: Path) -> str:
    """The passphrase of all keys of the demo."""
    return (out / "passphrase.txt").read_text(encoding="utf-8").rstrip("\n")


def _hire(made: Town, out: Path) -> Actor:
    """One staff member of each role; returns the clerk."""
    passwords = {role: secrets.token_urlsafe(12) for role in STAFF}
    with made.transaction() as session:
        members = {
            role: staff.add(session, name, role, passwords[role], actor=CONSOLE, now=utc_now())
            for role, name in STAFF.items()
        }
        clerk = members[StaffRole.CLERK]
        actor = Actor(name=clerk.name, role=clerk.role, staff_id=clerk.id)
    lines = [f"{role}\t{name}\t{passwords[role]}\n" for role, name in STAFF.items()]
    _write_private(out / "staff.txt", "".join(lines))
    return actor


def _write_private(path: Path, content: str) -> None:
    with _private(path).open("w", encoding="utf-8") as file:
        file.write(content)


def _private(path: Path) -> Path:
    """A new file that only its owner reads."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _make_cards(desk: Desk, people_file: Path | None, out: Path) -> list[IssuedCard]:
    """A card for each line that can be taken; the others are told by number and reason."""
    made: list[IssuedCard] = []
    with _private(out / "qr.jsonl").open("w", encoding="utf-8") as codes:
        for number, found in _everybody(people_file):
            try:
                card = desk.make_card(_registration(found))
            except LineRefused as refused:
                click.echo(f"line {number}: {refused}", err=True)
                continue
            made.append(card)
            codes.write(json.dumps(_line(card), ensure_ascii=False) + "\n")
            for kind, qr_text in ((CodeKind.IDENTITY, card.identity_code), (CodeKind.RESIDENCE, card.residence_code)):
                (out / "codes" / f"{len(made):03}-{kind}.png").write_bytes(qr_image.png(qr_image.symbol(qr_text)))
            paper = slip.pdf(decided.slip(desk.town.settings, card), SlipPaper.A6)
            _private(out / "slips" / f"{len(made):03}.pdf").write_bytes(paper)
    if not made:
        raise NobodyTaken
    _private(out / "cards.pdf").write_bytes(
        media.pdf([decided.face(desk.town.settings, card) for card in made], media.CR80)
    )
    desk.town.publish(desk.keys, now=utc_now())
    return made


def _line(card: IssuedCard) -> dict[str, str]:
    return {
        "name": card.registration.name,
        "identity": card.identity_code,
        "residence": card.residence_code,
        "card_number": card.card_number,
    }


def _everybody(people_file: Path | None) -> Iterator[tuple[int, Person | LineRefused]]:
    """The people of the file; the demo's own residents have drawn portraits, and one of them declined."""
    for number, found in people.read(people_file or people.sample()):
        if people_file is None and isinstance(found, Person) and number in DRAWN:
            yield number, replace(found, portrait=sample_portraits.draw(DRAWN[number]))
        else:
            yield number, found


def _registration(found: Person | LineRefused) -> Registration:
    if isinstance(found, LineRefused):
        raise found
    try:
        pictures = None if found.portrait is None else portrait.prepare(found.portrait)
    except portrait.PortraitRefused as refused:
        raise LineRefused(f"the portrait cannot be used: {refused}") from None
    second = registration.tidy(found.name_second or "") or None
    typed = Registration(
        name=registration.tidy(found.name),
        birth_date=found.birth_date,
        language=found.language or DEFAULT_LANGUAGE,
        name_second=second,
        language_second=(found.language_second or UNDETERMINED) if second else None,
        portrait_print=pictures.print_jpeg if pictures else None,
        portrait_code=pictures.code_webp if pictures else None,
    )
    _check(typed)
    return typed


def _check(typed: Registration) -> None:
    try:
        registration.check(typed, today=utc_now().date())
    except RegistrationRefused as refused:
        reasons = [" ".join((f"{each.field} is {each.code}", each.character or "")) for each in refused.problems]
        raise LineRefused(", ".join(reason.strip() for reason in reasons)) from None
    for name, language in ((typed.name, typed.language), (typed.name_second, typed.language_second)):
        if name and (without := missing(name, language=language)):
            raise LineRefused(str(MissingGlyph(without)))


def _verify(out: Path, made: list[IssuedCard]) -> bool:
    """Scan every picture in codes/ and check it as `cardverify` does, with the kit alone; say what came out."""
    kit, now, good = Kit.load(out / "kit"), utc_now(), True
    for number, card in enumerate(made, start=1):
        for kind in CodeKind:
            (text,) = qr_texts((out / "codes" / f"{number:03}-{kind}.png").read_bytes())
            verdict = verify(text, kit, now=now)
            good = good and verdict.would_be is Reason.VALID
            said = f"until {card.valid_until}" if verdict.would_be is Reason.VALID else ""
            click.echo(f"{grouped(card.card_number)}  {kind:<9}  {_in_words(verdict)} {said}")
    return good


def _verify_visitor(out: Path, card: IssuedCard) -> bool:
    """Show the visitor's codes beside the others, and check them where they are good: at the library."""
    kit, now, good = Kit.load(out / "kit"), utc_now(), True
    for kind, qr_text in ((CodeKind.IDENTITY, card.identity_code), (CodeKind.RESIDENCE, card.residence_code)):
        (out / "codes" / f"visitor-{kind}.png").write_bytes(qr_image.png(qr_image.symbol(qr_text)))
        verdict = verify(qr_text, kit, now=now, service=demo_neighbour.SERVICE)
        good = good and verdict.would_be is Reason.VALID
        services = ", ".join(verdict.recognised_for)
        click.echo(
            f"{grouped(card.card_number)}  {kind:<9}  {_in_words(verdict)}, of {verdict.issuer_name}, for: {services}"
        )
    return good


def _in_words(verdict: Verdict) -> str:
    """The demo is a training town: what is no sample is a mistake, and is called what it is."""
    return verdict.reason.value if verdict.would_be is None else f"{verdict.reason}: would be {verdict.would_be}"
