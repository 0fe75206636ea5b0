with

offers as (

    select * from {{ ref('int_prices__compute_offers_in_usd') }}
    where cost_usd_per_month is not null

),

dated as (

    select
        *,
        lead(as_of) over same_server as valid_until,
        lag(cost_usd_per_month) over same_server as previous_cost_usd_per_month

    from offers

    window same_server as (partition by provider, region, instance_type order by as_of, evidence_id)

),

final as (

    select
        ---------- ids
        offer_id,
        provider,
        region,
        instance_type,

        ---------- times
        as_of as valid_from,
        valid_until,

        ---------- values
        cost_usd_per_month,
        previous_cost_usd_per_month,
        cost_usd_per_month / nullif(previous_cost_usd_per_month, 0) - 1 as change_share,
        valid_until is null as is_newest,

        ---------- provenance
        as_of,
        grade,
        evidence_ids

    from dated

)

select * from final
