with

method_credits as (

    select * from {{ ref('stg_pricing__rpc_method_credits') }}
    where credits is not null

),

newest as (

    select distinct on (provider, chain, method)
        provider,
        chain,
        method,
        credits,
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from method_credits

    order by provider, chain, method, {{ newest_first() }}

)

select * from newest
