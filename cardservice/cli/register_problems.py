"""Why the register cannot be used, in words for whoever runs the server.

Told by what the driver says: SQLite's name of the error, PostgreSQL's SQLSTATE, and where a connection was never made,
and so has no SQLSTATE, the server's English. Nothing of that is shown: there are addresses and names of roles in it.
"""

import errno
import re
import sqlite3

from sqlalchemy.exc import DBAPIError

from cardservice.web.quiet_log import describe

DISK_FULL = "No space left on the disk. Make room there, then try again."
_NAMED = "[database] url in config.toml (or --database) names"
_WORDS = (
    (r"^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|53100)", f"The register cannot be written. {DISK_FULL}"),
    (
        r"^(SQLITE_CORRUPT|SQLITE_NOTADB|XX00[12])",
        "The register is damaged. Stop the service, keep what is there, and restore from the backup (docs/backups.md).",
    ),
    (
        r"^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM)|unable to open database file",
        "The register's file cannot be opened. See that it and its folder are there and belong to the account that "
        "runs this command.",
    ),
    (r"^SQLITE_BUSY", "Somebody else is writing to the register and did not finish. Try again in a minute."),
    (
        r"^42501",
        f"The role that {_NAMED} may not make tables in that database, or not use those that are there. It must "
        "own the database: as its administrator, ALTER DATABASE … OWNER TO ….",
    ),
    (
        r'^28|password authentication failed|no password supplied|no pg_hba\.conf entry|role "[^"]*" does not exist',
        f"The database server refuses the role that {_NAMED}, or its password. Correct them there, or let the "
        "database's administrator make the role (docs/security.md).",
    ),
    (
        r'^3D000|database "[^"]*" does not exist',
        f"The database server has no database of the name that {_NAMED}. Correct it there, or let the database's "
        "administrator make it: CREATE DATABASE … OWNER ….",
    ),
    (
        r"^08|^57P0[123]|Connection refused|timeout expired|No such file or directory|failed to resolve host|"
        r"No route to host|Network is unreachable|could not translate host name",
        f"The database server that {_NAMED} cannot be reached. See that it runs, and that it answers this machine "
        "at that address and port.",
    ),
)


def in_words(error: DBAPIError | sqlite3.Error) -> str:
    """What is wrong with the register, and what to do next."""
    told = _told(error.orig if isinstance(error, DBAPIError) else error)
    for sign, words in _WORDS:
        if re.search(sign, told):
            return words
    return (
        f"The register cannot be used [{describe(error)}]. Look at [database] url in config.toml; where that "
        "is a database server, see that it runs and that it answers this machine."
    )


def of_a_file(error: OSError) -> str:
    """The same for any file: which, and what the system says."""
    said = DISK_FULL if error.errno == errno.ENOSPC else f"{error.strerror or 'A file cannot be used'}."
    return f"{error.filename}: {said}" if error.filename else said


def _told(cause: BaseException | None) -> str:
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    return f"{code} {cause}"
