"""What a session measures, as data: which stages with which workloads, on which archives, how often, in which order.

Belongs here: grids and what follows from them alone (order, steps, planned time), pure.
Does not belong here: measuring (`measuring/measure.py`), keeping results (`measuring/session_files.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from assets.benchmarks.archive.messages import Archive
from assets.benchmarks.archive.requests import HARNESS, WORKLOADS
from assets.benchmarks.archive.stages import SELF_TEST, STAGES

SLOW_WORKLOADS = {"by_hashes": 2.0, "no_time_range_20": 2.0, "housekeeping": 2.0}
"""Workloads that get longer, by this factor, because they do less in a second."""

# Estimates for the plan, from runs on two cores; what really remains is corrected by how long it took so far.
RUN_OVERHEAD_SECONDS = 0.04
RESET_SECONDS = 0.04
OFFERS_PER_LIMIT = 2.0
"""Of rates in a search for capacity, one for a limit that is never missed, and the closed loop before them."""

OFFER_SECONDS = {"by_hashes": 1.5}
"""Of an offer that needs longer than planned for its operations, because there are few in a second."""

RETENTION_SECONDS = 0.35
LOAD_SECONDS = 0.25
LOAD_SECONDS_PER_MESSAGE = 1.3e-5
LOAD_SECONDS_PER_BYTE = 0.8e-8
STORAGE_SECONDS = 1.2
"""Of one size in one encoding."""

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
    """All that is measured of one archive. In each filling the stages are filled anew, with other messages."""

    archive: Archive
    fillings: int
    seconds: float
    """Of load in one closed-loop measurement."""
    cells: tuple[Cell, ...]
    capacity: tuple[Cell, ...] = ()
    """Cells whose capacity is searched."""
    capacity_rounds: int = 0
    """Rounds, the first ones, in which it is: a search takes as long as ten closed loops."""
    rounds_per_filling: int = 1
    """More than one where filling takes minutes: what a load leaves to chance is then not part of the interval."""
    retention_rounds: int = 0
    """Rounds, the first ones, in which the time to take the oldest messages away is measured."""
    is_optional: bool = False
    """Whether it is left out where the disk has no room for it."""

    @property
    def rounds(self) -> int:
        """How often each cell is measured."""
        return self.fillings * self.rounds_per_filling

    @property
    def stages(self) -> tuple[str, ...]:
        """All stages that have to be filled, each once."""
        return tuple(dict.fromkeys(cell.stage for cell in (*self.cells, *self.capacity)))

    def without(self, stages: frozenset[str]) -> Phase:
        """Return the phase without what needs one of `stages`."""
        return replace(
            self,
            cells=tuple(cell for cell in self.cells if cell.stage not in stages),
            capacity=tuple(cell for cell in self.capacity if cell.stage not in stages),
        )


@dataclass(frozen=True)
class Grid:
    """A whole session."""

    id: Literal["quick", "full"]
    phases: tuple[Phase, ...]
    limit_seconds: float
    """The session should be over by then."""
    harness_clients: tuple[int, ...]
    probe_seconds: float
    """Of one rate in the search for the capacity."""
    probe_steps: int
    retention_messages: int
    storage: tuple[tuple[int, int], ...] = ()
    """Payloads, bytes, whose storage is measured in tables that grow row by row, each with a number of messages."""

    @property
    def rounds(self) -> int:
        """Rounds of the first phase, in which all stages are compared."""
        return self.phases[0].rounds

    @property
    def digest(self) -> str:
        """Changes with anything in the grid."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Step:
    """What is kept or lost together if a session is killed: one filling of one phase, or the storage probe."""

    phase: int | None
    """None is the storage probe."""
    rounds: tuple[int, ...]
    """Numbers of the rounds in it, from 1; the probe has none."""
    id: str
    """Its name among the steps that are done."""


def steps(grid: Grid) -> Iterator[Step]:
    """Yield all steps in the order in which they are made."""
    for number, phase in enumerate(grid.phases):
        for filling in range(phase.fillings):
            archive, first = phase.archive, filling * phase.rounds_per_filling + 1
            rounds = tuple(range(first, first + phase.rounds_per_filling))
            named = f"round {first}" if len(rounds) == 1 else f"rounds {first} to {rounds[-1]}"
            yield Step(number, rounds, f"{archive.messages} x {archive.payload_bytes} bytes, {named}")
    if grid.storage:
        yield Step(None, (), "storage probe")


def rng_of(phase: Phase, turn: int, seed: int) -> np.random.Generator:
    """Return the source of chance of one round: the seed and the round decide, and nothing that was done before."""
    return np.random.default_rng([seed, phase.archive.messages, phase.archive.payload_bytes, turn])


def turns(phase: Phase, turn: int, seed: int) -> list[Cell]:
    """Return the closed-loop measurements of one round in an order that is drawn anew for each round.

    Stages that are compared with each other follow each other closely, in random order, so that they meet the same
    disturbances. Self-tests are among them as the stages are.
    """
    groups: dict[tuple[str, int], list[Cell]] = {}
    for cell in phase.cells:
        groups.setdefault((cell.workload, cell.clients), []).append(cell)
    rng = rng_of(phase, turn, seed)
    members = list(groups.values())
    return [members[i][j] for i in rng.permutation(len(members)) for j in rng.permutation(len(members[i]))]


def seconds_of(phase: Phase, workload: str) -> float:
    """Return the planned seconds of load in one closed-loop measurement."""
    return phase.seconds * SLOW_WORKLOADS.get(workload, 1.0)


def load_seconds(phase: Phase) -> float:
    """Return the planned time to fill all stages of a phase once, the source of their messages included."""
    per_message = LOAD_SECONDS_PER_MESSAGE + LOAD_SECONDS_PER_BYTE * phase.archive.payload_bytes
    return (len(phase.stages) + 1) * (LOAD_SECONDS + per_message * phase.archive.messages)


def planned_seconds(grid: Grid, step: Step) -> float:
    """Return the planned time of a step."""
    if step.phase is None:
        return STORAGE_SECONDS * 2 * len(grid.storage)
    phase = grid.phases[step.phase]
    return load_seconds(phase) + sum(_round_seconds(grid, phase, turn) for turn in step.rounds)


def _round_seconds(grid: Grid, phase: Phase, turn: int) -> float:
    total = 0.0
    for cell in phase.cells:
        total += seconds_of(phase, cell.workload) + RUN_OVERHEAD_SECONDS
        total += RESET_SECONDS if WORKLOADS[cell.workload].shape == "insert" else 0
    for cell in phase.capacity if turn <= phase.capacity_rounds else ():
        offers = OFFERS_PER_LIMIT * len(WORKLOADS[cell.workload].latency_targets)
        total += offers * (max(grid.probe_seconds, OFFER_SECONDS.get(cell.workload, 0.0)) + RUN_OVERHEAD_SECONDS)
    if turn <= phase.retention_rounds:
        total += RETENTION_SECONDS * len(retained(phase))
    return total + (len(HARNESS) * len(grid.harness_clients) * 0.2 if phase is grid.phases[0] else 0)


def retained(phase: Phase) -> tuple[str, ...]:
    """Return the stages whose retention is measured: all but those of the self-test."""
    return tuple(stage for stage in phase.stages if stage not in SELF_TEST)


MAIN = ("insert", "first_page_20", "by_hashes")
"""What every stage is compared by: writing, and the two queries with a latency target."""

OTHERS = tuple(name for name in WORKLOADS if name not in MAIN)
CURRENT, PROPOSED = "lookup_partitioned", "bytea_daily"
"""The newest release, and the candidate that promises most; they are followed to the largest archive."""

PRODUCTION = "lookup_table"
"""What the fleets ran when capacity was last reported."""

FOLLOWED = (PRODUCTION, CURRENT, PROPOSED)
"""Stages whose capacity is searched in archives of several sizes."""

JUDGED = (CURRENT, "bytea_payload", "daily_partitions", PROPOSED)
"""The newest release and the candidates that change what a query reads: compared at the latency limit as well."""


def _cells(stages: tuple[str, ...], workloads: tuple[str, ...], *clients: int) -> tuple[Cell, ...]:
    return tuple(Cell(stage, name, count) for name in workloads for count in clients for stage in stages)


QUICK = Grid(
    id="quick",
    phases=(
        Phase(
            Archive(payload_bytes=1000, messages=4_000, hours=24),
            fillings=3,
            seconds=0.1,
            cells=_cells(tuple(STAGES), MAIN, 4) + _cells(tuple(SELF_TEST), tuple(WORKLOADS), 4),
            capacity=_cells((CURRENT,), MAIN, 4),
            capacity_rounds=1,
            retention_rounds=1,
        ),
    ),
    limit_seconds=80,
    harness_clients=(4,),
    probe_seconds=0.3,
    probe_steps=4,
    retention_messages=2_000,
)
"""Minutes become seconds: small archive, short runs, wide intervals."""

FULL = Grid(
    id="full",
    phases=(
        Phase(
            Archive(payload_bytes=1000, messages=50_000, hours=24),
            fillings=7,
            seconds=0.35,
            cells=_cells(tuple(STAGES), MAIN, 4)
            + _cells((PRODUCTION, CURRENT, PROPOSED), OTHERS, 4)
            + _cells(tuple(SELF_TEST), tuple(WORKLOADS), 4),
            capacity=_cells((PRODUCTION, *JUDGED), ("first_page_20", "by_hashes"), 4)
            + _cells((PRODUCTION, CURRENT, PROPOSED), ("insert",), 4),
            capacity_rounds=4,
            retention_rounds=3,
        ),
        # A small payload from here on, so that ten million messages fit on a disk and sizes can be compared.
        Phase(
            Archive(payload_bytes=200, messages=1_000_000, hours=120),
            fillings=4,
            seconds=0.6,
            cells=_cells(FOLLOWED, MAIN, 4),
            capacity=_cells(FOLLOWED, MAIN, 4),
            capacity_rounds=4,
        ),
        Phase(
            Archive(payload_bytes=200, messages=10_000_000, hours=240),
            fillings=1,
            rounds_per_filling=4,
            seconds=0.8,
            cells=_cells((CURRENT, PROPOSED), MAIN, 4),
            capacity=_cells((CURRENT, PROPOSED), MAIN, 4),
            capacity_rounds=4,
            is_optional=True,
        ),
        Phase(
            Archive(payload_bytes=200, messages=100_000, hours=24),
            fillings=4,
            seconds=0.35,
            cells=_cells((CURRENT, PROPOSED), MAIN, 1, 2, 8) + _cells(FOLLOWED, MAIN, 4),
            capacity=_cells(FOLLOWED, MAIN, 4),
            capacity_rounds=4,
        ),
        # The message of the Status and community profiles.
        Phase(
            Archive(payload_bytes=2048, messages=25_000, hours=24),
            fillings=4,
            seconds=0.4,
            cells=_cells((CURRENT, "bytea_payload", PROPOSED), MAIN, 4),
        ),
    ),
    limit_seconds=2_200,
    harness_clients=(1, 2, 4, 8),
    probe_seconds=1.0,
    probe_steps=4,
    retention_messages=20_000,
    storage=(
        (50, 20_000),
        (200, 20_000),
        (500, 14_000),
        (1000, 9_000),
        (2048, 5_000),
        (4096, 2_800),
        (10_240, 1_200),
        (102_400, 150),
    ),
)
"""What is committed as evidence: three sizes of archive, one to eight clients."""

GRIDS: dict[str, Grid] = {grid.id: grid for grid in (QUICK, FULL)}
