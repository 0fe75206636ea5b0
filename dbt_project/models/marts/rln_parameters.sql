with

parameters as (

    select * from {{ ref('stg_costs__rln_parameters') }}

),

newest as (

    select distinct on (parameter, condition, stated_in)
        parameter,
        value,
        value_low,
        value_high,
        value_text,
        unit,
        condition,
        stated_in,
        {{ authority() }} as authority,
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from parameters

    order by parameter, condition, stated_in, {{ newest_first() }}

)

select * from newest
