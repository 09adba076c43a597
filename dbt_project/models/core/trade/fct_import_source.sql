-- Suppliers of an area's imports of a mineral at a stage, each source in its own basis; nothing is added
-- across bases.
with products as (
    select *
    from {{ ref('bridge_trade_product') }}
    where not is_allocation_only and weight_mid > 0
),

trade as (
    select *
    from {{ ref('fct_trade') }}
    where
        flow = 'import'
        and partner_iso3 not in ('WLD', reporter_iso3)
        and value_usd > 0
        and not is_sum_of_lines
),

-- tariff lines of the USA and of Canada by customs value
customs_value as (
    select
        trade.reporter_iso3 as area,
        products.mineral_id,
        products.stage,
        trade.period,
        trade.period_type,
        'customs_value' as basis,
        trade.origin_iso3 as supplier_iso3,
        trade.value_usd * products.weight_mid as value_usd,
        trade.value_usd * products.weight_low as value_low_usd,
        trade.value_usd * products.weight_high as value_high_usd,
        trade.net_weight_kg / 1000 * products.weight_mid as quantity_t,
        products.weight_low < 1 as is_allocated,
        trade.source_id,
        trade.archive_id
    from {{ ref('fct_customs_import') }} as trade
    inner join products
        on
            trade.hs_code = products.hs_code
            and trade.nomenclature = products.nomenclature
            and trade.period >= products.valid_from
            and (products.valid_to is null or trade.period <= products.valid_to)
    -- goods entered into a warehouse and not for consumption have no value here and are not yet supply
    where trade.has_all_origins and trade.value_usd > 0 and trade.origin_iso3 != trade.reporter_iso3
),

-- months of a code that Comtrade states by partner, in weight; other reporters serve as mirror data and are
-- not areas
comtrade_month as (
    select
        trade.reporter_iso3 as area,
        products.mineral_id,
        products.stage,
        trade.period,
        trade.period_type,
        'comtrade_month' as basis,
        trade.partner_iso3 as supplier_iso3,
        trade.value_usd * products.weight_mid as value_usd,
        trade.value_usd * products.weight_low as value_low_usd,
        trade.value_usd * products.weight_high as value_high_usd,
        trade.net_weight_kg / 1000 * products.weight_mid as quantity_t,
        products.weight_low < 1 as is_allocated,
        trade.source_id,
        trade.archive_id
    from trade
    inner join products on trade.hs_code = products.hs_code and trade.nomenclature = products.nomenclature
    inner join {{ ref('dim_bloc_member') }} as reporter_bloc
        on trade.reporter_iso3 = reporter_bloc.iso3 and reporter_bloc.bloc = 'NORTH_AMERICA'
    where trade.source_id = 'comtrade' and trade.period_type = 'month'
),

-- a BACI file limited to one exporter gives no shares
baci_whole as (
    select
        nomenclature,
        hs_code,
        period
    from trade
    where source_id = 'cepii_baci'
    group by nomenclature, hs_code, period
    having count(distinct partner_iso3) > 1
),

baci_bloc as (
    select
        trade.reporter_iso3,
        products.mineral_id,
        products.stage,
        trade.period,
        trade.period_type,
        trade.partner_iso3,
        trade.value_usd * products.weight_mid as value_usd,
        trade.value_usd * products.weight_low as value_low_usd,
        trade.value_usd * products.weight_high as value_high_usd,
        case when misstated.hs_code is null then trade.net_weight_kg / 1000 * products.weight_mid end
            as quantity_t,
        products.weight_low < 1 as is_allocated,
        trade.archive_id,
        partner_bloc.iso3 is not null as is_bloc
    from trade
    inner join baci_whole
        on
            trade.nomenclature = baci_whole.nomenclature
            and trade.hs_code = baci_whole.hs_code
            and trade.period = baci_whole.period
    inner join products on trade.hs_code = products.hs_code and trade.nomenclature = products.nomenclature
    inner join {{ ref('dim_bloc_member') }} as reporter_bloc
        on trade.reporter_iso3 = reporter_bloc.iso3 and reporter_bloc.bloc = 'NORTH_AMERICA'
    left join {{ ref('dim_bloc_member') }} as partner_bloc
        on trade.partner_iso3 = partner_bloc.iso3 and partner_bloc.bloc = 'NORTH_AMERICA'
    left join {{ ref('fct_implausible_weight') }} as misstated
        on
            trade.hs_code = misstated.hs_code
            and trade.nomenclature = misstated.nomenclature
            and trade.period = misstated.period
            and trade.reporter_iso3 = misstated.reporter_iso3
            and trade.partner_iso3 = misstated.partner_iso3
    where trade.source_id = 'cepii_baci'
),

-- each member with all its partners, and the bloc as one with partners outside it: trade within the bloc
-- cancels
baci as (
    select
        reporter_iso3 as area,
        mineral_id,
        stage,
        period,
        period_type,
        'baci' as basis,
        partner_iso3 as supplier_iso3,
        value_usd,
        value_low_usd,
        value_high_usd,
        quantity_t,
        is_allocated,
        'cepii_baci' as source_id,
        archive_id
    from baci_bloc
    union all
    select
        'USMCA' as area,
        mineral_id,
        stage,
        period,
        period_type,
        'baci' as basis,
        partner_iso3 as supplier_iso3,
        value_usd,
        value_low_usd,
        value_high_usd,
        quantity_t,
        is_allocated,
        'cepii_baci' as source_id,
        archive_id
    from baci_bloc
    where not is_bloc
),

flows as (
    select * from customs_value
    union all
    select * from comtrade_month
    union all
    select * from baci
),

measured as (
    select
        area,
        mineral_id,
        stage,
        period,
        period_type,
        basis,
        null::string as edition,
        null::string as form,
        false as is_headline,
        supplier_iso3,
        {{ exact_sum('value_usd') }} as value_usd,
        {{ exact_sum('value_low_usd') }} as value_low_usd,
        {{ exact_sum('value_high_usd') }} as value_high_usd,
        {{ whole_sum('quantity_t') }} as quantity_t,
        -- content differs between codes, so weights of several codes are gross
        bool_or(is_allocated) as is_allocated,
        source_id,
        min(archive_id) as archive_id
    from flows
    group by area, mineral_id, stage, period, period_type, basis, supplier_iso3, source_id
),

measured_shares as (
    select
        *,
        {{ share('value_usd', 'sum(' ~ as_decimal('value_usd', 30, 6) ~ ') over shipments') }} as value_share,
        case
            when count(quantity_t) over shipments = count(*) over shipments
                then {{ share('quantity_t', 'sum(' ~ as_decimal('quantity_t', 30, 6) ~ ') over shipments') }}
        end as quantity_share,
        null::double as quantity_share_low,
        null::double as quantity_share_high,
        null::integer as published_rank
    from measured
    window shipments as (partition by area, mineral_id, stage, period, period_type, basis)
),

-- shares by quantity that USGS publishes for four years together
usgs as (
    select
        'USA' as area,
        forms.mineral_id,
        forms.stage,
        make_date(sources.period_start, 1, 1) as period,
        'four_years' as period_type,
        'usgs_four_years' as basis,
        sources.edition,
        sources.form,
        forms.is_headline and forms.is_shown as is_headline,
        coalesce(codes.iso3, 'ZZZ') as supplier_iso3,
        sources.share_pct / 100 as stated_share,
        case when sources.value_text like '<%' then 0 else sources.share_pct / 100 end as share_low,
        case when sources.value_text like '>%' then 1 else sources.share_pct / 100 end as share_high,
        sources.rank as published_rank,
        sources._archive_id as archive_id
    from {{ ref('stg_usgs_mcs__import_sources') }} as sources
    inner join {{ ref('usgs_import_forms') }} as forms
        on sources.commodity = forms.commodity and sources.form = forms.form
    left join {{ ref('dim_country_code') }} as codes
        on sources.country = codes.code and codes.source_id = 'usgs_mcs'
    where forms.is_shown
),

-- rounded shares may sum to a point or two more or less than 100: they are scaled to 1; a remainder of three
-- points or more stays unallocated
usgs_total as (
    select
        area,
        mineral_id,
        stage,
        period,
        edition,
        form,
        {{ exact_sum('stated_share') }} as table_share
    from usgs
    group by area, mineral_id, stage, period, edition, form
),

usgs_shares as (
    select
        usgs.area,
        usgs.mineral_id,
        usgs.stage,
        usgs.period,
        usgs.period_type,
        usgs.basis,
        usgs.edition,
        usgs.form,
        usgs.is_headline,
        usgs.supplier_iso3,
        null::double as value_usd,
        null::double as value_low_usd,
        null::double as value_high_usd,
        null::double as quantity_t,
        false as is_allocated,
        'usgs_mcs' as source_id,
        usgs.archive_id,
        null::double as value_share,
        case
            when usgs_total.table_share > 0.97 then usgs.stated_share / usgs_total.table_share
            else usgs.stated_share
        end as quantity_share,
        usgs.share_low as quantity_share_low,
        usgs.share_high as quantity_share_high,
        usgs.published_rank
    from usgs
    inner join usgs_total
        on
            usgs.mineral_id = usgs_total.mineral_id
            and usgs.stage = usgs_total.stage
            and usgs.period = usgs_total.period
            and usgs.edition = usgs_total.edition
            and usgs.form = usgs_total.form
)

select * from measured_shares
union all
select * from usgs_shares
