"""UN Comtrade: the preview, silently cut off at 500 rows, and the service with a key and a higher limit.

Reporters state imports CIF and exports FOB; World is one of the partners. Without ``breakdownMode=classic``
every cell is repeated by mode of transport.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from tests.ingest.publishers.comtrade import KEY as COMTRADE_KEY
from tests.ingest.publishers.comtrade import TRADE_ROW
from tests.ingest.servers import Asked, Reply, Route, Routes, json_reply
from tests.world.truth import CIF_FACTOR, LIE, World, code_of, month_before

PREVIEW_CAP = 500
KEYED_CAP = 100_000
MOST = 250_000
MONTHS_BEHIND = 3
RE_EXPORTED = {"CAN": 0.05, "USA": 0.1}


def last_month(world: World) -> date:
    """The newest month that reporters have submitted."""
    return month_before(world.now.date().replace(day=1), MONTHS_BEHIND + world.held_back)


def statements(world: World, period: str) -> pl.DataFrame:
    """The rows of all reporters for a year or month: reporter, partner (alpha-3), flow, hs6, kg and USD."""
    if len(period) == 4:
        flows = world.years.filter(pl.col("year") == int(period))
    else:
        month = date(int(period[:4]), int(period[4:]), 1)
        flows = world.flows.filter(pl.col("month") == min(month, last_month(world)), pl.col("month") == month)
    exporter, importer, line, factor = LIE
    is_lie = (pl.col("exporter") == exporter) & (pl.col("importer") == importer) & (pl.col("code") == line)
    fob = pl.col("value_usd").cast(pl.Float64)
    keys = ["reporter", "partner", "flow", "hs6"]
    imports = flows.select(
        pl.col("importer").alias("reporter"),
        pl.col("exporter").alias("partner"),
        pl.lit("M").alias("flow"),
        "hs6",
        pl.col("kg").cast(pl.Float64),
        (fob * CIF_FACTOR).round(2).alias("usd"),
    )
    exports = flows.select(
        pl.col("exporter").alias("reporter"),
        pl.col("importer").alias("partner"),
        pl.lit("X").alias("flow"),
        "hs6",
        pl.col("kg").cast(pl.Float64),
        pl.when(is_lie).then(fob * factor).otherwise(fob).alias("usd"),
    )
    again = exports.with_columns(
        pl.lit("RX").alias("flow"),
        *(
            (pl.col(name) * pl.col("reporter").replace_strict(RE_EXPORTED, default=None)).round(2)
            for name in ("kg", "usd")
        ),
    ).drop_nulls()
    stated = pl.concat([imports, exports, again]).group_by(keys).agg(pl.col("kg", "usd").sum())
    return stated.sort(keys)


def routes(world: World) -> Routes:
    """The services: annual and monthly, without and with a key."""
    kept: dict[str, pl.DataFrame] = {}
    asked_before: list[str] = []
    codes = code_of("comtrade_code")

    def stated(period: str) -> pl.DataFrame:
        if period not in kept:
            named = pl.col("reporter", "partner")
            kept[period] = statements(world, period).with_columns(named.replace_strict(codes, default=None))
        return kept[period]

    def service(cap: int, key: str | None) -> Route:
        def answer(asked: Asked) -> Reply:
            if asked.headers.get("Ocp-Apim-Subscription-Key") != key:
                return Reply(b'{"statusCode": 401, "message": "Access denied"}', 401, validators=False)
            asked_before.append(asked.path)
            period = asked.params["period"]
            if key is None and "," in period:
                return Reply(b'{"error": "one period a call"}', 400, validators=False)
            wanted = _selected(stated(period), asked.params)
            rows = [_record(row, period) for row in wanted.iter_rows(named=True)]
            if asked.params.get("breakdownMode") != "classic":
                rows += [row | {"motCode": 2100} for row in rows]
            limit = min(int(asked.params.get("maxRecords", cap)), MOST if key else PREVIEW_CAP)
            rows = rows[:limit]
            elapsed = f"0.{len(asked_before)} secs"
            content = {"elapsedTime": elapsed, "count": len(rows), "data": rows, "error": ""}
            return json_reply(content, validators=False)

        return answer

    return {
        "/public/v1/preview/C/A/HS": service(PREVIEW_CAP, None),
        "/public/v1/preview/C/M/HS": service(PREVIEW_CAP, None),
        "/data/v1/get/C/A/HS": service(KEYED_CAP, COMTRADE_KEY),
        "/data/v1/get/C/M/HS": service(KEYED_CAP, COMTRADE_KEY),
    }


def _selected(rows: pl.DataFrame, params: Mapping[str, str]) -> pl.DataFrame:
    """The rows that a request selects, with those of the World; a shorter code sums its six-digit ones."""
    if "reporterCode" in params:
        rows = rows.filter(pl.col("reporter").is_in(params["reporterCode"].split(",")))
    rows = rows.filter(pl.col("flow").is_in(params["flowCode"].split(",")))
    wanted = params["cmdCode"].split(",")
    by_code = [rows.filter(pl.col("hs6").is_in([code for code in wanted if len(code) == 6]))]
    by_code += [
        rows.filter(pl.col("hs6").str.starts_with(code)).with_columns(pl.lit(code).alias("hs6"))
        for code in wanted
        if len(code) < 6
    ]
    keys = ["reporter", "partner", "flow", "hs6"]
    rows = pl.concat(by_code).group_by(keys).agg(pl.col("kg", "usd").sum())
    world_rows = rows.group_by("reporter", "flow", "hs6").agg(
        pl.lit("0").alias("partner"), pl.col("kg", "usd").sum()
    )
    rows = pl.concat([rows, world_rows.select(rows.columns)]).sort(keys)
    if "partnerCode" in params:
        rows = rows.filter(pl.col("partner").is_in(params["partnerCode"].split(",")))
    return rows


def _record(row: dict[str, Any], period: str) -> dict[str, Any]:
    """A row in the form of the service."""
    is_import = row["flow"] == "M"
    return TRADE_ROW | {
        "freqCode": "A" if len(period) == 4 else "M",
        "period": period,
        "refPeriodId": int(period + ("0101" if len(period) == 4 else "01")),
        "refYear": int(period[:4]),
        "refMonth": 52 if len(period) == 4 else int(period[4:]),
        "reporterCode": int(row["reporter"]),
        "reporterISO": None,
        "partnerCode": int(row["partner"]),
        "partnerISO": None,
        "flowCode": row["flow"],
        "cmdCode": row["hs6"],
        "aggrLevel": len(row["hs6"]),
        "qty": row["kg"],
        "netWgt": row["kg"],
        "cifvalue": row["usd"] if is_import else None,
        "fobvalue": None if is_import else row["usd"],
        "primaryValue": row["usd"],
    }
