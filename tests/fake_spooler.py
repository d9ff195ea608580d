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
queues = dict(line.split("=") for line in (here / "queues").read_text().split())
jobs = here / "jobs"
def known(queue):
    if queue not in queues:
        says("lp: Error - The printer or class does not exist.")
        sys.exit(1)
if name == "lp":
    queue = arguments[arguments.index("-d") + 1]
    known(queue)
    if queues[queue] == "slow":
        time.sleep(30)
    if queues[queue] == "full":
        says("lp: Too many active jobs.")
        sys.exit(1)
    number = len(list(jobs.iterdir())) + 1
    (jobs / f"{{queue}}-{{number}}").write_bytes(sys.stdin.buffer.read())
    if queues[queue] != "curt":
        print(f"request id is {{queue}}-{{number}} (0 file(s))")
elif name == "cancel":
    if queues[arguments[-1].rpartition("-")[0]] != "stubborn":
        (jobs / arguments[-1]).unlink(missing_ok=True)
elif arguments[:2] == ["-W", "completed"]:
    print((here / "completed").read_text(), end="")
elif arguments[0] == "-o":
    known(arguments[1])
    for job in sorted(jobs.iterdir()):
        if job.name.rpartition("-")[0] == arguments[1]:
            print(f"{{job.name}}   desk   63488   Thu Nov 26 14:19:50 2026")
else:
    wanted, since = [word for word in arguments if word[0] != "-"][:1] or list(queues), "since Thu Nov 26 14:19:49 2026"
    for queue in wanted:
        known(queue)
        stopped = queues[queue] == "stopped"
        print(f"printer {{queue}}", f"disabled {{since}} -\\n\\tPaused" if stopped else f"is idle.  enabled {{since}}")
    for queue in wanted:
        print(queue, "not accepting" if queues[queue] == "rejecting" else "accepting", "requests", since)
"""


class FakeSpooler:
    """Queues by name, each with how it behaves: good, stopped, rejecting, full, slow, curt or stubborn."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.commands = folder, folder / "bin"
        for part in (folder / "jobs", self.commands):
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
    def asked(self) -> list[str]:
        """Every command so far, with its arguments."""
        return (self.folder / "asked").read_text().splitlines()

    @property
    def environment(self) -> list[str]:
        """The names of the last command's environment."""
        return (self.folder / "environment").read_text().splitlines()
