with

source as (

    select * from {{ ref('stg_segments__rules') }}

),

final as (

    select
        ---------- ids
        rule_id,

        ---------- values
        title,
        value,
        unit,
        note,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

    where grade <> 'illustrative'

)

select * from final
