"""`cardservice keys`: an issuer's keys through their life. Which step may follow which: domain/key_rotation.py."""

import click

from cardservice.cli import town
from cardservice.cli.cities import fingerprint_lines
from cardservice.cli.context import Context, here, utc_now
from cardservice.credential.keys import PublicKey
from cardservice.domain import key_ending, key_rotation
from cardservice.domain.actor import CONSOLE
from cardservice.domain.key_rotation import Stage
from cardservice.keystore import Purpose
from cardservice.web import decided


@click.group()
def keys() -> None:
    """The issuer's keys: announce, wait one list period, activate, retire (docs/keys.md)."""


@keys.command("list")
@here
def keys_list(context: Context) -> None:
    """Show each key and where it stands."""
    opened = context.open()
    validity = decided.validity(opened.settings)
    with opened.transaction() as session:
        for key in key_rotation.everything(session):
            line = f"{key.purpose:<7} {key.key_id}  {key.state:<11} {key.not_before} to {key.not_after}"
            signs = key.purpose == Purpose.CARD and key.state in {Stage.ACTIVE, Stage.ANNOUNCED}
            click.echo(f"{line}, signs until {key_ending.signs_until(key.not_after, validity)}" if signs else line)


@keys.command("words")
@here
def keys_words(context: Context) -> None:
    """Show the anchor's fingerprint as words, to read out to another town or a partner by telephone."""
    opened = context.open()
    with opened.transaction() as session:
        anchors = {key.state: key for key in key_rotation.of_purpose(session, Purpose.ANCHOR)}
    for state in (Stage.ACTIVE, Stage.ANNOUNCED):
        if state in anchors:
            public = PublicKey.from_cose_key(anchors[state].public_key)
            click.echo(f"Anchor {public.key_id.hex()}, {state}:")
            click.echo("\n".join(fingerprint_lines(public.fingerprint, opened.settings.town.languages)))


@keys.command("announce")
@click.argument("purpose", type=click.Choice([purpose.value for purpose in Purpose]))
@click.option("--algorithm", type=click.Choice(list(town.ALGORITHMS)), help="Default: card.algorithm of config.toml.")
@here
def keys_announce(context: Context, purpose: str, algorithm: str | None) -> None:
    """Make a new key and announce it. Publish afterwards: the wait begins there."""
    opened = context.open_to_change()
    chosen = town.ALGORITHMS[algorithm or opened.settings.card.algorithm]
    which = Purpose(purpose)
    with opened.transaction() as session:
        key_rotation.check_none_waits(session, which)
    key = opened.create_key(which, chosen, context.ask_new(which), now=utc_now())
    click.echo(f"Key {key.key_id.hex()} is announced. Next: `cardservice publish`, with the anchor key.")


@keys.command("activate")
@click.argument("key_id")
@here
def keys_activate(context: Context, key_id: str) -> None:
    """Let the announced key KEY_ID sign. Refused while a verifier may not know it yet."""
    opened = context.open_to_change()
    with opened.transaction() as session:
        key_rotation.activate(session, key_id, wait=opened.settings.list_period, actor=CONSOLE, now=utc_now())
    click.echo(f"Key {key_id} is active. Restart the service to sign with it, then retire the old one.")


@keys.command("retire")
@click.argument("key_id")
@here
def keys_retire(context: Context, key_id: str) -> None:
    """Let KEY_ID sign no more. What it signed goes on verifying until the last card of it expires.

    A key that was announced by mistake is withdrawn with this as well.
    """
    with context.open_to_change().transaction() as session:
        key_rotation.retire(session, key_id, actor=CONSOLE, now=utc_now())
    click.echo(f"Key {key_id} is retired. `cardservice publish` tells the verifiers.")


@keys.command("compromised")
@click.argument("key_id")
@click.confirmation_option(prompt="Every card this key signed will be refused everywhere. Go on?")
@here
def keys_compromised(context: Context, key_id: str) -> None:
    """Others may have KEY_ID: nothing it ever signed is believed any more. Final."""
    with context.open_to_change().transaction() as session:
        key_rotation.mark_compromised(session, key_id, actor=CONSOLE, now=utc_now())
    click.echo(f"Key {key_id} is marked compromised. Publish now, with the anchor key.")
