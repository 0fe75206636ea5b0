{#- All that a row says, wherever it is typed. -#}
{%- set content = "jsonb_strip_nulls(to_jsonb(said) - array['pack', 'file', 'line'])::text" -%}
{#- Segment, role, channel and day have few values: without the key, all of them could be tried. -#}
{%- set keyed = "(select scope.content_key from scope) || " ~ content -%}
{%- set keyed_hash = "encode(sha256(convert_to(" ~ keyed ~ ", 'UTF8')), 'hex')" -%}

with

scope as (

    select * from {{ ref('stg_evidence__scope') }}

),

rows_of_all_tables as (

    {%- for table in evidence_tables() %}

    select
        ---------- ids
        evidence_id,
        '{{ table.key }}' as table_key,

        ---------- provenance
        {{ "coalesce(source, 'not published')" if table.is_about_people else 'source' }} as source,
        -- The day of a conversation is one more thing to know a person by.
        {{ 'null::date' if table.is_about_people else day_of_row(table.is_standing) }} as as_of,
        as_of_basis,
        grade,
        pack,
        file,
        line,
        note,

        ---------- what the row says
        {{ keyed_hash if table.is_about_people else 'md5(' ~ content ~ ')' }} as content_hash

    from {{ ref('stg_' ~ table.key) }} as said
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from rows_of_all_tables
