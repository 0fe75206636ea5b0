"""How every import goes: an importer reads a file, what becomes of its rows is checked, and all or nothing is written.

Belongs here: the list of importers, and what all imports do alike. Does not belong here: a format, options.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from assets.benchmarks.imports.formats import FORMATS
from assets.evidence.check_file import FilePlace, check_file
from assets.evidence.importer import Importer, Kind
from assets.evidence.interview_sheet import SHEET
from assets.evidence.mapping import Translation
from assets.evidence.model import Problem, Table
from assets.evidence.packs import Pack, resolve_pack
from assets.evidence.read_packs import format_problems
from assets.evidence.sheet import NotPlainError, text_to_extend
from assets.segments.crm import CRM_CSV, CRM_JSON
from orchestration.errors import UserError
from orchestration.paths import openable, shown
from orchestration.settings import Settings

IMPORTERS = (SHEET, CRM_CSV, CRM_JSON, *FORMATS)
"""Of one kind, the first that recognises a file reads it."""


def importer_of(kind: Kind, file: Path, name: str = "") -> Importer:
    """Return the importer called `name`, or the one that recognises `file`. Raises `UserError` if there is none."""
    offered = [one for one in IMPORTERS if one.kind == kind]
    for one in offered:
        if one.name == name if name else one.recognises(file):
            return one
    names = ", ".join(one.name for one in offered)
    raise UserError(f"{name or file.name} is no format of {kind} that is read here; expected one of {names}")


def rows_of(kind: Kind, file: Path, translation: Translation | None = None) -> tuple[list[Any], list[Problem]]:
    """Return the rows of a file, and the mistakes in it; say how it was read.

    Raises `UserError` if no importer recognises it.
    """
    rows, problems, notes = importer_of(kind, file).rows(file, shown(file), translation)
    for note in notes:
        click.echo(f"{shown(file)}: {note}")
    return rows, problems


def checked(
    settings: Settings, pack: Pack, table: Table, path: Path, text: str | None = None, today: date | None = None
) -> list[Problem]:
    """Return the mistakes in a file of a pack, or in `text` as if it were its content."""
    packs = [openable(one) for one in (*(resolve_pack(n, settings.evidence_dir) for n in settings.packs), pack)]
    place = FilePlace(table, pack.path, table.path if table.kind == "csv" else f"{table.path}/{path.name}")
    return check_file(path.resolve(), place, packs, today=today or datetime.now(UTC).date(), text=text).problems


def extended(path: Path) -> str:
    """Return the text of a table that rows are added to. Raises `UserError`."""
    try:
        return text_to_extend(path)
    except NotPlainError as error:
        raise UserError(str(error)) from None


def nothing_written(problems: Sequence[Problem], then: str) -> int:
    """Print all mistakes; return the exit code."""
    click.echo(format_problems(problems, then=then), err=True)
    click.echo("Nothing was written.", err=True)
    return 1
