with

source as (

    {{ as_known_on(source('raw', 'costs__rpc_usage')) }}

),

renamed as (

    select

        ---------- ids
        id as rpc_usage_id,
        evidence_id,

        ---------- values
        component,
        rpc_method,
        calls,
        value_text,
        per,
        condition,

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
