with

offers as (

    select * from {{ ref('stg_pricing__compute_offers') }}
    where not vat_included and pricing_model = 'on_demand'

),

rates as (

    select * from {{ ref('int_prices__usd_rates') }}

),

by_month as (

    select
        *,
        coalesce(price_per_month, price_per_hour * {{ hours_per_month() }}) as month_price,
        -- A price list does not tell the stock: a refreshed price keeps what is known of it.
        case
            when pack = 'prices'
                then (
                    array_agg(stock) filter (where pack <> 'prices') over (
                        partition by provider, region, instance_type order by as_of desc
                        rows between unbounded preceding and unbounded following
                    )
                )[1]
            else stock
        end as known_stock,
        max(price_region) over (partition by provider, region) as known_price_region

    from offers

),

in_usd as (

    select
        ---------- ids
        by_month.offer_id,
        by_month.evidence_id,
        by_month.provider,
        by_month.region,
        by_month.instance_type,

        ---------- values
        by_month.vcpus,
        by_month.vcpu_kind,
        by_month.architecture,
        case
            when by_month.is_orderable then coalesce(by_month.known_stock, 'orderable')
            else 'retired'
        end as availability,
        by_month.known_price_region as price_region,
        by_month.memory_gib,
        by_month.local_disk_gb,
        by_month.included_egress_tb_per_month * {{ gigabytes_in("'tb'") }} as included_egress_gb_per_month,
        by_month.month_price * rates.usd_per_unit as cost_usd_per_month,

        ---------- times and provenance
        by_month.as_of,
        {{ weakest_grade(['by_month.grade', 'rates.grade']) }} as grade,
        {{ evidence_ids(['by_month.evidence_id', 'rates.evidence_id']) }} as evidence_ids

    from by_month

    left join rates on by_month.currency = rates.currency

)

select * from in_usd
