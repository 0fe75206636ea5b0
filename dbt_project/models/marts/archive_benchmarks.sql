with

runs as (

    select * from {{ ref('archive_runs') }}

),

measurements as (

    select * from {{ ref('stg_benchmarks__measurements') }}

),

postgres_results as (

    select * from {{ ref('stg_benchmarks__postgres_results') }}

),

network_results as (

    select * from {{ ref('stg_benchmarks__network_results') }}

),

repeated as (

    select
        measurements.run_id,
        measurements.stage,
        measurements.workload,
        measurements.clients,
        measurements.archive_messages,
        measurements.payload_bytes,
        measurements.rate_per_s,
        measurements.limit_ms,
        measurements.percentile,
        measurements.metric,
        measurements.unit,
        count(*) as rounds,
        min(measurements.operations) as operations,
        -- A round that is known from above only leaves the median, the lowest round and the variation unknown.
        count(*) - count(measurements.value) as bounded_rounds,
        percentile_cont(0.5) within group (order by measurements.value) as value,
        min(measurements.value) as value_low,
        max(coalesce(measurements.value, measurements.value_high)) as value_high,
        stddev_samp(measurements.value) / nullif(avg(measurements.value), 0) as variation,
        {{ weakest_grade_of_rows('measurements.grade') }} as grade,
        {{ evidence_ids_of_rows('measurements.evidence_id') }} as evidence_ids

    from measurements

    where coalesce(measurements.value, measurements.value_high) is not null

    group by
        measurements.run_id, measurements.stage, measurements.workload, measurements.clients,
        measurements.archive_messages, measurements.payload_bytes, measurements.rate_per_s, measurements.limit_ms,
        measurements.percentile, measurements.metric, measurements.unit

),

-- A round of too few requests tells no high quantile, and slow rounds have the fewest: the others are no sample of all.
told as (

    select
        *,
        max(rounds) filter (where metric like 'latency_ms_p%') over (
            partition by
                run_id, stage, workload, clients, archive_messages, payload_bytes, rate_per_s, limit_ms, percentile
        ) as latency_rounds

    from repeated

),

complete as (

    select * from told

    where metric not like 'latency_ms_p%' or rounds = latency_rounds

),

own as (

    select
        concat_ws(
            '|', complete.run_id, coalesce(complete.stage, 'harness'), complete.workload, complete.metric,
            complete.clients || ' clients', complete.archive_messages || ' messages',
            complete.payload_bytes || ' bytes', complete.rate_per_s || ' per s',
            'p' || complete.percentile || ' below ' || complete.limit_ms || ' ms'
        ) as figure_id,
        case runs.grid when 'import' then 'imported' else 'own' end as origin,
        complete.run_id as study,
        complete.run_id,
        complete.stage,
        'PostgreSQL ' || runs.postgres_version as system,
        complete.workload,
        complete.clients,
        complete.archive_messages,
        complete.payload_bytes,
        complete.rate_per_s,
        complete.limit_ms,
        complete.percentile,
        complete.metric,
        complete.unit,
        case when complete.bounded_rounds = 0 then complete.value end as value,
        case when complete.bounded_rounds = 0 and complete.rounds > 1 then complete.value_low end as value_low,
        case when complete.bounded_rounds > 0 or complete.rounds > 1 then complete.value_high end as value_high,
        null::text as value_text,
        complete.rounds,
        complete.operations,
        -- The median of what is measured lies within the range of n rounds, but for all of them above or all below.
        case
            when complete.bounded_rounds = 0 and complete.rounds > 1
                then 1 - 2 * 0.5::double precision ^ complete.rounds
        end as interval_confidence,
        case when complete.bounded_rounds = 0 then complete.variation end as variation,
        concat_ws(
            '; ',
            runs.server_location,
            runs.cpu_model,
            runs.cpu_cores || ' cores',
            runs.memory_gib || ' GiB',
            runs.operating_system,
            runs.file_system, runs.load_generator
        ) as environment,
        runs.is_current,
        runs.measured_on,
        {{ weakest_grade(['complete.grade', 'runs.grade']) }} as grade,
        {{ evidence_ids(['runs.evidence_ids[1]'], arrays=['complete.evidence_ids']) }} as evidence_ids

    from complete

    inner join runs on complete.run_id = runs.run_id

),

published as (

    select
        'published' as origin,
        evidence_id,
        study,
        system,
        workload,
        concurrency as clients,
        message_count as archive_messages,
        payload_bytes,
        metric,
        unit,
        value,
        value_low,
        value_high,
        value_text,
        conditions as environment,
        measured_on,
        grade
    from postgres_results

    union all

    -- Of networks and nodes: the archive is a part of them.
    select
        'published_network' as origin,
        evidence_id,
        study,
        system,
        workload,
        null as clients,
        null as archive_messages,
        payload_bytes,
        metric,
        unit,
        value,
        value_low,
        value_high,
        value_text,
        concat_ws('; ', scale || ' ' || scale_unit, message_count || ' messages', conditions) as environment,
        measured_on,
        grade
    from network_results

),

stated as (

    select
        evidence_id as figure_id,
        origin,
        study,
        null::text as run_id,
        null::text as stage,
        system,
        workload,
        clients,
        archive_messages,
        payload_bytes,
        null::double precision as rate_per_s,
        null::double precision as limit_ms,
        null::double precision as percentile,
        -- The same quantity in the same unit has the same name everywhere.
        case
            when unit = 'ms' then regexp_replace(metric, '^latency_(?=p[0-9]+$)', 'latency_ms_')
            when metric = 'throughput' and unit in ('req/s', 'msg/s') then 'throughput_per_s'
            else metric
        end as metric,
        unit,
        value,
        value_low,
        value_high,
        value_text,
        null::bigint as rounds,
        null::bigint as operations,
        null::double precision as interval_confidence,
        null::double precision as variation,
        environment,
        false as is_current,
        measured_on,
        grade,
        array[evidence_id] as evidence_ids

    from published

),

final as (

    select * from own
    union all
    select * from stated

)

select * from final
