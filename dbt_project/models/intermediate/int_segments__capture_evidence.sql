with

segments as (

    select * from {{ ref('stg_segments__segments') }}

),

market_sizes as (

    select * from {{ ref('stg_segments__market_sizes') }}

),

competitors as (

    select * from {{ ref('stg_segments__competitors') }}

),

learnings as (

    select * from {{ ref('int_segments__learnings') }}

),

witnesses as (

    select
        segment_id,
        'segment' as item,
        grade,
        as_of,
        evidence_id
    from segments

    union all

    select
        segment_id,
        'market_size' as item,
        grade,
        as_of,
        evidence_id
    from market_sizes
    where value is not null

    union all

    select
        segment_id,
        'problems_and_usps' as item,
        grade,
        as_of,
        evidence_id
    from segments
    where problem is not null and cardinality(relevant_usps) > 0

    union all

    select
        segment_id,
        'competitors' as item,
        grade,
        as_of,
        evidence_id
    from competitors

    union all

    select
        segment_id,
        'learnings' as item,
        grade,
        as_of,
        evidence_id
    from learnings

    union all

    select
        segment_id,
        'rationale' as item,
        grade,
        as_of,
        evidence_id
    from segments
    where rationale_for is not null

),

-- One good witness is enough: a weaker row about the same item neither adds to it nor takes from it.
strongest as (

    select distinct on (segment_id, item)
        segment_id,
        item,
        grade,
        evidence_id

    from witnesses

    where grade <> 'not_found'

    order by segment_id, item, {{ grade_rank('grade') }}, as_of desc nulls last, evidence_id

)

select * from strongest
