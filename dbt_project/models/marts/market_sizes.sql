with

source as (

    select * from {{ ref('stg_segments__market_sizes') }}
    where value is not null

),

-- Figures of one family lie on one scale, flows as what they come to in a year.
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
            when family = 'other' then null
            when unit = 'USD per month' then value * 12
            when unit = 'USD per quarter' then value * 4
            else value
        end as comparable_value,
        max(value) over same_thing / nullif(min(value) over same_thing, 0) as spread,
        what_it_measures,
        source_quality,
        as_of,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

    -- `<metric>_alt` is what another tracker says of `<metric>`.
    window same_thing as (partition by segment_id, regexp_replace(metric, '_alt$', ''), unit)

)

select * from final
