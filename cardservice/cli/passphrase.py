"""Where a passphrase comes from: a file descriptor, the environment, a private file or a prompt. Never an argument.

An argument is in the process list and the shell's history for everybody on the machine to read.
"""

import os
import sys

import click

VARIABLE = "CARDSERVICE_PASSPHRASE"
LONGEST = 1024  # characters: a file without an end of line must not fill the memory


class PassphraseMissing(click.ClickException):
    """Nobody said the passphrase and there is nobody to ask."""

    def __init__(self, purpose: str, why: str = "") -> None:
        super().__init__(
            f"{why} The {purpose} key needs its passphrase. Give it at a prompt, in {VARIABLE} "
            f"(or {VARIABLE}_{purpose.upper()}), or through --passphrase-fd.".lstrip()
        )


def from_descriptor(descriptor: int) -> str:
    """The first line that can be read from an open file descriptor.

    Raises:
        click.ClickException: the descriptor is not open for reading, or its first line is no passphrase.
    """
    try:
        with os.fdopen(descriptor, encoding="utf-8", closefd=False) as source:
            line = source.readline(LONGEST + 1).rstrip("\r\n")
    except (OSError, TypeError, ValueError):
        raise click.ClickException(
            f"File descriptor {descriptor} cannot be read. Open it with {descriptor}<FILE."
        ) from None
    if not line:
        raise click.ClickException(f"File descriptor {descriptor} is empty: its first line must be the passphrase.")
    if len(line) > LONGEST:
        raise click.ClickException(f"The first line of file descriptor {descriptor} is too long to be a passphrase.")
    return line


def known(purpose: str, given: str | None) -> str | None:
    """The passphrase that was handed over without asking anybody, or None."""
    return given or os.environ.get(f"{VARIABLE}_{purpose.upper()}") or os.environ.get(VARIABLE) or None


def forget() -> None:
    """Take the passphrases out of this process's environment: its keys are unlocked, and it will answer requests."""
    for name in [name for name in os.environ if name == VARIABLE or name.startswith(f"{VARIABLE}_")]:
        del os.environ[name]


def ask(purpose: str, given: str | None = None, *, new: bool = False, why: str = "") -> str:
    """The passphrase of one key; a `new` one is asked for twice. `why` it has to be asked for is said before.

    Raises:
        PassphraseMissing: it was not given and there is no terminal to ask at.
    """
    said = known(purpose, given)
    if said is not None:
        return said
    if not sys.stdin.isatty():
        raise PassphraseMissing(purpose, why)
    if why:
        click.echo(why, err=True)
    return str(click.prompt(f"Passphrase of the {purpose} key", hide_input=True, confirmation_prompt=new))


def ask_password() -> str:
    """A staff member's new password, asked for twice.

    Raises:
        click.ClickException: there is no terminal to ask at.
    """
    if not sys.stdin.isatty():
        raise click.ClickException("There is no terminal to ask for the password at. Give it through --password-fd.")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def ask_or_leave_locked(purpose: str, given: str | None = None) -> str | None:
    """The passphrase of a key, or None where nobody says one: an empty answer, or no terminal to ask at."""
    said = known(purpose, given)
    if said is None and sys.stdin.isatty():
        question = f"Passphrase of the {purpose} key (leave empty to keep it locked)"
        said = str(click.prompt(question, hide_input=True, default="", show_default=False))
    return said or None
