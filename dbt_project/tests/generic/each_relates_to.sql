{#- `relationships` for an array: each of its elements is a value of `field`, or one of `besides`. -#}
{% test each_relates_to(model, column_name, to, field, besides=[]) %}

with

children as (

    select distinct unnest({{ column_name }}) as element from {{ model }}

),

parents as (

    select {{ field }} as element from {{ to }}
    {%- for value in besides %}
    union all
    select '{{ value }}'
    {%- endfor %}

)

select children.element
from children
left join parents on children.element = parents.element
where parents.element is null

{% endtest %}
