"""`waku-fit explain`: which number is meant by a name, and where its release is.

Belongs here: names, reading released tables. Does not belong here: what a number is made of (`assets.reports.page`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from difflib import get_close_matches

import click

from assets.evidence.tables import TABLES_BY_KEY
from assets.reports.lines import TEAM
from assets.reports.model import Manifest
from assets.reports.page.basis import Place
from assets.reports.page.cells import Cells
from assets.reports.page.derivations import Derivations
from assets.reports.page.tree import Explained, explained, leaf_of, lines_of
from assets.reports.release_files import ReleasedTables
from assets.reports.released import RELEASED_TABLES
from orchestration.errors import UserError
from orchestration.settings import Settings

CELL = re.compile(r"^(?P<table>\w+)(\.(?P<column>\w+)@(?P<key>.+)|/(?P<slash_key>.+)/(?P<slash_column>\w+))$")
"""`table.column@key`, or `table/key/column` as the page has it."""

SHOWN_AS = {
    "roadmap__deliverables": ("roadmap_deliverables", "title", "status"),
    "segments__usps": ("usp_register", "name", "claimed_benefit"),
    "segments__segments": ("segment_profiles", "name", "segment_status"),
    "costs__scenarios": ("scenarios", "title", "description"),
}
"""By table of evidence, for what its rows are shown as: a released table, and its columns with a name and more."""


def explain(settings: Settings, name: str, depth: int, line: str = TEAM, *, as_json: bool, as_prov: bool) -> int:
    """Print what a number of the newest release of a line is made of. Raises `UserError`."""
    data = settings.link(line) / "data"
    if not data.is_dir():
        raise UserError("there is no release yet; `waku-fit run` makes one")
    cells = Cells(ReleasedTables(data), Derivations)
    found = _named(cells, name, depth)
    if as_prov:
        from assets.reports.page.provenance import prov_json

        manifest = json.loads((settings.link(line) / "manifest.json").read_text(encoding="utf-8"))
        click.echo(prov_json(found, Manifest.from_json(manifest)))
    else:
        click.echo(json.dumps(found.as_json(), indent=2) if as_json else "\n".join(lines_of(found)))
    return 0


def _named(cells: Cells, name: str, depth: int) -> Explained:
    """Return the tree of what a name stands for.

    A gate, a requirement or a milestone comes first, then a row of evidence, by its id or by what is unique of it, and
    a cell.
    """
    table = name.partition("/")[0]
    if table in TABLES_BY_KEY and "/" in name:
        return _row(cells, name, depth)
    if cell := CELL.match(name):
        return _cell(cells, cell, depth)
    if name in cells.keys("gates"):
        return _gate(cells, name, depth)
    if name in cells.keys("requirement_results"):
        return _requirement(cells, name, depth)
    if name in cells.keys("verdict"):
        row = cells.row("verdict", name)
        below = (*_weakest(cells, name), *(_gate(cells, k, depth - 1) for k in cells.keys("gates", milestone_id=name)))
        return Explained(str(row["title"]), f"{row['verdict']}. {row['reason']}", inputs=below, name=f"verdict/{name}")
    rows = [row for row in cells.keys("evidence_index") if row.partition("/")[2] == name]
    if len(rows) > 1:
        raise UserError(f'"{name}" may be {" or ".join(rows)}; say which')
    if rows:
        return _row(cells, rows[0], depth)
    raise UserError(f'nothing of the release is called "{name}"; {_expected(cells, name)}')


def _row(cells: Cells, evidence_id: str, depth: int) -> Explained:
    """Return a row of evidence, or what the release makes of it: of a deliverable its state as well."""
    table, _, key = evidence_id.partition("/")
    if table in SHOWN_AS and key in cells.keys(SHOWN_AS[table][0]):
        released, title, said = SHOWN_AS[table]
        row = cells.row(released, key)
        return explained(cells, cells.place_of(released, key, title), str(row[title]), str(row[said] or ""), depth)
    if evidence_id not in cells.keys("evidence_index"):
        raise UserError(f'{table} has no row "{key}" in this release; {_like(table, key, _keys_of(cells, table))}')
    return explained(cells, Place("evidence_index", evidence_id), evidence_id, "", depth)


def _keys_of(cells: Cells, table: str) -> list[str]:
    ids = cells.keys("evidence_index", table_key=table)
    return [evidence_id.partition("/")[2] for evidence_id in ids]


def _like(table: str, key: str, keys: Sequence[str]) -> str:
    near = get_close_matches(key, keys, 3, 0.3) or keys[:3]
    return f"its rows are called like {', '.join(near)}" if near else f"it has nothing of {table}"


def _weakest(cells: Cells, milestone: str) -> tuple[Explained, ...]:
    """Return the weakest path of what decides a verdict, down to its row of evidence; nothing where nothing does."""
    path = cells.value("verdict", milestone, "weakest_path")
    if len(path) < 2:
        return ()
    gate, requirement, *rows = path
    of_gate, result = cells.row("gates", gate), cells.row("requirement_results", requirement)
    grade = str(result["grade"]).replace("_", " ")
    below = Explained(str(result["title"]), grade, evidence=tuple(leaf_of(cells, row) for row in rows))
    above = Explained(str(of_gate["title"]), str(of_gate["status"]), inputs=(below,))
    return (Explained("Weakest path of what decides", grade, inputs=(above,)),)


def _gate(cells: Cells, gate: str, depth: int) -> Explained:
    row = cells.row("gates", gate)
    requirements = cells.keys("requirement_results", gate_id=gate)
    below = tuple(_requirement(cells, one, depth - 1) for one in requirements) if depth > 0 else ()
    said = f"{row['status']}. {row['reason']}"
    return Explained(str(row["title"]), said, inputs=below, is_cut=depth <= 0, name=f"gates/{gate}")


def _requirement(cells: Cells, requirement: str, depth: int) -> Explained:
    row = cells.row("requirement_results", requirement)
    value = "not known" if row["value"] is None else f"{row['value']:g}"
    asked = "" if row["threshold"] is None else f" of {row['threshold']:g}"
    said = f"{row['status']}, {value}{asked} {row['unit']}"
    return explained(cells, Place("requirement_results", requirement), str(row["title"]), said, max(0, depth))


def _cell(cells: Cells, cell: re.Match[str], depth: int) -> Explained:
    table = cell["table"]
    key, column = cell["key"] or cell["slash_key"], cell["column"] or cell["slash_column"]
    if table not in RELEASED_TABLES:
        near = get_close_matches(table, RELEASED_TABLES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UserError(f'no released table is called "{table}"{hint}')
    if key not in cells.keys(table):
        raise UserError(f'{table} has no row "{key}"; {_like(table, key, cells.keys(table))}')
    if column not in cells.row(table, key):
        raise UserError(f'{table} has no column "{column}"; it has {", ".join(cells.row(table, key))}')
    said = cells.cell(table, key, column, link=False).striptags()
    return explained(cells, cells.place_of(table, key, column), f"{table}.{column} of {key}", said, depth)


def _expected(cells: Cells, name: str) -> str:
    things = [key for released, *_ in SHOWN_AS.values() for key in cells.keys(released)]
    names = [*cells.keys("gates"), *cells.keys("requirement_results"), *cells.keys("verdict"), *things]
    near = get_close_matches(name, names, 1, 0.5)
    form = (
        "expected a gate, a requirement, a milestone, a deliverable, a USP, a segment, a scenario, "
        "a row of evidence as table/id, or a cell as table.column@key"
    )
    return f"did you mean {near[0]}? {form}" if near else form
