with

source as (

    {{ as_known_on(source('raw', 'costs__assumptions')) }}

),

renamed as (

    select

        ---------- ids
        id as assumption_id,
        evidence_id,

        ---------- values
        title,
        low,
        mid,
        high,
        unit,

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
