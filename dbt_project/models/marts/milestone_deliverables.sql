with

deliverables as (

    select * from {{ ref('stg_roadmap__deliverables') }}

),

final as (

    select
        ---------- ids
        deliverable_id,

        ---------- values
        title,
        kind,
        milestone,
        status,
        status_on,
        target_value,
        target_unit,
        actual_value,
        unblocks,
        depends_on,
        mvp_relevance,

        ---------- provenance
        note,
        grade,
        array[evidence_id] as evidence_ids

    from deliverables

)

select * from final
