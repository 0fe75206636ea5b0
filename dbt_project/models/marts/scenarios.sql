with

scenarios as (

    select * from {{ ref('stg_costs__scenarios') }}

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
        receivers_per_message,
        light_client_share,
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
        sizing_basis,
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
        as_of,
        as_of_basis,
        note,
        grade,
        array[evidence_id] as evidence_ids

    from scenarios

)

select * from final
