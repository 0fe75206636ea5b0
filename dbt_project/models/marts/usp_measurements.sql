with

source as (

    select * from {{ ref('stg_segments__usp_evidence') }}

),

final as (

    select
        ---------- ids
        usp_evidence_id,
        usp_id,

        ---------- values
        metric,
        value,
        unit,
        condition,
        as_of,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

)

select * from final
