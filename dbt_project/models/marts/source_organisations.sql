with

interviews as (

    select * from {{ ref('stg_interviews__interviews') }}
    where organisation_code is not null and grade <> 'not_found'

),

sessions as (

    select * from {{ ref('stg_interviews__sessions') }}
    where organisation_code is not null and grade <> 'not_found'

),

conversations as (

    select
        'interview ' || interview_id as source_key,
        organisation_code,
        grade,
        evidence_id
    from interviews

    union all

    select
        'project ' || project_code as source_key,
        organisation_code,
        grade,
        evidence_id
    from sessions

),

-- A public signal has the key of its integration, of which an organisation may have the name.
final as (

    select
        ---------- ids
        source_key,
        'project ' || min(organisation_code) as organisation_key,

        ---------- provenance
        {{ weakest_grade_of_rows('grade') }} as grade,
        {{ evidence_ids_of_rows('evidence_id') }} as evidence_ids

    from conversations

    group by source_key

)

select * from final
