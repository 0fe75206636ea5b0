with

progress as (

    select * from {{ ref('stg_roadmap__milestone_progress') }}

),

newest as (

    select distinct on (deliverable_id, metric)
        ---------- ids
        deliverable_id,
        metric,

        ---------- values
        value,
        unit,
        segment_ids,

        ---------- times and provenance
        observed_on,
        note,
        grade,
        array[evidence_id] as evidence_ids

    from progress

    order by deliverable_id, metric, {{ newest_first(by=['observed_on', 'as_of']) }}

)

select * from newest
