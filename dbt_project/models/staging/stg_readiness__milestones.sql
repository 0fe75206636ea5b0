with

source as (

    {{ as_known_on(source('raw', 'readiness__milestones'), is_standing=True) }}

),

renamed as (

    select

        ---------- ids
        id as milestone_id,
        evidence_id,

        ---------- values
        title,
        question,
        is_default,

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
