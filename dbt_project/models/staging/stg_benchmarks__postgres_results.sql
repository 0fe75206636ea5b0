with

source as (

    {{ as_known_on(source('raw', 'benchmarks__postgres_results')) }}

),

renamed as (

    select

        ---------- ids
        id as result_id,
        evidence_id,

        ---------- values
        value,
        value_low,
        value_high,
        value_text,
        study,
        date_precision,
        system,
        workload,
        message_count,
        message_count_min,
        payload_bytes,
        concurrency,
        writers,
        readers,
        concurrency_text,
        metric,
        unit,
        conditions,

        ---------- times and provenance
        measured_on,
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
