with

source as (

    {{ as_known_on(source('raw', 'benchmarks__archive_query_shapes')) }}

),

renamed as (

    select

        ---------- ids
        id as query_shape_id,
        evidence_id,

        ---------- values
        protocol,
        title,
        filters,
        cursor,
        sort_order,
        page_size_default,
        page_size_max,
        statements_per_page,
        interval_minutes,
        prepared_when,
        statement,

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
