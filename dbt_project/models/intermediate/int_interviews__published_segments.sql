with

conversations as (

    select
        'interview' as kind,
        interview_id as conversation_id,
        interview_id as subject,
        segment_id,
        grade = 'illustrative' as is_illustrative
    from {{ ref('stg_interviews__interviews') }}
    where grade <> 'not_found'

    union all

    -- All sessions with one project are about the same people.
    select
        'session' as kind,
        session_id as conversation_id,
        project_code as subject,
        segment_id,
        grade = 'illustrative' as is_illustrative
    from {{ ref('stg_interviews__sessions') }}
    where grade <> 'not_found'

),

counted as (

    select
        kind,
        is_illustrative,
        segment_id,
        count(distinct subject) as subjects

    from conversations

    group by kind, is_illustrative, segment_id

),

ranked as (

    select
        *,
        subjects < {{ fewest_published() }} as is_small,
        coalesce(
            sum(subjects) filter (where subjects < {{ fewest_published() }}) over (partition by kind, is_illustrative),
            0
        ) as in_small_ones,
        row_number() over (
            partition by kind, is_illustrative, subjects < {{ fewest_published() }}
            order by subjects, segment_id
        ) as position

    from counted

),

-- As in `interview_counts`: the small segments become one; if that is too few, the smallest of the others joins it.
final as (

    select
        conversations.kind,
        conversations.conversation_id,
        case
            when
                ranked.is_small
                or (ranked.in_small_ones between 1 and {{ fewest_published() }} - 1 and ranked.position = 1)
                then 'other'
            else conversations.segment_id
        end as published_segment_id

    from conversations

    inner join ranked
        on
            conversations.kind = ranked.kind
            and conversations.is_illustrative = ranked.is_illustrative
            and conversations.segment_id = ranked.segment_id

)

select * from final
