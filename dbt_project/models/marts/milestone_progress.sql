with

progress as (

    select * from {{ ref('stg_roadmap__milestone_progress') }}

),

newest as (

    select distinct on (deliverable_id, metric)
        deliverable_id,
        metric,
        value,
        unit,
        segment_ids,
        observed_on,
        as_of,
        note,
        grade,
        evidence_id

    from progress

    order by deliverable_id, metric, {{ newest_first(by=['observed_on', 'as_of']) }}

),

-- Two counts of one thing on one day, or a sum that got smaller: one of them is mistaken.
contradictions as (

    select
        newest.evidence_id,
        {{ evidence_ids_of_rows('other.evidence_id') }} as contradicting_ids

    from newest

    inner join progress as other
        on newest.deliverable_id = other.deliverable_id and newest.metric = other.metric

    where
        {{ is_evidence('newest.grade') }}
        and {{ is_evidence('other.grade') }}
        and case
            when other.observed_on = newest.observed_on
                then other.as_of = newest.as_of and other.value <> newest.value
            else newest.metric like '%\_cumulative' and other.value > newest.value
        end

    group by newest.evidence_id

),

final as (

    select
        ---------- ids
        newest.deliverable_id,
        newest.metric,

        ---------- values
        newest.value,
        newest.unit,
        newest.segment_ids,

        ---------- times and provenance
        newest.observed_on,
        newest.note,
        coalesce(contradictions.contradicting_ids, '{}') as contradicting_ids,
        {{ contradicted_grade('newest.grade', 'contradictions.contradicting_ids') }} as grade,
        {{ evidence_ids(['newest.evidence_id'], arrays=['contradictions.contradicting_ids']) }} as evidence_ids

    from newest

    left join contradictions on newest.evidence_id = contradictions.evidence_id

)

select * from final
