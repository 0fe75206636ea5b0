{#- The schema is the layer. dbt's own macro would put the profile's schema in front of it: `staging_marts`. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
