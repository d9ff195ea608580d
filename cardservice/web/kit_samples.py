"""The kit's samples: a code for each answer of a verifier, as text and as a picture, and the lists to check them with.

What is on them is cardservice/samples.py's; the portrait is a drawing of nobody. The self-test page shows them.
"""

import json

from cardservice import samples
from cardservice.credential.errors import Reason
from cardservice.printing import portrait, qr_image, sample_portraits
from cardservice.samples import Sample

FACE = 5
"""Which of the drawn portraits the samples have."""


def files() -> dict[str, bytes]:
    """Return the samples' files by their names in the kit."""
    codes = samples.codes(portrait.prepare(sample_portraits.draw(FACE)).code_webp)
    told = {"at": f"{samples.AT:%Y-%m-%dT%H:%M:%SZ}", "codes": [_told(code) for code in codes]}
    return {
        "samples/samples.json": json.dumps(told, indent=2).encode() + b"\n",
        **{f"samples/kit/{name}": content for name, content in samples.kit().items()},
        **{f"samples/{code.name}.svg": qr_image.svg(qr_image.symbol(code.text)) for code in codes},
    }


def key_ids() -> frozenset[bytes]:
    """Return the samples' keys, so that a kit which has one of them is never taken for a town's."""
    return frozenset(key.key_id for key in samples.every_key())


def _told(code: Sample) -> dict[str, str]:
    return {
        "name": code.name,
        "text": code.text,
        # No sample is one of which a verifier with their lists cannot tell.
        "verdict": "valid" if code.reason is Reason.VALID else "not-valid",
        "reason": code.reason,
        "picture": f"{code.name}.svg",
    }
