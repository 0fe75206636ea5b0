with

source as (

    select * from {{ source('raw', 'evidence_scope') }}

),

renamed as (

    select content_key

    from source

)

select * from renamed
