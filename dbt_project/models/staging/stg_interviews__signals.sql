with

source as (

    {{ as_known_on(source('raw', 'interviews__signals')) }}

),

renamed as (

    select

        ---------- ids
        id as signal_id,
        evidence_id,
        tag,
        usp_id,
        problem_id,
        segment_id,
        integration_id,
        progress_id,

        ---------- values
        strength,
        relation,
        kind,
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
