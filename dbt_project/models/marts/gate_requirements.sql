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
        metric,
        comparison,
        threshold,
        tolerance,
        unit,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from requirements

)

select * from final
