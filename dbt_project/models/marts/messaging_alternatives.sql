with

alternatives as (

    select * from {{ ref('stg_pricing__messaging_alternatives') }}
    where price is not null

),

newest as (

    select distinct on (provider, product, plan, price_basis) *

    from alternatives

    order by provider, product, plan, price_basis, {{ newest_first() }}

),

rates as (

    select * from {{ ref('int_prices__usd_rates') }}

),

in_usd as (

    select
        ---------- ids
        newest.alternative_id,
        newest.provider,
        newest.product,
        newest.plan,

        ---------- values
        newest.price_basis,
        newest.price * rates.usd_per_unit as cost_usd,
        newest.unit,
        newest.unit_quantity,
        newest.included_mau,
        newest.included_messages_per_month,
        newest.included_concurrent_connections,
        newest.counted_messages,
        newest.tier_from,
        newest.tier_to,
        newest.included_connections_per_mau,
        newest.is_trial,
        newest.is_orderable,
        newest.needs_base_plan,
        newest.billed_besides,
        newest.lacks,
        newest.note,

        ---------- times and provenance
        newest.as_of,
        {{ weakest_grade(['newest.grade', 'rates.grade']) }} as grade,
        {{ evidence_ids(['newest.evidence_id', 'rates.evidence_id']) }} as evidence_ids

    from newest

    inner join rates on newest.currency = rates.currency

)

select * from in_usd
