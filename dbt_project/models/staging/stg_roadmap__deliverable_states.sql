with

source as (

    {{ as_known_on(source('raw', 'roadmap__deliverable_states')) }}

),

renamed as (

    select

        ---------- ids
        id as deliverable_state_id,
        evidence_id,
        deliverable_id,

        ---------- values
        status,
        basis,
        actual_value,

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
