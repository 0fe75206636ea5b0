with

source as (

    {{ as_known_on(source('raw', 'benchmarks__archive_columns')) }}

),

renamed as (

    select

        ---------- ids
        id as archive_column_id,
        evidence_id,

        ---------- values
        schema_version,
        table_name,
        column_name,
        data_type,
        is_nullable,
        is_in_primary_key,
        is_partition_key,
        is_indexed_alone,
        content,

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
