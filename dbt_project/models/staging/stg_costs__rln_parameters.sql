with

source as (

    {{ as_known_on(source('raw', 'costs__rln_parameters')) }}

),

renamed as (

    select

        ---------- ids
        id as rln_parameter_id,
        evidence_id,

        ---------- values
        value,
        value_low,
        value_high,
        value_text,
        parameter,
        unit,
        condition,
        stated_in,

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
