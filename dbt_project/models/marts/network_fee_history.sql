with

fees as (

    select
        *,
        coalesce(period_start, as_of) as started_on,
        coalesce(period_end, period_start, as_of) as observed_until,
        case
            -- The mean of the first days of a month is an observation, and not the mean of that month.
            when period = 'month' and period_end < (period_start + interval '1 month - 1 day')::date then 'part'
            else period
        end as covers

    from {{ ref('stg_pricing__chain_fees') }}

    where
        metric in ('gas_price', 'eth_price')
        and value is not null
        and period <> 'year'

),

newest as (

    select distinct on (chain, metric, covers, started_on)
        ---------- ids
        chain,
        metric,

        ---------- values
        unit,
        covers as period,
        started_on as period_start,
        observed_until,
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

    order by chain, metric, covers, started_on, {{ newest_first(by=['as_of']) }}

)

select * from newest
