with

source as (

    {{ as_known_on(source('raw', 'benchmarks__measurements')) }}

),

renamed as (

    select

        ---------- ids
        id as measurement_id,
        evidence_id,
        run_id,

        ---------- values
        round,
        stage,
        workload,
        clients,
        archive_messages,
        payload_bytes,
        rate_per_s,
        limit_ms,
        percentile,
        operations,
        metric,
        value,
        value_high,
        unit,

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
