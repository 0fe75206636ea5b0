"""How sure the verdict is and which evidence to get next, as tables, each row with its grade and evidence.

Belongs here: columns and their order, sentences. Does not belong here: any rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from assets.common.words import sentence
from assets.decision.certainty import (
    Array,
    Certainty,
    CountPriors,
    chance_wrong,
    gate_probability,
    graded,
    probabilities_of,
    verdict_probability,
)
from assets.decision.flips import flip_sentence
from assets.decision.next_evidence import NextEvidence, next_evidence
from assets.evidence.basis import BASIS_COLUMNS, Basis
from assets.evidence.model import Grade
from assets.readiness.model import Gate, RequirementResult, Verdict, VerdictAnswer
from assets.roadmap.inputs import DecisionRules
from assets.roadmap.mvp import Choosable
from assets.roadmap.outline import Choice

REAL, TEXT, WHOLE, LIST = "double precision", "text", "bigint", "text[]"
CERTAINTY = {"probability": REAL, "probability_low": REAL, "probability_high": REAL}

REQUIREMENT_CERTAINTY_COLUMNS: dict[str, str] = {
    "requirement_id": TEXT,
    "gate_id": TEXT,
    "milestone_id": TEXT,
    **CERTAINTY,
    "unrecorded": REAL,
    "mistaken_share": REAL,
    **BASIS_COLUMNS,
}
GATE_CERTAINTY_COLUMNS: dict[str, str] = {
    "gate_id": TEXT,
    "milestone_id": TEXT,
    **CERTAINTY,
    "chance_wrong": REAL,
    "flip": TEXT,
    **BASIS_COLUMNS,
}
VERDICT_CERTAINTY_COLUMNS: dict[str, str] = {
    "milestone_id": TEXT,
    "verdict": TEXT,
    **CERTAINTY,
    "chance_wrong": REAL,
    **BASIS_COLUMNS,
}
NEXT_COLUMNS: dict[str, str] = {
    "rank": WHOLE,
    "kind": TEXT,
    "rank_of_kind": WHOLE,
    "segment_id": TEXT,
    "problem_ids": LIST,
    "criterion": TEXT,
    "requirement_ids": LIST,
    "hours_low": REAL,
    "hours": REAL,
    "hours_high": REAL,
    "gates_share": REAL,
    "segments_share": REAL,
    "usps_share": REAL,
    "value": REAL,
    "value_per_hour": REAL,
    "reason": TEXT,
    **BASIS_COLUMNS,
}
"""Each: column to PostgreSQL type, in the order of the table."""

TELLS_OF = {
    "gates": "whether a gate passes",
    "segments": "which segments to pursue",
    "usps": "which selling points make the MVP",
}


def decision_frames(
    results: Sequence[RequirementResult],
    gates: Sequence[Gate],
    verdicts: Sequence[Verdict],
    rules: DecisionRules | None,
    world: Choosable | None,
    sets: Sequence[Choice],
) -> dict[str, tuple[dict[str, str], pd.DataFrame]]:
    """Return columns and rows of each table by its name; all empty on a day before there were rules.

    The evidence to get next is for the default milestone, the first verdict.
    """
    columns = {
        "requirement_certainty": REQUIREMENT_CERTAINTY_COLUMNS,
        "gate_certainty": GATE_CERTAINTY_COLUMNS,
        "verdict_certainty": VERDICT_CERTAINTY_COLUMNS,
        "next_evidence": NEXT_COLUMNS,
    }
    if rules is None or world is None:
        return {name: (of, pd.DataFrame(columns=list(of), dtype=object)) for name, of in columns.items()}
    probabilities = probabilities_of(results, CountPriors.of(rules))
    frames = {
        "requirement_certainty": requirement_certainty_frame(results, probabilities, rules),
        "gate_certainty": gate_certainty_frame(gates, probabilities, rules),
        "verdict_certainty": verdict_certainty_frame(verdicts, probabilities, rules),
        "next_evidence": next_frame(next_evidence(verdicts[0], probabilities, world, sets)),
    }
    return {name: (columns[name], frame) for name, frame in frames.items()}


def requirement_certainty_frame(
    results: Iterable[RequirementResult], probabilities: Mapping[str, Array], rules: DecisionRules
) -> pd.DataFrame:
    """One row for each requirement; columns as in `REQUIREMENT_CERTAINTY_COLUMNS`."""
    rows = []
    for result in results:
        asked, found = result.requirement, result.measurement
        unrecorded, mistaken = f"unrecorded_{found.origin.value}", f"mistaken_{graded(found).value}"
        priors = rules.basis(unrecorded, mistaken)
        rows.append(
            (
                *(asked.requirement_id, asked.gate_id, asked.milestone_id),
                *_certainty(probabilities[asked.requirement_id]),
                None if result.threshold is None else rules.spread(unrecorded).mean * result.threshold,
                rules.spread(mistaken).mean if mistaken in rules.spreads else None,
                *(priors & result.basis).at_best(Grade.ESTIMATED).cells,
            )
        )
    return pd.DataFrame(rows, columns=list(REQUIREMENT_CERTAINTY_COLUMNS), dtype=object)


def gate_certainty_frame(
    gates: Iterable[Gate], probabilities: Mapping[str, Array], rules: DecisionRules
) -> pd.DataFrame:
    """One row for each gate; columns as in `GATE_CERTAINTY_COLUMNS`."""
    rows = []
    for gate in gates:
        probability = gate_probability(gate, probabilities)
        rows.append(
            (
                *(gate.gate_id, gate.milestone_id),
                *_certainty(probability),
                chance_wrong(gate.status, float(probability.mean())),
                flip_sentence(gate),
                *(_priors(rules) & gate.basis).at_best(Grade.ESTIMATED).cells,
            )
        )
    return pd.DataFrame(rows, columns=list(GATE_CERTAINTY_COLUMNS), dtype=object)


def verdict_certainty_frame(
    verdicts: Iterable[Verdict], probabilities: Mapping[str, Array], rules: DecisionRules
) -> pd.DataFrame:
    """One row for each verdict: the probability that all gates pass; columns as in `VERDICT_CERTAINTY_COLUMNS`."""
    rows = []
    for verdict in verdicts:
        if not verdict.gates:
            continue
        probability = verdict_probability(verdict, probabilities)
        mean = float(probability.mean())
        wrong = {VerdictAnswer.READY: 1 - mean, VerdictAnswer.NOT_READY: mean}.get(verdict.answer)
        rows.append(
            (
                *(verdict.milestone.milestone_id, verdict.answer.value, *_certainty(probability), wrong),
                *(_priors(rules) & verdict.basis).at_best(Grade.ESTIMATED).cells,
            )
        )
    return pd.DataFrame(rows, columns=list(VERDICT_CERTAINTY_COLUMNS), dtype=object)


def next_frame(pieces: Sequence[NextEvidence]) -> pd.DataFrame:
    """One row for each piece of evidence, the most value for an hour first; columns as in `NEXT_COLUMNS`."""
    of_kind = Counter[str]()
    rows = []
    for rank, piece in enumerate(pieces, start=1):
        of_kind[piece.kind] += 1
        row = (
            *(rank, piece.kind, of_kind[piece.kind], piece.segment_id),
            *(list(piece.problem_ids), piece.criterion, list(piece.requirement_ids)),
            *(piece.hours.low, piece.hours.mid, piece.hours.high),
            *(piece.worth.gates, piece.worth.segments, piece.worth.usps, piece.value, piece.value_per_hour),
            reason(piece),
            *piece.basis.cells,
        )
        rows.append(row)
    return pd.DataFrame(rows, columns=list(NEXT_COLUMNS), dtype=object)


def reason(piece: NextEvidence) -> str:
    """Say what a piece tells most of."""
    shares = {"gates": piece.worth.gates, "segments": piece.worth.segments, "usps": piece.worth.usps}
    most = max(shares, key=lambda name: shares[name])
    if not shares[most]:
        return "No decision depends on it today."
    return sentence([f"it tells most of {TELLS_OF[most]}"])


def _certainty(probability: Array) -> tuple[float, float, float]:
    found = Certainty.of(probability)
    return found.probability, found.low, found.high


def _priors(rules: DecisionRules) -> Basis:
    return rules.basis("unrecorded_", "mistaken_")
