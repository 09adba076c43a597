{#
    The status of a policy event on a day. The dates stated in an act apply: its first day, its last day, the
    days of its suspension. Nothing else is assumed. After `known_through`, the last day covered by the
    evidence, an act without a last day is `not_known_after`, and one whose suspension has expired is
    `suspension_lapsed_unverified`, never in force again. Talks, hearings and investigations are `under_way`,
    since only a measure can be in force.
#}
{% macro policy_status(day) -%}
    case
        -- a day or a span of days, not a state of the law
        when kind in ('deadline', 'possible_measure', 'ruling', 'statement', 'document') then
            case
                when coalesce(expires, effective, announced) < {{ day }} then 'passed'
                when effective <= {{ day }} and expires is not null then 'under_way'
                else 'scheduled'
            end
        when expires < {{ day }} and kind = 'suspension' and known_through <= expires
            then 'suspension_lapsed_unverified'
        when expires < {{ day }} then 'ended'
        when effective > {{ day }} then 'scheduled'
        when effective > known_through then 'not_known_after'
        -- an investigation is not a measure
        when kind = 'investigation' and known_through >= {{ day }} then 'under_way'
        when {{ day }} between suspended_from and suspended_to then 'suspended'
        when suspended_to < {{ day }} and known_through <= suspended_to then 'suspension_lapsed_unverified'
        when effective is not null and expires is not null then 'in_force'
        when known_through < {{ day }} then 'not_known_after'
        when effective is not null then 'in_force'
        else 'announced'
    end
{%- endmacro %}
