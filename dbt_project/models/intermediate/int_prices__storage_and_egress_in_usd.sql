with

prices as (

    select * from {{ ref('stg_pricing__storage_and_egress_prices') }}
    where not vat_included

),

rates as (

    select * from {{ ref('int_prices__usd_rates') }}

),

measured_in_data as (

    select
        *,
        case
            when unit = 'disk_month' then included_quantity * {{ gigabytes_in('included_unit') }}
        end as disk_gb,
        {{ gigabytes_in("split_part(unit, '_', 1)") }} as gigabytes_of_unit,
        -- A price list does not tell it, and a price that was refreshed by an older version lacks it.
        max(unsuitable_because) over (partition by provider, region, item) as known_unsuitable_because,
        unit like '%\_month' as is_per_month

    from prices

),

in_usd as (

    select
        ---------- ids
        measured_in_data.price_id,
        measured_in_data.evidence_id,
        measured_in_data.provider,
        measured_in_data.region,
        measured_in_data.category,
        measured_in_data.item,

        ---------- values
        measured_in_data.is_per_month,
        coalesce(measured_in_data.tier_from_tb_per_month, 0) * {{ gigabytes_in("'tb'") }} as from_gb_per_month,
        measured_in_data.tier_to_tb_per_month * {{ gigabytes_in("'tb'") }} as to_gb_per_month,
        measured_in_data.disk_gb,
        measured_in_data.known_unsuitable_because as unsuitable_because,
        measured_in_data.price * rates.usd_per_unit
        / coalesce(measured_in_data.gigabytes_of_unit, measured_in_data.disk_gb) as cost_usd_per_gb,

        ---------- times and provenance
        measured_in_data.as_of,
        {{ weakest_grade(['measured_in_data.grade', 'rates.grade']) }} as grade,
        {{ evidence_ids(['measured_in_data.evidence_id', 'rates.evidence_id']) }} as evidence_ids

    from measured_in_data

    left join rates on measured_in_data.currency = rates.currency

    where coalesce(measured_in_data.gigabytes_of_unit, measured_in_data.disk_gb) is not null

)

select * from in_usd
