with

source as (

    {{ as_known_on(source('raw', 'segments__market_sizes')) }}

),

renamed as (

    select

        ---------- ids
        id as market_size_id,
        evidence_id,
        segment_id,

        ---------- values
        metric,
        value,
        unit,
        family,
        what_it_measures,
        source_quality,

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
