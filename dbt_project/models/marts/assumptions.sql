with

assumptions as (

    select * from {{ ref('stg_costs__assumptions') }}

),

final as (

    select
        ---------- ids
        assumption_id,

        ---------- values
        title,
        low,
        mid,
        high,
        unit,

        ---------- times and provenance
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from assumptions

)

select * from final
