{#-
    The rows of interviews or sessions as far as the consent of the person reaches: the only place where it is applied.

    `quote`: everything. `summary`: all but the columns of `quotes`. `none`, or withdrawn on any day, also one after the
    as-of date: with `counted` the row without the columns of `contents`, otherwise no row.
    Each column of `quotes` and `contents` comes as `consented_<column>`.
-#}
{% macro as_consented(relation, quotes=[], contents=[], counted=False) -%}
select
        *
        {%- for column in quotes %},
        case when consent = 'quote' and consent_withdrawn_on is null then {{ column }} end as consented_{{ column }}
        {%- endfor %}
        {%- for column in contents %},
        case when consent <> 'none' and consent_withdrawn_on is null then {{ column }} end as consented_{{ column }}
        {%- endfor %}
    from {{ relation }}
    {%- if not counted %}
    where consent <> 'none' and consent_withdrawn_on is null
    {%- endif %}
{%- endmacro %}
