with

source as (

    select * from {{ ref('stg_roadmap__deliverables') }}

),

final as (

    select
        ---------- ids
        deliverable_id,

        ---------- values
        title,
        status,
        status_on,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

)

select * from final
