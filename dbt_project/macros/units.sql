{#-
    Decimal gigabytes (10^9 bytes) in one unit of what a source bills.
    gb, tb: as the source writes them, decimal by SI. gib: 2^30 bytes by IEC 80000-13. tib: 2^40 bytes.
    An unknown unit gives null, never a guess.
-#}
{% macro gigabytes_in(unit) -%}
case {{ unit }}
            when 'gb' then 1.0
            when 'tb' then 1000.0
            when 'gib' then 1.073741824
            when 'tib' then 1099.511627776
        end
{%- endmacro %}

{#- 8,760 hours of a year over 12: what clouds that bill by the hour call a month. -#}
{% macro hours_per_month() -%}
730
{%- endmacro %}
