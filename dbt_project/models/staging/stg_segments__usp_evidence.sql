with

source as (

    {{ as_known_on(source('raw', 'segments__usp_evidence')) }}

),

renamed as (

    select

        ---------- ids
        id as usp_evidence_id,
        evidence_id,
        usp_id,

        ---------- values
        metric,
        value,
        unit,
        condition,

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
