with

source as (

    {{ as_known_on(source('raw', 'benchmarks__network_results')) }}

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
        payload_bytes,
        payload_text,
        scale,
        scale_unit,
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
