with

question_sets as (

    select * from {{ ref('stg_interviews__question_sets') }}
    where grade <> 'not_found'

),

questions as (

    select
        question_set_id,
        count(*)::integer as questions
    from {{ ref('stg_interviews__questions') }}
    group by question_set_id

),

final as (

    select
        ---------- ids
        question_sets.question_set_id,

        ---------- values
        question_sets.title,
        coalesce(questions.questions, 0) as questions,

        ---------- provenance
        question_sets.grade,
        array[question_sets.evidence_id] as evidence_ids

    from question_sets

    left join questions on question_sets.question_set_id = questions.question_set_id

)

select * from final
