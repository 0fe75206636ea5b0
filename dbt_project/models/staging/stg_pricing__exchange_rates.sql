with

source as (

    {{ as_known_on(source('raw', 'pricing__exchange_rates')) }}

),

renamed as (

    select

        ---------- ids
        id as exchange_rate_id,
        evidence_id,

        ---------- values
        base_currency,
        quote_currency,
        rate,

        ---------- times and provenance
        rate_date,
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
