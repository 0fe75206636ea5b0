with

source as (

    select * from {{ ref('stg_interviews__tags') }}

),

final as (

    select
        ---------- ids
        tag,

        ---------- values
        title,
        theme,
        description,

        ---------- provenance
        grade,
        array[evidence_id] as evidence_ids

    from source

)

select * from final
