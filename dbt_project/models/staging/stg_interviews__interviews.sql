with

known as (

    {{ as_known_on(source('raw', 'interviews__interviews')) }}

),

source as (

    {{ as_consented('known', counted=True, contents=[
        'question_set_id', 'channel', 'organisation_code', 'source', 'note'
    ]) }}

),

renamed as (

    select

        ---------- ids
        id as interview_id,
        evidence_id,
        segment_id,
        consented_question_set_id as question_set_id,

        ---------- values
        role_class,
        consented_channel as channel,
        consent,
        consented_organisation_code as organisation_code,

        ---------- times and provenance
        interviewed_on,
        consent_withdrawn_on,
        consented_source as source,
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
