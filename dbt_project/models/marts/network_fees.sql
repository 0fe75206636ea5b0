with

fees as (

    select * from {{ ref('stg_pricing__chain_fees') }}

),

observed as (

    select
        *,
        period = 'month' as is_month

    from fees

    where
        metric in ('gas_price', 'eth_price')
        and value is not null
        and (
            period = 'point'
            -- The mean of the first days of a month is not the mean of that month.
            or (period = 'month' and period_end = (period_start + interval '1 month - 1 day')::date)
        )

),

newest as (

    select distinct on (chain, metric)
        chain,
        metric,
        unit,
        value,
        coalesce(period_start, as_of) as period_start,
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from observed

    -- A single moment stands in only for a chain without monthly means.
    order by chain, metric, {{ newest_first(by=['is_month', 'period_start', 'as_of']) }}

)

select * from newest
