with

source as (

    select * from {{ ref('stg_segments__integrations') }}

),

final as (

    select
        ---------- ids
        integration_id,

        ---------- values
        name,
        segment_ids,
        status,
        uses_waku_for,
        pain_reported,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

)

select * from final
