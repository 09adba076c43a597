-- Duties that the USA, Canada and Mexico applied to six-digit codes, by partner and year: averages over
-- national lines. A preference for a group of countries has no partner, only the publisher's code for the
-- group.
select
    reporters.iso3 as reporter_iso3,
    tariff.partner_code,
    partners.iso3 as partner_iso3,
    tariff.hs6,
    tariff.year,
    lower(tariff.tariff_type) as tariff_type,
    tariff.nomenclature,
    tariff.average_rate_pct,
    tariff.min_rate_pct,
    tariff.max_rate_pct,
    tariff.lines,
    tariff.mfn_lines,
    tariff.preferential_lines,
    tariff.non_ad_valorem_lines,
    'wits_trains' as source_id,
    tariff.vintage,
    tariff._archive_id as archive_id
from {{ ref('stg_wits_trains__tariff') }} as tariff
inner join {{ ref('dim_country_code') }} as reporters
    on reporters.source_id = 'wits_trains' and tariff.reporter_code = reporters.code
left join {{ ref('dim_country_code') }} as partners
    on partners.source_id = 'wits_trains' and tariff.partner_code = partners.code
