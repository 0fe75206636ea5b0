with

counted as (

    select * from {{ ref('stg_roadmap__requirement_completion') }}
    -- A milestone of which only one of both is known has no share.
    where met is not null and planned is not null

),

newest as (

    select distinct on (milestone_id, requirement_class)
        requirement_class,
        met,
        planned,
        as_of,
        grade,
        evidence_id

    from counted

    order by milestone_id, requirement_class, {{ newest_first() }}

),

final as (

    select
        ---------- ids
        requirement_class,

        ---------- values
        (count(*) filter (where planned > 0))::integer as milestones,
        sum(met)::integer as met,
        sum(planned)::integer as planned,
        sum(met)::double precision / nullif(sum(planned), 0) as met_share,

        ---------- times
        max(as_of) as as_of,

        ---------- provenance
        {{ weakest_grade_of_rows('grade') }} as grade,
        {{ evidence_ids_of_rows('evidence_id') }} as evidence_ids

    from newest

    group by requirement_class

)

select * from final
