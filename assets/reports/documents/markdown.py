"""Markdown that shows every text as it is, also a text that looks like Markdown.

Belongs here: escaping, links, compiled templates. Does not belong here: what a document says (`templates/`), which rows
it shows.

Text of evidence is never trusted. Whatever a template shows is escaped, unless it is `Markdown` that this package made.
Rules: CommonMark 0.31.2, section 2.4 (https://spec.commonmark.org/0.31.2/), and GitHub's tables and bare addresses.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets.evidence.sources import linked

TEMPLATES = Path(__file__).parent / "templates"

_ANYWHERE = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")
"""What begins emphasis, code, a link, a cell or a formula. An underscore within a word begins nothing."""

_AT_THE_START = re.compile(r"^(?:[#+=-]|\d{1,9}(?=[.)](?:\s|$)))")
"""What makes a heading, a line or a list of the text behind it. White space before it is gone by then."""

_ADDRESS = re.compile(r"(?<=\w)(?=://)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where GitHub would make a link of a bare address."""

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Control characters, and marks that turn the direction of what stands behind them."""


class Markdown(str):
    """Text that is Markdown already."""

    __slots__ = ()


def escaped(value: object) -> Markdown:
    """Return a value as text on one line that Markdown shows as it is; an unseen character as U+FFFD."""
    if isinstance(value, Markdown):
        return value
    text = " ".join(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", str(value)).split())
    text = _ADDRESS.sub(r"\\", _ANYWHERE.sub(r"\\\g<0>", text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markdown(_AT_THE_START.sub(_without_mark, text))


def _without_mark(found: re.Match[str]) -> str:
    mark = found[0]
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def links(source: str) -> Markdown:
    """Return the text of a source with what can be opened as links; only http and https lead anywhere."""
    parts = [
        f"[{escaped(words)}](<{quote(address, safe='/:?#!$&()*+,;=%~@')}>)" if address else _between(words)
        for words, address in linked(source)
    ]
    return Markdown("".join(parts).strip())


def _between(words: str) -> str:
    """Return words beside a link, with the space that parts them from it."""
    before, after = words[:1].isspace(), words[-1:].isspace()
    return f"{' ' if before else ''}{escaped(words)}{' ' if after else ''}"


@cache
def _environment() -> Environment:
    """Return the compiled templates. What a macro returns is escaped already, which `markdown` says."""
    environment = Environment(  # noqa: S701 - `finalize` escapes, and the HTML in Markdown with it
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=escaped,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["markdown"] = Markdown
    environment.filters["closed"] = sentence
    return environment


def closed(text: str) -> str:
    """Return a text with a full stop: evidence ends with one or without."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def sentence(text: str) -> str:
    """Return a text as a sentence."""
    return closed(f"{text[:1].upper()}{text[1:]}")


def render(template: str, **context: Any) -> str:
    """Return a document. Raises `jinja2.UndefinedError` where a template asks for what there is not."""
    return re.sub(r"\n{3,}", "\n\n", _environment().get_template(template).render(**context))
