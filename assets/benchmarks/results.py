"""What was measured, as rows, and what follows from rounds that are repeated: gains, capacity, noise.

Belongs here: types of the measurements and the statistics of a run, pure. Does not belong here: reading and landing
tables (`fetch.py`, `assets.py`), how an interval is drawn (`paired_ratios.py`), what is proposed (`recommendation.py`).
Nothing here compares figures of two runs: a run is one environment, and its rounds are interleaved.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from assets.benchmarks.archive.limits import Limit
from assets.benchmarks.archive.stages import PLACEBO, SELF_TEST
from assets.benchmarks.paired_ratios import differs, paired_ratio, student_975, variation
from assets.common.intervals import Interval
from assets.evidence.basis import Basis
from assets.evidence.model import Grade

HARNESS_PREFIX = "harness_"
"""Begins the names of workloads that measure the load generator alone."""

HIGHER_IS_BETTER = frozenset({"throughput_per_s", "capacity_per_s"})
NOT_COMPARED = frozenset({"late_share", "wal_bytes_per_message"})
"""A share near zero has no meaningful ratio; WAL in a closed loop has images of pages, which a checkpoint causes."""

SEED = 20_240_808
MAX_FALSE_ALARMS = 0.05
"""Share of the comparisons, at 95 %: of 20, one."""


@dataclass(frozen=True)
class MeasuredRun:
    """A row of `marts.archive_runs`, as far as figures are based on it."""

    run_id: str
    environment_id: str
    cpu_cores: int | None
    rounds: int
    is_newest: bool
    is_current: bool
    basis: Basis
    """A run is one piece of evidence: it is made and dated as a whole."""


@dataclass(frozen=True)
class Measurement:
    """A row of `staging.stg_benchmarks__measurements` with a value."""

    run_id: str
    round: int
    """Each on tables that were loaded anew; 0 is not repeated."""
    stage: str | None
    workload: str
    clients: int | None
    archive_messages: int | None
    payload_bytes: int | None
    rate_per_s: float | None
    """Offered; None is a closed loop."""
    metric: str
    value: float | None
    """None is not known, but not above `value_high`."""
    grade: Grade
    value_high: float | None = None
    limit_ms: float | None = None
    """Latency beyond which an operation was late, where late ones were counted."""
    percentile: float | None = None
    """Of 100 operations, how many had to be below it."""


class Setting(NamedTuple):
    """All that has to agree before two figures of one run are compared."""

    workload: str
    clients: int | None
    archive_messages: int | None
    payload_bytes: int | None
    rate_per_s: float | None
    limit_ms: float | None
    percentile: float | None


@dataclass(frozen=True)
class KnownLimit:
    """A limit of latency, the operations that it counts, and its evidence."""

    limit: Limit
    population: str
    """Operations that are counted."""
    basis: Basis


@dataclass(frozen=True)
class Gain:
    """A stage against its base: `ratio` of the metric, stage over base, with an interval where rounds are repeated."""

    run: MeasuredRun
    stage: str
    base: str
    setting: Setting
    metric: str
    ratio: float
    low: float | None
    high: float | None
    rounds: int
    basis: Basis

    @property
    def is_real(self) -> bool | None:
        """Whether the interval excludes 1, by the rule that the self-test certifies; None without an interval."""
        if self.low is None or self.high is None:
            return None
        return differs(Interval(self.low, self.ratio, self.high))

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
    """The highest rate that keeps a limit of latency, for each virtual CPU of the machine."""

    run: MeasuredRun
    stage: str
    workload: str
    operation: Literal["insert", "query"]
    limit_ms: float
    percentile: float
    population: str
    """Operations that the limit counts."""
    is_narrowest: bool
    """Whether no narrower limit bounds the workload; a wider one says what can be had where that is not kept."""
    payload_bytes: int | None
    archive_messages: int | None
    per_vcpu_per_s: float | None
    """Geometric mean over rounds; None where the lowest rate that was tried was too much in one of them."""
    low: float | None
    high: float | None
    """Ends of the interval of 95 %; without a mean, the highest that a round leaves possible."""
    rounds: int
    failed_rounds: int
    """Rounds in which the limit was not kept at any rate that was tried."""
    lowest_tried_per_s: float | None
    """The lowest rate at which it was not kept, offered to the whole machine; None if it was kept in all rounds."""
    basis: Basis

    @property
    def is_kept(self) -> bool:
        """Whether some rate kept the limit in every round."""
        return not self.failed_rounds

    @property
    def finding(self) -> str:
        """What may be said of it, in words without figures."""
        if self.is_kept:
            return "limit kept"
        in_how_many = "every round" if self.failed_rounds == self.rounds else "some round"
        return f"limit not kept in {in_how_many} at the lowest rate tried"


@dataclass(frozen=True)
class Noise:
    """What a run says of its own trustworthiness."""

    run: MeasuredRun
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
    """Figures of any published metric in which two stages that do not differ, each loaded by itself, were compared."""
    self_test_alarms: int
    """Those in which a difference was found all the same."""
    placebo_comparisons: int
    """Figures of queries in which a stage that stores the same bytes as its base was compared with it."""
    placebo_alarms: int
    basis: Basis

    @property
    def holds(self) -> bool:
        """Whether the self-test found what is expected of noise alone."""
        return self.self_test_alarms <= max(1, MAX_FALSE_ALARMS * self.self_test_comparisons)


def by_run(measurements: Iterable[Measurement]) -> dict[str, list[Measurement]]:
    """Return the measurements of each run."""
    grouped: dict[str, list[Measurement]] = defaultdict(list)
    for measurement in measurements:
        grouped[measurement.run_id].append(measurement)
    return grouped


def stage_gains(run: MeasuredRun, measurements: Sequence[Measurement], bases: Mapping[str, str | None]) -> list[Gain]:
    """Compare each stage of a run with its base (`bases`), setting by setting, metric by metric.

    Rounds are paired by their number; the ratio of a figure that was not repeated has no interval. A figure that is not
    positive on either side, such as the bytes of a lookup table that is not there, has no ratio; neither has one
    that is known from above only in some round, because the other rounds are the better ones.
    """
    values: dict[tuple[str, Setting, str], dict[int, float]] = defaultdict(dict)
    grades: dict[tuple[str, Setting, str], set[Grade]] = defaultdict(set)
    bounded = {(found.stage, _setting(found), found.metric) for found in measurements if found.value is None}
    for found in measurements:
        if found.stage is not None and found.metric not in NOT_COMPARED and found.value:
            values[found.stage, _setting(found), found.metric][found.round] = found.value
            grades[found.stage, _setting(found), found.metric].add(found.grade)
    gains = []
    for (stage, setting, metric), others in values.items():
        base = bases.get(stage)
        of_base = values.get((base, setting, metric)) if base else None
        if base is None or of_base is None or not bounded.isdisjoint({(s, setting, metric) for s in (stage, base)}):
            continue
        rounds = sorted(set(others) & set(of_base))
        if not rounds:
            continue
        pair = np.array([of_base[i] for i in rounds]), np.array([others[i] for i in rounds])
        interval = paired_ratio(*pair, SEED) if len(rounds) > 1 else None
        gains.append(
            Gain(
                run=run,
                stage=stage,
                base=base,
                setting=setting,
                metric=metric,
                ratio=interval.mid if interval else float(pair[1][0] / pair[0][0]),
                low=interval.low if interval else None,
                high=interval.high if interval else None,
                rounds=len(rounds),
                basis=run.basis.at_best(*grades[stage, setting, metric], *grades[base, setting, metric]),
            )
        )
    return gains


def capacities(
    run: MeasuredRun, measurements: Sequence[Measurement], limits: Mapping[str, Sequence[KnownLimit]]
) -> list[Capacity]:
    """Return what each virtual CPU carries, stage by stage, workload by workload, limit by limit.

    `limits` gives for each workload its limits of latency, the narrowest first. The machine is divided by all of its
    cores, although the load generator takes a part of them: the figure errs on the low side. Where the limit was not
    kept in a round at any rate that was tried, the capacity is known from above only. Nothing is returned for a run
    whose server's cores are not known (one on another host), or for a limit that is none of those of the workload.
    """
    if not run.cpu_cores:
        return []
    grouped: dict[tuple[str, Setting], list[Measurement]] = defaultdict(list)
    for found in measurements:
        if found.metric == "capacity_per_s" and found.stage is not None:
            grouped[found.stage, _setting(found)].append(found)
    carried = (
        _capacity(run, run.cpu_cores, stage, setting, members, limits.get(setting.workload, ()))
        for (stage, setting), members in grouped.items()
    )
    return [capacity for capacity in carried if capacity]


def _capacity(
    run: MeasuredRun,
    cores: int,
    stage: str,
    setting: Setting,
    members: Sequence[Measurement],
    of_workload: Sequence[KnownLimit],
) -> Capacity | None:
    """Return what a virtual CPU carries in one setting, by its rounds; None if that is no figure."""
    asked = (setting.limit_ms, setting.percentile)
    known = next((one for one in of_workload if (one.limit.ms, one.limit.percentile) == asked), None)
    kept = [found.value / cores for found in members if found.value]
    tried = [found.value_high for found in members if found.value is None and found.value_high is not None]
    if known is None or len(kept) + len(tried) < len(members):  # a rate of nothing is no figure
        return None
    interval = mean_interval(kept) if not tried else None
    highest = max(kept + [rate / cores for rate in tried])
    return Capacity(
        run=run,
        stage=stage,
        workload=setting.workload,
        operation="insert" if setting.workload.startswith("insert") else "query",
        limit_ms=known.limit.ms,
        percentile=known.limit.percentile,
        population=known.population,
        is_narrowest=known is of_workload[0],
        payload_bytes=setting.payload_bytes,
        archive_messages=setting.archive_messages,
        per_vcpu_per_s=interval.mid if interval else None,
        low=interval.low if interval and len(members) > 1 else None,
        high=highest if interval is None else interval.high if len(members) > 1 else None,
        rounds=len(members),
        failed_rounds=len(tried),
        lowest_tried_per_s=min(tried, default=None),
        basis=run.basis.at_best(*(found.grade for found in members)) & known.basis,
    )


def noise(run: MeasuredRun, measurements: Sequence[Measurement], gains: Iterable[Gain]) -> Noise:
    """Return how much the rounds of a run vary, how fast the load generator is, and how its self-test went."""
    throughputs, ceilings = _throughputs(measurements), _harness_ceilings(measurements)
    variations = [variation(values) for values in throughputs.values() if len(values) > 1 and any(values)]
    repeated = [gain for gain in gains if gain.is_real is not None and gain.setting.clients is not None]
    tests = [gain for gain in repeated if gain.stage in SELF_TEST]
    placebos = [gain for gain in repeated if gain.stage == PLACEBO and not gain.setting.workload.startswith("insert")]
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
        placebo_comparisons=len(placebos),
        placebo_alarms=sum(bool(gain.is_real) for gain in placebos),
        basis=run.basis.at_best(*(found.grade for found in measurements)),
    )


def _throughputs(measurements: Sequence[Measurement]) -> dict[tuple[str, Setting], list[float]]:
    """Return the rounds of each setting in a closed loop, without the self-test."""
    found: dict[tuple[str, Setting], list[float]] = defaultdict(list)
    for row in measurements:
        if row.metric != "throughput_per_s" or row.value is None or row.rate_per_s is not None:
            continue
        if row.stage is not None and row.stage not in SELF_TEST:
            found[row.stage, _setting(row)].append(row.value)
    return found


def _harness_ceilings(measurements: Sequence[Measurement]) -> dict[str, float]:
    """Return how fast the load generator alone is, by what it asks: the best median of any number of clients."""
    found: dict[str, dict[int | None, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in measurements:
        if row.metric == "throughput_per_s" and row.value is not None and row.workload.startswith(HARNESS_PREFIX):
            found[row.workload][row.clients].append(row.value)
    return {name: max(map(statistics.median, of_name.values())) for name, of_name in found.items()}


def mean_interval(values: Sequence[float]) -> Interval:
    """Return the geometric mean of positive values with Student's interval of 95 % of their logarithms.

    One value is its own interval. Raises ValueError for no values.
    """
    if not values:
        raise ValueError("no value has no mean; give at least one")
    logs = np.log(values)
    mid = float(logs.mean())
    reach = student_975(len(logs) - 1) * float(logs.std(ddof=1)) / len(logs) ** 0.5 if len(logs) > 1 else 0.0
    return Interval(float(np.exp(mid - reach)), float(np.exp(mid)), float(np.exp(mid + reach)))


def _setting(found: Measurement) -> Setting:
    return Setting(
        found.workload,
        found.clients,
        found.archive_messages,
        found.payload_bytes,
        found.rate_per_s,
        found.limit_ms,
        found.percentile,
    )
