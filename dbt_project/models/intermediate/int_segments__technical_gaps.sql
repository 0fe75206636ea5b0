with

segments as (

    select
        segment_id,
        unnest(array_remove(technical_gaps, 'none')) as deliverable_id
    from {{ ref('stg_segments__segments') }}
    where grade <> 'not_found'

),

deliverables as (

    select * from {{ ref('int_roadmap__deliverables_now') }}

),

-- A deliverable that an earlier day did not know of has no known state.
final as (

    select
        ---------- ids
        segments.segment_id,
        segments.deliverable_id,

        ---------- values
        coalesce(deliverables.status, 'unknown') in ('unknown', 'done_privately') as is_unknown,
        coalesce(deliverables.status, 'unknown') not in ('done', 'unknown', 'done_privately') as is_open,

        ---------- provenance
        deliverables.grade,
        deliverables.evidence_id,
        deliverables.state_evidence_id

    from segments

    left join deliverables on segments.deliverable_id = deliverables.deliverable_id

)

select * from final
