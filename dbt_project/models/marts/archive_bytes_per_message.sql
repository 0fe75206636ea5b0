with

results as (

    select * from {{ ref('stg_benchmarks__postgres_results') }}

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

    order by study, system, payload_bytes, metric, {{ newest_first() }}

),

pivoted as (

    select
        study,
        system,
        payload_bytes,
        max(value) filter (where metric = 'table_and_toast_bytes_per_message') as table_bytes,
        max(value) filter (where metric = 'index_bytes_per_message') as index_bytes,
        max(value) filter (where metric = 'lookup_table_bytes_per_message') as lookup_bytes,
        max(value) filter (where metric = 'total_bytes_per_message') as total_bytes,
        {{ weakest_grade_of_rows('grade') }} as grade,
        {{ evidence_ids_of_rows('evidence_id') }} as evidence_ids

    from sizes

    group by study, system, payload_bytes

)

select * from pivoted
