with

integrations as (

    select
        integration_id as organisation_id,
        name,
        segment_ids,
        -- What became of the one whose use after 2024 nobody knows is not known: no stage.
        case
            when status in ('live', 'internal') then 'ongoing'
            when status = 'started' then 'building'
            when status = 'committed' then 'commitment'
            when status = 'poc' then 'solution_design'
            when status in ('left', 'trial_closed_unmerged') then 'lost'
        end as stage,
        as_of,
        grade,
        evidence_id
    from {{ ref('stg_segments__integrations') }}
    where grade <> 'not_found'

),

updates as (

    select * from {{ ref('stg_segments__organisations') }}
    where grade <> 'not_found'

),

-- Every update says what is new and leaves the rest: the newest value of each column, whichever row it is in.
updated as (

    select
        organisation_id,
        (array_agg(name order by {{ newest_first() }}))[1] as name,
        (array_agg(stage order by {{ newest_first() }}) filter (where stage is not null))[1] as stage,
        (array_agg(next_step order by {{ newest_first() }}) filter (where next_step is not null))[1] as next_step,
        (
            array_agg(array_to_string(segment_ids, ';') order by {{ newest_first() }})
            filter (where cardinality(segment_ids) > 0)
        )[1] as segment_ids,
        (
            array_agg(array_to_string(dependencies, ';') order by {{ newest_first() }})
            filter (where cardinality(dependencies) > 0)
        )[1] as dependencies,
        coalesce(bool_or(cardinality(segment_ids) > 0), false) as has_segment,
        max(as_of) as as_of,
        {{ weakest_grade_of_rows('grade') }} as grade,
        array_agg(evidence_id) as evidence_ids

    from updates

    group by organisation_id

),

joined as (

    select
        updated.dependencies,
        updated.next_step,
        updated.has_segment,
        updated.evidence_ids as update_ids,
        integrations.evidence_id as integration_evidence_id,
        updated.grade as update_grade,
        integrations.grade as integration_grade,
        coalesce(updated.organisation_id, integrations.organisation_id) as organisation_id,
        coalesce(updated.name, integrations.name) as name,
        coalesce(string_to_array(updated.segment_ids, ';'), integrations.segment_ids, '{}') as segment_ids,
        coalesce(updated.stage, integrations.stage) as stage,
        greatest(updated.as_of, integrations.as_of) as as_of

    from integrations

    full outer join updated on integrations.organisation_id = updated.organisation_id

),

-- Where nobody asked an organisation what it waits for: what its segments are known to lack.
open_gaps as (

    select
        joined.organisation_id,
        gaps.segment_id,
        gaps.deliverable_id,
        gaps.grade,
        gaps.evidence_id,
        gaps.state_evidence_id

    from joined

    inner join {{ ref('int_segments__technical_gaps') }} as gaps on gaps.segment_id = any(joined.segment_ids)

    where joined.dependencies is null and gaps.is_open

),

lacking as (

    select
        organisation_id,
        {{ evidence_ids_of_rows('deliverable_id') }} as dependencies,
        {{ weakest_grade_of_rows('grade') }} as grade,
        array_agg(evidence_id) || array_agg(state_evidence_id) || array_agg('segments__segments/' || segment_id)
            as evidence_ids

    from open_gaps

    group by organisation_id

),

final as (

    select
        ---------- ids
        joined.organisation_id,

        ---------- values
        joined.name,
        joined.segment_ids,
        joined.stage,
        coalesce(string_to_array(joined.dependencies, ';'), lacking.dependencies, '{}') as dependencies,
        lacking.organisation_id is not null as are_dependencies_inferred,
        joined.next_step,
        coalesce(joined.has_segment, false) as is_segment_in_crm,

        ---------- times and provenance
        joined.as_of,
        {{ weakest_grade(['joined.update_grade', 'joined.integration_grade', 'lacking.grade']) }} as grade,
        {{ evidence_ids(
            ['joined.integration_evidence_id'], arrays=['joined.update_ids', 'lacking.evidence_ids']
        ) }} as evidence_ids

    from joined

    left join lacking on joined.organisation_id = lacking.organisation_id

)

select * from final
