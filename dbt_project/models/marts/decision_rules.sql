with

rules as (

    select * from {{ ref('stg_readiness__decision_rules') }}

),

final as (

    select
        ---------- ids
        decision_rule_id as rule_id,

        ---------- values
        title,
        low,
        value,
        high,
        unit,

        ---------- provenance
        note,
        grade,
        array[evidence_id] as evidence_ids

    from rules

)

select * from final
