with

requirements as (

    select * from {{ ref('stg_readiness__gate_requirements') }}

),

final as (

    select
        ---------- ids
        requirement_id,
        gate_id,
        deliverable_id,

        ---------- values
        title,
        quote,
        metric,
        comparison,
        threshold,
        threshold_high,
        tolerance,
        unit,
        stale_after_days,
        coalesce(holds_from, as_of) as holds_from,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from requirements

)

select * from final
