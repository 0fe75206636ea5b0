with

source as (

    {{ as_known_on(source('raw', 'segments__integrations')) }}

),

renamed as (

    select

        ---------- ids
        id as integration_id,
        evidence_id,

        ---------- values
        name,
        segment_ids,
        uses_waku_for,
        protocols,
        status,
        since_precision,
        figure_name,
        figure_value,
        figure_unit,
        pain_reported,

        ---------- times and provenance
        since,
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
