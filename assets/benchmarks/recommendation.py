"""Which candidate for the next schema to propose, what it saves, and whether hex text costs twice as much as bytea.

Belongs here: the declared rule of choice and its arithmetic, pure. Does not belong here: statistics of rounds
(`results.py`), the storage formula (`archive/storage_stages.py`), prices (they are in the cost components that are
read).

The rule: of the candidates that are too slow on no workload, the one that saves most storage. A candidate is judged by
the rate that it carries within a limit of latency, the narrowest that it or its base keeps, where that was measured,
else by its closed-loop throughput. It is too slow on a workload where the whole interval of the ratio is below 0.95,
or where it does not keep that limit at any rate that was tried and its base does. Where the interval only reaches
below 0.95, what is known is said: that it is slower, if the whole interval is below 1, else that it is not ruled out
that it is too slow. A saving has to be more than what the formula may be off, of the run's archive and of that of
every scenario.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import geometric_mean
from typing import TypeAlias

from assets.benchmarks.archive.grids import CURRENT
from assets.benchmarks.archive.requests import INSERT_PREFIX
from assets.benchmarks.archive.stages import STAGES, Stage
from assets.benchmarks.archive.storage import Encoding
from assets.benchmarks.archive.storage_stages import GROWN_STAGES, MeasuredStage, StageStorage, fit_stages
from assets.benchmarks.paired_ratios import differs
from assets.benchmarks.results import Gain, MeasuredRun, Measurement
from assets.common.intervals import Interval
from assets.evidence.basis import Basis
from assets.evidence.model import Grade

TOLERATED_RATIO = 0.95
"""Throughput of a candidate over that of its base."""

NEAR_TWO = (1.8, 2.2)
"""What counts as near twice: within 10 %."""
KILOBYTE = 1000
BYTEA = STAGES["bytea_payload"]
"""The candidate that differs from its base in the encoding alone."""

ENCODING_SIZES = (50, 200, 500, KILOBYTE, 2048, 4096, 10_240, 102_400)
"""Payloads for which hex text is compared with bytea, bytes."""

Archive: TypeAlias = tuple[str, int | None, int | None]
"""A workload on an archive: messages and bytes of a payload."""

Limited: TypeAlias = tuple[float | None, float | None]
"""A limit of latency, ms, and its percentile."""

BYTES_PER_GB = 1e9


@dataclass(frozen=True)
class Candidate:
    """A stage of our own against the newest release: bytes and throughput."""

    run: MeasuredRun
    stage: Stage
    payload_bytes: int
    archive_messages: int | None
    bytes_per_message: float
    base_bytes_per_message: float
    formula: StageStorage
    formula_bytes_per_message: float
    """By the storage formula, for as many messages in as many partitions as were measured."""
    formula_base_bytes_per_message: float
    saved: Interval
    """Share of the bytes by the storage formula, for as many messages in as many partitions as were measured; negative
    if it needs more. The interval is what the formula may be off."""
    inserts: Interval | None
    """Throughput over that of the base, all workloads that insert together; None if not repeated."""
    queries: Interval | None
    worst_workload: str | None
    worst: Interval | None
    losses: tuple[str, ...]
    """Workloads on which it loses more than is tolerated."""
    measured_losses: tuple[str, ...]
    """Workloads on which it loses, by the whole interval, but maybe no more than is tolerated."""
    not_ruled_out: tuple[str, ...]
    """Workloads whose interval reaches below the tolerated ratio and does not tell whether there is a loss."""
    limits_gained: tuple[str, ...]
    """Workloads of which it keeps the narrowest limit of latency in some archive, and its base does not."""
    limits_missed: tuple[str, ...]
    """Workloads of which it does not keep the narrowest limit of latency in some archive."""
    basis: Basis
    saves_money: bool = True
    """Whether what it saves is more than nothing in every scenario, by the whole interval."""
    is_proposed: bool = False

    @property
    def is_admissible(self) -> bool | None:
        """Whether it loses nowhere more than is tolerated; None if its throughput was not measured in rounds."""
        return None if self.worst is None else not self.losses

    @property
    def reason(self) -> str:
        """Why it is proposed or not, in words without figures."""
        if self.is_admissible is None:
            return "its throughput was not measured in repeated rounds"
        if self.losses:
            return f"too slow on {', '.join(self.losses)}"
        if self.saved.low <= 0:
            return "saves no storage beyond what the formula may be off"
        if not self.saves_money:
            return "saves no money in some scenario beyond what the formula may be off"
        if not self.is_proposed:
            return "another candidate that is too slow nowhere saves more"
        known = f"; slower on {', '.join(self.measured_losses)}" if self.measured_losses else ""
        doubt = (
            f"; that it is too slow is not ruled out on {', '.join(self.not_ruled_out)}" if self.not_ruled_out else ""
        )
        return f"saves the most storage of all candidates that are too slow nowhere{known}{doubt}"


@dataclass(frozen=True)
class ArchiveCost:
    """What the archive of a scenario costs a month, as the cost model has it; None where it is unknown."""

    scenario_id: str
    title: str
    payload_bytes: float
    archive_gb: float | None
    cost_usd_per_month: float | None
    provider: str | None
    messages_per_day: float
    retention_days: float
    limit_gb: float | None
    """Size at which a retention by size begins to drop the oldest messages; None is not known."""
    basis: Basis

    @property
    def hours(self) -> int:
        """Time that the archive covers."""
        return max(1, round(24 * self.retention_days))

    @property
    def messages(self) -> int:
        """Messages in the archive, all of the time that is kept."""
        return max(1, round(self.messages_per_day * self.retention_days))


@dataclass(frozen=True)
class Saving:
    """What a candidate saves of the archive of a scenario. Money and gigabytes are None where the cost is unknown."""

    run: MeasuredRun
    candidate: str
    cost: ArchiveCost
    share: Interval
    bytes_per_message: float
    base_bytes_per_message: float
    basis: Basis

    @property
    def gb_per_day(self) -> float:
        """By how much the archive grows while nothing is dropped."""
        return self.cost.messages_per_day * self.bytes_per_message / BYTES_PER_GB

    @property
    def base_gb_per_day(self) -> float:
        """The same of the newest release."""
        return self.cost.messages_per_day * self.base_bytes_per_message / BYTES_PER_GB

    @property
    def days_to_limit(self) -> float | None:
        """Days of messages that a retention by size keeps."""
        return None if self.cost.limit_gb is None else self.cost.limit_gb / self.gb_per_day

    @property
    def base_days_to_limit(self) -> float | None:
        """The same of the newest release."""
        return None if self.cost.limit_gb is None else self.cost.limit_gb / self.base_gb_per_day

    def of(self, whole: float | None) -> Interval | None:
        """Return the saved part of `whole`."""
        if whole is None:
            return None
        return Interval(self.share.low * whole, self.share.mid * whole, self.share.high * whole)


@dataclass(frozen=True)
class EncodingRatio:
    """Bytes of a message as hex text over its bytes as bytea, at the newest release."""

    run: MeasuredRun
    payload_bytes: int
    hex_bytes: float
    bytea_bytes: float
    ratio: Interval
    is_measured: bool
    """Else computed by the formula that was fitted to the run."""
    formula: StageStorage
    formula_hex_bytes: float
    formula_bytea_bytes: float
    formula_error: float | None
    """The larger of the two by which the formula misses what was measured, as a share; None where nothing was."""
    hex_wal_bytes: float | None
    """Write-ahead log of one message by the formula, without commits and images of pages; None is not known."""
    bytea_wal_bytes: float | None
    basis: Basis

    @property
    def is_near_two(self) -> bool:
        """Whether the middle is within 10 % of 2."""
        return NEAR_TWO[0] <= self.ratio.mid <= NEAR_TWO[1]


def candidates(
    run: MeasuredRun,
    measurements: Sequence[Measurement],
    gains: Sequence[Gain],
    measured: Sequence[MeasuredStage],
    storage: StageStorage,
) -> list[Candidate]:
    """Return the candidates of a run, none of them proposed yet; none if no candidate's bytes were measured.

    Bytes are compared at the payload nearest to 1 kB, in the largest archive in which both were measured.
    """
    sizes: dict[str, dict[tuple[int, int], MeasuredStage]] = defaultdict(dict)
    for size in measured:
        sizes[size.stage.id][size.payload_bytes, size.messages] = size
    found = []
    for stage in STAGES.values():
        if stage.since is None and stage.base is not None and (shared := set(sizes[stage.id]) & set(sizes[stage.base])):
            at = min(shared, key=lambda size: (abs(math.log(size[0] / KILOBYTE)), -size[1]))
            own, base = sizes[stage.id][at], sizes[stage.base][at]
            found.append(_candidate(run, own, base, measurements, gains, storage))
    return found


def _candidate(
    run: MeasuredRun,
    own: MeasuredStage,
    base: MeasuredStage,
    measurements: Sequence[Measurement],
    gains: Sequence[Gain],
    storage: StageStorage,
) -> Candidate:
    """Judge one stage, whose bytes were measured beside those of its base."""
    stage, at = own.stage, (own.payload_bytes, own.messages, own.hours)
    by_workload, failures = _judged(stage, measurements, gains)
    doubtful = {name: i for name, i in sorted(by_workload.items()) if i.low < TOLERATED_RATIO <= i.high}
    worst = min(by_workload, key=lambda name: by_workload[name].mid, default=None)
    grades = (gain.basis.grade for gain in gains if gain.stage == stage.id)
    missed, missed_by_base = (_misses(one, measurements) for one in (stage.id, base.stage.id))
    return Candidate(
        run=run,
        stage=stage,
        payload_bytes=own.payload_bytes,
        archive_messages=own.messages,
        bytes_per_message=own.total_bytes,
        base_bytes_per_message=base.total_bytes,
        formula=storage,
        formula_bytes_per_message=storage.bytes_per_message(stage, *at),
        formula_base_bytes_per_message=storage.bytes_per_message(base.stage, *at),
        saved=_saved(storage.ratio(stage, base.stage, *at)),
        inserts=_together(stage, gains, are_inserts=True),
        queries=_together(stage, gains, are_inserts=False),
        worst_workload=worst,
        worst=by_workload[worst] if worst else None,
        losses=tuple(sorted({*failures, *(name for name, i in by_workload.items() if i.high < TOLERATED_RATIO)})),
        measured_losses=tuple(name for name, i in doubtful.items() if differs(i)),
        not_ruled_out=tuple(name for name, i in doubtful.items() if not differs(i)),
        limits_gained=_workloads(at for at, is_missed in missed.items() if missed_by_base.get(at) and not is_missed),
        limits_missed=_workloads(at for at, is_missed in missed.items() if is_missed),
        basis=run.basis.at_best(*grades),
    )


def _workloads(archives: Iterable[Archive]) -> tuple[str, ...]:
    return tuple(sorted({at[0] for at in archives}))


def _judged(
    stage: Stage, measurements: Sequence[Measurement], gains: Sequence[Gain]
) -> tuple[dict[str, Interval], set[str]]:
    """Return by workload the worst ratio of all archives, and the workloads whose limit only the base keeps.

    The narrowest limit that one of both keeps decides. Where only the stage does, there is nothing to lose; where
    neither keeps any, throughput decides.
    """
    searched, missed = _limits_searched(measurements)
    within, closed_loop = _ratios(stage, gains)
    found: dict[str, list[Interval]] = defaultdict(list)
    failures = set()
    for at in {*closed_loop, *(at for at, _ in within)}:
        for limit in sorted(searched[stage.id][at] & searched[stage.base][at], key=lambda limit: limit[0] or 0.0):
            is_missed, is_base_missed = ((one, at, limit) in missed for one in (stage.id, stage.base))
            if is_missed and is_base_missed:
                continue
            if is_missed:
                failures.add(at[0])
            elif not is_base_missed:
                found[at[0]] += within.get((at, limit)) or closed_loop[at]
            break
        else:
            found[at[0]] += closed_loop[at]
    return {name: min(ratios, key=lambda i: i.mid) for name, ratios in found.items() if ratios}, failures


def _limits_searched(
    measurements: Sequence[Measurement],
) -> tuple[dict[str | None, dict[Archive, set[Limited]]], set[tuple[str | None, Archive, Limited]]]:
    """Return by stage and archive the limits that a rate was looked for, and those that were missed in some round."""
    searched: dict[str | None, dict[Archive, set[Limited]]] = defaultdict(lambda: defaultdict(set))
    missed: set[tuple[str | None, Archive, Limited]] = set()
    for row in measurements:
        if row.metric == "capacity_per_s":
            at, limit = (row.workload, row.archive_messages, row.payload_bytes), (row.limit_ms, row.percentile)
            searched[row.stage][at].add(limit)
            if row.value is None:
                missed.add((row.stage, at, limit))
    return searched, missed


def _ratios(
    stage: Stage, gains: Sequence[Gain]
) -> tuple[dict[tuple[Archive, Limited], list[Interval]], dict[Archive, list[Interval]]]:
    """Return the ratios of a stage to its base: of capacity within each limit, and of throughput in a closed loop."""
    within: dict[tuple[Archive, Limited], list[Interval]] = defaultdict(list)
    closed_loop: dict[Archive, list[Interval]] = defaultdict(list)
    for gain in gains:
        if gain.stage == stage.id and gain.low is not None and gain.high is not None:
            setting, ratio = gain.setting, Interval(gain.low, gain.ratio, gain.high)
            at = (setting.workload, setting.archive_messages, setting.payload_bytes)
            if gain.metric == "capacity_per_s":
                within[at, (setting.limit_ms, setting.percentile)].append(ratio)
            elif gain.metric == "throughput_per_s":
                closed_loop[at].append(ratio)
    return within, closed_loop


def _misses(stage: str, measurements: Sequence[Measurement]) -> dict[Archive, bool]:
    """Return by workload and archive whether a stage misses the narrowest limit of latency in some round."""
    found: dict[Archive, dict[float, bool]] = defaultdict(dict)
    for row in measurements:
        if row.metric == "capacity_per_s" and row.stage == stage:
            limits, limit = found[row.workload, row.archive_messages, row.payload_bytes], row.limit_ms or 0.0
            limits[limit] = limits.get(limit, False) or row.value is None
    return {at: limits[min(limits)] for at, limits in found.items()}


def with_proposal(found: Sequence[Candidate], saved: Sequence[Saving]) -> list[Candidate]:
    """Return the candidates with the one that is proposed marked, by the rule above."""
    doubtful = {saving.candidate for saving in saved if saving.cost.cost_usd_per_month and saving.share.low <= 0}
    judged = [replace(candidate, saves_money=candidate.stage.id not in doubtful) for candidate in found]
    eligible = [one for one in judged if one.is_admissible and one.saved.low > 0 and one.saves_money]
    best = max(eligible, key=lambda candidate: candidate.saved.mid, default=None)
    return [replace(candidate, is_proposed=candidate is best) for candidate in judged]


def _saved(ratio: tuple[float, float, float]) -> Interval:
    low, mid, high = ratio
    return Interval(1 - high, 1 - mid, 1 - low)


def _together(stage: Stage, gains: Sequence[Gain], *, are_inserts: bool) -> Interval | None:
    """Return the throughput in a closed loop over that of the base, all workloads of a kind together.

    It is the geometric mean of the ratios, and so are its ends: an interval as wide as if all ratios were off the same
    way, since what disturbs a round disturbs all its workloads. None where no ratio was repeated.
    """
    ratios = [
        (gain.low, gain.ratio, gain.high)
        for gain in gains
        if gain.stage == stage.id and gain.metric == "throughput_per_s" and gain.setting.rate_per_s is None
        if gain.setting.workload.startswith(INSERT_PREFIX) is are_inserts
        if gain.low is not None and gain.high is not None
    ]
    return Interval(*map(geometric_mean, zip(*ratios, strict=True))) if ratios else None


def savings(found: Sequence[Candidate], costs: Sequence[ArchiveCost], storage: StageStorage) -> list[Saving]:
    """Return what each candidate saves of each archive, by the formula at its payload, messages and partitions."""
    rows = []
    for candidate in found:
        assert candidate.stage.base is not None, candidate.stage.id
        stages = candidate.stage, STAGES[candidate.stage.base]
        for cost in costs:
            at = round(cost.payload_bytes), cost.messages, cost.hours
            own, base = (storage.bytes_per_message(stage, *at) for stage in stages)
            basis = (candidate.basis & cost.basis).at_best(Grade.ESTIMATED)
            share = _saved(storage.ratio(*stages, *at))
            rows.append(Saving(candidate.run, candidate.stage.id, cost, share, own, base, basis))
    return rows


def encoding_ratios(run: MeasuredRun, measured: Sequence[MeasuredStage]) -> list[EncodingRatio]:
    """Compare hex text with bytea at several payloads: measured where both were, else by the formula fitted to them.

    `measured` are the sizes of the storage probe, or of stages in a run without one.
    """
    pairs = ((STAGES[CURRENT], BYTEA), (GROWN_STAGES[Encoding.HEX], GROWN_STAGES[Encoding.BYTEA]))
    storage = fit_stages(measured)
    stages = next((pair for pair in pairs if any(size.stage == pair[1] for size in measured)), pairs[0])
    sizes: Mapping[tuple[str, int], MeasuredStage] = {
        (size.stage.id, size.payload_bytes): size for size in sorted(measured, key=lambda size: size.messages)
    }
    rows = []
    for payload in sorted({size for _, size in sizes} | set(ENCODING_SIZES)):
        found = [sizes[stage.id, payload] for stage in stages if (stage.id, payload) in sizes]
        is_measured = len(found) == len(stages)
        predicted = (
            [storage.bytes_per_message(s.stage, payload, s.messages, s.hours) for s in found]
            if is_measured
            else [storage.bytes_per_message(stage, payload) for stage in stages]
        )
        hex_bytes, bytea_bytes = [size.total_bytes for size in found] if is_measured else predicted
        ratio = [hex_bytes / bytea_bytes] * 3 if is_measured else storage.ratio(*stages, payload)
        rows.append(
            EncodingRatio(
                run=run,
                payload_bytes=payload,
                hex_bytes=hex_bytes,
                bytea_bytes=bytea_bytes,
                ratio=Interval(*ratio),
                is_measured=is_measured,
                formula=storage,
                formula_hex_bytes=predicted[0],
                formula_bytea_bytes=predicted[1],
                formula_error=max(abs(p / s.total_bytes - 1) for p, s in zip(predicted, found, strict=True))
                if is_measured
                else None,
                hex_wal_bytes=storage.wal_bytes(stages[0], payload),
                bytea_wal_bytes=storage.wal_bytes(stages[1], payload),
                basis=run.basis if is_measured else run.basis.at_best(Grade.ESTIMATED),
            )
        )
    return rows
