with

known as (

    {{ as_known_on(source('raw', 'interviews__findings')) }}

),

source as (

    {{ as_consented('known', quotes=['quote'], contents=['note']) }}

),

renamed as (

    select

        ---------- ids
        id as finding_id,
        evidence_id,
        tag,
        usp_id,
        problem_id,
        interview_id,
        segment_id,

        ---------- values
        strength,
        relation,
        consent,
        finding_no,
        consented_quote as quote,
        importance,
        satisfaction,

        ---------- times and provenance
        consent_withdrawn_on,
        source,
        as_of,
        as_of_basis,
        grade,
        consented_note as note,
        pack,
        file,
        line

    from source

)

select * from renamed
