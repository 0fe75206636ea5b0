with

interviews as (

    select * from {{ ref('stg_interviews__interviews') }}
    where grade <> 'not_found'

),

published as (

    select * from {{ ref('int_interviews__published_segments') }}
    where kind = 'interview'

),

-- Each attribute by itself and never two together: a cross table beside its margins gives small cells away.
attributes as (

    -- As in what was said: a segment that is named here and not there would tell which of them agreed to nothing.
    select
        'segment' as attribute,
        published.published_segment_id as value,
        interviews.grade
    from interviews
    inner join published on interviews.interview_id = published.conversation_id

    union all

    select
        'role_class' as attribute,
        role_class as value,
        grade
    from interviews

),

counted as (

    select
        attribute,
        value,
        grade = 'illustrative' as is_illustrative,
        count(*) as interviews

    from attributes

    group by attribute, value, grade = 'illustrative'

),

ranked as (

    select
        attribute,
        value,
        is_illustrative,
        interviews < {{ fewest_published() }} as is_small,
        coalesce(
            sum(interviews) filter (where interviews < {{ fewest_published() }})
                over (partition by attribute, is_illustrative),
            0
        ) as in_small_ones,
        row_number() over (
            partition by attribute, is_illustrative, interviews < {{ fewest_published() }}
            order by interviews, value
        ) as position

    from counted

),

-- The small values become one; if that is still too few, the smallest of the others goes with them.
coarsened as (

    select
        attribute,
        value,
        is_illustrative,
        case
            when
                is_small
                or (in_small_ones between 1 and {{ fewest_published() }} - 1 and position = 1)
                then 'other'
            else value
        end as published_value

    from ranked

),

-- In every row the same: a list of its own for each value would cross the attributes again, interview by interview.
counted_ids as (

    select
        grade = 'illustrative' as is_illustrative,
        {{ weakest_grade_of_rows('grade') }} as grade,
        {{ evidence_ids_of_rows('evidence_id') }} as evidence_ids

    from interviews

    group by grade = 'illustrative'

),

final as (

    select
        ---------- ids
        coarsened.attribute,
        coarsened.published_value as value,
        coarsened.is_illustrative,

        ---------- values
        case when count(*) >= {{ fewest_published() }} then count(*)::integer end as interviews,

        ---------- provenance
        counted_ids.grade,
        counted_ids.evidence_ids

    from attributes

    inner join coarsened
        on
            attributes.attribute = coarsened.attribute
            and attributes.value = coarsened.value
            and (attributes.grade = 'illustrative') = coarsened.is_illustrative

    inner join counted_ids on coarsened.is_illustrative = counted_ids.is_illustrative

    group by
        coarsened.attribute,
        coarsened.published_value,
        coarsened.is_illustrative,
        counted_ids.grade,
        counted_ids.evidence_ids

)

select * from final
