"""What a session says at its end: what each stage gained on its base, and how far to believe it.

Belongs here: from the rows of a finished session to gains and the noise certificate, pure.
Does not belong here: tables of the graph, which rest on all evidence; how an interval is drawn (`compare.py`).
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from assets.benchmarks.compare import Interval, paired_ratio, variation
from assets.benchmarks.stages import SELF_TEST, STAGES
from assets.benchmarks.workload import HARNESS

COMPARED = "throughput_per_s"
MAX_FALSE_ALARMS = 1
"""Of 20 comparisons, at 95 %."""


class Cell(NamedTuple):
    """What has to be equal for two throughputs of a session to be compared."""

    workload: str
    clients: int
    archive_messages: int
    payload_bytes: int


@dataclass(frozen=True)
class Gain:
    """Throughput of a stage over that of its base."""

    stage: str
    base: str
    cell: Cell
    ratio: Interval


@dataclass(frozen=True)
class Certificate:
    """How far a session is to be believed."""

    comparisons: int
    false_alarms: int
    """Self-tests in which two equal configurations were reported as different."""
    variation_median: float
    variation_max: float
    """Coefficients of variation of throughput over rounds."""
    harness_per_s: Mapping[str, float]
    """What the load generator can do at most, by script, with as many clients as do most."""
    highest_per_s: float
    """The highest throughput of any stage."""

    @property
    def holds(self) -> bool:
        """Whether the self-test found what is expected of noise alone."""
        return self.false_alarms <= MAX_FALSE_ALARMS


def gains(rows: Iterable[Mapping[str, str]], seed: int) -> list[Gain]:
    """Compare each stage with its base wherever both were measured in the same rounds; rows are those of a file."""
    rounds = _rounds(rows)
    found = []
    for (stage, cell), others in rounds.items():
        base = STAGES[stage].base if stage in STAGES else None
        of_base = rounds.get((base, cell), {}) if base else {}
        both = sorted(set(others) & set(of_base))
        if base and len(both) > 1:
            ratio = paired_ratio([of_base[i] for i in both], [others[i] for i in both], seed)
            found.append(Gain(stage, base, cell, ratio))
    order = list(STAGES)
    return sorted(found, key=lambda gain: (order.index(gain.stage), gain.cell))


def self_tests(rows: Iterable[Mapping[str, str]], rounds: int, seed: int) -> list[Interval]:
    """Compare the two stages that do not differ as stages are compared that do.

    A comparison is of `rounds` rounds that follow each other, so that no two comparisons share a figure.
    """
    measured = _rounds(rows)
    base, other = SELF_TEST
    ratios = []
    for (stage, cell), of_base in measured.items():
        others = measured.get((other, cell), {})
        both = sorted(set(of_base) & set(others))
        if stage != base:
            continue
        for start in range(1, max(both, default=0) + 1, rounds):
            block = [i for i in range(start, start + rounds) if i in both]
            if len(block) == rounds:
                ratios.append(paired_ratio([of_base[i] for i in block], [others[i] for i in block], seed))
    return ratios


def certify(rows: Iterable[Mapping[str, str]], rounds: int, seed: int) -> Certificate:
    """Return the certificate of a session of so many rounds."""
    rows = list(rows)
    tests = self_tests(rows, rounds, seed)
    repeated = {key: list(values.values()) for key, values in _rounds(rows).items() if key[0] not in SELF_TEST}
    spreads = [variation(values) for values in repeated.values() if len(values) > 1]
    ceilings: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["workload"] in HARNESS:
            ceilings[row["workload"]][row["clients"]].append(float(row["value"]))
    return Certificate(
        comparisons=len(tests),
        false_alarms=sum(test.differs for test in tests),
        variation_median=statistics.median(spreads) if spreads else 0.0,
        variation_max=max(spreads, default=0.0),
        harness_per_s={name: max(map(statistics.median, of.values())) for name, of in ceilings.items()},
        highest_per_s=max((statistics.median(values) for values in repeated.values()), default=0.0),
    )


def _rounds(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, Cell], dict[int, float]]:
    """Return closed-loop throughputs by stage and cell, then round."""
    found: dict[tuple[str, Cell], dict[int, float]] = defaultdict(dict)
    for row in rows:
        if row["metric"] == COMPARED and row["stage"] and not row["rate_per_s"]:
            cell = Cell(row["workload"], int(row["clients"]), int(row["archive_messages"]), int(row["payload_bytes"]))
            found[row["stage"], cell][int(row["round"])] = float(row["value"])
    return found
