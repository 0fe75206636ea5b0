"""Results on disk: a folder for each session, in the format of evidence, appended as they are measured.

Belongs here: files that outlive a kill at any moment, and which of them count as results.
Does not belong here: measuring (`session_run.py`), what figures mean.

    <results>/<run id>/plan.json         what is measured, where: written first
                       measurements.csv  grows by whole steps
                       state.json        the steps that are in it, and how many bytes they are
                       runs.csv          written last: without it, a session is unfinished and no result
                       kept              if it was made part of other evidence
    <results>/local_benchmarks/          a pack of evidence with the newest finished session of each grid
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assets.benchmarks.measuring.errors import BenchmarkError
from assets.common.files import write_all
from assets.common.spreadsheet import inert_row, typed
from assets.evidence.model import Table
from assets.evidence.packs import OWN_BENCHMARKS
from assets.evidence.tables import TABLES_BY_KEY
from assets.evidence.tables.benchmarks import unit_of

RUNS, MEASUREMENTS = (TABLES_BY_KEY[f"benchmarks__{name}"] for name in ("runs", "measurements"))
COMMON = ("source", "as_of", "as_of_basis", "grade", "note")
KEPT = "kept"
"""File that marks a session as part of other evidence, so that its rows are not there twice."""
PLAN, STATE = "plan.json", "state.json"
UNCOMPARED = ("load_average", "git_commit")
"""Of an environment: the one changes from moment to moment, the other also with code that measures nothing."""


@dataclass(frozen=True)
class Figure:
    """One number as it was measured; what does not apply is None."""

    metric: str
    value: float | None
    workload: str
    stage: str | None = None
    clients: int | None = None
    archive_messages: int | None = None
    payload_bytes: int | None = None
    rate_per_s: float | None = None
    limit_ms: float | None = None
    percentile: float | None = None
    """Of the operations that have to be below the limit."""
    operations: int | None = None
    """That the number was counted in or taken from, where they are counted."""
    round: int = 0
    note: str = ""
    value_high: float | None = None
    """Upper bound of a value that is not known."""


@dataclass
class OpenSession:
    """A session that is being measured."""

    folder: Path
    plan: dict[str, Any]
    done: list[str]
    rows: int
    bytes: int
    seconds: float
    """That were spent on steps that are done."""
    notes: list[str]

    @property
    def run_id(self) -> str:
        """Name of the session and of its folder."""
        return self.folder.name

    def provenance(self, today: date) -> dict[str, str]:
        """Return what all rows of the session have in common: the command that a reader can repeat, and the day."""
        command = f"waku-fit bench --grid {self.plan['grid']} --seed {self.plan['seed']}"
        return {
            "source": f"own measurement: {command}",
            "as_of": today.isoformat(),
            "as_of_basis": "observed",
            "grade": "measured",
        }

    def append(self, step: str, figures: Sequence[Figure], seconds: float, today: date) -> None:
        """Keep the figures of a step for good. If this is cut off anywhere, the step counts as not done."""
        numbered = enumerate(figures, start=self.rows + 1)
        provenance = self.provenance(today)
        rows = [_measurement(self.run_id, number, figure) | provenance for number, figure in numbered]
        text = csv_text(MEASUREMENTS, rows, has_header=self.bytes == 0)
        with (self.folder / f"{MEASUREMENTS.name}.csv").open("ab") as file:
            file.truncate(self.bytes)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
            self.bytes = file.tell()
        self.done.append(step)
        self.rows += len(rows)
        self.seconds += seconds
        state = {"done": self.done, "rows": self.rows, "bytes": self.bytes, "seconds": self.seconds}
        write_all({self.folder / STATE: json.dumps(state | {"notes": self.notes})})

    def finish(self, today: date) -> None:
        """Make the session a result."""
        row = {
            **self.plan["environment"],
            "id": self.run_id,
            "grid": self.plan["grid"],
            "seed": self.plan["seed"],
            "rounds": self.plan["rounds"],
            "duration_seconds": round(self.seconds, 1),
            **self.provenance(today),
            "note": "; ".join(dict.fromkeys(self.notes)),
        }
        write_all({self.folder / f"{RUNS.name}.csv": csv_text(RUNS, [row], has_header=True)})


def open_session(
    results: Path, plan: Mapping[str, Any], *, fresh: bool, now: datetime
) -> tuple[OpenSession, list[str]]:
    """Return the session to resume, and sentences on why: an unfinished one of the same plan, or else a new one.

    `plan` has grid, digest, seed, rounds and environment; all of it but the load average has to be the same.
    """
    notes: list[str] = []
    for folder in _folders(results):
        if (folder / f"{RUNS.name}.csv").exists():
            continue
        session = _read(folder)
        if session.plan["grid"] != plan["grid"]:
            continue
        if fresh:
            notes.append(f"{folder.name} stays unfinished, as asked for.")
        elif differences := _differences(session.plan, plan):
            notes.append(f"{folder.name} stays unfinished: {', '.join(differences)} changed since, and it would mix.")
        else:
            notes.append(f"Resuming {folder.name}: {len(session.done)} steps are there already.")
            return session, notes
    folder = results / f"{plan['grid']}_{now.astimezone(UTC):%Y%m%d_%H%M%S}"
    folder.mkdir(parents=True)
    write_all({folder / PLAN: json.dumps(plan, indent=2)})
    return OpenSession(folder, dict(plan), [], 0, 0, 0.0, []), notes


def finished(results: Path) -> list[Path]:
    """Return the folders of all finished sessions, newest first."""
    return [folder for folder in _folders(results) if (folder / f"{RUNS.name}.csv").exists()]


def refresh_pack(results: Path) -> Path:
    """Write the newest finished session of each grid as a pack of evidence and return its folder.

    A session that was kept elsewhere is not in it; if none is left, there is no pack. Both tables are replaced
    together: the folder is written anew beside the old one and takes its place.
    """
    newest: dict[str, Path] = {}
    for folder in finished(results):
        newest.setdefault(folder.name.split("_")[0], folder)
    newest = {grid: folder for grid, folder in newest.items() if not (folder / KEPT).exists()}
    fresh, target, old = (
        results / name for name in (f".{OWN_BENCHMARKS}.new", OWN_BENCHMARKS, f".{OWN_BENCHMARKS}.old")
    )
    if not newest:
        shutil.rmtree(target, ignore_errors=True)
        return target
    shutil.rmtree(fresh, ignore_errors=True)
    for table in (RUNS, MEASUREMENTS):
        rows = [row for folder in sorted(newest.values()) for row in read_rows(table, folder / f"{table.name}.csv")]
        write_all({fresh / table.path: csv_text(table, rows, has_header=True)})
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def keep(folder: Path, pack: Path) -> int:
    """Append a finished session to the tables of `pack`; return the number of measurements.

    Raises `BenchmarkError`, and writes nothing, if the session is unfinished or there already, or if the columns of a
    table differ.
    """
    sources = {table: folder / f"{table.name}.csv" for table in (MEASUREMENTS, RUNS)}
    if not sources[RUNS].exists():
        raise BenchmarkError(f"{folder} holds no finished session; expected a folder with {RUNS.name}.csv")
    added = {table: read_rows(table, path) for table, path in sources.items()}
    targets = {table: pack / table.path for table in added}
    there = {table: read_rows(table, path) if path.exists() else [] for table, path in targets.items()}
    if any(row["id"] == added[RUNS][0]["id"] for row in there[RUNS]):
        raise BenchmarkError(f"{targets[RUNS]} has {added[RUNS][0]['id']} already; nothing was written")
    # in this order a kill between them leaves evidence without mistakes
    texts = {t: csv_text(t, [*there[t], *added[t]], has_header=True) for t in (RUNS, MEASUREMENTS)}
    write_all({**{targets[t]: text for t, text in texts.items()}, folder / KEPT: ""})
    return len(added[MEASUREMENTS])


def read_rows(table: Table, path: Path) -> list[dict[str, str]]:
    """Return the rows of a table; raises `BenchmarkError` if its columns are not those of today."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if sorted(reader.fieldnames or []) != sorted(table.columns()):
            raise BenchmarkError(f"{path}:1: the columns are not those of {table.key}; measure again with this version")
        return [{name: typed(cell) for name, cell in row.items()} for row in reader]


def csv_text(table: Table, rows: Iterable[Mapping[str, Any]], *, has_header: bool) -> str:
    """Return rows as evidence is typed: id first, common columns last, lists separated by semicolons."""
    own = [name for name in table.columns() if name not in ("id", *COMMON)]
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", *own, *COMMON], lineterminator="\n")
    if has_header:
        writer.writeheader()
    for row in rows:
        cells = {name: ";".join(value) if isinstance(value, list) else value for name, value in row.items()}
        writer.writerow(inert_row(cells))
    return text.getvalue()


def _measurement(run_id: str, number: int, figure: Figure) -> dict[str, Any]:
    return {
        "id": f"{run_id}_{number:05}",
        "run_id": run_id,
        "round": figure.round,
        "stage": figure.stage,
        "workload": figure.workload,
        "clients": figure.clients,
        "archive_messages": figure.archive_messages,
        "payload_bytes": figure.payload_bytes,
        "rate_per_s": None if figure.rate_per_s is None else f"{figure.rate_per_s:.6g}",
        "limit_ms": None if figure.limit_ms is None else f"{figure.limit_ms:g}",
        "percentile": None if figure.percentile is None else f"{figure.percentile:g}",
        "operations": figure.operations,
        "metric": figure.metric,
        "value": None if figure.value is None else f"{figure.value:.6g}",
        "value_high": None if figure.value_high is None else f"{figure.value_high:.6g}",
        "unit": unit_of(figure.metric),
        "note": figure.note,
    }


def _folders(results: Path) -> list[Path]:
    """All sessions, newest first: their names end with when they began."""
    return sorted(
        (path.parent for path in results.glob(f"*/{PLAN}")), key=lambda f: f.name.partition("_")[2], reverse=True
    )


def _read(folder: Path) -> OpenSession:
    """Read an unfinished session."""
    plan = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    state: dict[str, Any] = {"done": [], "rows": 0, "bytes": 0, "seconds": 0.0, "notes": []}
    if (folder / STATE).exists():
        state |= json.loads((folder / STATE).read_text(encoding="utf-8"))
    return OpenSession(folder, plan, **state)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Name what of a plan differs."""
    of_plan = [name for name in ("digest", "seed", "rounds") if old[name] != new[name]]
    environments = old["environment"], new["environment"]
    names = sorted({*environments[0], *environments[1]} - set(UNCOMPARED))
    return of_plan + [name for name in names if environments[0].get(name) != environments[1].get(name)]
