"""A spooler that is a folder: `lp`, `lpstat` and `cancel` as programs of a few lines, as CUPS answers them."""

import stat
import sys
from pathlib import Path

_PROGRAM = """#!{python}
import os, sys, time
from pathlib import Path
here = Path({folder!r})
name, arguments, says = Path(sys.argv[0]).name, sys.argv[1:], lambda words: print(words, file=sys.stderr)
(here / "asked").open("a").write(" ".join([name, *arguments]) + "\\n")
(here / "environment").write_text("\\n".join(sorted(os.environ)))
queues = dict(line.split("=") for line in (here / "queues").read_text().splitlines())
jobs = here / "jobs"
def known(queue):
    if queue not in queues:
        says("lp: Error - The printer or class does not exist.")
        sys.exit(1)
def waiting(queue):
    return sorted(job for job in jobs.iterdir() if job.name.rpartition("-")[0] == queue)
if name == "lp" and arguments[0] == "-i":
    job, how = arguments[1], queues.get(arguments[1].rpartition("-")[0])
    if how == "clinging" or not (here / "held" / job).exists():
        says(f"lp: Job #{{job}} does not exist.")
        sys.exit(1)
    (here / "held" / job).unlink()
    if how == "slow to let go":
        time.sleep(30)
elif name == "lp":
    queue = arguments[arguments.index("-d") + 1]
    known(queue)
    if queues[queue] == "full":
        says("lp: Too many active jobs.")
        sys.exit(1)
    job = f"{{queue}}-{{len(list(jobs.iterdir())) + 1}}"
    if "hold" in arguments:
        (here / "held" / job).touch()
    (jobs / job).write_bytes(sys.stdin.buffer.read())
    if queues[queue] == "slow":
        time.sleep(30)
    if queues[queue] not in ("curt", "curt and stubborn"):
        print(f"request id is {{job}} (0 file(s))")
elif name == "cancel":
    if not queues[arguments[-1].rpartition("-")[0]].endswith("stubborn"):
        (jobs / arguments[-1]).unlink(missing_ok=True)
elif arguments[:2] == ["-W", "completed"]:
    print((here / "completed").read_text(), end="")
else:
    wanted, since = [word for word in arguments if word[0] != "-"][:1] or list(queues), "since Thu Nov 26 14:19:49 2026"
    for queue in wanted:
        known(queue)
        stopped = queues[queue] == "stopped"
        if "-p" in arguments:
            does = f"disabled {{since}} -\\n\\tPaused" if stopped else f"is idle.  enabled {{since}}"
            print(f"printer {{queue}}", does)
    for queue in wanted:
        if "-a" in arguments:
            print(queue, "not accepting" if queues[queue] == "rejecting" else "accepting", "requests", since)
    for job in waiting(wanted[0]) if "-o" in arguments else ():
        print(f"{{job.name}}   desk   63488   Thu Nov 26 14:19:50 2026")
        if "-l" in arguments:
            reason = "job-hold-until-specified" if (here / "held" / job.name).exists() else "none"
            print(f"\\tAlerts: {{reason}}\\n\\tqueued for {{wanted[0]}}")
"""


class FakeSpooler:
    """Queues by name, each with how it behaves.

    good, stopped, rejecting, full; slow or curt: takes a job and does not say its name; clinging or slow to let go:
    with what it holds; stubborn: cancels nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.commands = folder, folder / "bin"
        for part in (folder / "jobs", folder / "held", self.commands):
            part.mkdir(parents=True)
        (folder / "completed").write_text("")
        self.has()
        for name in ("lp", "lpstat", "cancel"):
            program = self.commands / name
            program.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)))
            program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def has(self, **queues: str) -> None:
        """From now on these are its queues."""
        (self.folder / "queues").write_text("\n".join(f"{name}={how}" for name, how in queues.items()))

    def job(self, name: str) -> bytes:
        """What a job was handed."""
        return (self.folder / "jobs" / name).read_bytes()

    @property
    def printing(self) -> list[str]:
        """The jobs that come out sooner or later: those that are not held."""
        return sorted(
            job.name for job in (self.folder / "jobs").iterdir() if not (self.folder / "held" / job.name).exists()
        )

    @property
    def asked(self) -> list[str]:
        """Every command so far, with its arguments."""
        return (self.folder / "asked").read_text().splitlines()

    @property
    def environment(self) -> list[str]:
        """The names of the last command's environment."""
        return (self.folder / "environment").read_text().splitlines()
