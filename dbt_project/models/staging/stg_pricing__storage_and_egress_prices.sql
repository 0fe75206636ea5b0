with

source as (

    {{ as_known_on(source('raw', 'pricing__storage_and_egress_prices')) }}

),

renamed as (

    select

        ---------- ids
        id as price_id,
        evidence_id,

        ---------- values
        provider,
        region,
        category,
        item,
        unit,
        price,
        currency,
        tier_from_tb_per_month,
        tier_to_tb_per_month,
        included_quantity,
        included_unit,
        included_text,
        vat_included,
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
