with

source as (

    {{ as_known_on(source('raw', 'roadmap__requirement_completion')) }}

),

renamed as (

    select

        ---------- ids
        id as requirement_completion_id,
        evidence_id,
        milestone_id,

        ---------- values
        milestone,
        requirement_class,
        met,
        planned,

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
