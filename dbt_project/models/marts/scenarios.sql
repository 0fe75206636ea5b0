with

scenarios as (

    select * from {{ ref('stg_costs__scenarios') }}

),

node_requirements as (

    select * from {{ ref('stg_costs__node_requirements') }}

),

-- A budget in EUR is compared in USD, at the rate that prices are converted with.
eur_rate as (

    select * from {{ ref('int_prices__usd_rates') }}
    where currency = 'EUR'

),

with_rate as (

    select
        scenarios.*,
        eur_rate.usd_per_unit as usd_per_eur,
        eur_rate.grade as rate_grade,
        eur_rate.evidence_id as rate_evidence_id

    from scenarios

    left join eur_rate on scenarios.budget_eur_per_month is not null

),

final as (

    select
        ---------- ids
        scenario_id,

        ---------- values
        title,
        profile_id,
        description,
        active_users,
        own_senders,
        network_senders,
        message_rate_id,
        message_rate_factor,
        message_bytes_id,
        media_bytes_id,
        media_share_id,
        kept_control_ids,
        passing_control_ids,
        receivers_per_message,
        light_client_share,
        data_centres,
        relay_nodes,
        relay_vcpus,
        relay_memory_gib,
        store_nodes,
        store_vcpus,
        store_memory_gib,
        database_hosts,
        database_vcpus,
        database_memory_gib,
        host_disk_gb,
        architecture,
        vcpu_kinds,
        -- A scenario may be asked on a day before its sizes were worked out: of what they follow, what was known then.
        array(
            select basis.id
            from unnest(with_rate.sizing_basis) as basis (id)
            inner join node_requirements on basis.id = node_requirements.node_requirement_id
        ) as sizing_basis,
        retention_days_id,
        store_queries_id,
        rln_chain,
        rln_rate_parameter,
        rln_extensions,
        node_rpc_component,
        client_rpc_component,
        is_milestone,
        coalesce(budget_usd_per_month, budget_eur_per_month * usd_per_eur) as budget_usd_per_month,
        budget_eur_per_month,

        ---------- provenance
        source,
        holds_from,
        as_of,
        as_of_basis,
        note,
        {{ weakest_grade(['grade', 'rate_grade']) }} as grade,
        {{ evidence_ids(['evidence_id', 'rate_evidence_id']) }} as evidence_ids

    from with_rate

)

select * from final
