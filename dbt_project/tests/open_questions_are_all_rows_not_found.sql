{# Dagster shows a test of two models as a check of the one that is named here. #}
{{ config(meta={'dagster': {'ref': {'name': 'open_questions'}}}) }}

-- An open question that gets lost would look like an answer.
with

index_of_rows as (

    select evidence_id from {{ ref('evidence_index') }}
    where grade = 'not_found'

),

questions as (

    select evidence_id from {{ ref('open_questions') }}

)

select coalesce(index_of_rows.evidence_id, questions.evidence_id) as evidence_id
from index_of_rows
full outer join questions on index_of_rows.evidence_id = questions.evidence_id
where
    index_of_rows.evidence_id is null
    or questions.evidence_id is null
