"""Which candidate for the next schema to propose, what it saves, and whether hex text costs twice as much as bytea.

Belongs here: the declared rule of choice and its arithmetic, pure. Does not belong here: statistics of rounds
(`results.py`), the storage formula (`storage_stages.py`), prices (they are in the cost components that are read).

The rule: of the candidates that lose on no workload, the one that saves most storage. A candidate loses on a workload
where the whole interval of its throughput ratio is below 0.95; where the interval only reaches below it, a loss of 5 %
is not ruled out, and that is said. A saving has to be more than what the formula may be off.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assets.benchmarks.compare import Interval, paired_ratio
from assets.benchmarks.results import SEED, Gain, Measurement, Provenance, Run
from assets.benchmarks.stages import STAGES, Stage
from assets.benchmarks.storage import Encoding
from assets.benchmarks.storage_stages import MeasuredStage, StageStorage, encoding_of
from assets.evidence.model import Grade, weakest

TOLERATED_RATIO = 0.95
"""Throughput of a candidate over that of its base."""

NEAR_TWO = (1.8, 2.2)
"""What counts as near twice: within 10 %."""
KILOBYTE = 1000
ENCODING_SIZES = (50, 200, 500, KILOBYTE, 2048, 4096, 10_240, 102_400)
"""Payloads for which hex text is compared with bytea, bytes."""

INSERT_PREFIX = "insert"


@dataclass(frozen=True)
class Candidate:
    """A stage of our own against the newest release: bytes and throughput."""

    run: Run
    stage: Stage
    payload_bytes: int
    archive_messages: int | None
    bytes_per_message: float
    base_bytes_per_message: float
    saved: Interval
    """Share of the bytes; negative if it needs more. The interval is what the storage formula may be off."""
    inserts: Interval | None
    """Throughput over that of the base, all insert workloads together; None if not repeated."""
    queries: Interval | None
    worst_workload: str | None
    worst: Interval | None
    losses: tuple[str, ...]
    """Workloads on which it loses."""
    not_ruled_out: tuple[str, ...]
    """Workloads whose interval reaches below the tolerated ratio."""
    provenance: Provenance
    is_proposed: bool = False

    @property
    def is_admissible(self) -> bool | None:
        """Whether it loses nowhere; None if its throughput was not measured in rounds."""
        return None if self.worst is None else not self.losses

    @property
    def reason(self) -> str:
        """Why it is proposed or not, in words without figures."""
        if self.is_admissible is None:
            return "its throughput was not measured in repeated rounds"
        if self.losses:
            return f"loses throughput on {', '.join(self.losses)}"
        if self.saved.low <= 0:
            return "saves no storage beyond what the formula may be off"
        if not self.is_proposed:
            return "another candidate without a loss saves more"
        doubt = f"; a loss is not ruled out on {', '.join(self.not_ruled_out)}" if self.not_ruled_out else ""
        return f"saves the most storage of all candidates that lose nowhere{doubt}"


@dataclass(frozen=True)
class ArchiveCost:
    """What the archive of a scenario costs a month, as the cost model has it; None where it is unknown."""

    scenario_id: str
    title: str
    payload_bytes: float
    archive_gb: float | None
    cost_usd_per_month: float | None
    provider: str | None
    grade: Grade
    evidence_ids: tuple[str, ...]


@dataclass(frozen=True)
class Saving:
    """What a candidate saves of the archive of a scenario. Money and gigabytes are None where the cost is unknown."""

    run: Run
    candidate: str
    cost: ArchiveCost
    share: Interval
    provenance: Provenance

    def of(self, whole: float | None) -> Interval | None:
        """Return the saved part of `whole`."""
        if whole is None:
            return None
        return Interval(self.share.low * whole, self.share.mid * whole, self.share.high * whole)


@dataclass(frozen=True)
class EncodingRatio:
    """Bytes of a message as hex text over its bytes as bytea, at the newest release."""

    run: Run
    payload_bytes: int
    hex_bytes: float
    bytea_bytes: float
    ratio: Interval
    is_measured: bool
    """Else computed by the formula that was fitted to the run."""
    provenance: Provenance

    @property
    def is_near_two(self) -> bool:
        """Whether the middle is within 10 % of 2."""
        return NEAR_TWO[0] <= self.ratio.mid <= NEAR_TWO[1]


def candidates(
    run: Run,
    measurements: Sequence[Measurement],
    gains: Sequence[Gain],
    measured: Sequence[MeasuredStage],
    storage: StageStorage,
) -> list[Candidate]:
    """Return the candidates of a run, the one that is proposed marked; none if no candidate's bytes were measured.

    Bytes are compared at the payload nearest to 1 kB, in the largest archive in which both were measured.
    """
    sizes: dict[str, dict[tuple[int, int], MeasuredStage]] = defaultdict(dict)
    for size in measured:
        sizes[size.stage.id][size.payload_bytes, size.messages] = size
    found = []
    for stage in STAGES.values():
        if stage.since is not None or stage.base is None:
            continue
        shared = set(sizes[stage.id]) & set(sizes[stage.base])
        if not shared:
            continue
        at = min(shared, key=lambda size: (abs(math.log(size[0] / KILOBYTE)), -size[1]))
        own, base = sizes[stage.id][at], sizes[stage.base][at]
        of_stage = [gain for gain in gains if gain.stage == stage.id and gain.metric == "throughput_per_s"]
        by_workload = {
            gain.setting.workload: Interval(gain.low, gain.ratio, gain.high)
            for gain in sorted(of_stage, key=lambda gain: -gain.ratio)
            if gain.low is not None and gain.high is not None and gain.setting.rate_per_s is None
        }
        worst = min(by_workload, key=lambda name: by_workload[name].mid, default=None)
        found.append(
            Candidate(
                run=run,
                stage=stage,
                payload_bytes=at[0],
                archive_messages=at[1],
                bytes_per_message=own.total_bytes,
                base_bytes_per_message=base.total_bytes,
                saved=_saved(own.total_bytes / base.total_bytes, storage.relative_error),
                inserts=_together(measurements, stage.id, stage.base, are_inserts=True),
                queries=_together(measurements, stage.id, stage.base, are_inserts=False),
                worst_workload=worst,
                worst=by_workload[worst] if worst else None,
                losses=tuple(sorted(name for name, i in by_workload.items() if i.high < TOLERATED_RATIO)),
                not_ruled_out=tuple(
                    sorted(name for name, i in by_workload.items() if i.low < TOLERATED_RATIO <= i.high)
                ),
                provenance=Provenance(
                    weakest((run.grade, *(gain.provenance.grade for gain in of_stage))), (run.evidence_id,)
                ),
            )
        )
    return _proposed(found)


def _proposed(found: Sequence[Candidate]) -> list[Candidate]:
    eligible = [candidate for candidate in found if candidate.is_admissible and candidate.saved.low > 0]
    best = max(eligible, key=lambda candidate: candidate.saved.mid, default=None)
    return [replace(candidate, is_proposed=candidate is best) for candidate in found]


def _saved(ratio: float, relative_error: float) -> Interval:
    off = (1 + relative_error) / (1 - relative_error)
    return Interval(1 - ratio * off, 1 - ratio, 1 - ratio / off)


def _together(measurements: Sequence[Measurement], stage: str, base: str, *, are_inserts: bool) -> Interval | None:
    """Return the ratio of closed-loop throughput over all workloads of a kind: the geometric mean in each round."""
    values: dict[str, dict[tuple[object, ...], float]] = {stage: {}, base: {}}
    for found in measurements:
        is_of_kind = found.workload.startswith(INSERT_PREFIX) is are_inserts
        is_closed = found.metric == "throughput_per_s" and found.rate_per_s is None
        if found.stage in values and is_closed and is_of_kind and found.value > 0:
            setting = (found.workload, found.clients, found.archive_messages, found.payload_bytes)
            values[found.stage][found.round, *setting] = found.value
    rounds: dict[int, list[float]] = defaultdict(list)
    for key in set(values[stage]) & set(values[base]):
        rounds[int(str(key[0]))].append(math.log(values[stage][key] / values[base][key]))
    widest = max(map(len, rounds.values()), default=0)
    ratios = [math.exp(float(np.mean(logs))) for _, logs in sorted(rounds.items()) if len(logs) == widest]
    if len(ratios) < 2:
        return None
    return paired_ratio(np.ones(len(ratios)), np.array(ratios), SEED)


def savings(found: Sequence[Candidate], costs: Sequence[ArchiveCost], storage: StageStorage) -> list[Saving]:
    """Return what each candidate saves of each archive. The share is the formula's at the payload of the scenario."""
    rows = []
    for candidate in found:
        assert candidate.stage.base is not None, candidate.stage.id
        base = STAGES[candidate.stage.base]
        for cost in costs:
            low, mid, high = storage.ratio(candidate.stage, base, round(cost.payload_bytes))
            grade = weakest((Grade.ESTIMATED, candidate.provenance.grade, cost.grade))
            ids = tuple(sorted({*candidate.provenance.evidence_ids, *cost.evidence_ids}))
            rows.append(
                Saving(
                    candidate.run,
                    candidate.stage.id,
                    cost,
                    Interval(1 - high, 1 - mid, 1 - low),
                    Provenance(grade, ids),
                )
            )
    return rows


def encoding_ratios(
    run: Run, measured: Sequence[MeasuredStage], storage: StageStorage, provenance: Provenance
) -> list[EncodingRatio]:
    """Compare hex text with bytea at several payloads: measured where both were, else by the fitted formula."""
    bytea = next(stage for stage in STAGES.values() if encoding_of(stage) is Encoding.BYTEA)
    assert bytea.base is not None
    base = STAGES[bytea.base]
    totals: Mapping[tuple[str, int], float] = {
        (size.stage.id, size.payload_bytes): size.total_bytes
        for size in sorted(measured, key=lambda size: size.messages)
    }
    payloads = {size for _, size in totals} | set(ENCODING_SIZES)
    rows = []
    for payload in sorted(payloads):
        hex_bytes, bytea_bytes = totals.get((base.id, payload)), totals.get((bytea.id, payload))
        is_measured = hex_bytes is not None and bytea_bytes is not None
        if hex_bytes is not None and bytea_bytes is not None:
            ratio = Interval(*[hex_bytes / bytea_bytes] * 3)
        else:
            hex_bytes = storage.bytes_per_message(base, payload)
            bytea_bytes = storage.bytes_per_message(bytea, payload)
            ratio = Interval(*storage.ratio(base, bytea, payload))
        grade = provenance.grade if is_measured else weakest((Grade.ESTIMATED, provenance.grade))
        rows.append(
            EncodingRatio(run, payload, hex_bytes, bytea_bytes, ratio, is_measured, replace(provenance, grade=grade))
        )
    return rows
