"""Checking a card offline: the QR code's text, a kit of signed lists and the time give a verdict.

    from cardservice.verify import Kit, verify
    kit = Kit.load("vila-aberta/")
    verdict = verify(text, kit, now=datetime.now(UTC))

No clock is read here and no network used. Nothing of the issuing service is imported.
"""

from cardservice.credential.errors import CredentialError, Reason
from cardservice.verify.kit import Kit, KitNotFound
from cardservice.verify.memory import KitMemory
from cardservice.verify.problems import AnotherAnchor, ListProblem, in_groups
from cardservice.verify.update import Updated, update_kit
from cardservice.verify.update_errors import UpdateError, UpdateFailed, UpdateRefused
from cardservice.verify.verdict import Outcome, Verdict
from cardservice.verify.verifier import verify

__all__ = [
    "AnotherAnchor",
    "CredentialError",
    "Kit",
    "KitMemory",
    "KitNotFound",
    "ListProblem",
    "Outcome",
    "Reason",
    "UpdateError",
    "UpdateFailed",
    "UpdateRefused",
    "Updated",
    "Verdict",
    "in_groups",
    "update_kit",
    "verify",
]
