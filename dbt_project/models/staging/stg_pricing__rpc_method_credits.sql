with

source as (

    {{ as_known_on(source('raw', 'pricing__rpc_method_credits')) }}

),

renamed as (

    select

        ---------- ids
        id as method_credit_id,
        evidence_id,

        ---------- values
        provider,
        chain,
        method,
        credits,
        credit_unit,
        source_kind,

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
