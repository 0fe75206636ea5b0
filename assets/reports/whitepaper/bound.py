"""What the bound numbers of the whitepaper say: each a cell of a released table, as a reader sees it.

Belongs here: from the text in `#n("...")` to the value. Does not belong here: own arithmetic (`derived.py`), formats
(`assets.reports.page.formats`).

`rln/epoch_length` is the value of a row of evidence, in a table by its short name. `own/deposit_of_all` is computed
from such. Everything else is a cell: `cost_summary.all_in_p50_usd_per_month@community_10k|without_rln:usd`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from assets.reports.page.cells import KEYS, Cells
from assets.reports.page.formats import FORMATS, count
from assets.reports.whitepaper.derived import DERIVED, NotKnownError, ReleaseValues

TABLES = {
    "p": "protocol__protocol_parameters",
    "rln": "costs__rln_parameters",
    "load": "costs__workload_parameters",
    "node": "costs__node_requirements",
    "rpc": "costs__rpc_usage",
    "net": "benchmarks__network_results",
    "pg": "benchmarks__postgres_results",
    "target": "benchmarks__latency_targets",
}
"""Tables of evidence by their short names."""

OWN = "own"
NOT_KNOWN = "[not on record]"
"""Stands for a number whose row a release does not have, such as a look at an earlier day."""

CELL = re.compile(r"(\w+)\.(\w+)@([^:]+)(?::(\w+))?")
NUMERIC = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
RANGE = re.compile(r"low (\S+); high (\S+)")


@dataclass(frozen=True)
class BoundNumbers:
    """What is known of all bound numbers of a text."""

    texts: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    """Those whose row is not on record."""
    wrong: dict[str, str] = field(default_factory=dict)
    """Those that can never be on record, with the reason."""


def bound(references: Iterable[str], cells: Cells, tables: Iterable[str]) -> BoundNumbers:
    """Return what each reference says. `tables` are those that the release has."""
    found = BoundNumbers()
    known = frozenset(tables)
    for reference in dict.fromkeys(references):
        try:
            found.texts[reference] = _text(reference, cells, known)
        except NotKnownError:
            found.texts[reference] = NOT_KNOWN
            found.unknown.append(reference)
        except _WrongError as error:
            found.wrong[reference] = str(error)
    return found


class _WrongError(Exception):
    """A reference that no release can have."""


def _text(reference: str, cells: Cells, known: frozenset[str]) -> str:
    table, slash, name = reference.partition("/")
    if slash and table == OWN:
        if name not in DERIVED:
            raise _WrongError(f"derived.py has no “{name}”")
        return DERIVED[name](_values(cells, known))
    if slash and table in TABLES:
        return written(_evidence(f"{TABLES[table]}/{name}", cells, known))
    match = CELL.fullmatch(reference)
    if match is None:
        short = ", ".join((*TABLES, OWN))
        raise _WrongError(f"it is neither table.column@key:form nor a row of {short}")
    table, column, key, form = match[1], match[2], match[3], match[4] or "plain"
    if table not in KEYS:
        raise _WrongError(f"no released table is called {table}")
    if form not in FORMATS:
        raise _WrongError(f"no format is called {form}")
    if table not in known or not cells.has(table, key):
        raise NotKnownError(reference)
    if column not in cells.row(table, key):
        raise _WrongError(f"{table} has no column {column}")
    if cells.value(table, key, column) is None:
        raise NotKnownError(reference)
    return cells.text(table, key, column, form)


def _values(cells: Cells, known: frozenset[str]) -> ReleaseValues:
    def value(reference: str) -> float:
        table, _, name = reference.partition("/")
        text = _evidence(f"{TABLES[table]}/{name}", cells, known)
        if not NUMERIC.fullmatch(text):
            raise NotKnownError(reference)
        return float(text)

    return ReleaseValues(value, cells, known)


def _evidence(evidence_id: str, cells: Cells, known: frozenset[str]) -> str:
    index = "evidence_index"
    if index not in known or not cells.has(index, evidence_id):
        raise NotKnownError(evidence_id)
    value = cells.value(index, evidence_id, "value")
    if value is None:
        raise NotKnownError(evidence_id)
    return str(value)


def written(value: str) -> str:
    """Return the value of a row of evidence as a reader sees it."""
    if NUMERIC.fullmatch(value):
        return count(float(value)).replace("-", "−")
    if pair := RANGE.fullmatch(value):
        return f"{written(pair[1])} to {written(pair[2])}"
    words, _, last = value.rpartition(" ")
    return f"{words} {written(last)}" if words in ("at least", "at most") and NUMERIC.fullmatch(last) else value
