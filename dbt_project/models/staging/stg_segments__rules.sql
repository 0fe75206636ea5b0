with

source as (

    {{ as_known_on(source('raw', 'segments__rules')) }}

),

renamed as (

    select

        ---------- ids
        id as rule_id,
        evidence_id,

        ---------- values
        title,
        value,
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
