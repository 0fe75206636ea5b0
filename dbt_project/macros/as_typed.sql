{#- The order in which rows of a staging model were typed, which is the order of the report: the public pack first. -#}
{% macro as_typed(relation) -%}
{{ relation }}.pack <> 'public', {{ relation }}.file, {{ relation }}.line
{%- endmacro %}
