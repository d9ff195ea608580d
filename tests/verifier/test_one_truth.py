"""The verifier in the browser and the one in Python are one: the same verdict for every input, down to each field."""

import base64
import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page

from cardservice.credential import cbor
from cardservice.credential.errors import CredentialError, Malformed, Reason
from cardservice.credential.keys import PublicKey
from cardservice.verify import Kit, verify
from tests.vectors import make
from verifier.oddities import Case, Oddities
from verifier.site import Site, kit_of

LONG = os.environ.get("CARDSERVICE_LONG") == "1"
COUNT = 1_000_000 if LONG else 5_000
PART = 500
VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"

HARNESS = """
async () => {
  const { Kit } = await import(new URL("verify/kit.js", location.href));
  const { verify } = await import(new URL("verify/verifier.js", location.href));
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
  globalThis.kits = [];
  globalThis.loadKits = async (kits) => {
    const problems = [];
    for (const files of kits) {
      const kit = await Kit.fromFiles(new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)])));
      globalThis.kits.push(kit);
      problems.push(kit.problems.map((problem) => problem.file).sort());
    }
    return problems;
  };
  globalThis.verifyAll = async (cases) => {
    const answers = [];
    for (const [text, kit, now, service] of JSON.parse(cases)) {
      const verdict = await verify(text, globalThis.kits[kit], now, service);
      const portrait = verdict.claims?.portrait;
      answers.push([JSON.stringify(verdict.asObject()), portrait ? base64(portrait) : null]); // an empty one is one
    }
    return JSON.stringify(answers);
  };
}
"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with opened(chromium, kit_of({"blank.txt": b""})) as page:
        yield page


@contextmanager
def opened(chromium: Browser, files: dict[str, bytes]) -> Iterator[Page]:
    """A page of the kit's host, without the kit's own, that has its verifier."""
    with Site(files).open() as site:
        context = chromium.new_context(service_workers="block")
        page = context.new_page()
        page.goto(site.address + "blank.txt")
        page.evaluate(HARNESS)
        yield page
        context.close()


def browser_kits(page: Page, kits: list[dict[str, bytes]]) -> list[list[str]]:
    encoded = [{name: base64.b64encode(content).decode() for name, content in files.items()} for files in kits]
    return page.evaluate("(kits) => loadKits(kits)", encoded)  # type: ignore[no-any-return]


def browser_answers(page: Page, cases: list[Case]) -> list[tuple[dict[str, Any], str | None]]:
    """They go there and back as one text: value by value they would take as long as checking them."""
    asked = json.dumps([[case.text, case.kit, case.now, case.service] for case in cases])
    answers = json.loads(page.evaluate("(cases) => verifyAll(cases)", asked))
    return [(json.loads(fields), portrait) for fields, portrait in answers]


def problems_of(kits: list[Kit]) -> list[list[str]]:
    return [sorted(problem.file for problem in kit.problems) for kit in kits]


def answer_to(case: Case, kits: list[Kit]) -> tuple[dict[str, Any], str | None]:
    """What Python answers, as the browser should."""
    verdict = verify(case.text, kits[case.kit], now=datetime.fromtimestamp(case.now, UTC), service=case.service)
    fields = verdict.as_dict()
    fields.pop("fresh", None)
    portrait = None if verdict.portrait is None else base64.b64encode(verdict.portrait).decode()
    return json.loads(json.dumps(fields)), portrait


def test_every_vector_of_ours_gets_its_answer(page: Page) -> None:
    lists = {path.name: path.read_bytes() for path in (make.FOLDER / "lists").iterdir()}
    names = {
        "anchor.cose": "anchor.cose",
        "trust-list.cwt": "trust-list.cwt",
        "status/1.cwt": "status-1.cwt",
        "status/2.cwt": "status-2.cwt",
    }
    page.evaluate("() => { globalThis.kits = []; }")
    assert browser_kits(page, [{name: lists[file] for name, file in names.items()}]) == [[]]
    vectors = [json.loads(path.read_text("utf-8")) for path in sorted(make.FOLDER.glob("*.json"))]
    assert len(vectors) > 20

    cases = [
        Case(vector["qr_text"], 0, int(datetime.fromisoformat(vector["now"]).timestamp()), vector.get("service"))
        for vector in vectors
    ]

    told = [(fields["reason"], fields["would_be"]) for fields, _ in browser_answers(page, cases)]
    assert told == [(vector["expect"], vector.get("would_be")) for vector in vectors]


def test_both_give_the_same_answer_to_odd_and_hostile_inputs(page: Page) -> None:
    oddities = Oddities(seed=169)
    kits = [Kit.from_files(files) for files in oddities.kits]
    page.evaluate("() => { globalThis.kits = []; }")
    assert browser_kits(page, oddities.kits) == problems_of(kits)
    seen, cases = dict.fromkeys(map(str, Reason), 0), oddities.cases()

    for _ in range(COUNT // PART):
        part = list(islice(cases, PART))
        for case, theirs in zip(part, browser_answers(page, part), strict=True):
            answer = answer_to(case, kits)
            assert theirs == answer, case
            seen[answer[0]["reason"]] += 1

    assert all(seen.values()), f"an answer that was never given compares nothing: {seen}"


FAULTS = tomllib.loads((Path(__file__).parent / "faults.toml").read_text("utf-8"))["fault"]


@pytest.mark.parametrize("fault", FAULTS if LONG else FAULTS[:2], ids=lambda fault: fault["what"])
def test_a_fault_in_the_browsers_verifier_is_a_disagreement(chromium: Browser, fault: dict[str, str]) -> None:
    oddities = Oddities(seed=169)
    kits = [Kit.from_files(files) for files in oddities.kits]
    cases = islice(oddities.cases(), 10_000)  # made as they are needed: the first that differs is enough
    files = kit_of({"blank.txt": b""})
    source = files[fault["file"]].decode()
    assert source.count(fault["text"]) == 1, "the text to change stands there once"
    files[fault["file"]] = source.replace(fault["text"], fault["fault"]).encode()

    with opened(chromium, files) as page:
        assert disagree(page, oddities, kits, cases)


def disagree(page: Page, oddities: Oddities, kits: list[Kit], cases: Iterator[Case]) -> bool:
    """Whether some answer differs, or the browser gives none at all."""
    try:
        if browser_kits(page, oddities.kits) != problems_of(kits):
            return True
        parts = iter(lambda: list(islice(cases, PART)), [])
        return any(browser_answers(page, part) != [answer_to(case, kits) for case in part] for part in parts)
    except Error:
        return True


def test_both_refuse_and_accept_the_same_signatures_and_keys(page: Page) -> None:
    """Wycheproof's Ed25519: what is bent in the encoding of S, R or the key. Also without the browser's own curves."""
    if not VECTORS.is_dir():
        pytest.skip("the shared vectors are not here")
    groups = json.loads((VECTORS / "wycheproof" / "ed25519_test.json").read_text("utf-8"))["testGroups"]
    asked = [
        [group["publicKey"]["pk"], test["sig"], test["msg"], test["result"] == "valid"]
        for group in groups
        for test in group["tests"]
        if len(test["sig"]) == 128
    ]
    assert len(asked) > 100
    expected = [[is_good(*test[:3]), is_good(*test[:3])] for test in asked]

    found = page.evaluate(
        """async (tests) => {
          const own = await import(new URL("credential/signatures.js", location.href));
          const curves = await import(new URL("vendor/curves.js", location.href));
          const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
          const answers = [];
          for (const [key, signature, message] of tests) {
            const loaded = await own.load("Ed25519", bytes(key));
            answers.push([await own.verify(loaded, bytes(signature), bytes(message)),
                          curves.verify("Ed25519", bytes(key), bytes(signature), bytes(message))]);
          }
          return answers;
        }""",
        asked,
    )

    assert found == expected
    assert [good for good, _ in expected] == [test[3] for test in asked]


def is_good(key: str, signature: str, message: str) -> bool:
    try:
        loaded = PublicKey.from_cose_key(cbor.encode({1: 1, -1: 6, -2: bytes.fromhex(key)}))
        loaded.verify(bytes.fromhex(signature), bytes.fromhex(message))
    except Malformed:
        raise
    except CredentialError:
        return False
    return True
