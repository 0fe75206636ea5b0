with

learnings as (

    select * from {{ ref('int_segments__learnings') }}

),

-- What interviews in packs taught stands with their findings.
final as (

    select
        ---------- ids
        segment_id,
        array_to_string(array[segment_id, evidence_id], ' ') as segment_learning_id,

        ---------- values
        kind,
        statement,

        ---------- times and provenance
        as_of,
        grade,
        array[evidence_id] as evidence_ids

    from learnings

    where statement is not null

)

select * from final
