with

segments as (

    select
        segment_id,
        unnest(relevant_usps) as usp_id,
        grade,
        evidence_id
    from {{ ref('stg_segments__segments') }}
    where grade <> 'not_found'

),

problems as (

    select
        problem_id,
        unnest(usp_ids) as usp_id,
        segment_ids,
        grade,
        evidence_id
    from {{ ref('stg_segments__problems') }}
    where grade <> 'not_found'

),

-- A segment names the USP, or a problem names both.
pairs as (

    select
        segment_id,
        usp_id
    from segments

    union

    select
        unnest(segment_ids) as segment_id,
        usp_id
    from problems

),

linked as (

    select
        pairs.segment_id,
        pairs.usp_id,
        problems.problem_id,
        coalesce(pairs.segment_id = any(problems.segment_ids) or problems.segment_ids = '{}', false) as is_stated,
        segments.grade as segment_grade,
        segments.evidence_id as segment_evidence_id,
        problems.grade as problem_grade,
        problems.evidence_id as problem_evidence_id

    from pairs

    left join segments
        on
            pairs.segment_id = segments.segment_id
            and pairs.usp_id = segments.usp_id

    left join problems on pairs.usp_id = problems.usp_id

),

-- Of the problems that a USP claims to solve those that the segment has; all of them where none is said to be its own.
chosen as (

    select
        *,
        bool_or(is_stated) over (partition by segment_id, usp_id) as has_stated_one

    from linked

),

final as (

    select
        ---------- ids
        segment_id,
        usp_id,
        problem_id,

        ---------- provenance
        {{ weakest_grade(['segment_grade', 'problem_grade']) }} as grade,
        {{ evidence_ids(['segment_evidence_id', 'problem_evidence_id']) }} as evidence_ids

    from chosen

    where is_stated or not has_stated_one

)

select * from final
