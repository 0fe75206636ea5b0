with

milestones as (

    select * from {{ ref('stg_readiness__milestones') }}

),

final as (

    select
        ---------- ids
        milestones.milestone_id,

        ---------- values
        milestones.title,
        milestones.question,
        milestones.is_default,
        row_number() over (order by {{ as_typed('milestones') }}) as position,
        coalesce(milestones.holds_from, milestones.as_of) as holds_from,

        ---------- provenance
        milestones.grade,
        array[milestones.evidence_id] as evidence_ids

    from milestones

)

select * from final
