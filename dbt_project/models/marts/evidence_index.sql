with

rows_of_all_tables as (

    {%- for table in evidence_tables() %}

    select
        ---------- ids
        evidence_id,
        '{{ table.key }}' as table_key,

        ---------- provenance
        source,
        -- The day of a conversation is one more thing to know a person by.
        {{ 'null::date as as_of' if table.is_about_people else 'as_of' }},
        as_of_basis,
        grade,
        pack,
        file,
        line,
        note,

        ---------- what the row says, wherever it is typed
        md5(jsonb_strip_nulls(to_jsonb(said) - array['pack', 'file', 'line'])::text) as content_hash

    from {{ ref('stg_' ~ table.key) }} as said

    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from rows_of_all_tables
