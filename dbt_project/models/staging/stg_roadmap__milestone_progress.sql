with

source as (

    {{ as_known_on(source('raw', 'roadmap__milestone_progress')) }}

),

renamed as (

    select

        ---------- ids
        id as progress_id,
        evidence_id,
        deliverable_id,

        ---------- values
        metric,
        value,
        unit,
        segment_ids,

        ---------- times and provenance
        observed_on,
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
