"""Make our own test vectors: `python -m tests.vectors.make`. Every run makes the same files, byte for byte.

One file a case, one failure a file, with what a verifier must answer. The lists lie beside them in lists/. The verifier
in the browser reads the same folder. Private keys come from their labels (tests/verify/town.py): none is a secret.
"""

import json
from pathlib import Path

from cardservice.credential import base45, deflate
from cardservice.credential.claims import DAY, CardClaims, StatusReference
from cardservice.credential.cose import sign1
from cardservice.credential.keys import Algorithm
from cardservice.credential.trust_list import KeyPurpose, KeyState
from tests.verify.town import MIDNIGHT, MORNING, YEAR, TestKey, Town, trusted

FOLDER = Path(__file__).parent
NOON = "2026-11-22T12:00:00Z"
TOWN, EDDSA_TOWN = Town(), Town(issuer="https://outra.example", algorithm=Algorithm.EDDSA, names={"pt": "Outra"})
REVOKED = 666
RETIRED, COMPROMISED, SAMPLES = TestKey("retired key"), TestKey("compromised key"), TestKey("key for samples")


def lists() -> dict[str, bytes]:
    """The signed lists, by file name."""
    entry = TOWN.entry(
        trusted(TOWN.card_key),
        trusted(TOWN.status_key, KeyPurpose.STATUS),
        trusted(RETIRED, state=KeyState.RETIRED, retired_at=MIDNIGHT - 30 * DAY),
        trusted(COMPROMISED, state=KeyState.COMPROMISED),
        trusted(SAMPLES, KeyPurpose.SAMPLE),
    )
    other = EDDSA_TOWN.entry(recognised_for=("library",))
    return {
        "anchor.cose": TOWN.anchor.public.to_cose_key(),
        "trust-list.cwt": TOWN.trust_list(entry, other).seal(TOWN.anchor),
        "status-1.cwt": TOWN.status_list([REVOKED]).seal(TOWN.status_key),
        # Fresh for longer than the town's own list: what a mirror has that keeps the town's back.
        "status-2.cwt": EDDSA_TOWN.status_list(expires_at=MORNING + 60 * DAY).seal(EDDSA_TOWN.status_key),
        "status-1-rollback.cwt": TOWN.status_list(sequence=8).seal(TOWN.status_key),
    }


def cases() -> dict[str, dict[str, str]]:
    """The cases, by file name without its ending."""
    card = TOWN.claims()
    message = sign1(card.encode(), TOWN.card_key)
    old = TOWN.claims(issued_at=MIDNIGHT - YEAR, expires_at=MIDNIGHT)
    return {
        "valid-identity": case("valid", "an identity code with a portrait", TOWN.text()),
        "valid-residence": case("valid", "the card of docs/card-format.md", TOWN.text(card.residence())),
        "valid-eddsa": case("valid", "a recognised city's card, signed with Ed25519", EDDSA_TOWN.text()),
        "valid-tag-61": case("valid", "inside a CWT tag, as Inji has it", pack(b"\xd8\x3d" + message)),
        "valid-two-scripts": case("valid", "a name in two scripts", TOWN.text(two_scripts())),
        "expired": case("expired", "expired this midnight", TOWN.text(old)),
        "not-yet-valid": case("not-yet-valid", "issued tomorrow", TOWN.text(TOWN.claims(issued_at=MIDNIGHT + DAY))),
        "revoked": case("revoked", "its place is set in the list", TOWN.text(at_place(REVOKED))),
        "bad-signature": case("bad-signature", "one letter of the name is another", pack(edited(message))),
        "unknown-issuer": case("unknown-issuer", "a town nobody knows", Town(issuer="https://x.example").text()),
        "unknown-key": case("unknown-key", "signed by a key that was never listed", TOWN.text(key=TestKey("stranger"))),
        "status-key-signs-card": case("unknown-key", "signed by the status key", TOWN.text(key=TOWN.status_key)),
        "other-issuers-key": case("unknown-key", "another town's claims", TOWN.text(EDDSA_TOWN.claims())),
        "key-compromised": case("key-compromised", "signed by a key others may have", TOWN.text(key=COMPROMISED)),
        "key-not-valid-then": case("key-not-valid-then", "signed after its key was retired", TOWN.text(key=RETIRED)),
        "not-a-card": case("not-a-card", "a link", "HTTPS://SHOP.EXAMPLE/OFFER"),
        "trailing-data": case("malformed", "a byte after the message", pack(message + b"\0")),
        "bad-checksum": case("malformed", "the last byte of the Adler checksum", wrong_checksum(message)),
        "too-large": case("malformed", "65,537 bytes inflated", pack(bytes(65_537))),
        "status-missing": case("status-missing", "a place beyond the end of the list", TOWN.text(at_place(1 << 17))),
        "status-stale": case("status-stale", "after the list's last second", TOWN.text(), now="2026-12-06T09:00:00Z"),
        "status-stale-city": case(
            "status-stale", "a city's list is fresh, the town's is not", EDDSA_TOWN.text(), now="2026-12-06T09:00:00Z"
        ),
        "valid-city-last-second": case(
            "valid", "the last second of the town's list", EDDSA_TOWN.text(), now="2026-12-06T08:59:59Z"
        ),
        "clock-wrong": case("clock-wrong", "a clock set back a year", TOWN.text(), now="2025-11-22T12:00:00Z"),
        "valid-for-library": case("valid", "what its city is recognised for", EDDSA_TOWN.text(), service="library"),
        "valid-for-own": case("valid", "the town's own card is good for everything", TOWN.text(), service="pool"),
        "sample": case("sample", "signed by a key for samples", TOWN.text(key=SAMPLES), would_be="valid"),
        "sample-revoked": case(
            "sample", "a sample whose place is set", TOWN.text(at_place(REVOKED), key=SAMPLES), would_be="revoked"
        ),
        "not-recognised": case("not-recognised", "a good card, shown elsewhere", EDDSA_TOWN.text(), service="pool"),
    }


def case(
    expect: str, comment: str, text: str, *, now: str = NOON, service: str | None = None, would_be: str | None = None
) -> dict[str, str]:
    """One case as it stands in its file. Where it names no service, none is asked for; a sample would be something."""
    answer = {"expect": expect} if would_be is None else {"expect": expect, "would_be": would_be}
    asked = {} if service is None else {"service": service}
    return {"comment": comment, **answer, "now": now, **asked, "qr_text": text}


def two_scripts() -> CardClaims:
    return TOWN.claims(name="Karim al-Haddad", name_second="كريم الحدّاد", language="fra", language_second="ara")


def at_place(index: int) -> CardClaims:
    return TOWN.claims(status=StatusReference(uri=TOWN.uri, index=index))


def edited(message: bytes) -> bytes:
    return message.replace(b"Amina", b"Emina")


def pack(message: bytes) -> str:
    return base45.encode(deflate.compress(message, repeated=TOWN.issuer.encode()))


def wrong_checksum(message: bytes) -> str:
    stream = base45.decode(pack(message))
    return base45.encode(stream[:-1] + bytes((stream[-1] ^ 1,)))


def write(folder: Path) -> None:
    """Write every list and every case."""
    (folder / "lists").mkdir(exist_ok=True)
    for name, data in lists().items():
        (folder / "lists" / name).write_bytes(data)
    for name, content in cases().items():
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
