"""Is the MVP ready? From requirements and what was measured to gates and one verdict.

Belongs here: the rules, pure. Does not belong here: milestones, gates, thresholds and their words (they are evidence),
how a requirement is counted (`measures.py`), sentences (`wording.py`), tables and JSON (`frames.py`).

Three rules hold at every step. What is not known is `unknown`, never zero. Illustrative evidence decides nothing.
A result is never better founded than the weakest evidence under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from assets.common.words import enumerated, number, sentence, sentences
from assets.evidence.basis import NO_EVIDENCE, Basis
from assets.evidence.counters import CounterParameters, StandIn
from assets.evidence.model import GRADE_ORDER, Grade, weakest
from assets.readiness.wording import Asked, Words, beside, counted, inferred_absent, not_counted

Comparison = Literal["at_least", "within", "between", "all"]
"""`at_least`: the threshold, less the tolerance if there is one; `within`: no further from it than the tolerance;
`between`: the lower end, and more is enough; `all`: every one that there is."""


class GateStatus(StrEnum):
    """Of a requirement or a gate, in the order in which they decide what is based on them."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a status, not a password


class NumberOrigin(StrEnum):
    """Where the number of a measurement comes from."""

    COUNTED = "counted"
    """Rows of this record were counted."""
    REPORTED = "reported"
    """The project says so."""
    INFERRED = "inferred_from_absence"
    """There is no number. That there is nothing follows from finding nothing: a failure, and never a counted zero."""
    NOT_KNOWN = "not_known"


class VerdictAnswer(StrEnum):
    """To the question of a milestone."""

    NOT_READY = "not_ready"
    UNKNOWN = "unknown"
    READY = "ready"


ANSWERS = {
    GateStatus.FAIL: VerdictAnswer.NOT_READY,
    GateStatus.UNKNOWN: VerdictAnswer.UNKNOWN,
    GateStatus.PASS: VerdictAnswer.READY,
}


@dataclass(frozen=True)
class Milestone:
    """A row of `marts.milestones`; `question` is what its verdict answers."""

    milestone_id: str
    title: str
    question: str
    is_default: bool


NO_MILESTONE = Milestone("none", "No milestone", "Is it ready?", is_default=True)
"""What is judged on a day on which nothing was asked for yet."""


@dataclass(frozen=True)
class Requirement:
    """A row of `marts.gate_requirements`: what `counter` counts is compared with `threshold`, in `unit`.

    `metric` is what is counted, `words` say it. `quote` are words of the milestone. `stand_in` is shown while nothing
    is counted. Evidence older than `stale_after_days` is stale.
    """

    requirement_id: str
    milestone_id: str
    gate_id: str
    gate_title: str
    deliverable_id: str
    title: str
    metric: str
    words: Words
    counter: CounterParameters
    comparison: Comparison
    threshold: float | None
    tolerance: float | None
    unit: str
    basis: Basis
    quote: str
    stale_after_days: int
    threshold_high: float | None = None
    stand_in: StandIn | None = None


@dataclass(frozen=True)
class MetricValue:
    """What a metric came to, without illustrative evidence.

    `value` is None where it is not known; `reason` then says why. `basis` is what the value, or the finding that there
    is none, is based on. `illustrative_ids` name the made-up rows beside it, not counted.
    `of` is how many there are in all, for what is asked of all of them. `remark` adds to the number. `beside` says what
    looks like an answer and is none, such as our substitute for an input that the milestone names.
    """

    value: float | None
    basis: Basis
    illustrative_ids: tuple[str, ...] = ()
    reason: str = ""
    origin: NumberOrigin = NumberOrigin.NOT_KNOWN
    of: float | None = None
    remark: str = ""
    beside: str = ""
    beside_ids: tuple[str, ...] = ()
    newest_evidence_on: date | None = None

    def __post_init__(self) -> None:
        if (self.value is None) != (self.origin in (NumberOrigin.INFERRED, NumberOrigin.NOT_KNOWN)):
            raise ValueError(f"a value of {self.value} cannot be {self.origin}")

    @property
    def illustrative_count(self) -> int:
        """How many illustrative rows were left out."""
        return len(self.illustrative_ids)


@dataclass(frozen=True)
class RequirementResult:
    """A requirement with what was measured for it."""

    requirement: Requirement
    measurement: MetricValue

    @property
    def threshold(self) -> float | None:
        """How many are asked for."""
        return self.measurement.of if self.requirement.comparison == "all" else self.requirement.threshold

    @property
    def status(self) -> GateStatus:
        """Whether the requirement is met."""
        return requirement_status(self.requirement, self.measurement)

    @property
    def basis(self) -> Basis:
        """What threshold and measurement are based on."""
        return self.requirement.basis & self.measurement.basis

    @property
    def stale_on(self) -> date | None:
        """The first day on which the newest evidence is older than declared; None where none is dated."""
        newest = self.measurement.newest_evidence_on
        return newest and newest + timedelta(days=self.requirement.stale_after_days + 1)

    @property
    def clauses(self) -> Iterator[str]:
        """What was found, as parts of sentences."""
        asked, found, threshold = self.requirement, self.measurement, self.threshold
        if found.origin is NumberOrigin.INFERRED:
            yield inferred_absent(asked.words)
        elif found.value is None or found.basis.grade in NO_EVIDENCE:
            yield not_counted(asked.words, found.reason or "nothing is on record")
        elif threshold is None or asked.basis.grade in NO_EVIDENCE:
            yield not_counted(asked.words, "it is not known how many are asked for")
        else:
            yield counted(asked.words, found.value, Asked(threshold, asked.threshold_high, asked.tolerance is not None))
        if found.remark:
            yield found.remark
        if found.beside:
            yield beside(found.beside)

    @property
    def reason(self) -> str:
        """What was found, in sentences."""
        return sentences(self.clauses)


@dataclass(frozen=True)
class Gate:
    """What a milestone must reach, with the results of all its requirements, at least one."""

    gate_id: str
    milestone_id: str
    deliverable_id: str
    title: str
    results: tuple[RequirementResult, ...]

    @property
    def status(self) -> GateStatus:
        """What the requirements come to together."""
        return combined_status(result.status for result in self.results)

    @property
    def deciding(self) -> tuple[RequirementResult, ...]:
        """The requirements that give the gate its status."""
        return tuple(result for result in self.results if result.status is self.status)

    @property
    def shown(self) -> RequirementResult:
        """The requirement whose value and threshold stand for the gate: the first that decides."""
        return self.deciding[0]

    @property
    def basis(self) -> Basis:
        """All that the gate is based on."""
        return Basis.all_of(result.basis for result in self.results)

    @property
    def illustrative_ids(self) -> tuple[str, ...]:
        """The illustrative rows that were not counted."""
        return tuple(sorted({i for result in self.results for i in result.measurement.illustrative_ids}))

    @property
    def reason(self) -> str:
        """Why the gate fails and what is not known, or why it passes; a sentence or more for each requirement."""
        reasons = [
            result.reason
            for status in (GateStatus.FAIL, GateStatus.UNKNOWN)
            for result in self.results
            if result.status is status
        ]
        return " ".join(reasons or [result.reason for result in self.results])

    @property
    def newest_evidence_on(self) -> date | None:
        """Day of the newest evidence that was measured from; None where none is dated."""
        return max((day for result in self.results if (day := result.measurement.newest_evidence_on)), default=None)

    @property
    def stale_on(self) -> date | None:
        """The first day on which evidence of one of its requirements is stale; None where none is dated."""
        return min((day for result in self.results if (day := result.stale_on)), default=None)


@dataclass(frozen=True)
class Verdict:
    """The answer and the gates under it.

    `weakest_path` leads to the weakest of what decides: gate, requirement, row of evidence. It has no row where nothing
    was found, and where all pass and would with one row less. `equally_weak` rows of the requirement have that grade;
    the first of them is named.
    """

    milestone: Milestone
    answer: VerdictAnswer
    reason: str
    gates: tuple[Gate, ...]
    weakest_path: tuple[str, ...]
    equally_weak: int = 0

    @property
    def basis(self) -> Basis:
        """All that the gates are based on; no gate at all counts as not found."""
        return Basis.all_of(gate.basis for gate in self.gates)

    def count(self, status: GateStatus) -> int:
        """Return the number of gates with `status`."""
        return len(_with_status(self.gates, status))


def requirement_status(requirement: Requirement, measurement: MetricValue) -> GateStatus:
    """Compare what was measured with what is asked for; unknown if one of them is missing, not found or made up.

    What is inferred from absence fails: no number, and a judgement that there is nothing.
    """
    if {requirement.basis.grade, measurement.basis.grade} & NO_EVIDENCE:
        return GateStatus.UNKNOWN
    if measurement.origin is NumberOrigin.INFERRED:
        return GateStatus.FAIL
    value = measurement.value
    threshold = measurement.of if requirement.comparison == "all" else requirement.threshold
    if value is None or threshold is None:
        return GateStatus.UNKNOWN
    if requirement.comparison == "within":
        if requirement.tolerance is None:
            return GateStatus.UNKNOWN
        return GateStatus.PASS if abs(value - threshold) <= requirement.tolerance else GateStatus.FAIL
    return GateStatus.PASS if value >= threshold - (requirement.tolerance or 0) else GateStatus.FAIL


def combined_status(statuses: Iterable[GateStatus]) -> GateStatus:
    """Fail if any fails, else unknown if any is unknown, else pass; nothing at all is unknown."""
    found = set(statuses)
    return next((status for status in GateStatus if status in found), GateStatus.UNKNOWN)


def gates_of(results: Iterable[RequirementResult]) -> tuple[Gate, ...]:
    """Group results by gate, in the order in which the gates first appear."""
    grouped: dict[str, list[RequirementResult]] = {}
    for result in results:
        grouped.setdefault(result.requirement.gate_id, []).append(result)
    return tuple(
        Gate(gate_id, first.milestone_id, first.deliverable_id, first.gate_title, tuple(members))
        for gate_id, members in grouped.items()
        for first in [members[0].requirement]
    )


def verdicts_of(
    milestones: Sequence[Milestone], gates: Sequence[Gate], evidence_grades: Mapping[str, Grade]
) -> tuple[Verdict, ...]:
    """Return the verdict of each milestone, that of the default one first: there always is one."""
    default = next((milestone for milestone in milestones if milestone.is_default), NO_MILESTONE)
    others = [milestone for milestone in milestones if not milestone.is_default]
    return tuple(
        verdict_of(milestone, [gate for gate in gates if gate.milestone_id == milestone.milestone_id], evidence_grades)
        for milestone in (default, *others)
    )


def verdict_of(milestone: Milestone, gates: Sequence[Gate], evidence_grades: Mapping[str, Grade]) -> Verdict:
    """Return the verdict of one. `evidence_grades` has the grade of single rows, to name the weakest one."""
    answer = ANSWERS[combined_status(gate.status for gate in gates)]
    path, rows = _weakest_path(gates, evidence_grades)
    return Verdict(milestone, answer, _verdict_reason(gates, answer), tuple(gates), (*path, *rows[:1]), len(rows))


def _verdict_reason(gates: Sequence[Gate], answer: VerdictAnswer) -> str:
    if not gates:
        return "No requirement is on record, so there is nothing to judge."
    failed, unknown, passed = (_with_status(gates, status) for status in GateStatus)
    total = number(len(gates))
    if answer is VerdictAnswer.READY:
        return f"All of {total} gates pass." if len(gates) > 1 else "The only gate passes."
    if answer is VerdictAnswer.NOT_READY:
        parts = [f"{number(len(failed))} of {total} gates {_verb(failed, 'fail')}: {_titles(failed)}"]
        rest = [f"{number(len(unknown))} cannot be judged"] if unknown else []
    else:
        parts = [f"no gate fails, but {number(len(unknown))} of {total} cannot be judged: {_titles(unknown)}"]
        rest = []
    rest += [f"{number(len(passed))} {_verb(passed, 'pass')}"] if passed else []
    return sentence([*parts, *([enumerated(rest)] if rest else [])])


def _weakest_path(
    gates: Sequence[Gate], evidence_grades: Mapping[str, Grade]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the weakest of what decides the verdict: a gate and its requirement; and the weakest rows under them.

    What decides is a requirement that gives a gate the status of the verdict. If all pass, it is one that would no
    longer be met with one row less; without any, each of them. The weakest grade is taken, of equal ones the first.
    """
    decisive = combined_status(gate.status for gate in gates)
    deciding = [(gate, result) for gate in _with_status(gates, decisive) for result in gate.deciding]
    if decisive is GateStatus.PASS:
        turning = [(gate, result) for gate, result in deciding if _turns_on_one_row(result)]
        if not turning:
            gate, result = _weakest_of(deciding)
            return (gate.gate_id, result.requirement.requirement_id), ()
        deciding = turning
    if not deciding:
        return (), ()
    gate, result = _weakest_of(deciding)
    return (gate.gate_id, result.requirement.requirement_id), _weakest_rows(result, evidence_grades)


def _weakest_of(results: Sequence[tuple[Gate, RequirementResult]]) -> tuple[Gate, RequirementResult]:
    return max(results, key=lambda pair: GRADE_ORDER.index(pair[1].basis.grade))


def _turns_on_one_row(result: RequirementResult) -> bool:
    """Whether a requirement that is met would not be met with one row less."""
    found, asked = result.measurement, result.requirement
    if len(found.basis.ids) == 1 or found.value is None or asked.threshold is None:
        return True
    return found.value - (asked.threshold - (asked.tolerance or 0)) < 1


def _weakest_rows(result: RequirementResult, evidence_grades: Mapping[str, Grade]) -> tuple[str, ...]:
    """Return the rows with the weakest grade, of what was counted before the threshold."""
    groups = [
        [evidence_id for evidence_id in sorted(ids) if evidence_id in evidence_grades]
        for ids in (result.measurement.basis.ids, result.requirement.basis.ids)
    ]
    # What was looked for and not found has no row that could be named.
    if result.basis.grade is Grade.NOT_FOUND and not groups[0]:
        return ()
    known = [evidence_grades[evidence_id] for ids in groups for evidence_id in ids]
    for ids in groups:
        if found := [evidence_id for evidence_id in ids if evidence_grades[evidence_id] is weakest(known)]:
            return tuple(found)
    return ()


def _with_status(gates: Iterable[Gate], status: GateStatus) -> list[Gate]:
    return [gate for gate in gates if gate.status is status]


def _titles(gates: Iterable[Gate]) -> str:
    return enumerated(gate.title for gate in gates)


def _verb(gates: Sequence[Gate], verb: str) -> str:
    return verb if len(gates) > 1 else {"fail": "fails", "pass": "passes"}[verb]
