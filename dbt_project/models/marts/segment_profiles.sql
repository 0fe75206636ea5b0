with

segments as (

    select * from {{ ref('stg_segments__segments') }}
    where grade <> 'not_found'

),

integrations as (

    select
        unnest(segment_ids) as segment_id,
        status,
        grade,
        evidence_id
    from {{ ref('stg_segments__integrations') }}

),

gaps_counted as (

    select
        segment_id,
        (count(*) filter (where is_open))::integer as open_gaps,
        (count(*) filter (where is_unknown))::integer as unknown_gaps,
        {{ weakest_grade_of_rows('grade') }} as grade,
        array_agg(evidence_id) || array_agg(state_evidence_id) as evidence_ids

    from {{ ref('int_segments__technical_gaps') }}

    group by segment_id

),

integrations_counted as (

    select
        segment_id,
        (
            count(*) filter (where status in ('live', 'live_2024_activity_after_unknown', 'started', 'committed'))
        )::integer as users,
        (count(*) filter (where status in ('left', 'trial_closed_unmerged')))::integer as leavers,
        {{ weakest_grade_of_rows('grade') }} as grade,
        array_agg(evidence_id) as evidence_ids

    from integrations

    group by segment_id

),

final as (

    select
        ---------- ids
        segments.segment_id,

        ---------- values
        segments.name,
        segments.segment_status,
        segments.problem,
        segments.relevant_usps,
        segments.interest_signals,
        segments.public_leads,
        segments.rationale_for,
        segments.rationale_against,
        segments.technical_gaps,
        -- An empty list says that nobody has looked, which is not that nothing is missing.
        case when cardinality(segments.technical_gaps) > 0 then coalesce(gaps_counted.open_gaps, 0) end as open_gaps,
        case
            when cardinality(segments.technical_gaps) > 0 then coalesce(gaps_counted.unknown_gaps, 0)
        end as unknown_gaps,
        coalesce(integrations_counted.users, 0) as users,
        coalesce(integrations_counted.leavers, 0) as leavers,

        ---------- provenance
        {{ weakest_grade(['segments.grade', 'gaps_counted.grade', 'integrations_counted.grade']) }} as grade,
        {{ evidence_ids(
            ['segments.evidence_id'], arrays=['gaps_counted.evidence_ids', 'integrations_counted.evidence_ids']
        ) }} as evidence_ids

    from segments

    left join gaps_counted on segments.segment_id = gaps_counted.segment_id

    left join integrations_counted on segments.segment_id = integrations_counted.segment_id

)

select * from final
