with

source as (

    {{ as_known_on(source('raw', 'readiness__gates'), is_standing=True) }}

),

renamed as (

    select

        ---------- ids
        id as gate_id,
        evidence_id,
        deliverable_id,
        milestone_id,

        ---------- values
        title,

        ---------- times and provenance
        holds_from,
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
