with

observed as (

    select * from {{ ref('network_fee_history') }}

),

newest as (

    select distinct on (chain, metric)
        chain,
        metric,
        unit,
        value,
        period,
        period_start,
        as_of,
        grade,
        evidence_ids

    from observed

    -- A made-up observation never displaces evidence.
    order by chain asc, metric asc, grade = 'illustrative' asc, observed_until desc, as_of desc, evidence_ids asc

)

select * from newest
