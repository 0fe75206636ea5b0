with

source as (

    {{ as_known_on(source('raw', 'benchmarks__latency_targets')) }}

),

renamed as (

    select

        ---------- ids
        id as latency_target_id,
        evidence_id,

        ---------- values
        component,
        metric,
        statistic,
        percentile,
        comparison,
        value,
        unit,
        population,
        condition,

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
