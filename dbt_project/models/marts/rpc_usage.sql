with

calls as (

    select * from {{ ref('stg_costs__rpc_usage') }}

),

newest as (

    select distinct on (component, rpc_method, per, condition)
        component,
        rpc_method,
        calls,
        per,
        condition,
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from calls

    order by component, rpc_method, per, condition, {{ newest_first() }}

)

select * from newest
