with

results as (

    select * from {{ ref('stg_benchmarks__postgres_results') }}

),

runs as (

    select * from {{ ref('archive_runs') }}

),

measurements as (

    select * from {{ ref('stg_benchmarks__measurements') }}

),

sizes as (

    select distinct on (study, system, payload_bytes, metric) *

    from results

    where
        payload_bytes is not null
        and unit = 'bytes'
        and metric in (
            'table_and_toast_bytes_per_message',
            'index_bytes_per_message',
            'lookup_table_bytes_per_message',
            'total_bytes_per_message'
        )

    order by study asc, system asc, payload_bytes asc, metric asc, {{ newest_first() }} asc

),

published as (

    select
        study,
        system,
        null::text as stage,
        'hex' as encoding,
        null::bigint as archive_messages,
        payload_bytes,
        null::double precision as heap_bytes,
        null::double precision as toast_bytes,
        max(value) filter (where metric = 'table_and_toast_bytes_per_message') as table_bytes,
        max(value) filter (where metric = 'index_bytes_per_message') as index_bytes,
        max(value) filter (where metric = 'lookup_table_bytes_per_message') as lookup_bytes,
        max(value) filter (where metric = 'total_bytes_per_message') as total_bytes,
        null::double precision as wal_bytes,
        false as is_current,
        {{ weakest_grade_of_rows('grade') }} as grade,
        {{ evidence_ids_of_rows('evidence_id') }} as evidence_ids

    from sizes

    group by study, system, payload_bytes

),

measured as (

    select
        run_id,
        stage,
        archive_messages,
        payload_bytes,
        percentile_cont(0.5) within group (order by value) filter (where metric = 'heap_bytes_per_message')
            as heap_bytes,
        percentile_cont(0.5) within group (order by value) filter (where metric = 'toast_bytes_per_message')
            as toast_bytes,
        percentile_cont(0.5) within group (order by value) filter (where metric = 'index_bytes_per_message')
            as index_bytes,
        percentile_cont(0.5) within group (order by value) filter (where metric = 'lookup_bytes_per_message')
            as lookup_bytes,
        percentile_cont(0.5) within group (order by value) filter (where metric = 'total_bytes_per_message')
            as total_bytes,
        percentile_cont(0.5) within group (order by value) filter (where metric = 'wal_bytes_per_message') as wal_bytes,
        {{ weakest_grade_of_rows('grade') }} as grade,
        {{ evidence_ids_of_rows('evidence_id') }} as evidence_ids

    from measurements

    where
        metric like '%\_bytes\_per\_message' and stage is not null and payload_bytes is not null
        -- WAL of writers that agree is that of one of them; more clients share the images of pages.
        and (metric <> 'wal_bytes_per_message' or workload in ('insert', 'storage_probe'))

    group by run_id, stage, archive_messages, payload_bytes

),

own as (

    select
        measured.run_id as study,
        'PostgreSQL ' || runs.postgres_version as system,
        measured.stage,
        case when measured.stage like '%bytea%' then 'bytea' else 'hex' end as encoding,
        measured.archive_messages,
        measured.payload_bytes,
        measured.heap_bytes,
        measured.toast_bytes,
        measured.heap_bytes + measured.toast_bytes as table_bytes,
        measured.index_bytes,
        measured.lookup_bytes,
        measured.total_bytes,
        measured.wal_bytes,
        runs.is_current,
        {{ weakest_grade(['measured.grade', 'runs.grade']) }} as grade,
        {{ evidence_ids(['runs.evidence_ids[1]'], arrays=['measured.evidence_ids']) }} as evidence_ids

    from measured

    inner join runs on measured.run_id = runs.run_id

),

final as (

    select * from published
    union all
    select * from own

)

select * from final
