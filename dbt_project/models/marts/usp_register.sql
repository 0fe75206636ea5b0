with

usps as (

    select * from {{ ref('stg_segments__usps') }}

),

measurements as (

    select * from {{ ref('stg_segments__usp_evidence') }}
    where grade = 'measured'

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
        usps.known_limitation,
        usps.maturity,
        usps.where_claimed,
        usps.depends_on,
        coalesce(measured.measurement_count, 0) as measurement_count,

        ---------- provenance
        usps.grade,
        {{ evidence_ids(['usps.evidence_id'], arrays=['measured.evidence_ids']) }} as evidence_ids

    from usps

    left join measured on usps.usp_id = measured.usp_id

)

select * from final
