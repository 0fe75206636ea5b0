{#-
    The ids in several columns of one row, and in columns that are arrays of ids, as one sorted array; nulls are left
    out. Byte order, so that every machine sorts alike.
-#}
{% macro evidence_ids(columns, arrays=[]) -%}
array(
            select distinct rests_on.evidence_id collate "C"
            from unnest(
                array[{{ columns | join(", ") }}]{% for column in arrays %} || {{ column }}{% endfor %}
            ) as rests_on (evidence_id)
            where rests_on.evidence_id is not null
            order by 1
        )
{%- endmacro %}

{#- The same over the rows of a group. -#}
{% macro evidence_ids_of_rows(column) -%}
array_agg(distinct {{ column }} collate "C" order by {{ column }} collate "C")
{%- endmacro %}
