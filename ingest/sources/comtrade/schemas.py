"""The raw table and the source."""

from typing import Final

import dataframely as dy

from ingest.contracts import Source, Table, about


class Trade(dy.Schema):
    """A flow between a reporter and a partner, all transport modes and customs procedures together."""

    type_code = dy.String(regex="^[CS]$", metadata=about("C commodities, S services"))
    freq = dy.String(primary_key=True, regex="^[AM]$", metadata=about("A annual, M monthly"))
    period = dy.Date(primary_key=True, metadata=about("First day of the year or month"))
    reporter_code = dy.Int32(primary_key=True, min=1, metadata=about("Comtrade area code, 842 United States"))
    partner_code = dy.Int32(primary_key=True, min=0, metadata=about("Comtrade area code, 0 World"))
    flow = dy.String(
        primary_key=True,
        regex="^(M|X|RM|RX)$",
        metadata=about("M import, X export; RM and RX are the re-imports and re-exports among them"),
    )
    hs_code = dy.String(
        primary_key=True, regex=r"^(\d{2,6}|TOTAL)$", metadata=about("Commodity code as queried")
    )
    hs_level = dy.Int16(min=0, max=6, metadata=about("Digits of the code, 0 for TOTAL"))
    classification = dy.String(nullable=True, metadata=about("Edition the reporter used, H6 is HS2022"))
    quantity = dy.Float64(
        nullable=True,
        min=0,
        metadata=about("Quantity; a zero next to a value is read as missing", "quantity_unit"),
    )
    quantity_unit = dy.String(nullable=True, metadata=about("Unit of the quantity"))
    is_quantity_estimated = dy.Bool(metadata=about("Quantity estimated by the UN"))
    net_weight_kg = dy.Float64(
        nullable=True, min=0, metadata=about("Net weight; a zero next to a value is read as missing", "kg")
    )
    is_net_weight_estimated = dy.Bool(metadata=about("Net weight estimated by the UN"))
    cif_value_usd = dy.Float64(
        nullable=True, min=0, metadata=about("Value with freight and insurance", "USD")
    )
    fob_value_usd = dy.Float64(nullable=True, min=0, metadata=about("Value free on board", "USD"))
    value_usd = dy.Float64(min=0, metadata=about("Primary value: CIF for imports, FOB for exports", "USD"))
    is_reported = dy.Bool(nullable=True, metadata=about("Stated by the reporter, not computed by the UN"))
    is_aggregate = dy.Bool(nullable=True, metadata=about("Sum of finer rows computed by the UN"))


TRADE: Final = Table("comtrade__trade", Trade, "freq, period, reporter_code, partner_code, flow, hs_code")
SOURCE: Final = Source(
    id="comtrade",
    title="UN Comtrade",
    publisher="United Nations Statistics Division",
    homepage="https://comtradeplus.un.org",
    licence="UN Comtrade terms of use: reuse with attribution, no bulk redistribution",
    citation="United Nations, UN Comtrade database, https://comtradeplus.un.org",
    subject="Mexican trade",
    cadence="monthly",
    lag_days=120,
    drop_in="a download from the web site (CSV or xlsx), or API answers as JSON",
    tables=(TRADE,),
    base_url="https://comtradeapi.un.org",
    heavy=True,
    key_env="COMTRADE_API_KEY",
    note="Without a key the preview returns 500 rows per call and truncates silently; see `may_be_cut_off`.",
)
