with

source as (

    {{ as_known_on(source('raw', 'pricing__rpc_plans')) }}

),

renamed as (

    select

        ---------- ids
        id as plan_id,
        evidence_id,

        ---------- values
        provider,
        plan,
        tier_of,
        price_per_month,
        currency,
        credit_unit,
        included_period,
        included_credits_per_period,
        included_credits_per_month,
        overage_price_per_million_credits,
        rate_limit,
        rate_limit_unit,
        supports_ethereum,
        supports_linea,
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
