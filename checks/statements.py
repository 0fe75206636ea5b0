"""What must hold of what Python computes, as data: statements, each a query that finds what contradicts it.

Belongs here: statements about model and readiness tables. Does not belong here: running them (`readiness.py`), the
rules that make the tables.
"""

from dataclasses import dataclass

import dagster as dg
from psycopg import sql

from assets.common import keys


@dataclass(frozen=True)
class Statement:
    """What must hold of an asset: a query that returns a description of each offender, and what to do about one."""

    name: str
    asset: dg.AssetKey
    description: str
    offenders: sql.SQL
    next_step: str


STATEMENTS = (
    Statement(
        "components_add_up",
        keys.SCENARIO_COST,
        "The mean of a total is the sum of the means of its components, to a millionth of it",
        sql.SQL(
            "select t.scenario_id || ', RLN ' || t.with_rln || ', ' || t.provider || ' ' || t.region || ', '"
            " || t.component || ': '"
            " || t.mean_usd_per_month || ' is not ' || sum(c.mean_usd_per_month)"
            " from model.scenario_cost as t"
            " inner join model.scenario_cost as c using (scenario_id, with_rln, provider, region)"
            " where t.is_total and not c.is_total and c.counts_in in (t.component, 'infrastructure')"
            " and t.mean_usd_per_month is not null"
            " group by t.scenario_id, t.with_rln, t.provider, t.region, t.component, t.mean_usd_per_month"
            " having abs(sum(c.mean_usd_per_month) - t.mean_usd_per_month) > 1e-6 * t.mean_usd_per_month"
        ),
        "look at assets/costs/bill.py: a component is left out of the sum",
    ),
    Statement(
        "intervals_hold_their_ratio",
        keys.ARCHIVE_GAINS,
        "A ratio lies within its interval, is of two rounds at least, and both stages are of one run",
        sql.SQL(
            "select gain_id from marts.archive_stage_gains"
            " where not (ratio > 0 and (ratio_low is null or (ratio between ratio_low and ratio_high and rounds > 1)))"
        ),
        "look at assets/benchmarks/results.py",
    ),
    Statement(
        "capacity_rests_on_known_evidence",
        keys.ARCHIVE_CAPACITY,
        "A capacity or its bound is above zero, within its interval, and is based on evidence in the index",
        sql.SQL(
            "select capacity_id from marts.archive_capacity as found"
            " where not (coalesce(per_vcpu_per_s, per_vcpu_per_s_high) > 0"
            " and (per_vcpu_per_s_low is null or per_vcpu_per_s between per_vcpu_per_s_low and per_vcpu_per_s_high)"
            " and cardinality(evidence_ids) > 1 and not exists (select from unnest(evidence_ids) as used (id)"
            " where not exists (select from marts.evidence_index as known where known.evidence_id = used.id)))"
        ),
        "look at assets/benchmarks/results.py; an id may be of a row later than the as-of date",
    ),
    Statement(
        "one_stage_is_proposed_at_most",
        keys.ARCHIVE_RECOMMENDATION,
        "One candidate at most is proposed, and it loses on no workload",
        sql.SQL(
            "select candidate from model.archive_recommendation where is_proposed and"
            " (cardinality(losses) > 0 or 1 < (select count(*) from model.archive_recommendation where is_proposed))"
        ),
        "look at the rule in assets/benchmarks/recommendation.py",
    ),
    Statement(
        "outline_is_made_of_shares",
        keys.MVP_OUTLINE,
        "Shares of an outline lie between 0 and 1, and no other set of selling points is worth more",
        sql.SQL(
            "select outline || ': ' || concat_ws(', ', demand_share, weeks_share, win_share, realised_share, margin)"
            " from model.mvp_outline"
            " where not (least(demand_share, weeks_share, win_share, realised_share) >= -1e-9"
            " and greatest(demand_share, weeks_share, win_share, realised_share) <= 1 + 1e-9"
            " and coalesce(margin, 0) >= -1e-9)"
        ),
        "look at assets/roadmap/outline.py",
    ),
    Statement(
        "gaps_are_demanded_and_not_done",
        keys.MVP_GAPS,
        "What is missing is not done, and a selling point or a segment needs it",
        sql.SQL(
            "select deliverable_id || ': ' || standing from model.mvp_gaps"
            " where standing = 'done' or cardinality(usps || segments) = 0"
        ),
        "look at assets/roadmap/mvp.py",
    ),
    Statement(
        "a_gate_is_no_surer_than_its_requirements",
        keys.GATE_CERTAINTY,
        "A gate passes in truth with a probability within its interval, and no higher than that of any requirement",
        sql.SQL(
            "select gate_id || ': ' || g.probability from readiness.gate_certainty as g"
            " where not (g.probability between 0 and 1 and g.probability_low <= g.probability_high) or exists"
            " (select from readiness.requirement_certainty as r"
            " where r.gate_id = g.gate_id and r.probability < g.probability - 1e-9)"
        ),
        "look at assets/decision/certainty.py",
    ),
    Statement(
        "next_evidence_is_ranked",
        keys.NEXT_EVIDENCE,
        "No piece of evidence is worth less than nothing, or more for an hour than one before it",
        sql.SQL(
            "select later.rank || ': ' || later.kind from readiness.next_evidence as later"
            " left join readiness.next_evidence as earlier on earlier.rank = later.rank - 1"
            " where later.value < 0 or later.value_per_hour > earlier.value_per_hour + 1e-12"
        ),
        "look at assets/decision/next_evidence.py",
    ),
    Statement(
        "verdict_follows_from_gates",
        keys.VERDICT,
        "Not ready with a failed gate, unknown with an unknown one or none, ready only if every gate passes",
        sql.SQL(
            "select v.milestone_id || ': ' || v.verdict || ' with gates ' || coalesce(g.statuses, 'none')"
            " from readiness.verdict as v left join ("
            "select milestone_id, string_agg(distinct status, ', ') as statuses, bool_or(status = 'fail') as fails,"
            " bool_or(status = 'unknown') as unknowns from readiness.gates group by milestone_id) as g"
            " using (milestone_id)"
            " where v.verdict <> case when g.fails then 'not_ready'"
            " when g.unknowns or g.statuses is null then 'unknown' else 'ready' end"
        ),
        "look at assets/readiness/model.py",
    ),
    Statement(
        "one_verdict_is_the_default",
        keys.VERDICT,
        "One milestone is the default, and every gate is of a milestone with a verdict",
        sql.SQL(
            "select count(*) || ' default milestones' from readiness.verdict where is_default having count(*) <> 1"
            " union all select gate_id from readiness.gates as g where not exists"
            " (select from readiness.verdict as v where v.milestone_id = g.milestone_id)"
        ),
        "look at is_default in readiness/milestones.csv, and at assets/readiness/model.py",
    ),
    Statement(
        "nothing_absent_is_a_number",
        keys.REQUIREMENT_RESULTS,
        "A requirement has a value where something was counted or reported, and else none",
        sql.SQL(
            "select requirement_id || ': ' || basis from readiness.requirement_results"
            " where (value is null) <> (basis in ('inferred_from_absence', 'not_known'))"
        ),
        "look at assets/readiness/measures.py",
    ),
    Statement(
        "nothing_is_later_than_the_date",
        keys.VERDICT,
        "No evidence in the index, no state of a deliverable and no day under a gate is later than the as-of date",
        sql.SQL(
            "select found.what || ' of ' || found.day from ("
            "select evidence_id as what, as_of as day from marts.evidence_index"
            " union all select deliverable_state_id, status_on from marts.deliverable_history"
            " union all select usp_id, state_on from marts.usp_register"
            " union all select gate_id, newest_evidence_on from readiness.gates"
            ") as found, raw.evidence_scope as scope where found.day > scope.as_of"
        ),
        "the boundary is the macro as_known_on: a staging model reads its table without it",
    ),
    Statement(
        "nothing_illustrative_passes",
        keys.GATES,
        "No gate passes on illustrative evidence",
        sql.SQL("select gate_id from readiness.gates where status = 'pass' and grade in ('illustrative', 'not_found')"),
        "illustrative rows must be taken out before they are counted, in assets/readiness/measures.py",
    ),
)
