with

runs as (

    select * from {{ ref('stg_benchmarks__runs') }}

),

placed as (

    select
        *,
        -- Figures are compared within one environment only; a setting that differs makes another one.
        left(
            md5(
                concat_ws(
                    '|', server_location, cpu_model, cpu_cores, memory_gib, operating_system, file_system,
                    postgres_version, load_generator, latency_source, array_to_string(changed_settings, ';')
                )
            ), 8
        ) as environment_id,
        array_position(array['full', 'quick', 'import'], grid) as grid_rank

    from runs

    where grade <> 'not_found'

),

ranked as (

    select
        *,
        row_number() over (
            partition by environment_id
            order by grade = 'illustrative' asc, grid_rank asc, as_of desc, benchmark_run_id desc
        ) as rank_in_environment,
        row_number() over (
            order by grade = 'illustrative' asc, grid_rank asc, as_of desc, benchmark_run_id desc
        ) as rank_of_all

    from placed

),

final as (

    select
        ---------- ids
        benchmark_run_id as run_id,
        environment_id,

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
        latency_source,
        changed_settings,
        code_version,
        git_commit,
        rank_in_environment = 1 as is_newest,
        rank_of_all = 1 and grid <> 'import' as is_current,

        ---------- times
        as_of as measured_on,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from ranked

)

select * from final
