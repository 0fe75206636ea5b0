"""Looks for words that have to be read twice in all that a person reads: `python -m tests.style.plain_words`.

Belongs here: which text of a file people read, and the search. Does not belong here: the words (`vocabulary.yml`).
Prints `file:line: what was found; say: ...` for each and ends with 1 if there is any.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[2]
VOCABULARY = Path(__file__).with_name("vocabulary.yml")
Text = tuple[int, str]
"""A piece of text that people read, and the line that it begins in."""


def python_text(source: str) -> Iterator[Text]:
    """Yield comments, docstrings, messages: every string that has a space in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def markdown_text(source: str) -> Iterator[Text]:
    """Yield all lines but code: fenced blocks, and what stands between backticks."""
    is_code = False
    for number, line in enumerate(source.splitlines(), start=1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif not is_code:
            yield number, re.sub(r"`[^`]*`", "", line)


def template_text(source: str) -> Iterator[Text]:
    """Yield what stands outside of tags and statements."""
    for number, line in enumerate(source.splitlines(), start=1):
        yield number, re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "", line)


def plain_text(source: str) -> Iterator[Text]:
    yield from enumerate(source.splitlines(), start=1)


READ: dict[str, Callable[[str], Iterator[Text]]] = {
    ".py": python_text,
    ".md": markdown_text,
    ".j2": template_text,
    ".sql": plain_text,
    ".typ": plain_text,
    ".yml": plain_text,
}
"""By the end of a file's name, what of it people read. Evidence is quoted, and not ours to word."""


def phrases() -> list[tuple[re.Pattern[str], str]]:
    """Return what to look for, and what to say instead."""
    entries = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    return [(re.compile(entry["pattern"], re.IGNORECASE), entry["instead"]) for entry in entries]


def found_in(name: str, source: str, wanted: list[tuple[re.Pattern[str], str]]) -> Iterator[str]:
    """Yield each finding in the text of a file, in the order of its lines."""
    for line, text in READ[Path(name).suffix](source):
        for pattern, instead in wanted:
            for match in pattern.finditer(text):
                number = line + text[: match.start()].count("\n")
                yield f'{name}:{number}: "{match[0]}"; say: {instead}'


def main() -> int:
    """Search all files that git knows but evidence and the vocabulary, and print what was found."""
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    names = [
        name
        for name in listed.splitlines()
        if Path(name).suffix in READ
        and not name.startswith(("evidence/", "tests/style/"))
        and (PROJECT / name).exists()
    ]
    wanted = phrases()
    found = [line for name in names for line in found_in(name, (PROJECT / name).read_text(encoding="utf-8"), wanted)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
