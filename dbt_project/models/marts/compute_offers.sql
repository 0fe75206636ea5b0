with

offers as (

    select * from {{ ref('int_prices__compute_offers_in_usd') }}
    where cost_usd_per_month is not null

),

newest as (

    select distinct on (provider, region, instance_type)
        ---------- ids
        offer_id,
        provider,
        region,
        instance_type,

        ---------- values
        vcpus,
        vcpu_kind,
        architecture,
        availability,
        memory_gib,
        local_disk_gb,
        included_egress_gb_per_month,
        cost_usd_per_month,

        ---------- times and provenance
        as_of,
        grade,
        evidence_ids,

        ---------- values that were added later: those who read by position go on
        price_region

    from offers

    order by provider, region, instance_type, {{ newest_first() }}

)

select * from newest
