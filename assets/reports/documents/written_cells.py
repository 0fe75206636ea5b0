"""Cells of released tables as Markdown, and what rows are called.

Belongs here: what several documents write in the same way. Does not belong here: escaping (`markdown.py`), what a value
looks like (`assets.reports.page.formats`), which rows a document shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assets.reports.documents.markdown import Markdown, escaped, links
from assets.reports.page.cells import NOT_LISTED, Cells
from assets.reports.page.formats import FORMATS, MISSING, word
from assets.segments.inputs import OTHER_SEGMENTS

NAMES = {
    "usp_id": ("usp_register", "name"),
    "problem_id": ("customer_problems", "statement"),
    "segment_id": ("segment_profiles", "name"),
}
"""By key column, where readers find the name of what it means."""

UNNAMED = {
    "usp_id": "A problem that no selling point names",
    "problem_id": "No problem that is on record",
    "segment_id": "All segments",
}

VOICES = {
    "interviews": ("interview", "interviews"),
    "sessions": ("project in co-design", "projects in co-design"),
    "signals": ("public source", "public sources"),
}
"""Kinds of those who spoke: one and several of them."""

HEARD_IN = {
    "integration": "project that uses Waku",
    "interview": "interview",
    "session": "co-design session",
    "signal": "public signal",
}
"""Where something was learned, by `kind`."""


class WrittenCells:
    """What documents ask of a release. Raises `KeyError` for anything that is not a cell of it."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells

    def cell(self, table: str, key: str, column: str, form: str = "plain") -> Markdown:
        """Return a cell as readers see it."""
        value = self.cells.value(table, key, column)
        return escaped(MISSING if value is None or value == "" else FORMATS[form](value))

    def named(self, column: str, of: str | None) -> str:
        """Return what a USP, problem or segment is called; one that is not on record that day by what programs use."""
        if of is None:
            return UNNAMED[column]
        if of == OTHER_SEGMENTS:
            return "Other segments, each of too few to be named"
        table, name = NAMES[column]
        return str(self.cells.value(table, of, name)) if of in self.cells.keys(table) else word(of)

    def name(self, table: str, key: str, column: str) -> str:
        """Return what the USP, problem or segment of a row is called."""
        return self.named(column, self.cells.value(table, key, column))

    def said(self, table: str, key: str) -> str:
        """Return who agrees by kind, as in "2 of 3 interviews, 1 of 1 public source"; '' where nobody spoke."""
        return ", ".join(self._said(table, key))

    def _said(self, table: str, key: str) -> Iterator[str]:
        for kind, (one, several) in VOICES.items():
            if spoke := self.cells.value(table, key, kind):
                agree = self.cells.value(table, key, f"{kind}_agree")
                yield f"{FORMATS['count'](agree)} of {FORMATS['count'](spoke)} {one if spoke == 1 else several}"

    def source(self, table: str, key: str) -> Markdown:
        """Return the sources of the evidence of a row, each once, with links to what can be opened."""
        ids = (one for one in self.cells.all_evidence_ids(table, key) if not one.startswith(NOT_LISTED))
        found = dict.fromkeys(str(self.cells.value("evidence_index", evidence_id, "source")) for evidence_id in ids)
        return Markdown("; ".join(map(links, found)))

    def heard_in(self, table: str, key: str) -> str:
        """Return where what a row says was learned."""
        kind = self.cells.value(table, key, "kind")
        return HEARD_IN.get(kind, word(kind))

    def statement(self, finding: str) -> str:
        """Return what a finding says; of one that is not to be quoted, that."""
        return self.cells.value("findings", finding, "statement") or "said, and not to be quoted"

    def functions(self) -> dict[str, Any]:
        """Return what templates call."""
        return {
            "cell": self.cell,
            "value": self.cells.value,
            "keys": self.cells.keys,
            "name": self.name,
            "named": self.named,
            "said": self.said,
            "heard_in": self.heard_in,
            "source": self.source,
            "statement": self.statement,
        }
