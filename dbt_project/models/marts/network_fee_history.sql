with

fees as (

    select
        *,
        coalesce(period_start, as_of) as started_on

    from {{ ref('stg_pricing__chain_fees') }}

    where
        metric in ('gas_price', 'eth_price')
        and value is not null
        and (
            period not in ('month', 'year')
            -- The mean of the first days of a month is not the mean of that month.
            or (period = 'month' and period_end = (period_start + interval '1 month - 1 day')::date)
        )

),

newest as (

    select distinct on (chain, metric, period, started_on)
        ---------- ids
        chain,
        metric,

        ---------- values
        unit,
        period,
        started_on as period_start,
        value,
        value_min,
        value_median,
        value_p90,
        value_max,

        ---------- times and provenance
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from fees

    order by chain, metric, period, started_on, {{ newest_first(by=['as_of']) }}

)

select * from newest
