with

parameters as (

    select * from {{ ref('stg_costs__rln_parameters') }}

),

newest as (

    select distinct on (parameter, condition)
        parameter,
        value,
        value_low,
        value_high,
        value_text,
        unit,
        condition,
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from parameters

    order by parameter, condition, {{ newest_first() }}

)

select * from newest
