with

source as (

    {{ as_known_on(source('raw', 'segments__segments')) }}

),

renamed as (

    select

        ---------- ids
        id as segment_id,
        evidence_id,

        ---------- values
        name,
        named_in,
        interest_signals,
        public_leads,
        problem,
        relevant_usps,
        segment_status,
        market_metric,
        market_value,
        market_unit,
        rationale_for,
        rationale_against,
        technical_gaps,

        ---------- times and provenance
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
