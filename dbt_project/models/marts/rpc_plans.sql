with

plans as (

    select * from {{ ref('int_prices__rpc_plans_in_usd') }}
    where cost_usd_per_month is not null

),

newest as (

    select distinct on (provider, plan)
        ---------- ids
        plan_id,
        provider,
        plan,

        ---------- values
        cost_usd_per_month,
        credit_unit,
        included_period,
        included_credits_per_period,
        overage_usd_per_million_credits,
        is_flat_rate,
        rate_limit,
        rate_limit_unit,
        supports_ethereum,
        supports_linea,

        ---------- times and provenance
        as_of,
        grade,
        evidence_ids

    from plans

    order by provider, plan, {{ newest_first() }}

)

select * from newest
