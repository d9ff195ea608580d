"""Why a kit was not brought up to date. Whatever it is, the kit that was there is still there and still whole.

Refused is for a person to look at; failed may be tried again later.
"""

from collections.abc import Iterable

from cardservice.verify.problems import ListProblem


class UpdateError(Exception):
    """The kit was not brought up to date; the message says why and what to do."""


class UpdateRefused(UpdateError):
    """What was offered is not to be believed."""


class UpdateFailed(UpdateError):
    """It could not be done now."""


class NamesRefused(UpdateRefused):
    """SHA256SUMS is none, or has names that could do harm."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Refused: SHA256SUMS has {why}. This is not the kit of a town; fetch it from somewhere else.")


class ListsRefused(UpdateRefused):
    """A list that was offered may not take the place of what is there."""

    def __init__(self, problems: Iterable[ListProblem]) -> None:
        self.problems = tuple(problems)
        reasons = "\n".join(f"  {problem.file}: {problem.why}." for problem in self.problems)
        super().__init__(f"Refused, and the kit is kept as it was:\n{reasons}")


class ListMissing(UpdateRefused):
    """A status list that the trust list names is not offered: what it says would be lost."""

    def __init__(self, uri: str) -> None:
        super().__init__(
            f"Refused: the status list {uri} is missing, and cards on it could not be checked. Fetch from somewhere "
            "else, or ask the town."
        )
        self.uri = uri


class UnsignedFileRefused(UpdateRefused):
    """A file without a signature says something else than the trust list."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"Refused: {file} has a key that the signed trust list does not have there. Fetch from somewhere else."
        )
        self.file = file


class MemoryDamaged(UpdateRefused):
    """What this verifier remembers cannot be read."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"Refused: {file}, which remembers the lists so far, cannot be read. Remove it and update again; the "
            "anchor's fingerprint is then shown, to be compared as at the first time."
        )


class NoKitThere(UpdateFailed):
    """There is no kit at that place."""

    def __init__(self) -> None:
        super().__init__("There is no kit at that place: it has no SHA256SUMS that names a trust list.")


class NotFetched(UpdateFailed):
    """A file of the kit could not be fetched."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{file} could not be fetched: {why}. The kit is kept as it was. Try again later.")
        self.file = file


class ChecksumWrong(UpdateFailed):
    """A file is not what SHA256SUMS says: most often, whoever publishes the kit was just writing it."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} is not whole, or not what SHA256SUMS says. The source may just be written: the kit is kept as it "
            "was. Try again in a few minutes."
        )
        self.file = file


class TooMuch(UpdateFailed):
    """More than a kit can be."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} is larger than a kit can be. The kit is kept as it was.")
        self.file = file


class FolderFailed(UpdateFailed):
    """The kit's folder cannot be written to."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The kit's folder could not be written: {why}. Lists that are there are still whole.")
