with

source as (

    {{ as_known_on(source('raw', 'interviews__tags')) }}

),

renamed as (

    select

        ---------- ids
        id as tag,
        evidence_id,

        ---------- values
        title,
        theme,
        description,

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
