{%- set systems = {
    'costs__rln_parameters': "'RLN'",
    'costs__node_requirements': 'component',
} -%}

with

-- Several measurements of one thing do not disagree: each is as likely as another.
published as (

    {%- for table, system in systems.items() %}

    select
        {{ system }} as system,
        parameter,
        condition,
        value,
        unit,
        stated_in,
        source,
        as_of,
        grade,
        evidence_id

    from {{ ref('stg_' ~ table) }}

    where grade = 'published' and value is not null

    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

ranked as (

    select
        *,
        row_number() over in_order = 1 as is_used,
        first_value(value) over in_order as used_value,
        first_value(unit) over in_order as used_unit,
        first_value(stated_in) over in_order as used_stated_in,
        count(*) over (partition by system, parameter) as sources

    from published

    window in_order as (partition by system, parameter order by {{ newest_first(by=[authority(), 'as_of']) }})

),

with_several as (

    select * from ranked
    where sources > 1

),

final as (

    select
        system,
        parameter,
        condition,
        value,
        unit,
        stated_in,
        source,
        as_of,
        is_used,
        value = used_value and coalesce(unit, '') = coalesce(used_unit, '') as agrees,
        case
            when is_used then 'used: '
            else 'not used: '
        end || case
            when is_used and stated_in in ('specification', 'plan') then 'no source of what runs is on record'
            when is_used then 'the newest source of what runs'
            when stated_in = 'plan' then 'a plan gives way to what is specified or runs'
            when stated_in = 'specification' and coalesce(used_stated_in, '') <> 'specification'
                then 'a specification gives way to what runs'
            else 'an older source'
        end as why,
        grade,
        array[evidence_id] as evidence_ids

    from with_several

)

select * from final
