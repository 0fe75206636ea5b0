with

interviews as (

    select * from {{ ref('stg_interviews__findings') }}
    where grade <> 'not_found'

),

sessions as (

    select * from {{ ref('stg_interviews__sessions') }}
    where grade <> 'not_found'

),

signals as (

    select * from {{ ref('stg_interviews__signals') }}
    where grade <> 'not_found'

),

usps as (

    select * from {{ ref('stg_segments__usps') }}

),

published as (

    select * from {{ ref('int_interviews__published_segments') }}

),

organisations as (

    select * from {{ ref('source_organisations') }}

),

-- An opportunity is a mean of scores, one of each organisation; of one or two it would be what a person said, as a
-- number.
scored as (

    select
        interviews.problem_id,
        interviews.grade = 'illustrative' as is_illustrative

    from interviews

    left join organisations on 'interview ' || interviews.interview_id = organisations.source_key

    where interviews.importance is not null and interviews.satisfaction is not null

    group by interviews.problem_id, interviews.grade = 'illustrative'

    having count(distinct coalesce(organisations.organisation_key, interviews.interview_id)) >= {{ fewest_published() }}

),

said as (

    select
        interviews.evidence_id as finding_id,
        'interview' as kind,
        'interview ' || interviews.interview_id as source_key,
        published.published_segment_id as segment_id,
        interviews.tag,
        interviews.usp_id,
        interviews.problem_id,
        interviews.relation,
        interviews.strength,
        interviews.quote as statement,
        case when scored.problem_id is not null then interviews.importance end as importance,
        case when scored.problem_id is not null then interviews.satisfaction end as satisfaction,
        interviews.grade,
        array[interviews.evidence_id] as evidence_ids

    from interviews

    inner join published
        on
            published.kind = 'interview'
            and interviews.interview_id = published.conversation_id

    left join scored
        on
            interviews.problem_id = scored.problem_id
            and (interviews.grade = 'illustrative') = scored.is_illustrative

    union all

    -- A project that lacks a deliverable speaks against the USPs that need it. It was not asked about them: weak.
    select
        lacking.evidence_id || ' ' || usps.usp_id as finding_id,
        'session' as kind,
        'project ' || lacking.project_code as source_key,
        published.published_segment_id as segment_id,
        null as tag,
        usps.usp_id,
        null as problem_id,
        'contradicts' as relation,
        'weak' as strength,
        null as statement,
        null as importance,
        null as satisfaction,
        {{ weakest_grade(['lacking.grade', 'usps.grade', "'estimated'"]) }} as grade,
        {{ evidence_ids(['lacking.evidence_id', 'usps.evidence_id']) }} as evidence_ids

    from sessions as lacking

    inner join published
        on
            published.kind = 'session'
            and lacking.session_id = published.conversation_id

    inner join usps on lacking.roadmap_gaps && usps.depends_on

    union all

    -- Of a customer with a row of its own the row is the source, otherwise the report that mentions it.
    select
        signals.evidence_id as finding_id,
        'signal' as kind,
        case
            when signals.integration_id is not null then 'project ' || signals.integration_id
            else coalesce('report ' || signals.progress_id, signals.source)
        end as source_key,
        signals.segment_id,
        signals.tag,
        signals.usp_id,
        signals.problem_id,
        signals.relation,
        signals.strength,
        signals.statement,
        null as importance,
        null as satisfaction,
        signals.grade,
        array[signals.evidence_id] as evidence_ids

    from signals

),

final as (

    select
        ---------- ids
        finding_id,
        kind,
        source_key,
        segment_id,
        tag,
        usp_id,
        problem_id,

        ---------- values
        relation,
        strength,
        statement,
        importance,
        satisfaction,

        ---------- provenance
        grade,
        evidence_ids

    from said

)

select * from final
