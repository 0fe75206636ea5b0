with

source as (

    {{ as_known_on(source('raw', 'roadmap__milestone_values')) }}

),

renamed as (

    select

        ---------- ids
        id as milestone_value_id,
        evidence_id,
        milestone_id,

        ---------- values
        milestone,
        metric,
        value,
        unit,
        scale_max,

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
