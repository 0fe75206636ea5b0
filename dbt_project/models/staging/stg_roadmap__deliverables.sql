with

source as (

    {{ as_known_on(source('raw', 'roadmap__deliverables')) }}

),

renamed as (

    select

        ---------- ids
        id as deliverable_id,
        evidence_id,

        ---------- values
        pm_issue,
        title,
        url,
        kind,
        milestone,
        depends_on,
        unblocks,
        unblocks_segment_ids,
        unblocks_usp_ids,
        target_value,
        target_unit,
        mvp_relevance,

        ---------- times and provenance
        planned_start,
        planned_end,
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
