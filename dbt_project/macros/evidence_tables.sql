{#-
    Every table of evidence with its title and the columns that say what a row is about. The one list behind the models that
    read all of staging; `tests/dbt` fails when a table is missing here.
-#}
{% macro evidence_tables() -%}
    {{ return([
        {'key': 'benchmarks__archive_columns', 'title': "Columns of the archive's tables", 'subject': ['table_name', 'column_name']},
        {'key': 'benchmarks__archive_notes', 'title': 'Further facts about the archive', 'subject': ['topic', 'fact']},
        {'key': 'benchmarks__archive_query_shapes', 'title': 'Queries that nodes send to the archive', 'subject': ['protocol', 'title']},
        {'key': 'benchmarks__archive_retention_policies', 'title': 'Policies that limit an archive', 'subject': ['policy']},
        {'key': 'benchmarks__archive_schema_versions', 'title': 'Migrations of the archive', 'subject': ['version']},
        {'key': 'benchmarks__latency_targets', 'title': 'Latencies that the project asks for', 'subject': ['component', 'metric', 'statistic']},
        {'key': 'benchmarks__network_results', 'title': 'Published results for the network', 'subject': ['study', 'system', 'workload', 'metric']},
        {'key': 'benchmarks__postgres_results', 'title': 'Published results for the message archive', 'subject': ['study', 'system', 'workload', 'metric']},
        {'key': 'costs__node_requirements', 'title': 'Needs of nodes and fleets', 'subject': ['component', 'parameter']},
        {'key': 'costs__rln_parameters', 'title': 'Parameters of RLN', 'subject': ['parameter', 'condition']},
        {'key': 'costs__rpc_usage', 'title': 'Calls to Ethereum nodes', 'subject': ['component', 'rpc_method']},
        {'key': 'costs__scenarios', 'title': 'Deployments whose cost is estimated', 'subject': ['title']},
        {'key': 'costs__workload_parameters', 'title': 'Parameters of how Waku is used', 'subject': ['profile_id', 'parameter']},
        {'key': 'pricing__chain_fees', 'title': 'Gas prices and the price of ether', 'subject': ['chain', 'metric', 'period_start']},
        {'key': 'pricing__compute_offers', 'title': 'Prices of servers', 'subject': ['provider', 'region', 'instance_type']},
        {'key': 'pricing__exchange_rates', 'title': 'Exchange rates', 'subject': ['base_currency', 'quote_currency', 'rate_date']},
        {'key': 'pricing__managed_postgres_offers', 'title': 'Prices of hosted PostgreSQL', 'subject': ['provider', 'region', 'plan']},
        {'key': 'pricing__messaging_alternatives', 'title': 'Prices of other messaging services', 'subject': ['provider', 'product', 'plan']},
        {'key': 'pricing__rpc_method_credits', 'title': 'Credits that RPC providers take for a method', 'subject': ['provider', 'chain', 'method']},
        {'key': 'pricing__rpc_plans', 'title': 'Plans of Ethereum RPC providers', 'subject': ['provider', 'plan']},
        {'key': 'pricing__storage_and_egress_prices', 'title': 'Prices of storage, traffic and addresses', 'subject': ['provider', 'region', 'item']},
        {'key': 'readiness__gate_requirements', 'title': 'Requirements of the milestone', 'subject': ['title']},
        {'key': 'roadmap__deliverables', 'title': 'Work of the roadmap', 'subject': ['title']},
        {'key': 'roadmap__milestone_progress', 'title': 'Reported progress of deliverables', 'subject': ['deliverable_id', 'metric']},
        {'key': 'roadmap__milestone_values', 'title': 'Worth and capacity of milestones', 'subject': ['milestone', 'metric']},
        {'key': 'roadmap__requirement_completion', 'title': 'Requirements met by milestones', 'subject': ['milestone', 'requirement_class']},
        {'key': 'segments__competitors', 'title': 'Competitors of Waku', 'subject': ['segment_id', 'name']},
        {'key': 'segments__integrations', 'title': 'Projects that use, used or tried Waku', 'subject': ['name']},
        {'key': 'segments__market_sizes', 'title': 'Sizes of markets', 'subject': ['segment_id', 'metric']},
        {'key': 'segments__segments', 'title': 'Groups of possible customers', 'subject': ['name']},
        {'key': 'segments__usp_evidence', 'title': 'Numbers about the claims', 'subject': ['usp_id', 'metric']},
        {'key': 'segments__usps', 'title': 'Claims of what sets Waku apart', 'subject': ['name']},
    ]) }}
{%- endmacro %}
