with

scenarios as (

    select * from {{ ref('stg_costs__scenarios') }}

),

node_requirements as (

    select * from {{ ref('stg_costs__node_requirements') }}

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
            from unnest(scenarios.sizing_basis) as basis (id)
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
        budget_usd_per_month,

        ---------- provenance
        source,
        holds_from,
        as_of,
        as_of_basis,
        note,
        grade,
        array[evidence_id] as evidence_ids

    from scenarios

)

select * from final
