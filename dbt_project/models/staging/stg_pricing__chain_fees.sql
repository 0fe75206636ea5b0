with

source as (

    {{ as_known_on(source('raw', 'pricing__chain_fees')) }}

),

renamed as (

    select

        ---------- ids
        id as fee_id,
        evidence_id,

        ---------- values
        chain,
        metric,
        unit,
        period,
        statistic,
        value,
        value_min,
        value_p10,
        value_median,
        value_p90,
        value_max,
        days_observed,
        source_kind,

        ---------- times and provenance
        period_start,
        period_end,
        source,
        as_of,
        as_of_basis,
        grade,
        note,
        pack,
        file,
        line

    from source

)

select * from renamed
