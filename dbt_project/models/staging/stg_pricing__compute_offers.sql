with

source as (

    {{ as_known_on(source('raw', 'pricing__compute_offers')) }}

),

renamed as (

    select

        ---------- ids
        id as offer_id,
        evidence_id,

        ---------- values
        provider,
        region,
        instance_type,
        vcpus,
        vcpu_kind,
        architecture,
        memory_gib,
        local_disk_gb,
        included_egress_tb_per_month,
        price_per_hour,
        price_per_month,
        currency,
        month_basis,
        vat_included,
        pricing_model,
        is_orderable,
        stock,
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
