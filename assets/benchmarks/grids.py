"""What a session measures, as data: which stages with which workloads, on which archives, how often, in which order.

Belongs here: grids and what follows from them alone (order, steps, planned time), pure.
Does not belong here: measuring (`measure.py`), keeping results (`sessions.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assets.benchmarks.messages import Archive
from assets.benchmarks.stages import SELF_TEST, STAGES
from assets.benchmarks.workload import HARNESS, WORKLOADS

SLOW_WORKLOADS = {"by_hashes": 2.0, "no_time_range_20": 2.0}
"""Workloads that get longer, by this factor, because they do less in a second."""

# Estimates for the plan, from runs on two cores; what really remains is corrected by how long it took so far.
RUN_OVERHEAD_SECONDS = 0.04
RESET_SECONDS = 0.04
OFFERS_PER_STEP = 1.5
RETENTION_SECONDS = 0.35
LOAD_SECONDS = 0.4
LOAD_SECONDS_PER_MESSAGE = 2e-5
LOAD_SECONDS_PER_BYTE = 1.2e-8

MIN_PACE = 0.4
"""On a machine that is slower than planned measurements become shorter, down to this share of what was planned."""


@dataclass(frozen=True)
class Cell:
    """One thing that is measured once in every round."""

    stage: str
    workload: str
    clients: int


@dataclass(frozen=True)
class Phase:
    """All that is measured while the stages are filled with one archive."""

    archive: Archive
    seconds: float
    """Of load in one closed-loop measurement."""
    cells: tuple[Cell, ...]
    self_tests: tuple[tuple[str, int], ...] = ()
    """Workloads, and how many comparisons of the two stages that do not differ."""
    capacity: tuple[Cell, ...] = ()
    """Cells whose capacity is searched."""
    is_optional: bool = False
    """Whether it is left out where the disk has no room for it."""

    @property
    def stages(self) -> tuple[str, ...]:
        """All stages that have to be filled, each once."""
        of_cells = [cell.stage for cell in (*self.cells, *self.capacity)]
        return tuple(dict.fromkeys([*of_cells, *(SELF_TEST if self.self_tests else ())]))

    def without(self, stages: frozenset[str]) -> Phase:
        """Return the phase without what needs one of `stages`."""
        return Phase(
            self.archive,
            self.seconds,
            tuple(cell for cell in self.cells if cell.stage not in stages),
            self.self_tests,
            tuple(cell for cell in self.capacity if cell.stage not in stages),
            self.is_optional,
        )


@dataclass(frozen=True)
class Grid:
    """A whole session. Capacity and retention are repeated less often, because they take longer."""

    id: Literal["quick", "full"]
    rounds: int
    phases: tuple[Phase, ...]
    limit_seconds: float
    """The session should be over by then."""
    clients: int
    """In self-tests; and of the harness, with those of `harness_clients`."""
    harness_clients: tuple[int, ...]
    capacity_rounds: int
    probe_seconds: float
    """Of one rate in the search for the capacity."""
    probe_steps: int
    retention_rounds: int
    retention_messages: int

    @property
    def digest(self) -> str:
        """Changes with anything in the grid."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


Kind = Literal["sizes", "round", "capacity"]


@dataclass(frozen=True)
class Step:
    """What is kept or lost together if a session is killed: a phase's sizes, one round, one round of capacities."""

    kind: Kind
    phase: int
    round: int
    """From 1; the sizes have 0."""
    archive: Archive

    @property
    def id(self) -> str:
        """Its name among the steps that are done."""
        return f"{self.archive.messages} x {self.archive.payload_bytes} bytes, {self.kind} {self.round}"


def steps(grid: Grid) -> Iterator[Step]:
    """Yield all steps in the order in which they are made."""
    for number, phase in enumerate(grid.phases):
        yield Step("sizes", number, 0, phase.archive)
        for turn in range(1, grid.rounds + 1):
            yield Step("round", number, turn, phase.archive)
        for turn in range(1, grid.capacity_rounds + 1 if phase.capacity else 1):
            yield Step("capacity", number, turn, phase.archive)


@dataclass(frozen=True)
class Turn:
    """A closed-loop measurement within a round; `self_test` is the comparison that it belongs to, from 0."""

    cell: Cell
    self_test: int | None = None


def turns(grid: Grid, phase: Phase, turn: int, seed: int) -> list[Turn]:
    """Return the measurements of one round in an order that is drawn anew for each round.

    Stages that are compared with each other follow each other closely, in random order, so that they meet the same
    disturbances. Self-tests are mixed as the stages are.
    """
    groups: dict[tuple[str, int, bool], list[Turn]] = {}
    for cell in phase.cells:
        groups.setdefault((cell.workload, cell.clients, False), []).append(Turn(cell))
    for workload, comparisons in phase.self_tests:
        for number in range(comparisons):
            groups.setdefault((workload, grid.clients, True), []).extend(
                Turn(Cell(stage, workload, grid.clients), number) for stage in SELF_TEST
            )
    rng = np.random.default_rng([seed, phase.archive.messages, phase.archive.payload_bytes, turn])
    members = list(groups.values())
    return [members[i][j] for i in rng.permutation(len(members)) for j in rng.permutation(len(members[i]))]


def seconds_of(phase: Phase, workload: str) -> float:
    """Return the planned seconds of load in one closed-loop measurement."""
    return phase.seconds * SLOW_WORKLOADS.get(workload, 1.0)


def load_seconds(phase: Phase) -> float:
    """Return the planned time to fill all stages of a phase, the source of their messages included."""
    per_message = LOAD_SECONDS_PER_MESSAGE + LOAD_SECONDS_PER_BYTE * phase.archive.payload_bytes
    return (len(phase.stages) + 0.5) * (LOAD_SECONDS + per_message * phase.archive.messages)


def planned_seconds(grid: Grid, step: Step) -> float:
    """Return the planned time of a step, without the filling of the archive."""
    phase = grid.phases[step.phase]
    if step.kind == "sizes":
        return RETENTION_SECONDS * grid.retention_rounds * len(phase.stages) if step.phase == 0 else 0.2
    if step.kind == "capacity":
        offers = 1 + OFFERS_PER_STEP * grid.probe_steps
        return len(phase.capacity) * offers * (grid.probe_seconds + RUN_OVERHEAD_SECONDS)
    work = [turn.cell.workload for turn in turns(grid, phase, step.round, 0)]
    total = sum(
        seconds_of(phase, name) + RUN_OVERHEAD_SECONDS + (RESET_SECONDS if WORKLOADS[name].shape == "insert" else 0)
        for name in work
    )
    return total + (len(HARNESS) * len(grid.harness_clients) * 0.2 if step.phase == 0 else 0)


def plan_seconds(grid: Grid) -> float:
    """Return the planned time of the whole grid."""
    return sum(map(load_seconds, grid.phases)) + sum(planned_seconds(grid, step) for step in steps(grid))


MAIN = ("insert", "first_page_20", "by_hashes")
"""What every stage is compared by: writing, and the two queries with a latency target."""

OTHERS = tuple(name for name in WORKLOADS if name not in MAIN)
CURRENT, PROPOSED = "lookup_partitioned", "bytea_payload"
"""The newest release, and the candidate that promises most; they are followed to large archives."""

PRODUCTION = "lookup_table"
"""What the fleets ran when capacity was last reported."""


def _cells(stages: tuple[str, ...], workloads: tuple[str, ...], *clients: int) -> tuple[Cell, ...]:
    return tuple(Cell(stage, name, count) for name in workloads for count in clients for stage in stages)


QUICK = Grid(
    id="quick",
    rounds=4,
    phases=(
        Phase(
            Archive(payload_bytes=1000, messages=12_000, hours=24),
            seconds=0.1,
            cells=_cells(tuple(STAGES), MAIN, 4),
            self_tests=(("insert", 7), ("first_page_20", 9), ("by_hashes", 4)),
            capacity=_cells((CURRENT,), MAIN, 4),
        ),
    ),
    limit_seconds=85,
    clients=4,
    harness_clients=(4,),
    capacity_rounds=1,
    probe_seconds=0.5,
    probe_steps=4,
    retention_rounds=1,
    retention_messages=4_000,
)
"""Minutes become seconds: small archive, short runs, wide intervals."""

FULL = Grid(
    id="full",
    rounds=6,
    phases=(
        Phase(
            Archive(payload_bytes=1000, messages=100_000, hours=24),
            seconds=0.4,
            cells=_cells(tuple(STAGES), MAIN, 4) + _cells((PRODUCTION, CURRENT, PROPOSED), OTHERS, 4),
            self_tests=(("insert", 7), ("first_page_20", 9), ("by_hashes", 4)),
            capacity=_cells((PRODUCTION, CURRENT, PROPOSED), MAIN, 4),
        ),
        # A small payload from here on, so that ten million messages fit on a disk and sizes can be compared.
        Phase(
            Archive(payload_bytes=200, messages=100_000, hours=24),
            seconds=0.5,
            cells=_cells((CURRENT, PROPOSED), MAIN, 1, 2, 4, 8),
        ),
        Phase(
            Archive(payload_bytes=200, messages=1_000_000, hours=120),
            seconds=0.7,
            cells=_cells(tuple(STAGES), MAIN, 4),
            capacity=_cells((CURRENT,), MAIN, 4),
        ),
        Phase(
            Archive(payload_bytes=200, messages=10_000_000, hours=240),
            seconds=1.0,
            cells=_cells((CURRENT, PROPOSED), MAIN, 4),
            capacity=_cells((CURRENT,), MAIN, 4),
            is_optional=True,
        ),
    ),
    limit_seconds=2_200,
    clients=4,
    harness_clients=(1, 2, 4, 8),
    capacity_rounds=2,
    probe_seconds=1.5,
    probe_steps=5,
    retention_rounds=3,
    retention_messages=20_000,
)
"""What is committed as evidence: three sizes of archive, one to eight clients."""

GRIDS: dict[str, Grid] = {grid.id: grid for grid in (QUICK, FULL)}
