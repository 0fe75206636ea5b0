with

requirements as (

    select * from {{ ref('stg_readiness__gate_requirements') }}

),

gates as (

    select * from {{ ref('stg_readiness__gates') }}

),

milestones as (

    select * from {{ ref('stg_readiness__milestones') }}

),

final as (

    select
        ---------- ids
        requirements.requirement_id,
        requirements.gate_id,
        gates.milestone_id,
        gates.deliverable_id,

        ---------- values
        gates.title as gate_title,
        requirements.title,
        requirements.quote,
        requirements.metric,
        requirements.noun,
        requirements.nouns,
        requirements.predicate,
        requirements.counter,
        requirements.parameters,
        requirements.stand_in,
        requirements.comparison,
        requirements.threshold,
        requirements.threshold_high,
        requirements.tolerance,
        requirements.unit,
        requirements.stale_after_days,
        row_number() over (
            order by {{ as_typed('milestones') }}, {{ as_typed('gates') }}, {{ as_typed('requirements') }}
        ) as position,
        coalesce(requirements.holds_from, requirements.as_of) as holds_from,

        ---------- provenance
        requirements.grade,
        array[requirements.evidence_id] as evidence_ids

    from requirements

    inner join gates on requirements.gate_id = gates.gate_id
    inner join milestones on gates.milestone_id = milestones.milestone_id

)

select * from final
