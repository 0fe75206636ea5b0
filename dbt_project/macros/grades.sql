{#- Strongest first, as in `assets/evidence/model.py`. -#}
{% macro grade_order() -%}
array['measured', 'published', 'estimated', 'illustrative', 'not_found']
{%- endmacro %}

{#- How weak a grade is: 1 is the strongest; null for a grade that is null. -#}
{% macro grade_rank(grade) -%}
array_position({{ grade_order() }}, {{ grade }})
{%- endmacro %}

{#- The weakest of several columns of one row. Nulls are left out; nothing to go by counts as not found. -#}
{% macro weakest_grade(grades) -%}
({{ grade_order() }})[coalesce(
            greatest({% for grade in grades %}{{ grade_rank(grade) }}{{ ", " if not loop.last }}{% endfor %}),
            {{ grade_rank("'not_found'") }}
        )]
{%- endmacro %}

{#- The grade of a row that others contradict, by their ids: which is right is a judgement. As `Basis.contradicted`. -#}
{% macro contradicted_grade(grade, contradicting_ids) -%}
case
            when cardinality({{ contradicting_ids }}) > 0 then {{ weakest_grade([grade, "'estimated'"]) }}
            else {{ grade }}
        end
{%- endmacro %}

{#- Whether a row is evidence: neither made up nor a search without result. -#}
{% macro is_evidence(grade) -%}
{{ grade }} not in ('illustrative', 'not_found')
{%- endmacro %}

{#- The weakest over the rows of a group. -#}
{% macro weakest_grade_of_rows(grade) -%}
({{ grade_order() }})[coalesce(max({{ grade_rank(grade) }}), {{ grade_rank("'not_found'") }})]
{%- endmacro %}
