with

parameters as (

    select * from {{ ref('stg_costs__workload_parameters') }}

),

newest as (

    select distinct on (profile_id, parameter)
        profile_id,
        parameter,
        low,
        mid,
        high,
        value_text,
        unit,
        grade,
        array[evidence_id] as evidence_ids

    from parameters

    order by profile_id, parameter, {{ newest_first() }}

)

select * from newest
