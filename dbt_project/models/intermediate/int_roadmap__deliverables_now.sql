with

deliverables as (

    select * from {{ ref('stg_roadmap__deliverables') }}

),

states as (

    select * from {{ ref('stg_roadmap__deliverable_states') }}
    where grade <> 'not_found'

),

newest as (

    select distinct on (deliverable_id)
        deliverable_id,
        status,
        basis,
        actual_value,
        note,
        as_of,
        grade,
        evidence_id

    from states

    order by deliverable_id, {{ newest_first() }}

),

final as (

    select
        ---------- ids
        deliverables.deliverable_id,

        ---------- values
        deliverables.title,
        deliverables.kind,
        deliverables.milestone,
        deliverables.planned_start,
        deliverables.planned_end,
        deliverables.effort_weeks,
        deliverables.unblocks_usp_ids,
        deliverables.unblocks_segment_ids,
        coalesce(newest.status, 'unknown') as status,
        newest.basis,
        newest.as_of as status_on,
        deliverables.target_value,
        deliverables.target_unit,
        newest.actual_value,
        deliverables.unblocks,
        deliverables.depends_on,
        deliverables.mvp_relevance,
        coalesce(newest.note, deliverables.note) as note,

        ---------- provenance
        deliverables.evidence_id,
        newest.evidence_id as state_evidence_id,
        {{ weakest_grade(['deliverables.grade', 'newest.grade']) }} as grade,
        {{ evidence_ids(['deliverables.evidence_id', 'newest.evidence_id']) }} as evidence_ids

    from deliverables

    left join newest on deliverables.deliverable_id = newest.deliverable_id

)

select * from final
