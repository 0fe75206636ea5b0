with

deliverables as (

    select * from {{ ref('int_roadmap__deliverables_now') }}

),

-- Either end of an edge may state it. On an earlier day one of them may not be known yet.
stated as (

    select
        deliverable_id,
        unnest(depends_on) as needs
    from deliverables

    union

    select
        unnest(unblocks) as deliverable_id,
        deliverable_id as needs
    from deliverables

),

-- What is made up is no part of the real roadmap: no edge leads to it from there, and none back.
edges as (

    select
        stated.deliverable_id,
        stated.needs
    from stated
    inner join deliverables as needing on stated.deliverable_id = needing.deliverable_id
    inner join deliverables as needed on stated.needs = needed.deliverable_id
    where (needing.grade = 'illustrative') = (needed.grade = 'illustrative')

),

of_usps as (

    select
        deliverable_id,
        unnest(unblocks_usp_ids) as usp_id
    from deliverables

    union

    select
        unnest(depends_on) as deliverable_id,
        usp_id
    from {{ ref('stg_segments__usps') }}
    where grade <> 'not_found'

),

of_segments as (

    select
        deliverable_id,
        unnest(unblocks_segment_ids) as segment_id
    from deliverables

    union

    select
        unnest(technical_gaps) as deliverable_id,
        segment_id
    from {{ ref('stg_segments__segments') }}
    where grade <> 'not_found'

),

final as (

    select
        ---------- ids
        deliverable_id,
        array(
            select edges.needs from edges
            where edges.deliverable_id = deliverables.deliverable_id
            order by edges.needs
        ) as needs,
        array(
            select of_usps.usp_id from of_usps
            where of_usps.deliverable_id = deliverables.deliverable_id
            order by of_usps.usp_id
        ) as usp_ids,
        array(
            select of_segments.segment_id from of_segments
            where of_segments.deliverable_id = deliverables.deliverable_id
            order by of_segments.segment_id
        ) as segment_ids,

        ---------- values
        title,
        kind,
        milestone,
        mvp_relevance,
        status,
        effort_weeks,

        ---------- times
        status_on,
        planned_start,
        planned_end,

        ---------- provenance
        grade,
        evidence_ids

    from deliverables

)

select * from final
