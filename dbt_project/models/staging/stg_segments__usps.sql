with

source as (

    {{ as_known_on(source('raw', 'segments__usps')) }}

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
        known_limitation,
        maturity,
        where_claimed,
        depends_on,

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
