with

source as (

    {{ as_known_on(source('raw', 'benchmarks__runs')) }}

),

renamed as (

    select

        ---------- ids
        id as benchmark_run_id,
        evidence_id,

        ---------- values
        grid,
        seed,
        rounds,
        duration_seconds,
        server_location,
        cpu_model,
        cpu_cores,
        memory_gib,
        operating_system,
        load_average,
        file_system,
        postgres_version,
        load_generator,
        changed_settings,
        code_version,
        git_commit,
        latency_source,

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
