with

source as (

    {{ as_known_on(source('raw', 'benchmarks__archive_schema_versions')) }}

),

renamed as (

    select

        ---------- ids
        id as schema_version_id,
        evidence_id,

        ---------- values
        version,
        first_release,
        change,
        primary_key,
        secondary_indices,
        partitioning,
        lookup_table,
        lookup_indices,

        ---------- times and provenance
        migrated_on,
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
