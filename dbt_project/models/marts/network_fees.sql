with

fees as (

    select * from {{ ref('stg_pricing__chain_fees') }}

),

observed as (

    select
        *,
        period = 'month' as is_month,
        max(period_end) filter (
            where period = 'month' and period_end = (period_start + interval '1 month - 1 day')::date
        ) over (partition by chain, metric) as months_end

    from fees

    where
        metric in ('gas_price', 'eth_price')
        and value is not null
        and (
            period in ('point', 'week')
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

    -- A moment or a week stands in only for months that nobody knows: there are none, or a whole one has passed since.
    where is_month or months_end is null or as_of > (months_end + interval '1 month')::date

    order by chain, metric, {{ newest_first(by=['period_start', 'as_of']) }}

)

select * from newest
