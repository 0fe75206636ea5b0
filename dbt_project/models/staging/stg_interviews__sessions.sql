with

known as (

    {{ as_known_on(source('raw', 'interviews__sessions')) }}

),

source as (

    {{ as_consented('known', counted=True, contents=[
        'project_code', 'topics', 'event', 'engineer_attended', 'outcome', 'blockers', 'commitment_stage',
        'roadmap_gaps', 'organisation_code', 'source', 'note'
    ]) }}

),

renamed as (

    select

        ---------- ids
        id as session_id,
        evidence_id,
        segment_id,

        ---------- values
        consented_project_code as project_code,
        consented_topics as topics,
        consented_event as event,
        consented_engineer_attended as engineer_attended,
        consented_outcome as outcome,
        consented_blockers as blockers,
        consented_commitment_stage as commitment_stage,
        consented_roadmap_gaps as roadmap_gaps,
        consent,
        consented_organisation_code as organisation_code,

        ---------- times and provenance
        held_on,
        consent_withdrawn_on,
        consented_source as source,
        as_of,
        as_of_basis,
        grade,
        consented_note as note,
        pack,
        file,
        line

    from source

)

select * from renamed
