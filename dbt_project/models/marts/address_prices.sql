with

addresses as (

    select * from {{ ref('stg_pricing__storage_and_egress_prices') }}
    where
        category = 'ip_address'
        and unit = 'month'
        and price is not null
        and not vat_included

),

newest as (

    select distinct on (provider, region, item) *

    from addresses

    order by provider, region, item, {{ newest_first() }}

),

rates as (

    select * from {{ ref('int_prices__usd_rates') }}

),

in_usd as (

    select
        ---------- ids
        newest.price_id,
        newest.provider,
        newest.region,
        newest.item,

        ---------- values
        newest.price * rates.usd_per_unit as cost_usd_per_month,

        ---------- times and provenance
        newest.as_of,
        {{ weakest_grade(['newest.grade', 'rates.grade']) }} as grade,
        {{ evidence_ids(['newest.evidence_id', 'rates.evidence_id']) }} as evidence_ids

    from newest

    inner join rates on newest.currency = rates.currency

)

select * from in_usd
