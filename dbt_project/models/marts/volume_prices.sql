with

prices as (

    select * from {{ ref('int_prices__storage_and_egress_in_usd') }}
    where
        category = 'block_storage'
        and is_per_month
        and cost_usd_per_gb is not null

),

newest as (

    select distinct on (provider, region, item)
        ---------- ids
        price_id,
        provider,
        region,
        item,

        ---------- values
        cost_usd_per_gb as cost_usd_per_gb_month,
        disk_gb,

        ---------- times and provenance
        as_of,
        grade,
        evidence_ids,

        ---------- values that were added later: those who read by position go on
        unsuitable_because

    from prices

    order by provider, region, item, {{ newest_first() }}

)

select * from newest
