with

source as (

    {{ as_known_on(source('raw', 'costs__scenarios'), is_standing=True) }}

),

renamed as (

    select

        ---------- ids
        id as scenario_id,
        evidence_id,
        message_rate_id,
        message_bytes_id,
        media_bytes_id,
        media_share_id,
        kept_control_ids,
        passing_control_ids,
        retention_days_id,
        store_queries_id,
        profile_id,

        ---------- values
        title,
        description,
        active_users,
        own_senders,
        network_senders,
        message_rate_factor,
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
        sizing_basis,
        rln_chain,
        rln_rate_parameter,
        rln_extensions,
        node_rpc_component,
        client_rpc_component,
        is_milestone,
        budget_usd_per_month,

        ---------- times and provenance
        holds_from,
        source,
        as_of,
        as_of_basis,
        grade,
        note,
        pack,
        file,
        line

    from source

)

select * from renamed
