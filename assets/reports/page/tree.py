"""What a number is made of, as a tree: its formula, its inputs down to rows of evidence with file and line.

Belongs here: the tree, and how it is written as text or JSON; pure. Does not belong here: how a number is made
(`derivations.py`), which number is meant by a name (`orchestration.commands.explain`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assets.reports.page.basis import Input, Place
from assets.reports.page.cells import Cells

EVIDENCE_COLUMNS = ("value", "unit", "condition", "source", "as_of", "grade", "file", "line")
MOST_EVIDENCE = 12
"""Rows of evidence that are written as text under one number; JSON has all."""


@dataclass(frozen=True)
class EvidenceLeaf:
    """A row of evidence as the index of the release has it."""

    evidence_id: str
    columns: dict[str, Any]


@dataclass(frozen=True)
class Explained:
    """A number or a thing with what it is made of. `is_cut` where there is more below than was asked for.

    `name` is where it is in the release, such as `gates/interviews`; empty for what has no cell of its own.
    """

    label: str
    value: str
    formula: str = ""
    inputs: tuple[Explained, ...] = ()
    evidence: tuple[EvidenceLeaf, ...] = ()
    is_cut: bool = False
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the tree as plain values."""
        return {
            "label": self.label,
            "value": self.value,
            "formula": self.formula,
            "inputs": [one.as_json() for one in self.inputs],
            "evidence": [{"evidence_id": leaf.evidence_id, **leaf.columns} for leaf in self.evidence],
            "is_cut": self.is_cut,
        }


def explained(cells: Cells, place: Place, label: str, value: str, depth: int) -> Explained:
    """Return what the numbers of a place are made of, `depth` steps down."""
    name = "/".join(filter(None, place))
    if place.table == "evidence_index":
        return Explained(label, value, evidence=(leaf_of(cells, place.key),), name=name)
    how = cells.derivation(place)
    if not depth:
        return Explained(label, value, is_cut=bool(how.inputs or how.rows), name=name)
    return Explained(
        label,
        value,
        how.formula,
        tuple(_input(cells, one, depth - 1) for one in how.inputs),
        tuple(leaf_of(cells, row) for row in how.rows),
        name=name,
    )


def lines_of(node: Explained, indent: str = "") -> Iterator[str]:
    """Yield a tree as lines of text."""
    more = " …" if node.is_cut else ""
    yield indent + (f"{node.label}: {node.value}" if node.value else node.label) + more
    below = indent + "  "
    if node.formula:
        yield f"{below}= {node.formula}"
    for one in node.inputs:
        yield from lines_of(one, below)
    for leaf in node.evidence[:MOST_EVIDENCE]:
        said = " ".join(str(leaf.columns[name]) for name in ("value", "unit") if leaf.columns[name] is not None)
        where = f"{leaf.columns['file']}:{leaf.columns['line']}"
        yield f"{below}· {leaf.evidence_id}{f': {said}' if said else ''} ({leaf.columns['grade']}, {where})"
    if len(node.evidence) > MOST_EVIDENCE:
        yield f"{below}· and {len(node.evidence) - MOST_EVIDENCE} more rows of evidence; --json has them all"


def _input(cells: Cells, given: Input, depth: int) -> Explained:
    label = cells.named(given.label).striptags()
    value = cells.cell(*given.value, link=False).striptags() if given.value else ""
    if given.unit:
        value += f" {cells.cell(*given.unit).striptags()}"
    if given.ends:
        low, high = (cells.cell(*end, link=False).striptags() for end in given.ends)
        value += f" ({low} to {high})"
    evidence = tuple(leaf_of(cells, row) for row in given.rows)
    name = "/".join(given.value[:3]) if given.value else ""
    if given.leads_to is None:
        return Explained(label, value, evidence=evidence, name=name)
    found = explained(cells, given.leads_to, label, value, depth)
    rows = (*evidence, *found.evidence)
    return Explained(label, value, found.formula, found.inputs, rows, found.is_cut, name or found.name)


def leaf_of(cells: Cells, evidence_id: str) -> EvidenceLeaf:
    """Return a row of evidence."""
    row = cells.row("evidence_index", evidence_id)
    columns = {name: row[name] for name in EVIDENCE_COLUMNS}
    return EvidenceLeaf(evidence_id, {**columns, "as_of": columns["as_of"] and columns["as_of"].isoformat()})
