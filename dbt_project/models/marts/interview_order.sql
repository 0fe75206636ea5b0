with

interviews as (

    select * from {{ ref('stg_interviews__interviews') }}
    where grade <> 'not_found'

),

findings as (

    select * from {{ ref('stg_interviews__findings') }}
    where grade <> 'not_found'

),

final as (

    select
        ---------- ids
        row_number() over (order by min(interviews.interviewed_on), interviews.interview_id)::integer as position,

        ---------- values
        array_agg(distinct findings.tag) as tags,

        ---------- provenance
        {{ weakest_grade_of_rows('findings.grade') }} as grade,
        {{ evidence_ids_of_rows('findings.evidence_id') }} as evidence_ids

    from interviews

    inner join findings on interviews.interview_id = findings.interview_id

    group by interviews.interview_id

)

select * from final
