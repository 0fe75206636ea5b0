{#-
    The rows of a raw table that were known on the as-of date of this load; without a date, all of them.
    The only place where evidence is dropped for being later, so that a past verdict can be computed again.
    `is_standing`: the rows say what is asked or claimed, and count from the day from which they hold.
-#}
{% macro as_known_on(relation, is_standing=False) -%}
select *
    from {{ relation }}
    where {{ day_of_row(is_standing) }}
        <= coalesce((select scope.as_of from {{ source('raw', 'evidence_scope') }} as scope), 'infinity')
{%- endmacro %}

{#- The day from which a row counts. -#}
{% macro day_of_row(is_standing=False) -%}
{{ 'coalesce(holds_from, as_of)' if is_standing else 'as_of' }}
{%- endmacro %}
