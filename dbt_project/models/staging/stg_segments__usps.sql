with

source as (

    {{ as_known_on(source('raw', 'segments__usps'), is_standing=True) }}

),

renamed as (

    select

        ---------- ids
        id as usp_id,
        evidence_id,

        ---------- values
        name,
        claimed_benefit,
        problem_solved,
        depends_on,

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
