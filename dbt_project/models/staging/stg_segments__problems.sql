with

source as (

    {{ as_known_on(source('raw', 'segments__problems')) }}

),

renamed as (

    select

        ---------- ids
        id as problem_id,
        evidence_id,

        ---------- values
        statement,
        segment_ids,
        usp_ids,

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
