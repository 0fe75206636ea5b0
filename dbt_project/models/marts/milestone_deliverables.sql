with

deliverables as (

    select * from {{ ref('int_roadmap__deliverables_now') }}

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
        basis,
        status_on,
        target_value,
        target_unit,
        actual_value,
        unblocks,
        depends_on,
        mvp_relevance,

        ---------- provenance
        note,
        contradicting_ids,
        grade,
        evidence_ids

    from deliverables

)

select * from final
