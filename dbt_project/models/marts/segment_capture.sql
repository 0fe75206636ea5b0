with

segments as (

    select * from {{ ref('stg_segments__segments') }}

),

captured as (

    select * from {{ ref('int_segments__capture_evidence') }}

),

items as (

    select
        segment_id,
        bool_or(item = 'segment') as has_segment,
        bool_or(item = 'market_size') as has_market_size,
        bool_or(item = 'problems_and_usps') as has_problems_and_usps,
        bool_or(item = 'competitors') as has_competitors,
        bool_or(item = 'learnings') as has_learnings,
        bool_or(item = 'rationale') as has_rationale,
        count(*)::integer as captured_items,
        {{ weakest_grade_of_rows('grade') }} as grade,
        {{ evidence_ids_of_rows('evidence_id') }} as evidence_ids

    from captured

    group by segment_id

),

final as (

    select
        ---------- ids
        segments.segment_id,

        ---------- values
        segments.name,
        segments.segment_status,
        coalesce(items.has_segment, false) as has_segment,
        coalesce(items.has_market_size, false) as has_market_size,
        coalesce(items.has_problems_and_usps, false) as has_problems_and_usps,
        coalesce(items.has_competitors, false) as has_competitors,
        coalesce(items.has_learnings, false) as has_learnings,
        coalesce(items.has_rationale, false) as has_rationale,
        coalesce(items.captured_items, 0) as captured_items,
        array_remove(array[
            {%- for item in ['segment', 'market_size', 'problems_and_usps', 'competitors', 'learnings', 'rationale'] %}
            case when items.has_{{ item }} then null else '{{ item }}' end{{ "," if not loop.last }}
            {%- endfor %}
        ], null) as missing_items,

        ---------- provenance
        coalesce(items.grade, segments.grade) as grade,
        coalesce(items.evidence_ids, array[segments.evidence_id]) as evidence_ids

    from segments

    left join items on segments.segment_id = items.segment_id

)

select * from final
