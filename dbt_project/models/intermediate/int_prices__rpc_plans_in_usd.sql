with

plans as (

    select * from {{ ref('stg_pricing__rpc_plans') }}
    -- A volume tier is not for sale on its own.
    where tier_of is null

),

rates as (

    select * from {{ ref('int_prices__usd_rates') }}

),

in_usd as (

    select
        ---------- ids
        plans.plan_id,
        plans.evidence_id,
        plans.provider,
        plans.plan,

        ---------- values
        plans.price_per_month * rates.usd_per_unit as cost_usd_per_month,
        plans.credit_unit,
        plans.credit_unit = 'flat' as is_flat_rate,
        plans.included_period,
        plans.included_credits_per_period,
        plans.overage_price_per_million_credits * rates.usd_per_unit as overage_usd_per_million_credits,
        plans.rate_limit,
        plans.rate_limit_unit,
        plans.supports_ethereum,
        plans.supports_linea,

        ---------- times and provenance
        plans.as_of,
        {{ weakest_grade(['plans.grade', 'rates.grade']) }} as grade,
        {{ evidence_ids(['plans.evidence_id', 'rates.evidence_id']) }} as evidence_ids

    from plans

    left join rates on plans.currency = rates.currency

)

select * from in_usd
