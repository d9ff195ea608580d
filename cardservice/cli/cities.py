"""`cardservice cities`: other towns whose cards are accepted here, after two people have compared words by telephone.

What may be believed of another city is domain/recognised_city.py; how two towns go about it is docs/federation.md.
"""

from pathlib import Path

import click

from cardservice import fingerprint
from cardservice.cli import city_kit, running
from cardservice.cli.city_kit import CityNotReached
from cardservice.cli.context import Context, here, utc_now
from cardservice.cli.town import Town
from cardservice.cli.verify_sources import is_address
from cardservice.domain import recognised_city, recognition
from cardservice.domain.actor import CONSOLE
from cardservice.domain.errors import DomainError
from cardservice.domain.kit_folder import ANCHOR, TRUST_LIST
from cardservice.domain.recognised_city import City, CityRefused, Why
from cardservice.domain.recognition import Known
from cardservice.terms import Service
from cardservice.web import decided, kit_samples

ADDRESS_LENGTH = 200
_ANCHOR_BYTES = 1024
_PUBLISH = "Now `cardservice publish` with the anchor key: verifiers believe the trust list and nothing else."
_NONE = "No city is recognised."
_COMPARE = """
Call that town hall, at a number that you found yourself and not in a message, and let somebody there read out the words
that `cardservice keys words` shows them. All twelve must be the same, in one of the languages."""


class NotCompared(click.ClickException):
    """Nobody said that the words are the same."""

    def __init__(self) -> None:
        super().__init__("The city is not recognised. Nothing was changed.")


@click.group()
def cities() -> None:
    """Other towns whose cards are accepted here (docs/federation.md)."""


@cities.command("recognise")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option("--for", "services", multiple=True, required=True, metavar="SERVICE", help="library, pool, …; repeat it.")
@click.option("--from", "place", metavar="KIT", help="The city's kit: a folder or an address. Default: beside FILE.")
@click.option("--yes-compared", is_flag=True, help="For scripts: two people have compared the words.")
@here
def cities_recognise(
    context: Context, file: Path, services: tuple[str, ...], place: str | None, yes_compared: bool
) -> None:
    """Accept the cards of the town whose anchor.cose (or whole kit folder) is FILE.

    Its lists are fetched again every hour where --from is an address. A city that is recognised already keeps its
    address unless --from names another.
    """
    opened, now = context.open_to_change(), utc_now()
    anchor, kit = _anchor_and_kit(file, place)
    files = city_kit.fetch(kit)
    city = recognition.look(files[TRUST_LIST], anchor, services, now=now)
    if kit_samples.key_ids() & {city.anchor.key_id, *(trusted.key.key_id for trusted in city.own.keys)}:
        raise CityRefused(Why.SAMPLE)
    recognised_city.check_kind(city, training=opened.settings.town.training)
    _show(city, opened)
    _show_services(city, opened)
    if not yes_compared:
        click.echo(_COMPARE)
        if not click.confirm("Are they the same?"):
            raise NotCompared
    with opened.transaction() as session:
        made = recognition.recognise(
            session,
            files,
            anchor=anchor,
            services=services,
            address=kit if is_address(kit) else None,
            town=decided.publisher(opened.settings),
            actor=CONSOLE,
            now=now,
        )
    click.echo(f"{city.own.name} is recognised for {', '.join(made.services)}; {_lists(made)}.")
    click.echo(f"Its lists are {_whence(made)}. {_PUBLISH}")


@cities.command("list")
@here
def cities_list(context: Context) -> None:
    """Show which cities are recognised, for what, and how old their lists are."""
    opened = context.open()
    with opened.transaction() as session:
        found = recognition.known(session, decided.publisher(opened.settings))
    for one in found:
        name = "" if one.city is None else f"{one.city.own.name}, "
        click.echo(f"{name}{one.issuer}: {', '.join(one.services)}; since {one.recognised_on}")
        click.echo(f"  lists of {one.refreshed_at:%Y-%m-%d %H:%M} UTC, {_whence(one)}; {_lists(one)}")
        if one.asked_at > one.refreshed_at:
            click.echo(f"  what it had at {one.asked_at:%Y-%m-%d %H:%M} UTC was not taken; `cities refresh` says why")
        if one.why is not None:
            click.echo(f"  is not taken: {one.why}")
    if not found:
        click.echo(_NONE)


@cities.command("refresh")
@click.argument("issuer", required=False)
@click.option("--from", "place", metavar="KIT", help="A folder or an address, for ISSUER. Default: its own address.")
@here
def cities_refresh(context: Context, issuer: str | None, place: str | None) -> None:
    """Take newer lists of the city ISSUER, or of every city that has an address. The service does this every hour."""
    if place is not None and issuer is None:
        raise click.UsageError("--from needs ISSUER: whose kit it is.")
    opened = context.open_to_change()
    with opened.transaction() as session:
        found = recognition.known(session, decided.publisher(opened.settings))
    places = {one.issuer: place or one.address for one in found if issuer in (None, one.issuer)}
    if issuer is not None and not places.get(issuer):
        raise click.UsageError("That city is not recognised, or has no address: name its kit with --from.")
    if not found:
        click.echo(_NONE)
    for brought in (one for one, where in places.items() if where is None):
        click.echo(f"{brought}: brought by hand; use --from.")
    results = {one: _refresh(opened, one, where) for one, where in places.items() if where is not None}
    if any(results.values()):
        click.echo(running.publish_now(opened, context.known))
    if None in results.values():
        raise click.ClickException("Not every city could be refreshed.")


@cities.command("forget")
@click.argument("issuer")
@click.confirmation_option(prompt="Its cards will no longer be accepted here. Go on?")
@here
def cities_forget(context: Context, issuer: str) -> None:
    """Recognise the city ISSUER no longer."""
    opened = context.open_to_change()
    with opened.transaction() as session:
        recognition.forget(session, issuer, actor=CONSOLE, now=utc_now())
    told, signed_anew = running.publish_known(opened, context.known)
    click.echo(f"{issuer} is forgotten. {told}")
    if not signed_anew:
        click.echo(f'Until the trust list is signed anew its cards are "cannot tell". {_PUBLISH}')


def vouched_for(opened: Town) -> list[str]:
    """What whoever holds the anchor key signs for, beside the town's own keys: each recognised city that counts."""
    with opened.transaction() as session:
        found = recognition.known(session, decided.publisher(opened.settings))
    counting = [(one.city, one.services) for one in found if one.city is not None]
    return [f"The anchor vouches for {city.own.name}, {city.issuer}: {', '.join(named)}" for city, named in counting]


def fingerprint_lines(digits: str, languages: tuple[str, ...]) -> list[str]:
    """A fingerprint as people compare it: its words in the first language that has a list, and in English, and hex."""
    spoken = next((language for language in languages if language in fingerprint.LANGUAGES), "en")
    said = [
        f"  {language}  {' '.join(fingerprint.words(digits, language))}" for language in dict.fromkeys((spoken, "en"))
    ]
    return [*said, f"  hex {' '.join(digits[place : place + 4] for place in range(0, len(digits), 4))}"]


def _anchor_and_kit(file: Path, place: str | None) -> tuple[bytes, str]:
    folder = file if file.is_dir() else file.parent
    with (file / ANCHOR if file.is_dir() else file).open("rb") as source:
        anchor = source.read(_ANCHOR_BYTES)
    if place is not None and len(place) > ADDRESS_LENGTH:
        raise click.UsageError(f"--from has more than {ADDRESS_LENGTH} characters.")
    if place is None and not (folder / TRUST_LIST).exists():
        raise click.UsageError("There is no kit beside FILE: name the city's kit with --from, a folder or an address.")
    return anchor, place or str(folder)


def _show(city: City, opened: Town) -> None:
    # Only what was found harmless is shown: no name can hide what stands below it.
    for language, name in city.own.names.items():
        click.echo(f"{name} ({language})")
    click.echo(f"Address inside its cards: {city.issuer}")
    click.echo("Fingerprint of its anchor:")
    click.echo("\n".join(fingerprint_lines(city.anchor.fingerprint, opened.settings.town.languages)))


def _show_services(city: City, opened: Town) -> None:
    """What its cards are to be good for, and were until now: a word too few or misspelt is noticed before it counts."""
    with opened.transaction() as session:
        found = recognition.known(session, decided.publisher(opened.settings))
    before = next((f" (until now: {', '.join(one.services)})" for one in found if one.issuer == city.issuer), "")
    named = sorted(set(city.services))
    click.echo(f"Accepted here for: {', '.join(named)}{before}")
    for own in (word for word in named if word not in set(Service)):
        click.echo(f"  {own} is not one of {', '.join(Service)}: your own word")


def _refresh(opened: Town, issuer: str, place: str) -> bool | None:
    """Whether anything is new; None where it could not be taken, which is said."""
    try:
        news = running.refresh_city(opened, issuer, place, actor=CONSOLE)
    except (DomainError, CityNotReached) as error:
        click.echo(f"{issuer}: {error}", err=True)
        return None
    click.echo(f"{issuer}: {'newer lists were taken' if news else 'nothing is new'}.")
    return news


def _lists(one: Known) -> str:
    return "1 status list" if len(one.lists) == 1 else f"{len(one.lists)} status lists"


def _whence(one: Known) -> str:
    return "brought by hand" if one.address is None else f"fetched from {one.address}"
