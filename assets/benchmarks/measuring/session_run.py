"""A whole session: scratch database, archives, rounds, and results that are kept step by step.

Belongs here: the order of things, what happens on an error. Does not belong here: single measurements (`measure.py`),
files (`session_files.py`), the grid itself (`archive/grids.py`).
"""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from assets.benchmarks.archive.grids import (
    MIN_PACE,
    Grid,
    Phase,
    Step,
    load_seconds,
    planned_seconds,
    retained,
    rng_of,
    seconds_of,
    steps,
    turns,
)
from assets.benchmarks.archive.limits import Limit
from assets.benchmarks.archive.messages import Archive
from assets.benchmarks.archive.stages import ALL_STAGES
from assets.benchmarks.measuring import environment
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.measure import Bench, Rates
from assets.benchmarks.measuring.session_files import Figure, OpenSession, open_session, refresh_pack

SEEDS = 1_000_000
"""Different messages that a round may be about."""

SCRATCH = "waku_fit_bench"
SCRATCH_COMMENT = "Scratch of waku-fit bench; dropped at the end of a session, and at the start of the next"
BYTES_BESIDE_PAYLOAD = 900
"""Of a message as hex text, with its indices and copies while it is loaded, besides twice the payload."""

DISK_RESERVE_BYTES = 4 * 1024**3
"""For WAL and everybody else."""


@dataclass(frozen=True)
class SessionProgress:
    """How far a session is."""

    doing: str
    done_share: float
    remaining_seconds: float


Tell = Callable[[SessionProgress], None]


@dataclass(frozen=True)
class Result:
    """A finished session."""

    folder: Path
    pack: Path
    """The pack of evidence that it is part of from now on."""
    notes: tuple[str, ...]


def run_grid(
    url: str,
    bin_dir: Path,
    grid: Grid,
    results_dir: Path,
    limits: Mapping[str, Sequence[Limit]],
    seed: int,
    tell: Tell,
    *,
    fresh: bool = False,
) -> Result:
    """Measure `grid` on the server at `url` with the pgbench in `bin_dir`, and keep the results below `results_dir`.

    An unfinished session of the same grid, seed and environment is resumed, unless `fresh`. `limits` bound the
    latency of each workload in the search for capacity, the narrowest first. Raises `BenchmarkError` if it cannot go
    on; what was measured by then is kept.
    """
    with _only_one(results_dir), _connected(url) as connection:
        found = environment.describe(connection, url, bin_dir)
        plan = {
            "grid": grid.id,
            "digest": grid.digest,
            "seed": seed,
            "rounds": grid.rounds,
            "environment": {**found, "load_average": environment.load_average()},
        }
        session, notes = open_session(results_dir, plan, fresh=fresh, now=datetime.now(UTC))
        free = _free_bytes(connection, found["server_location"])
        try:
            with _scratch(connection, url) as (scratch, scratch_url):
                possible, left_out = fitting(grid, free, _has_lz4(scratch))
                session.notes = left_out
                bench_of = _Benches(scratch, scratch_url, bin_dir, session.folder / "work", seed)
                _Runner(possible, session, bench_of, limits, tell).run()
        except psycopg.OperationalError as error:
            raise BenchmarkError(f"the server went away ({str(error).strip()}); {_kept(session)}") from None
        except BenchmarkError as error:
            raise BenchmarkError(f"{error}; {_kept(session)}") from error
        session.finish(_today())
        shutil.rmtree(session.folder / "work", ignore_errors=True)
        return Result(session.folder, refresh_pack(results_dir), (*notes, *left_out))


def fitting(grid: Grid, free_bytes: int | None, has_lz4: bool) -> tuple[Grid, list[str]]:
    """Return the grid without what the server cannot do, and sentences on what was left out.

    `free_bytes` is room on the server's disk, None if it cannot be seen. Raises `BenchmarkError` if there is too little
    for a phase that is not optional.
    """
    notes = []
    without = frozenset(() if has_lz4 else (stage.id for stage in ALL_STAGES.values() if stage.compression == "lz4"))
    phases: list[Phase | None] = []
    if lacking := without & {stage for phase in grid.phases for stage in phase.stages}:
        notes.append(f"{', '.join(sorted(lacking))} left out: this build of PostgreSQL has no lz4")
    for full_phase in grid.phases:
        phase = full_phase.without(without)
        size = f"{phase.archive.messages:,} messages of {phase.archive.payload_bytes:,} bytes"
        needed = bytes_needed(phase)
        if phase.is_optional and free_bytes is None:
            notes.append(f"archive of {size} left out: the disk of the server cannot be seen from here")
        elif free_bytes is not None and needed > free_bytes:
            room = f"{needed / 1e9:,.0f} GB are needed, {free_bytes / 1e9:,.0f} GB are free"
            if not phase.is_optional:
                raise BenchmarkError(f"no room for {size} in {len(phase.stages)} stages: {room}")
            notes.append(f"archive of {size} left out: {room}")
        else:
            phases.append(phase)
            continue
        phases.append(None)
    kept = tuple(phase for phase in phases if phase)
    return replace(grid, phases=kept), notes


def bytes_needed(phase: Phase) -> int:
    """Return the room that a phase takes on the disk of the server, bytes."""
    per_message = 2 * phase.archive.payload_bytes + BYTES_BESIDE_PAYLOAD
    return (len(phase.stages) + 1) * phase.archive.messages * per_message + DISK_RESERVE_BYTES


@dataclass(frozen=True)
class _Benches:
    """What a bench for one archive is made of."""

    connection: psycopg.Connection[Any]
    url: str
    bin_dir: Path
    folder: Path
    seed: int
    rates: dict[Archive, Rates] = field(default_factory=dict)

    def of(self, phase: Phase, turn: int) -> Bench:
        seed = int(rng_of(phase, turn, self.seed).integers(SEEDS))
        known = self.rates.setdefault(phase.archive, {})
        return Bench(self.connection, self.url, self.bin_dir, self.folder, seed, phase.archive, known)


class _Runner:
    """Makes the steps that are not done yet, and says how far it is."""

    def __init__(
        self, grid: Grid, session: OpenSession, benches: _Benches, limits: Mapping[str, Sequence[Limit]], tell: Tell
    ) -> None:
        self.grid, self.session, self.benches, self.limits, self.tell = grid, session, benches, limits, tell
        self.todo = [step for step in steps(grid) if step.id not in session.done]
        self.planned = sum(planned_seconds(grid, step) for step in self.todo)
        self.done = 0.0
        """Of what was planned, seconds."""
        self.started = time.monotonic()

    def run(self) -> None:
        for step in self.todo:
            begun, done_before = time.monotonic(), self.done
            if step.phase is not None and self.grid.phases[step.phase].is_optional and self._is_late(step):
                self.session.notes.append(f"{step.id} left out: the session would have taken too long")
                continue
            figures = list(self._storage() if step.phase is None else self._filling(self.grid.phases[step.phase], step))
            self.session.append(step.id, figures, time.monotonic() - begun, _today())
            self.done = done_before + planned_seconds(self.grid, step)

    def _storage(self) -> Iterator[Figure]:
        bench = self.benches.of(self.grid.phases[0], 0)
        for payload_bytes, messages in self.grid.storage:
            self._say(f"storage: {messages:,} messages of {payload_bytes:,} bytes, row by row")
            yield from bench.storage_probe(payload_bytes, messages)

    def _filling(self, phase: Phase, step: Step) -> Iterator[Figure]:
        """Fill all stages anew and measure each cell, once or more: what a load left to chance is another next time."""
        title = f"{phase.archive.messages:,} messages of {phase.archive.payload_bytes:,} bytes"
        first = step.rounds[0]
        bench = self.benches.of(phase, first)
        self._say(f"{title}, round {first} of {phase.rounds}: filling {len(phase.stages)} stages")
        chance = rng_of(phase, first, self.benches.seed)
        bench.load([phase.stages[i] for i in chance.permutation(len(phase.stages))])
        self.done += load_seconds(phase)
        for stage in phase.stages:
            yield from (replace(figure, round=first) for figure in bench.sizes(stage))
        for turn in step.rounds:
            said = f"{title}, round {turn} of {phase.rounds}"
            yield from (replace(figure, round=turn) for figure in self._round(bench, phase, turn, said))
        bench.unload(phase.stages)

    def _round(self, bench: Bench, phase: Phase, turn: int, said: str) -> Iterator[Figure]:
        """Measure each cell once."""
        yield from self._closed_loops(bench, phase, turn, said)
        for cell in phase.capacity if turn <= phase.capacity_rounds else ():
            self._say(f"{said}: capacity of {cell.stage}, {cell.workload}")
            limits = self.limits[cell.workload]
            yield from bench.capacity(cell, self.grid.probe_seconds, self.grid.probe_steps, limits)
        for stage in retained(phase) if turn <= phase.retention_rounds else ():
            self._say(f"{said}: retention of {stage}")
            yield from bench.retention(stage, self.grid.retention_messages)

    def _closed_loops(self, bench: Bench, phase: Phase, turn: int, said: str) -> Iterator[Figure]:
        pace = self._pace()
        for clients in self.grid.harness_clients if phase is self.grid.phases[0] else ():
            yield from bench.harness(clients)
        for cell in turns(phase, turn, self.benches.seed):
            self._say(f"{said}: {cell.stage}, {cell.workload}")
            planned = seconds_of(phase, cell.workload)
            yield from bench.closed_loop(cell, pace * planned)
            self.done += planned

    def _is_late(self, step: Step) -> bool:
        """Whether the session would not be over in time with this step."""
        needed = planned_seconds(self.grid, step) * self._slowness()
        return self.session.seconds + needed > self.grid.limit_seconds

    def _slowness(self) -> float:
        """How much longer than planned it took so far."""
        return (time.monotonic() - self.started) / self.done if self.done > 0 else 1.0

    def _pace(self) -> float:
        """How long measurements may be for the session to end in time, as a share of what was planned."""
        left = self.grid.limit_seconds - self.session.seconds
        return min(1.0, max(MIN_PACE, left / max(1e-9, (self.planned - self.done) * self._slowness())))

    def _say(self, doing: str) -> None:
        remaining = max(0.0, self.planned - self.done) * self._slowness()
        self.tell(SessionProgress(doing, min(1.0, self.done / self.planned), remaining))


@contextmanager
def _only_one(results: Path) -> Iterator[None]:
    """Hold the right to write below `results`; the kernel gives it back if this process dies."""
    results.mkdir(parents=True, exist_ok=True)
    with (results / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BenchmarkError(
                f"another benchmark writes to {results}; both would disturb each other: wait for its end"
            ) from None
        yield


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    connection = psycopg.connect(url, autocommit=True)
    try:
        yield connection
    finally:
        with suppress(psycopg.Error):
            connection.close()


@contextmanager
def _scratch(connection: psycopg.Connection[Any], url: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """Create a database for the session and drop it at the end, or at the start of the next if this one is killed."""
    _drop_scratch(connection)
    name = sql.Identifier(SCRATCH)
    try:
        connection.execute(sql.SQL("create database {} template template0").format(name))
    except psycopg.errors.InsufficientPrivilege:
        raise BenchmarkError(
            "the login of the database URL may not create the scratch database "
            f"{SCRATCH}; give it CREATEDB, or leave --database-url out to use the embedded server"
        ) from None
    connection.execute(sql.SQL("comment on database {} is {}").format(name, sql.Literal(SCRATCH_COMMENT)))
    for setting, value in environment.DECLARED_SETTINGS.items():
        change = sql.SQL("alter database {} set {} = {}")
        connection.execute(change.format(name, sql.Identifier(setting), sql.Literal(value)))
    scratch_url = make_conninfo(url, dbname=SCRATCH)
    try:
        with _connected(scratch_url) as scratch:
            yield scratch, scratch_url
    finally:
        with suppress(psycopg.OperationalError):  # the server is gone, which was said already
            _drop_scratch(connection)


def _drop_scratch(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [SCRATCH]
    ).fetchone()
    if row is None:
        return
    if row[0] != SCRATCH_COMMENT:
        raise BenchmarkError(
            f"there is a database {SCRATCH} that is not marked as scratch of a benchmark; rename it, or drop it"
        )
    connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(SCRATCH)))


def _has_lz4(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("create temporary table probe (value text compression lz4)")
    except psycopg.errors.FeatureNotSupported:
        return False
    connection.execute("drop table probe")
    return True


def _free_bytes(connection: psycopg.Connection[Any], location: str) -> int | None:
    data = environment.data_directory(connection) if location != "other_host" else None
    if data is None:
        return None
    with suppress(OSError):
        return shutil.disk_usage(data).free
    return None


def _kept(session: OpenSession) -> str:
    return (
        f"{len(session.done)} steps are kept in {session.folder}, and the same command goes on from there; "
        "nothing of the step that was cut off counts"
    )


def _today() -> Any:
    return datetime.now(UTC).date()
