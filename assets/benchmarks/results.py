"""What was measured, as rows, and what follows from rounds that are repeated: gains, capacity, noise.

Belongs here: types of the measurements and the statistics of a run, pure. Does not belong here: reading and landing
tables (`fetch.py`, `assets.py`), how an interval is drawn (`compare.py`), what is proposed (`recommendation.py`).
Nothing here compares figures of two runs: a run is one environment, and its rounds are interleaved.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from assets.benchmarks.compare import COVERAGE, RESAMPLES, Interval, paired_ratio, variation
from assets.evidence.model import Grade, weakest

HARNESS_PREFIX = "harness_"
"""Begins the names of workloads that measure the load generator alone."""

HIGHER_IS_BETTER = frozenset({"throughput_per_s", "capacity_per_s"})
NOT_COMPARED = frozenset({"late_share"})
"""A share near zero has no meaningful ratio; capacity is found with it."""

SEED = 20_240_808
SELF_TEST_PREFIX = "self_test"
MAX_FALSE_ALARMS = 1
"""Of 20 comparisons, at 95 %."""


@dataclass(frozen=True)
class Run:
    """A row of `marts.archive_runs`, as far as figures rest on it."""

    run_id: str
    environment_id: str
    cpu_cores: int | None
    rounds: int
    is_newest: bool
    is_current: bool
    grade: Grade
    evidence_id: str


@dataclass(frozen=True)
class Measurement:
    """A row of `staging.stg_benchmarks__measurements` with a value."""

    run_id: str
    round: int
    """0 is not repeated. A stage is compared with itself several times: each comparison has the next rounds."""
    stage: str | None
    workload: str
    clients: int | None
    archive_messages: int | None
    payload_bytes: int | None
    rate_per_s: float | None
    """Offered; None is a closed loop."""
    metric: str
    value: float
    grade: Grade


class Setting(NamedTuple):
    """All that has to agree before two figures of one run are compared."""

    workload: str
    clients: int | None
    archive_messages: int | None
    payload_bytes: int | None
    rate_per_s: float | None


@dataclass(frozen=True)
class Provenance:
    """What a derived figure rests on. A run is one piece of evidence: it is started, recorded and dated as a whole."""

    grade: Grade
    evidence_ids: tuple[str, ...]


@dataclass(frozen=True)
class Gain:
    """A stage against its base: `ratio` of the metric, stage over base, with an interval where rounds are repeated."""

    run: Run
    stage: str
    base: str
    setting: Setting
    metric: str
    comparison: int
    """0, or the number of the comparison of a stage with itself."""
    ratio: float
    low: float | None
    high: float | None
    rounds: int
    provenance: Provenance

    @property
    def is_real(self) -> bool | None:
        """Whether the interval excludes 1, by the rule that the self-test certifies; None without an interval."""
        if self.low is None or self.high is None:
            return None
        return Interval(self.low, self.ratio, self.high).differs

    @property
    def is_better(self) -> bool:
        """Whether the ratio alone speaks for the stage."""
        return self.ratio > 1 if self.metric in HIGHER_IS_BETTER else self.ratio < 1

    @property
    def effect(self) -> Literal["gain", "loss", "no difference shown", "not repeated"]:
        """What may be said of it."""
        if self.is_real is None:
            return "not repeated"
        if not self.is_real:
            return "no difference shown"
        return "gain" if self.is_better else "loss"


@dataclass(frozen=True)
class Capacity:
    """The highest rate that keeps the latency limit, for each virtual CPU of the machine."""

    run: Run
    stage: str
    workload: str
    operation: Literal["insert", "query"]
    latency_limit_ms: float
    payload_bytes: int | None
    archive_messages: int | None
    per_vcpu_per_s: float
    low: float | None
    high: float | None
    rounds: int
    provenance: Provenance


@dataclass(frozen=True)
class Noise:
    """What a run says of its own trustworthiness."""

    run: Run
    repeated_figures: int
    """Throughputs with two rounds or more."""
    variation_median: float | None
    """Of the coefficients of variation of these throughputs."""
    variation_max: float | None
    harness_empty_per_s: float | None
    """What the load generator does alone, with as many clients as do most."""
    harness_select_1_per_s: float | None
    highest_throughput_per_s: float | None
    """Of any stage."""
    self_test_comparisons: int
    """Figures in which two stages that do not differ were compared."""
    self_test_alarms: int
    """Those in which a difference was found all the same."""
    provenance: Provenance

    @property
    def holds(self) -> bool:
        """Whether the self-test found what is expected of noise alone."""
        return self.self_test_alarms <= MAX_FALSE_ALARMS


def by_run(measurements: Iterable[Measurement]) -> dict[str, list[Measurement]]:
    """Return the measurements of each run."""
    grouped: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in measurements:
        grouped[measurement.run_id].append(measurement)
    return grouped


def stage_gains(run: Run, measurements: Sequence[Measurement], bases: Mapping[str, str | None]) -> list[Gain]:
    """Compare each stage of a run with its base (`bases`), setting by setting, metric by metric.

    Rounds are paired by their number; the ratio of a figure that was not repeated has no interval. A figure that is not
    positive on either side, such as the bytes of a lookup table that is not there, has no ratio.
    """
    values: dict[tuple[str, Setting, str, int], dict[int, float]] = defaultdict(dict)
    grades: dict[tuple[str, Setting, str, int], set[Grade]] = defaultdict(set)
    for found in measurements:
        if found.stage is not None and found.metric not in NOT_COMPARED and found.value > 0:
            is_test = found.stage.startswith(SELF_TEST_PREFIX) and found.round > 0
            comparison = (found.round - 1) // run.rounds if is_test else 0
            values[found.stage, _setting(found), found.metric, comparison][found.round] = found.value
            grades[found.stage, _setting(found), found.metric, comparison].add(found.grade)
    gains = []
    for (stage, setting, metric, comparison), others in values.items():
        base = bases.get(stage)
        of_base = values.get((base, setting, metric, comparison)) if base else None
        if base is None or of_base is None:
            continue
        rounds = sorted(set(others) & set(of_base))
        if not rounds:
            continue
        pair = np.array([of_base[i] for i in rounds]), np.array([others[i] for i in rounds])
        interval = paired_ratio(*pair, SEED) if len(rounds) > 1 else None
        rests_on = grades[stage, setting, metric, comparison] | grades[base, setting, metric, comparison]
        gains.append(
            Gain(
                run=run,
                stage=stage,
                base=base,
                setting=setting,
                metric=metric,
                comparison=comparison,
                ratio=interval.mid if interval else float(pair[1][0] / pair[0][0]),
                low=interval.low if interval else None,
                high=interval.high if interval else None,
                rounds=len(rounds),
                provenance=_provenance(run, rests_on),
            )
        )
    return gains


def capacities(
    run: Run, measurements: Sequence[Measurement], limits_ms: Mapping[str, tuple[float, Grade, str]]
) -> list[Capacity]:
    """Return what each virtual CPU carries, stage by stage, workload by workload.

    `limits_ms` gives for each workload its limit of latency, with grade and evidence id. The machine is divided by all
    of its cores, although the load generator takes a part of them: the figure errs on the low side. Nothing is returned
    for a run whose cores are not known, for a workload without a limit, or where the lowest rate that was tried was too
    much: the capacity is then below that rate, and not known.
    """
    if not run.cpu_cores:
        return []
    grouped: dict[tuple[str, str, int | None, int | None], list[Measurement]] = defaultdict(list)
    for found in measurements:
        if found.metric == "capacity_per_s" and found.stage is not None and found.workload in limits_ms:
            grouped[found.stage, found.workload, found.payload_bytes, found.archive_messages].append(found)
    results = []
    for (stage, workload, payload_bytes, archive_messages), members in grouped.items():
        interval = median_interval([found.value / run.cpu_cores for found in members])
        if not interval.mid:
            continue
        limit, limit_grade, limit_id = limits_ms[workload]
        provenance = _provenance(run, {found.grade for found in members})
        results.append(
            Capacity(
                run=run,
                stage=stage,
                workload=workload,
                operation="insert" if workload.startswith("insert") else "query",
                latency_limit_ms=limit,
                payload_bytes=payload_bytes,
                archive_messages=archive_messages,
                per_vcpu_per_s=interval.mid,
                low=interval.low if len(members) > 1 else None,
                high=interval.high if len(members) > 1 else None,
                rounds=len(members),
                provenance=Provenance(
                    weakest((provenance.grade, limit_grade)), tuple(sorted({*provenance.evidence_ids, limit_id}))
                ),
            )
        )
    return results


def noise(run: Run, measurements: Sequence[Measurement], gains: Iterable[Gain]) -> Noise:
    """Return how much the rounds of a run vary, how fast the load generator is, and how its self-test went."""
    throughputs: dict[tuple[str, Setting], list[float]] = defaultdict(list)
    harness: dict[str, dict[int | None, list[float]]] = defaultdict(lambda: defaultdict(list))
    for found in measurements:
        if found.metric != "throughput_per_s":
            continue
        if found.stage is not None and found.rate_per_s is None and not found.stage.startswith(SELF_TEST_PREFIX):
            throughputs[found.stage, _setting(found)].append(found.value)
        elif found.workload.startswith(HARNESS_PREFIX):
            harness[found.workload][found.clients].append(found.value)
    variations = [variation(values) for values in throughputs.values() if len(values) > 1 and any(values)]
    ceilings = {name: max(map(statistics.median, of_name.values())) for name, of_name in harness.items()}
    tests = [
        gain
        for gain in gains
        if gain.stage.startswith(SELF_TEST_PREFIX) and gain.metric == "throughput_per_s" and gain.is_real is not None
    ]
    return Noise(
        run=run,
        repeated_figures=len(variations),
        variation_median=statistics.median(variations) if variations else None,
        variation_max=max(variations, default=None),
        harness_empty_per_s=ceilings.get("harness_empty"),
        harness_select_1_per_s=ceilings.get("harness_select_1"),
        highest_throughput_per_s=max(map(statistics.median, throughputs.values()), default=None),
        self_test_comparisons=len(tests),
        self_test_alarms=sum(bool(gain.is_real) for gain in tests),
        provenance=_provenance(run, {found.grade for found in measurements}),
    )


def median_interval(values: Sequence[float], seed: int = SEED) -> Interval:
    """Return the median with a bootstrap interval of 95 %; ValueError for no values."""
    if not values:
        raise ValueError("no value has no median; give at least one")
    drawn = np.random.default_rng(seed).choice(np.asarray(values, float), size=(RESAMPLES, len(values)))
    low, high = np.quantile(np.median(drawn, axis=1), COVERAGE)
    return Interval(float(low), statistics.median(values), float(high))


def _setting(found: Measurement) -> Setting:
    return Setting(found.workload, found.clients, found.archive_messages, found.payload_bytes, found.rate_per_s)


def _provenance(run: Run, grades: Iterable[Grade]) -> Provenance:
    return Provenance(weakest((run.grade, *grades)), (run.evidence_id,))
