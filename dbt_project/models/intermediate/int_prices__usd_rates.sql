with

exchange_rates as (

    select * from {{ ref('stg_pricing__exchange_rates') }}

),

to_usd as (

    select * from exchange_rates
    where quote_currency = 'USD' and rate is not null

),

newest as (

    select distinct on (base_currency)
        base_currency as currency,
        rate as usd_per_unit,
        rate_date,
        grade,
        evidence_id

    from to_usd

    order by base_currency, {{ newest_first(by=['rate_date', 'as_of']) }}

),

with_usd_itself as (

    select * from newest

    union all

    -- A definition, not an observation: it has no grade and no evidence.
    select
        'USD' as currency,
        1.0 as usd_per_unit,
        null as rate_date,
        null as grade,
        null as evidence_id

)

select * from with_usd_itself
