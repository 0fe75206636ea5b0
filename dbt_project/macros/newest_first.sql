{#-
    The order in which rows about one thing are preferred: newest first by the columns of `by`, the id only to decide a
    tie the same way every time. An illustrative row never displaces evidence, and a later search without result does
    not take back what was known.
-#}
{% macro newest_first(by=['as_of']) -%}
array_position(array['illustrative', 'not_found'], grade) nulls first
        {%- for column in by %}, {{ column }} desc nulls last{% endfor %}, evidence_id
{%- endmacro %}

{#-
    Which of several public sources of one limit is used: what runs or would be run before what is specified, that before
    what is planned; the newest of each. As `authority` in `assets/costs/assumptions.py`.
-#}
{% macro most_authoritative_first() -%}
{{ newest_first(by=["coalesce(array_position(array['plan', 'specification'], stated_in), 3)", 'as_of']) }}
{%- endmacro %}
