with

known as (

    {{ as_known_on(source('raw', 'interviews__answers')) }}

),

source as (

    {{ as_consented('known', contents=['note']) }}

),

renamed as (

    select

        ---------- ids
        id as answer_id,
        evidence_id,
        interview_id,
        segment_id,
        question_id,

        ---------- values
        consent,
        question,
        answer,

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
