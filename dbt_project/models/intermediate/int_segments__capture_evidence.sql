with

segments as (

    select * from {{ ref('stg_segments__segments') }}

),

market_sizes as (

    select * from {{ ref('stg_segments__market_sizes') }}

),

competitors as (

    select * from {{ ref('stg_segments__competitors') }}

),

integrations as (

    select * from {{ ref('stg_segments__integrations') }}

),

progress as (

    select * from {{ ref('stg_roadmap__milestone_progress') }}

),

interviews as (

    select * from {{ ref('stg_interviews__interviews') }}

),

published as (

    select * from {{ ref('int_interviews__published_segments') }}

),

witnesses as (

    select
        segment_id,
        'segment' as item,
        grade,
        as_of,
        evidence_id
    from segments

    union all

    select
        segment_id,
        'market_size' as item,
        grade,
        as_of,
        evidence_id
    from market_sizes
    where value is not null

    union all

    select
        segment_id,
        'problems_and_usps' as item,
        grade,
        as_of,
        evidence_id
    from segments
    where problem is not null and cardinality(relevant_usps) > 0

    union all

    select
        segment_id,
        'competitors' as item,
        grade,
        as_of,
        evidence_id
    from competitors

    union all

    -- What a project of the segment went through with Waku.
    select
        unnest(segment_ids) as segment_id,
        'learnings' as item,
        grade,
        as_of,
        evidence_id
    from integrations
    where pain_reported is not null

    union all

    -- An interview that was held is on record even where its notes are not public.
    select
        unnest(segment_ids) as segment_id,
        'learnings' as item,
        grade,
        as_of,
        evidence_id
    from progress
    where metric like 'interviews_held%' and value > 0

    union all

    -- Under the segment that readers are told: with few interviews it is none of the segments. Without a date, or the
    -- witness would be the newest interview; and only of those whose findings tell the segment too.
    select
        published.published_segment_id as segment_id,
        'learnings' as item,
        interviews.grade,
        null as as_of,
        interviews.evidence_id
    from interviews
    inner join published
        on
            published.kind = 'interview'
            and interviews.interview_id = published.conversation_id
    where published.has_content and published.published_segment_id <> 'other'

    union all

    select
        segment_id,
        'rationale' as item,
        grade,
        as_of,
        evidence_id
    from segments
    where rationale_for is not null

),

-- One good witness is enough: a weaker row about the same item neither adds to it nor takes from it.
strongest as (

    select distinct on (segment_id, item)
        segment_id,
        item,
        grade,
        evidence_id

    from witnesses

    where grade <> 'not_found'

    order by segment_id, item, {{ grade_rank('grade') }}, as_of desc nulls last, evidence_id

)

select * from strongest
