with

source as (

    select * from {{ ref('stg_segments__competitors') }}

),

final as (

    select
        ---------- ids
        segment_competitor_id,
        segment_id,
        competitor_id,

        ---------- values
        name,
        kind,
        strength,
        weakness,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

)

select * from final
