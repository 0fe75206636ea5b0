with

source as (

    select * from {{ ref('stg_segments__problems') }}

),

final as (

    select
        ---------- ids
        problem_id,

        ---------- values
        statement,
        segment_ids,
        usp_ids,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

)

select * from final
