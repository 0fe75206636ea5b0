{%- set sources = {
    'pricing__chain_fees': "chain || ' ' || metric",
    'pricing__compute_offers': 'provider',
    'pricing__exchange_rates': "base_currency || '/' || quote_currency",
    'pricing__managed_postgres_offers': 'provider',
    'pricing__messaging_alternatives': 'provider',
    'pricing__rpc_plans': 'provider',
    'pricing__storage_and_egress_prices': 'provider',
} -%}

with

prices as (

    {%- for table, name in sources.items() %}

    select
        '{{ table }}' as table_key,
        {{ name }} as price_source,
        case when pack = 'prices' then 'live' else 'snapshot' end as origin,
        as_of,
        grade,
        evidence_id

    from {{ ref('stg_' ~ table) }}

    where grade <> 'not_found'

    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

newest as (

    select distinct on (table_key, price_source)
        ---------- ids
        table_key,
        price_source,

        ---------- values
        origin,

        ---------- times and provenance
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from prices

    order by table_key, price_source, {{ newest_first() }}

)

select * from newest
