with

offers as (

    select * from {{ ref('stg_pricing__managed_postgres_offers') }}
    where
        price_per_month is not null
        and vcpus is not null
        and memory_gib is not null
        and unsuitable_because is null

),

newest as (

    select distinct on (provider, region, plan, high_availability) *

    from offers

    order by provider, region, plan, high_availability, {{ newest_first() }}

),

rates as (

    select * from {{ ref('int_prices__usd_rates') }}

),

in_usd as (

    select
        ---------- ids
        newest.offer_id,
        newest.provider,
        newest.region,
        newest.plan,

        ---------- values
        newest.high_availability,
        newest.servers_of,
        newest.vcpus,
        newest.vcpu_kind,
        newest.memory_gib,
        newest.included_storage_gb,
        newest.price_per_month * rates.usd_per_unit as cost_usd_per_month,
        newest.storage_price_per_gb_month * rates.usd_per_unit as storage_usd_per_gb_month,
        newest.backup_price_per_gb_month * rates.usd_per_unit as backup_usd_per_gb_month,

        ---------- times and provenance
        newest.as_of,
        {{ weakest_grade(['newest.grade', 'rates.grade']) }} as grade,
        {{ evidence_ids(['newest.evidence_id', 'rates.evidence_id']) }} as evidence_ids

    from newest

    inner join rates on newest.currency = rates.currency

)

select * from in_usd
