with

source as (

    {{ as_known_on(source('raw', 'pricing__messaging_alternatives')) }}

),

renamed as (

    select

        ---------- ids
        id as alternative_id,
        evidence_id,

        ---------- values
        provider,
        product,
        plan,
        price_basis,
        price,
        currency,
        unit,
        unit_quantity,
        billing_period,
        included_mau,
        included_messages_per_month,
        included_concurrent_connections,
        derived_price_per_mau,
        counted_messages,
        tier_from,
        tier_to,
        included_connections_per_mau,
        is_trial,
        is_orderable,
        needs_base_plan,
        billed_besides,
        lacks,
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
