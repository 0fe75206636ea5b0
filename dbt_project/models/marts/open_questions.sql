with

rows_without_an_answer as (

    {%- for table in evidence_tables() %}

    select
        ---------- ids
        evidence_id,
        '{{ table.key }}' as table_key,

        ---------- values
        '{{ table.title | replace("'", "''") }}: ' || concat_ws(', ', {{ table.subject | join(', ') }}) as question,

        ---------- provenance
        source,
        {{ day_of_row(table.is_standing) }} as as_of,
        note

    from {{ ref('stg_' ~ table.key) }}

    where grade = 'not_found'

    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from rows_without_an_answer
