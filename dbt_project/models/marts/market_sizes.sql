with

source as (

    select * from {{ ref('stg_segments__market_sizes') }}
    where value is not null

),

-- Only figures of one family can be laid on one scale. What a service charges is a price and no size of a market;
-- connections, downloads and votes are no people.
families as (

    select
        *,
        case
            when metric in ('ably_overage', 'pubnub_start', 'pusher_startup') then null
            when unit in ('USD', 'USD per month', 'USD per quarter') then 'money'
            when unit in ('accounts', 'identities', 'keys', 'users', 'wallets', 'wallets per day') then 'people'
        end as family

    from source

),

final as (

    select
        ---------- ids
        market_size_id,
        segment_id,

        ---------- values
        metric,
        value,
        unit,
        family,
        case
            when family = 'money' and unit = 'USD per month' then value * 12
            when family = 'money' and unit = 'USD per quarter' then value * 4
            when family is not null then value
        end as comparable_value,
        what_it_measures,
        source_quality,
        as_of,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from families

)

select * from final
