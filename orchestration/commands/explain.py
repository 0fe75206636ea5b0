"""`waku-fit explain`: which number is meant by a name, and where its release is.

Belongs here: names, reading released tables. Does not belong here: what a number is made of (`assets.reports.page`).
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches

import click

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


def explain(settings: Settings, name: str, depth: int, *, as_json: bool, as_prov: bool) -> int:
    """Print what a number of the latest release is made of. Raises `UserError`."""
    data = settings.latest / "data"
    if not data.is_dir():
        raise UserError("there is no release yet; `waku-fit run` makes one")
    cells = Cells(ReleasedTables(data), Derivations)
    found = _named(cells, name, depth)
    if as_prov:
        from assets.reports.page.provenance import prov_json

        manifest = json.loads((settings.latest / "manifest.json").read_text(encoding="utf-8"))
        click.echo(prov_json(found, Manifest.from_json(manifest)))
    else:
        click.echo(json.dumps(found.as_json(), indent=2) if as_json else "\n".join(lines_of(found)))
    return 0


def _named(cells: Cells, name: str, depth: int) -> Explained:
    """Return the tree of what a name stands for: a gate, a requirement, a milestone, a row of evidence, or a cell."""
    if cell := CELL.match(name):
        return _cell(cells, name, cell, depth)
    if name in cells.keys("gates"):
        return _gate(cells, name, depth)
    if name in cells.keys("requirement_results"):
        return _requirement(cells, name, depth)
    if name in cells.keys("verdict"):
        row = cells.row("verdict", name)
        below = (*_weakest(cells, name), *(_gate(cells, k, depth - 1) for k in cells.keys("gates", milestone_id=name)))
        return Explained(str(row["title"]), f"{row['verdict']}. {row['reason']}", inputs=below, name=f"verdict/{name}")
    raise UserError(f'nothing of the release is called "{name}"; {_expected(cells, name)}')


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


def _cell(cells: Cells, name: str, cell: re.Match[str], depth: int) -> Explained:
    table = cell["table"]
    key, column = cell["key"] or cell["slash_key"], cell["column"] or cell["slash_column"]
    if table not in RELEASED_TABLES:
        if f"{table}/{key}/{column}" == name and name in cells.keys("evidence_index"):
            return explained(cells, Place("evidence_index", name), name, "", depth)
        near = get_close_matches(table, RELEASED_TABLES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UserError(f'no released table is called "{table}"{hint}')
    if key not in cells.keys(table):
        near = get_close_matches(key, cells.keys(table), 3, 0.3)
        raise UserError(
            f'{table} has no row "{key}"; its rows are called like {", ".join(near or cells.keys(table)[:3])}'
        )
    if column not in cells.row(table, key):
        raise UserError(f'{table} has no column "{column}"; it has {", ".join(cells.row(table, key))}')
    said = cells.cell(table, key, column, link=False).striptags()
    return explained(cells, cells.place_of(table, key, column), f"{table}.{column} of {key}", said, depth)


def _expected(cells: Cells, name: str) -> str:
    names = [*cells.keys("gates"), *cells.keys("requirement_results"), *cells.keys("verdict")]
    near = get_close_matches(name, names, 1, 0.5)
    form = "expected a gate, a requirement, a milestone, or a cell as table.column@key"
    return f"did you mean {near[0]}? {form}" if near else form
