with

source as (

    {{ as_known_on(source('raw', 'segments__usp_states')) }}

),

renamed as (

    select

        ---------- ids
        id as usp_state_id,
        evidence_id,
        usp_id,

        ---------- values
        where_claimed,
        maturity,
        known_limitation,

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
