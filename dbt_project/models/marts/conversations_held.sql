with

interviews as (

    select * from {{ ref('stg_interviews__interviews') }}

),

sessions as (

    select * from {{ ref('stg_interviews__sessions') }}

),

progress as (

    select * from {{ ref('milestone_progress') }}

),

-- What the weekly updates reported, and up to which day.
reported as (

    select
        case metric when 'interviews_held_cumulative' then 'interview' else 'session' end as kind,
        observed_on,
        segment_ids

    from progress

    where
        metric in ('interviews_held_cumulative', 'sessions_held_cumulative')
        and grade <> 'illustrative'
        and value is not null

),

question_counts as (

    select
        question_set_id,
        count(*)::integer as questions
    from {{ ref('stg_interviews__questions') }}
    group by question_set_id

),

conversations as (

    select
        'interview' as kind,
        interviews.segment_id,
        interviews.interviewed_on as held_on,
        null::text as event,
        null::boolean as engineer_attended,
        question_counts.questions,
        interviews.grade,
        interviews.evidence_id
    from interviews
    left join question_counts on interviews.question_set_id = question_counts.question_set_id

    union all

    select
        'session' as kind,
        segment_id,
        held_on,
        event,
        engineer_attended,
        null as questions,
        grade,
        evidence_id
    from sessions

),

counted as (

    select
        conversations.kind,
        conversations.grade = 'illustrative' as is_illustrative,
        count(*)::integer as held,
        (
            count(*) filter (where conversations.held_on > coalesce(reported.observed_on, '-infinity'))
        )::integer as held_after_report,
        (count(*) filter (where conversations.engineer_attended))::integer as held_with_engineer,
        max(conversations.questions) as questions,
        array_remove(array_agg(conversations.event order by conversations.event), null) as events,
        array_agg(distinct conversations.segment_id) as segment_ids,
        {{ weakest_grade_of_rows('conversations.grade') }} as grade,
        {{ evidence_ids_of_rows('conversations.evidence_id') }} as evidence_ids

    from conversations

    left join reported on conversations.kind = reported.kind

    where conversations.grade <> 'not_found'

    group by conversations.kind, conversations.grade = 'illustrative'

),

final as (

    select
        ---------- ids
        counted.kind,
        counted.is_illustrative,

        ---------- values
        counted.held,
        counted.held_after_report,
        cardinality(counted.segment_ids) as segments,
        cardinality(array(
            select unnest(counted.segment_ids)
            union
            select unnest(reported.segment_ids)
        )) as segments_with_reported,

        ---------- provenance
        counted.grade,
        counted.evidence_ids,

        ---------- values that were added later: those who read by position go on
        counted.held_with_engineer,
        counted.questions,
        counted.events

    from counted

    left join reported on counted.kind = reported.kind

)

select * from final
