with

source as (

    {{ as_known_on(source('raw', 'costs__reality_figures')) }}

),

renamed as (

    select

        ---------- ids
        id as reality_figure_id,
        evidence_id,

        ---------- values
        value,
        value_low,
        value_high,
        value_text,
        system,
        component,
        basis,
        unit,
        users,
        users_basis,
        includes,
        condition,

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
