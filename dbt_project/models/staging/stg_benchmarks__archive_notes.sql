with

source as (

    {{ as_known_on(source('raw', 'benchmarks__archive_notes')) }}

),

renamed as (

    select

        ---------- ids
        id as archive_note_id,
        evidence_id,

        ---------- values
        topic,
        fact,
        value,
        unit,
        date_precision,

        ---------- times and provenance
        happened_on,
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
