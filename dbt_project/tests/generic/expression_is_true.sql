{#- The rows for which `expression` is false. Null is unknown, not false. -#}
{% test expression_is_true(model, expression) %}

select * from {{ model }}
where not ({{ expression }})

{% endtest %}
