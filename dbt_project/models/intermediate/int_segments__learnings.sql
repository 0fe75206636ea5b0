with

integrations as (

    select * from {{ ref('stg_segments__integrations') }}

),

signals as (

    select * from {{ ref('stg_interviews__signals') }}

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

-- What a project of the segment went through with Waku.
learnings as (

    select
        unnest(segment_ids) as segment_id,
        'integration' as kind,
        name || ': ' || pain_reported as statement,
        grade,
        as_of,
        evidence_id
    from integrations
    where pain_reported is not null

    union all

    -- What was said or done in public for or against a claim. That somebody is interested teaches nothing yet.
    select
        segment_id,
        'signal' as kind,
        statement,
        grade,
        as_of,
        evidence_id
    from signals
    where relation is not null and kind not in ('interest', 'commitment')

    union all

    -- An interview that was held is on record even where its notes are not public.
    select
        unnest(segment_ids) as segment_id,
        'interview' as kind,
        note as statement,
        grade,
        as_of,
        evidence_id
    from progress
    where metric like 'interviews_held%' and value > 0

    union all

    -- Under the published segment: with few interviews it is none of the segments. Without a date, or the
    -- witness would be the newest interview; and only of those whose findings tell the segment too.
    select
        published.published_segment_id as segment_id,
        'interview' as kind,
        null as statement,
        interviews.grade,
        null as as_of,
        interviews.evidence_id
    from interviews
    inner join published
        on
            published.kind = 'interview'
            and interviews.interview_id = published.conversation_id
    where published.has_content and published.published_segment_id <> 'other'

),

final as (

    select
        ---------- ids
        segment_id,
        evidence_id,

        ---------- values
        kind,
        statement,

        ---------- times and provenance
        as_of,
        grade

    from learnings

    where grade <> 'not_found'

)

select * from final
