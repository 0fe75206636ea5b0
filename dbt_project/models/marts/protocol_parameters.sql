with

parameters as (

    select * from {{ ref('stg_protocol__protocol_parameters') }}

),

-- What a document said before is not what it says.
newest as (

    select distinct on (parameter, condition, document)
        topic,
        parameter,
        condition,
        document,
        value,
        value_low,
        value_high,
        value_text,
        unit,
        stated_in,
        holds,
        source,
        as_of,
        note,
        grade,
        array[evidence_id] as evidence_ids

    from parameters

    where {{ is_evidence('grade') }}

    order by parameter, condition, document, {{ newest_first() }}

),

final as (

    select
        *,
        bool_or(holds is not null) over (partition by parameter, condition) as is_disputed

    from newest

)

select * from final
order by topic, parameter, condition, document
