with

prices as (

    select * from {{ ref('int_prices__storage_and_egress_in_usd') }}
    where
        category = 'egress'
        and cost_usd_per_gb is not null

),

newest as (

    select distinct on (provider, region, item, from_gb_per_month)
        ---------- ids
        price_id,
        provider,
        region,

        ---------- values
        from_gb_per_month,
        to_gb_per_month,
        cost_usd_per_gb,

        ---------- times and provenance
        as_of,
        grade,
        evidence_ids

    from prices

    order by provider, region, item, from_gb_per_month, {{ newest_first() }}

)

select * from newest
