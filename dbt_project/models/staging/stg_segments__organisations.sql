with

source as (

    {{ as_known_on(source('raw', 'segments__organisations')) }}

),

renamed as (

    select

        ---------- ids
        id as organisation_update_id,
        evidence_id,
        organisation_id,

        ---------- values
        name,
        segment_ids,
        stage,
        dependencies,
        next_step,

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
