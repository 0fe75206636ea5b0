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
        status,
        status_on,

        ---------- provenance
        grade,
        evidence_ids

    from deliverables

)

select * from final
