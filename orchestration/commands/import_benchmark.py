"""`waku-fit import-benchmark`: somebody's own log becomes rows of evidence in a pack, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from assets.benchmarks.archive.stages import STAGES
from assets.benchmarks.imports.events import LogImporter
from assets.benchmarks.imports.rows import ImportRefusedError, What, import_into
from orchestration.commands.importers import importer_of, nothing_written
from orchestration.errors import UserError

ENVIRONMENT = {
    "server_location": "--server-location",
    "cpu_model": "--cpu-model",
    "cpu_cores": "--cores",
    "memory_gib": "--memory-gib",
    "operating_system": "--operating-system",
    "postgres_version": "--postgres-version",
    "load_generator": "--load-generator",
}
"""Columns that describe where a run was made, and their options. Nothing of it is guessed."""


def import_benchmark(
    files: Sequence[Path], run_format: str, into: Path, what: What, environment: Mapping[str, object]
) -> int:
    """Append a measurement to the pack at `into` and say what was written; 1 if the files have mistakes."""
    given = {column: value for column, value in environment.items() if value not in (None, "")}
    missing = [option for column, option in ENVIRONMENT.items() if column not in given]
    if given and missing:
        raise UserError(f"the environment of a new run is given in part only; missing: {', '.join(missing)}")
    importer = importer_of("operations", files[0], run_format)
    assert isinstance(importer, LogImporter)
    try:
        added = import_into(
            into,
            files,
            importer,
            What(**{**vars(what), "environment": {**given, "code_version": "imported"} if given else {}}),
            today=datetime.now(UTC).date(),
        )
    except ImportRefusedError as refused:
        raise UserError(f"{refused}. Nothing was written.") from None
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}. Nothing was written.") from None
    for note in added.notes:
        click.echo(note)
    if added.problems:
        return nothing_written(added.problems, "import the files again")
    run = "a new run" if added.is_new_run else "the run"
    click.echo(f"{added.measurements} measurements added to {run} {added.run_id} in {into}.")
    if what.stage not in STAGES:
        known = ", ".join(STAGES)
        click.echo(f"Stage {what.stage} is not known here: it is shown, and compared with nothing. Known: {known}.")
    click.echo(f"`waku-fit run --pack {into}` uses it.")
    return 0
