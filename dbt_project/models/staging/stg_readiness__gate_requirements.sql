with

source as (

    {{ as_known_on(source('raw', 'readiness__gate_requirements')) }}

),

renamed as (

    select

        ---------- ids
        id as requirement_id,
        evidence_id,
        deliverable_id,
        gate_id,

        ---------- values
        title,
        metric,
        comparison,
        threshold,
        tolerance,
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
