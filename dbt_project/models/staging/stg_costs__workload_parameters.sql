with

source as (

    {{ as_known_on(source('raw', 'costs__workload_parameters')) }}

),

renamed as (

    select

        ---------- ids
        id as workload_parameter_id,
        evidence_id,
        profile_id,

        ---------- values
        parameter,
        low,
        mid,
        high,
        value_text,
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
