with

findings as (

    select * from {{ ref('stg_interviews__findings') }}
    where grade <> 'not_found'

),

conversations as (

    select
        'interview' as kind,
        interview_id as conversation_id,
        interview_id as subject,
        segment_id,
        grade = 'illustrative' as is_illustrative,
        interview_id in (select findings.interview_id from findings) as has_content
    from {{ ref('stg_interviews__interviews') }}
    where grade <> 'not_found'

    union all

    -- All sessions with one project are about the same people.
    select
        'session' as kind,
        session_id as conversation_id,
        project_code as subject,
        segment_id,
        grade = 'illustrative' as is_illustrative,
        cardinality(roadmap_gaps) > 0 as has_content
    from {{ ref('stg_interviews__sessions') }}
    where grade <> 'not_found'

),

-- Only those of whom something is published: a finding from a segment with three interviews, of which two agreed to
-- nothing, would tell whose it is.

counted as (

    select
        kind,
        is_illustrative,
        segment_id,
        count(distinct subject) filter (where has_content) as subjects

    from conversations

    group by kind, is_illustrative, segment_id

),

ranked as (

    select
        *,
        subjects < {{ fewest_published() }} as is_small,
        sum(subjects) filter (where subjects < {{ fewest_published() }})
            over (partition by kind, is_illustrative) as in_small_ones,
        row_number() over (
            partition by kind, is_illustrative, subjects < {{ fewest_published() }}
            order by subjects, segment_id
        ) as position

    from counted

),

-- The small segments become one; if that is too few, the smallest of the others joins it.
final as (

    select
        conversations.kind,
        conversations.conversation_id,
        case
            when ranked.is_small or (ranked.in_small_ones < {{ fewest_published() }} and ranked.position = 1)
                then 'other'
            else conversations.segment_id
        end as published_segment_id,
        coalesce(conversations.has_content, false) as has_content

    from conversations

    inner join ranked
        on
            conversations.kind = ranked.kind
            and conversations.is_illustrative = ranked.is_illustrative
            and conversations.segment_id = ranked.segment_id

)

select * from final
