-- Traffic between two tiers would cost nothing: every tier that does not start at zero starts where another one ends.
with

tiers as (

    select * from {{ ref('egress_tiers') }}

)

select tiers.price_id
from tiers
left join tiers as below
    on
        tiers.provider = below.provider
        and tiers.region = below.region
        and tiers.from_gb_per_month = below.to_gb_per_month
where
    tiers.from_gb_per_month > 0
    and below.price_id is null
