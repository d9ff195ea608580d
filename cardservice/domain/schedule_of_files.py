"""The retention schedule of files: for every kind of file in the town's folder why it is kept and when it ends.

The rule here: a kind of file without words here is shown as unknown (holdings.py). The tables are schedule.py.
"""

from dataclasses import dataclass

from cardservice.domain.schedule import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRule:
    """Why a kind of file in the town's folder is kept, and until when."""

    name: str
    patterns: tuple[str, ...]
    """Paths relative to the town's folder, as fnmatch understands them."""
    why: str
    ends: str


FILES: tuple[FileRule, ...] = (
    FileRule(
        name=N_("settings"),
        patterns=("config.toml",),
        why=N_("What the town decided. No secrets."),
        ends=N_("When the town stops using this service."),
    ),
    FileRule(
        name=N_("crest"),
        patterns=("*.svg", "*.png"),
        why=N_("The town's crest, as it is printed on every card."),
        ends=N_("When the town stops using this service."),
    ),
    FileRule(
        name=N_("register"),
        patterns=("register.db", "register.db-wal", "register.db-shm"),
        why=N_("The tables above, where the register is a file."),
        ends=N_("When the town stops using this service; row by row, as said above."),
    ),
    FileRule(
        name=N_("private keys"),
        patterns=("keys/*-????????????????.pem",),
        why=N_("What signs cards and lists. Each is encrypted under its passphrase."),
        ends=N_("When the key is replaced and destroyed, or when the town stops using this service."),
    ),
    FileRule(
        name=N_("key of second factors"),
        patterns=("keys/second-factors.key",),
        why=N_("What opens the secrets of the staff's code apps. It says nothing about cardholders."),
        ends=N_("When the town stops using this service."),
    ),
    FileRule(
        name=N_("public keys"),
        patterns=("keys/*.pub.pem", "keys/README*"),
        why=N_("The public halves, for custodians."),
        ends=N_("Never: they are public."),
    ),
    FileRule(
        name=N_("kit"),
        patterns=("kit/*",),
        why=N_("What verifiers need: signed lists and keys, all public."),
        ends=N_("With the next publication, which replaces it."),
    ),
    FileRule(
        name=N_("logs"),
        patterns=("logs/*", "*.log"),
        why=N_("How the service runs: no name, no address, nothing that was typed."),
        ends=N_("When the machine's rule for logs says so."),
    ),
    FileRule(
        name=N_("checkpoint of the audit"),
        patterns=("audit-checkpoint.cose", "audit-entries*.jsonl"),
        why=N_("The audit's signed end, for somebody outside; and the entries, once they were exported."),
        ends=N_("With the next checkpoint. When the town stops using this service, they stay."),
    ),
    FileRule(
        name=N_("lock"),
        patterns=(".housekeeping.lock",),
        why=N_("Tells which process does the housekeeping. It is empty."),
        ends=N_("When the town stops using this service."),
    ),
    FileRule(
        name=N_("backups"),
        patterns=("*.age",),
        why=N_("Copies of the register for a bad day, encrypted for whoever keeps the key elsewhere."),
        ends=N_("After 30 days, if the command is set so. They hold no unfinished registration and no private key."),
    ),
)
