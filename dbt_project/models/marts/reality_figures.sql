with

figures as (

    select * from {{ ref('stg_costs__reality_figures') }}
    where grade <> 'not_found'

),

rates as (

    select * from {{ ref('int_prices__usd_rates') }}

),

in_parts as (

    select
        *,
        split_part(unit, '/', 1) as currency,
        case
            when unit like '%/month' then 1.0
            when unit like '%/year' then 1.0 / 12
        end as share_of_month

    from figures

),

in_usd as (

    select
        ---------- ids
        in_parts.reality_figure_id,
        in_parts.system,
        in_parts.component,

        ---------- values
        in_parts.basis,
        in_parts.value,
        in_parts.value_low,
        in_parts.value_high,
        in_parts.unit,
        in_parts.users,
        in_parts.users_basis,
        in_parts.includes,
        in_parts.condition,
        in_parts.component in ('people', 'media', 'cdn', 'support', 'monitoring', 'registration')
            as is_left_out_of_model,
        case
            when in_parts.unit = 'USD/user and month' then 1.0
            else in_parts.share_of_month * rates.usd_per_unit / in_parts.users
        end as usd_per_user_month_for_one,

        ---------- times and provenance
        in_parts.source,
        in_parts.as_of,
        in_parts.note,
        in_parts.grade as figure_grade,
        rates.grade as rate_grade,
        in_parts.evidence_id,
        rates.evidence_id as rate_evidence_id

    from in_parts

    left join rates on in_parts.currency = rates.currency

),

final as (

    select
        reality_figure_id,
        system,
        component,
        basis,
        value,
        value_low,
        value_high,
        unit,
        users,
        users_basis,
        includes,
        condition,
        is_left_out_of_model,
        value * usd_per_user_month_for_one as usd_per_user_month,
        coalesce(value_low, value) * usd_per_user_month_for_one as usd_per_user_month_low,
        coalesce(value_high, value) * usd_per_user_month_for_one as usd_per_user_month_high,
        source,
        as_of,
        note,
        {{ weakest_grade(['figure_grade', 'rate_grade']) }} as grade,
        {{ evidence_ids(['evidence_id', 'rate_evidence_id']) }} as evidence_ids

    from in_usd

)

select * from final
