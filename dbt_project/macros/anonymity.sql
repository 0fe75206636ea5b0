{#- The fewest interviews that a published combination of attributes may describe (k). -#}
{% macro fewest_published() -%}
3
{%- endmacro %}
