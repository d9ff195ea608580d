"""`cardservice what-we-hold` and `cardservice legal-answer`: what is here, and what can be said about it to others.

Neither takes a name, and there is nothing that could export persons.
"""

from datetime import date

import click

from cardservice.cli import running
from cardservice.cli.context import Context, here, utc_now
from cardservice.domain import holdings, legal_answer, schedule
from cardservice.domain.actor import CONSOLE
from cardservice.domain.card_numbers import grouped
from cardservice.domain.holdings import FilesHeld, TableHeld
from cardservice.domain.legal_answer import CardAnswer, PersonAnswer
from cardservice.storage.session import reading

_DAY = "%-d %B %Y"


@click.command("what-we-hold")
@here
def what_we_hold(context: Context) -> None:
    """Show every table and kind of file: how much, which fields, how old, and what leaves next."""
    opened, now = context.open(), utc_now()
    with reading(opened.engine).begin() as session:
        held = holdings.held(
            session,
            folder=opened.settings.folder,
            kit=opened.settings.kit_folder,
            now=now,
            limits=running.limits(opened),
        )
    click.echo(f"What {opened.settings.town.name} holds on {now:{_DAY}}. Nothing here names a cardholder, so there is")
    click.echo("nothing that could export persons: no command, no page, no role.\n")
    for table in held.tables:
        click.echo(_table(table))
    for name in held.unknown_tables:
        click.echo(f"Table {name} was made by nothing of this program. Find out who made it.\n")
    for files in held.files:
        click.echo(_files(files))
    shared = opened.shared_day_keys()
    click.echo(f"Day keys: {_day_keys(None if shared is None else shared.days())}")
    click.echo(f"Overdue: {held.overdue}" + (". Housekeeping has stopped: see that it runs." if held.overdue else "."))


@click.command("legal-answer")
@click.option("--card", "number", help="The number printed on the card.")
@click.option("--person", "person", is_flag=True, help="About a person, whoever it is: no name is asked for or taken.")
@here
def answer(context: Context, number: str | None, person: bool) -> None:
    """Print the one page that can be answered to a demand, and note in the audit that it was."""
    if person == (number is not None):
        raise click.UsageError("Say --card NUMBER or --person. No name is taken.")
    opened, now = context.open(), utc_now()
    with opened.transaction() as session:
        if number is None:
            said = _about_a_person(legal_answer.about_a_person(session, actor=CONSOLE, now=now))
        else:
            said = _about_card(legal_answer.about_card(session, number, actor=CONSOLE, now=now))
    click.echo(f"{opened.settings.town.name}: answer of the register of citizenship cards, {now:{_DAY}}\n")
    click.echo(said)
    click.echo("What the register keeps, why, and until when, as adopted:\n")
    for name, rule in schedule.TABLES.items():
        click.echo(f"  {name}: {rule.why}\n    Ends: {rule.ends}")


def _table(table: TableHeld) -> str:
    lines = [
        f"{table.name}: {table.rows} rows" + (f", the oldest of {table.oldest}" if table.oldest else ""),
        f"  fields: {', '.join(table.fields)}",
        f"  why: {table.rule.why}",
        f"  ends: {table.rule.ends}",
    ]
    if table.next_purge:
        lines.append(f"  leaves next: {table.next_purge:{_DAY}}; overdue: {table.overdue}")
    return "\n".join(lines) + "\n"


def _files(files: FilesHeld) -> str:
    if files.rule is None:
        return f"{files.count} files of no known kind. Look what they are, and remove what does not belong here.\n"
    age = f", the oldest of {files.oldest}" if files.oldest else ""
    return f"{files.rule.name}: {files.count} files, {files.bytes:,} bytes{age}\n  why: {files.rule.why}\n"


def _day_keys(days: list[date] | None) -> str:
    if days is None:
        return "in the memory of the service, never on a disk."
    return f"{len(days)}, in memory." + (f" The last is of {days[-1]:{_DAY}}." if days else "")


def _about_card(said: CardAnswer) -> str:
    if said.state is None:
        return (
            f"The register knows no card with the number {grouped(said.number)}. It may never have been one of this "
            "town, or its row was deleted 30 days after it expired.\n"
        )
    return (
        f"Card {grouped(said.number)}\n"
        f"  State:         {said.state}\n"
        f"  Issued in:     {said.issue_month}\n"
        f"  Expires in:    {said.expiry_month}\n"
        f"  Signed by key: {said.key_id}\n\n"
        "The register does not hold whose card it is. What else it keeps, why and until when: "
        "cardservice what-we-hold\n"
    )


def _about_a_person(said: PersonAnswer) -> str:
    return (
        "No such record can be searched.\n\n"
        "* The register has no name, no birth date, no address and no picture of any cardholder, and no index made of "
        "them.\n"
        "* The name of the holder is on the card, signed, and nowhere else.\n"
        "* An unfinished registration is encrypted. The staff who make and approve it can read it. It ends by "
        "itself: with the hand-over, else with its day, at the latest after 14 days. It cannot be searched either.\n"
        "* A card can be looked up by the number printed on it, and by nothing else.\n"
        f"* The register has been kept like this since its first entry of {said.since:{_DAY}}. Nothing was deleted for "
        "this answer: what leaves, leaves every day, by the schedule below.\n\n"
        "This page says how the register is made. It takes no position on what any law requires.\n"
    )
