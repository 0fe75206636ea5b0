with

states as (

    select * from {{ ref('stg_roadmap__deliverable_states') }}
    where grade <> 'not_found'

),

final as (

    select
        ---------- ids
        deliverable_state_id,
        deliverable_id,

        ---------- values
        status,
        basis,
        actual_value,

        ---------- times and provenance
        as_of as status_on,
        source,
        note,
        grade,
        array[evidence_id] as evidence_ids

    from states

)

select * from final
