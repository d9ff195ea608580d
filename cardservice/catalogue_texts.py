"""What `pybabel extract` finds on paper and in the verifier (printing/babel.cfg, web/verifier.cfg): texts in a context.

Babel's own extractors see calls such as `_("…")`; these texts stand in tables, where nothing has to be called. An
extractor gets a file, and what these do not need: keywords, tags of comments, options.
"""

import ast
import json
from collections.abc import Collection, Iterator
from typing import IO, Any

Extracted = tuple[int, str, tuple[str, str], list[str]]


def of_paper(file: IO[bytes], *_: Collection[str], **__: object) -> Iterator[Extracted]:
    """Every text in a module's `WordsIn("paper", …)`, under that paper's name."""
    for call in ast.walk(ast.parse(file.read())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "WordsIn":
            paper, words = call.args
            yield from ((line, "pgettext", (ast.literal_eval(paper), text), []) for line, text in _texts(words))


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The texts below a node with their lines, but for the names by which a table is asked."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    for name, child in ast.iter_fields(node):
        for one in child if isinstance(child, list) else [child]:
            if isinstance(one, ast.AST) and not (isinstance(node, ast.Dict) and name == "keys"):
                yield from _texts(one)


def of_the_verifier(file: IO[bytes], *_: Collection[str], **__: object) -> Iterator[Extracted]:
    """Every text of the verifier's English table, under its path there, such as `word.valid`."""
    for path, text in _paths(json.load(file), ""):
        yield 0, "pgettext", (path, text), []


def _paths(table: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _paths(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value
