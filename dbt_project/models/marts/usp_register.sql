with

usps as (

    select * from {{ ref('stg_segments__usps') }}

),

measurements as (

    select * from {{ ref('stg_segments__usp_evidence') }}
    where grade = 'measured'

),

states as (

    select distinct on (usp_id)
        usp_id,
        where_claimed,
        maturity,
        known_limitation,
        stated_as,
        in_headline,
        as_of,
        grade,
        evidence_id

    from {{ ref('stg_segments__usp_states') }}

    where grade <> 'not_found'

    order by usp_id, {{ newest_first() }}

),

measured as (

    select
        usp_id,
        count(*)::integer as measurement_count,
        array_agg(evidence_id) as evidence_ids

    from measurements

    group by usp_id

),

final as (

    select
        ---------- ids
        usps.usp_id,

        ---------- values
        usps.name,
        usps.claimed_benefit,
        usps.problem_solved,
        states.known_limitation,
        states.maturity,
        states.where_claimed,
        states.stated_as,
        states.in_headline,
        coalesce(states.where_claimed = 'site', false) as is_on_site,
        coalesce(usps.holds_from, usps.as_of) as holds_from,
        states.as_of as state_on,
        usps.depends_on,
        coalesce(measured.measurement_count, 0) as measurement_count,

        ---------- provenance
        {{ weakest_grade(['usps.grade', 'states.grade']) }} as grade,
        {{ evidence_ids(['usps.evidence_id', 'states.evidence_id'], arrays=['measured.evidence_ids']) }} as evidence_ids

    from usps

    left join states on usps.usp_id = states.usp_id

    left join measured on usps.usp_id = measured.usp_id

)

select * from final
