with

source as (

    {{ as_known_on(source('raw', 'interviews__questions')) }}

),

renamed as (

    select

        ---------- ids
        id as question_row_id,
        evidence_id,
        question_set_id,

        ---------- values
        question,
        text,

        ---------- times and provenance
        source,
        as_of,
        as_of_basis,
        grade,
        note,
        pack,
        file,
        line

    from source

)

select * from renamed
