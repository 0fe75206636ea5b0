with

source as (

    {{ as_known_on(source('raw', 'readiness__gate_requirements'), is_standing=True) }}

),

renamed as (

    select

        ---------- ids
        id as requirement_id,
        evidence_id,
        gate_id,

        ---------- values
        title,
        quote,
        metric,
        noun,
        nouns,
        predicate,
        counter,
        parameters,
        stand_in,
        comparison,
        threshold,
        threshold_high,
        tolerance,
        unit,
        stale_after_days,

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
