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

-- Two states on one day, or one with two amounts: one of them is mistaken.
contradictions as (

    select
        newest.evidence_id,
        {{ evidence_ids_of_rows('other.evidence_id') }} as contradicting_ids

    from newest

    inner join states as other
        on newest.deliverable_id = other.deliverable_id and newest.as_of = other.as_of

    where
        {{ is_evidence('newest.grade') }}
        and {{ is_evidence('other.grade') }}
        and (other.status <> newest.status or other.actual_value <> newest.actual_value)

    group by newest.evidence_id

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
        coalesce(contradictions.contradicting_ids, '{}') as contradicting_ids,
        {{ contradicted_grade(
            weakest_grade(['deliverables.grade', 'newest.grade']), 'contradictions.contradicting_ids'
        ) }} as grade,
        {{ evidence_ids(
            ['deliverables.evidence_id', 'newest.evidence_id'], arrays=['contradictions.contradicting_ids']
        ) }} as evidence_ids

    from deliverables

    left join newest on deliverables.deliverable_id = newest.deliverable_id

    left join contradictions on newest.evidence_id = contradictions.evidence_id

)

select * from final
