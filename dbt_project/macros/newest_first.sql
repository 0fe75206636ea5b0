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
    How much one of several public sources of one limit counts: what runs or would be run, or whose kind is not said (3),
    before what is specified (2), that before what is planned (1).
-#}
{% macro authority() -%}
coalesce(array_position(array['plan', 'specification'], stated_in), 3)
{%- endmacro %}
