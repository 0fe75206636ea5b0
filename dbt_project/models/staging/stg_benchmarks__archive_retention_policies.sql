with

source as (

    {{ as_known_on(source('raw', 'benchmarks__archive_retention_policies')) }}

),

renamed as (

    select

        ---------- ids
        id as retention_policy_id,
        evidence_id,

        ---------- values
        policy,
        default_limit,
        limit_in_code,
        unit,
        overflow_factor,
        acts_when,
        mechanism,

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
