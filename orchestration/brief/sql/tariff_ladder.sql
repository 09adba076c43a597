-- Duty on sample lines by origin and programme, on the latest day covered by the schedule.
with products(hts8, product) as (
    values
    ('25041010', 'Graphite flake'),
    ('28046910', 'Silicon metal'),
    ('28369100', 'Lithium carbonate'),
    ('76011060', 'Unwrought aluminum'),
    ('81129210', 'Gallium metal'),
    ('85051100', 'Rare-earth magnets')
),

origins(origin_iso3, origin) as (
    values ('CHN', 'China'), ('CAN', 'Canada'), ('MEX', 'Mexico'), ('ROW', 'Most others')
),

newest as (
    select
        products.product,
        origins.origin,
        schedule.*
    from marts.tariff_schedule as schedule
    inner join products using (hts8)
    inner join origins using (origin_iso3)
    where schedule.valid_from <= schedule.known_through
    qualify row_number() over (
        partition by schedule.hts8, schedule.origin_iso3 order by schedule.valid_from desc
    ) = 1
),

steps as (
    unpivot (
        select
            product,
            hts8,
            origin,
            valid_from,
            known_through,
            base_ad_valorem_pct as "most favoured nation",
            additional_301_pct as "section 301",
            additional_232_pct as "section 232",
            additional_122_pct as "section 122",
            additional_ieepa_pct as "IEEPA"
        from newest
    )
    on columns(* exclude (product, hts8, origin, valid_from, known_through))
    into name programme value rate_pct
)

select
    product,
    origin,
    programme,
    rate_pct,
    valid_from,
    known_through,
    hts8
from steps
where rate_pct > 0 or programme = 'most favoured nation'
order by product, list_position(['China', 'Canada', 'Mexico', 'Most others'], origin), programme
