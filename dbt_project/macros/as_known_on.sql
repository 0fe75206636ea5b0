{#-
    The rows of a raw table that were known on the as-of date of this load; without a date, all of them.
    The only place where evidence is dropped for being later, so that a past verdict can be computed again.
-#}
{% macro as_known_on(relation) -%}
select *
    from {{ relation }}
    where as_of <= coalesce((select scope.as_of from {{ source('raw', 'evidence_scope') }} as scope), 'infinity')
{%- endmacro %}
