with

source as (

    {{ as_known_on(source('raw', 'segments__competitors')) }}

),

renamed as (

    select

        ---------- ids
        id as segment_competitor_id,
        evidence_id,
        segment_id,
        competitor_id,

        ---------- values
        name,
        kind,
        strength,
        weakness,

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
