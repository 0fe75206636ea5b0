with

source as (

    {{ as_known_on(source('raw', 'pricing__managed_postgres_offers')) }}

),

renamed as (

    select

        ---------- ids
        id as offer_id,
        evidence_id,

        ---------- values
        provider,
        region,
        plan,
        vcpus,
        vcpu_kind,
        memory_gib,
        included_storage_gb,
        high_availability,
        price_per_month,
        storage_price_per_gb_month,
        backup_price_per_gb_month,
        unit_price,
        unit_price_unit,
        currency,
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
