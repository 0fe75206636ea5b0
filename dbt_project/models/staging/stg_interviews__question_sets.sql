with

source as (

    {{ as_known_on(source('raw', 'interviews__question_sets')) }}

),

renamed as (

    select

        ---------- ids
        id as question_set_id,
        evidence_id,

        ---------- values
        title,
        version,

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
