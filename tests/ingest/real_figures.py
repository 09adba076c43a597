"""All publishers on loopback, of which those whose figures the warehouse's checks read serve real ones."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import polars as pl

from tests.ingest.publishers import PUBLISHERS
from tests.ingest.publishers.comtrade import TRADE_ROW
from tests.ingest.publishers.usgs_mcs import PARENT, science_base
from tests.ingest.servers import Asked, Reply, Routes, Server, json_reply, serve

STARTER = Path(__file__).parents[2] / "ingest" / "starter"


def census_api_of_starter(_now: datetime) -> Routes:
    """The API with the starter's figures, by chapter and year."""
    figures = pl.read_parquet(STARTER / "census_api__imports_annual.parquet")
    columns = {
        "CTY_CODE": "cty_code",
        "I_COMMODITY": "hts10",
        "GEN_VAL_YR": "general_value_usd",
        "CON_VAL_YR": "consumption_value_usd",
        "DUT_VAL_YR": "dutiable_value_usd",
        "CAL_DUT_YR": "calculated_duty_usd",
    }

    def imports(asked: Asked) -> Reply:
        chapter, year = asked.params["I_COMMODITY"].removesuffix("*"), int(asked.params["YEAR"])
        found = figures.filter(pl.col("hts10").str.starts_with(chapter), pl.col("year") == year)
        cells = found.select(pl.col(list(columns.values())).cast(pl.String)).rows()
        return (
            json_reply([list(columns), *cells], validators=False)
            if cells
            else Reply(status=204, validators=False)
        )

    return {"/imports/hs": imports}


def cepii_baci_of_starter(now: datetime) -> Routes:
    """A version of BACI with the starter's figures."""
    figures = pl.read_parquet(STARTER / "cepii_baci__trade.parquet")
    columns = ["year", "exporter_code", "importer_code", "hs6", "value_kusd", "quantity_t"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for (year,), rows in figures.select(columns).group_by("year", maintain_order=True):
            content = rows.rename(dict(zip(columns, "tijkvq", strict=True))).write_csv(null_value="NA")
            name = f"BACI_HS92_Y{year}_V{now.year}01.csv"
            zipped.writestr(zipfile.ZipInfo(name, (2026, 1, 22, 0, 0, 0)), content)
    return {f"/BACI_HS92_V{now.year}01.zip": Reply(buffer.getvalue(), content_type="application/zip")}


def comtrade_of_starter(_now: datetime) -> Routes:
    """The service with a key, with the starter's figures."""
    keys = ["freq", "period", "reporter_code", "partner_code", "flow", "hs_code"]
    figures = pl.read_parquet(STARTER / "comtrade__trade.parquet").unique(
        keys, keep="first", maintain_order=True
    )
    names = {
        "reporterCode": "reporter_code",
        "partnerCode": "partner_code",
        "flowCode": "flow",
        "cmdCode": "hs_code",
        "classificationCode": "classification",
        "qty": "quantity",
        "qtyUnitAbbr": "quantity_unit",
        "isQtyEstimated": "is_quantity_estimated",
        "netWgt": "net_weight_kg",
        "isNetWgtEstimated": "is_net_weight_estimated",
        "cifvalue": "cif_value_usd",
        "fobvalue": "fob_value_usd",
        "primaryValue": "value_usd",
        "isReported": "is_reported",
        "isAggregate": "is_aggregate",
    }

    def answer(asked: Asked) -> Reply:
        params, freq = asked.params, asked.path.split("/")[-2]
        month = params["period"] if freq == "M" else f"{params['period']}01"
        found = figures.filter(pl.col("freq") == freq, pl.col("period").dt.strftime("%Y%m") == month)
        for name in ("reporterCode", "partnerCode", "flowCode", "cmdCode"):
            if name in params:
                found = found.filter(pl.col(names[name]).cast(pl.String).is_in(params[name].split(",")))
        cells = found.select(**{name: pl.col(ours) for name, ours in names.items()}).to_dicts()
        period = {"freqCode": freq, "period": params["period"], "refYear": int(params["period"][:4])}
        rows = [TRADE_ROW | period | row for row in cells]
        return json_reply({"count": len(rows), "data": rows, "error": ""}, validators=False)

    return {"/data/v1/get/C/A/HS": answer, "/data/v1/get/C/M/HS": answer}


def usgs_mcs_of(shared_data: Path) -> Callable[[datetime], Routes]:
    """ScienceBase with the real files of both editions."""
    names = {
        "2026": ["mcs2026_whole/MCS2026_Commodities_Data.csv"],
        "2025": [f"mcs2025/{name}.zip" for name in ("World_Data", "Salient_Commodity", "Industry_Trends")],
    }
    trends = (
        "T4_Country_Export_Control",
        "T5_Trade_Agreements",
        "T6_Critical_Minerals_End_Use",
        "Fig13_Scrap",
    )
    names["2026"] += [f"mcs2026/industry_trends/MCS2026_{name}.csv" for name in trends]
    files = {
        (edition, Path(name).name): (shared_data / "usgs_mcs" / name).read_bytes()
        for edition, wanted in names.items()
        for name in wanted
    }
    return lambda _now: science_base(
        {key: (content, f"{key[0]}-02-06T15:00:00Z") for key, content in files.items()},
        {PARENT: [(edition, f"Mineral Commodity Summaries {edition} Data Release") for edition in names]},
    )


def with_real_figures(shared_data: Path) -> dict[str, Callable[[datetime], Routes]]:
    """All publishers; those whose figures the warehouse's checks read serve real ones."""
    return PUBLISHERS | {
        "census_api": census_api_of_starter,
        "cepii_baci": cepii_baci_of_starter,
        "comtrade": comtrade_of_starter,
        "usgs_mcs": usgs_mcs_of(shared_data),
    }


@contextmanager
def serve_all(
    now: datetime, chosen: Mapping[str, Callable[[datetime], Routes]] = MappingProxyType(PUBLISHERS)
) -> Iterator[dict[str, Server]]:
    """A server for every source, each under its own host name."""
    with ExitStack() as running:
        yield {name: running.enter_context(serve(routes(now))) for name, routes in chosen.items()}
