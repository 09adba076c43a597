"""Monthly customs data from the publisher's file to the marts: nothing is lost or counted twice.

Archives are written in the publishers' own layouts, parsed by the sources and loaded next to the starter; the
figures in dbt's tables must be sums over the input records.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from random import Random

import duckdb
import orjson
import polars as pl
import pytest

from ingest.contracts import FileFacts, SourceModule, accept
from ingest.sources import bgs_wms, boc_fx, census_bulk, statcan_cimt, wits_trains
from orchestration.pipeline import raw_layer
from tests.dbt_project.conftest import Ask
from tests.dbt_project.warehouse import dbt, load_starter
from tests.ingest.census_files import Export, Import, archive, concord_line, lines, members_of
from tests.ingest.publishers.boc_fx import fx_answer
from tests.ingest.publishers.statcan_cimt import CIMT_HEADER, cimt_table
from tests.ingest.sources.test_bgs_wms import page
from tests.ingest.sources.test_wits_trains import answer
from warehouse.connect import Engine
from warehouse.load import load_file, load_refused

pytestmark = pytest.mark.long

VINTAGE = date(2026, 3, 6)
MONTHS = [date(2025, month, 1) for month in range(1, 13)] + [date(2026, 1, 1)]
GRAPHITE, GALLIUM, LITHIUM, HORSES = "2504101000", "8112921000", "2836910050", "0101210010"
LOST_TOTAL = (MONTHS[-1], GALLIUM)
"""The code whose control total one archive does not state."""
CAD_PER_USD = 1.25
MARTS = (
    "import_sources",
    "tariff_exposure",
    "usmca_utilization",
    "mirror_gap",
    "reconciliation",
    "revisions",
)
FIRST_STATED = date(2025, 3, 6)
"""Day of the first release of January 2025, revised since."""
ADDED = 1_000
"""The higher value of each of its records at that time, USD."""


def us_imports(month: date) -> list[Import]:
    """Every combination of a few keys, each with different figures."""
    random = Random(f"{month}")
    keys = product(
        (GRAPHITE, GALLIUM, LITHIUM, HORSES), ("1220", "2010", "5700"), ("S ", "S+", "  "), ("20", "41")
    )
    return [
        Import(
            code,
            country,
            programme,
            district,
            provision="61" if programme == "  " else "18",
            month=f"{month:%Y%m}",
            measures={
                name: random.randrange(1, 10**6)
                for name in ("con_val", "gen_val", "dut_val", "cal_dut", "con_cha", "con_qy1")
            },
        )
        for code, country, programme, district in keys
    ]


def us_exports(month: date) -> list[Export]:
    random = Random(f"exports {month}")
    return [
        Export(
            code,
            df,
            country,
            month=f"{month:%Y%m}",
            measures={"all_val": random.randrange(1, 10**6), "qty_1": 7},
        )
        for code, df, country in product((GRAPHITE, HORSES), "12", ("1220", "5700"))
    ]


def canada(flow: str, month: date) -> Iterator[tuple[str, str, int]]:
    """Partner, US state and Canadian dollars of a month's graphite; the total includes domestic exports."""
    random = Random(f"canada {month}")
    for partner, state in (("US", "NY"), ("US", "CA"), ("CN", "")):
        domestic, foreign, bought = (random.randrange(1, 10**6) for _ in range(3))
        yield partner, state, {"Imp": bought, "Dom_Exp": domestic, "Tot_Exp": domestic + foreign}[flow]


def as_first_stated(month: date) -> list[Import]:
    """The month's records before their revision."""
    return [
        replace(record, measures=record.measures | {"con_val": record.measures["con_val"] + ADDED})
        for record in us_imports(month)
    ]


def import_archive(month: date, records: Callable[[date], list[Import]] = us_imports) -> bytes:
    members = {
        name: text.replace("202609", f"{month:%Y%m}") for name, text in members_of(records(month)).items()
    }
    kept = [line for line in members["IMP_COMM.TXT"].splitlines() if (month, line[:10]) != LOST_TOTAL]
    return archive(members | {"IMP_COMM.TXT": lines(kept)})


def export_archive(month: date) -> bytes:
    records = us_exports(month)
    codes = sorted({record.schedule_b for record in records})
    concordance = lines(concord_line(code, "T") for code in codes)
    return archive({"EXP_DETL.TXT": lines(record.line() for record in records), "CONCORD.TXT": concordance})


def canadian_archive(flow: str, months: Iterable[date]) -> bytes:
    member, code, header = {
        "Imp": ("014", GRAPHITE, CIMT_HEADER),
        "Dom_Exp": ("016", GRAPHITE[:8], CIMT_HEADER.replace("HS10", "HS8")),
        "Tot_Exp": ("017", GRAPHITE[:8], CIMT_HEADER.replace("HS10", "HS8")),
    }[flow]
    rows = [
        f"{month:%Y%m},{code},{partner},ON,{state},{value},2,TNE"
        for month in months
        for partner, state, value in canada(flow, month)
    ]
    return archive({f"ODPFN{member}_{rows[-1][:6]}N.csv": cimt_table(header, rows)})


def served() -> Iterator[tuple[SourceModule, str, bytes]]:
    """Every file, with its source and name."""
    for month in MONTHS:
        yield census_bulk, f"IMDB{month:%y%m}.ZIP", import_archive(month)
    for month in MONTHS[-2:]:
        yield census_bulk, f"EXDB{month:%y%m}.ZIP", export_archive(month)
    for flow in ("Imp", "Dom_Exp", "Tot_Exp"):
        yield statcan_cimt, f"CIMT-CICM_{flow}_2025.zip", canadian_archive(flow, MONTHS[:12])
    yield statcan_cimt, "CIMT-CICM_Imp_2026.zip", canadian_archive("Imp", MONTHS[12:])
    # the rate of January 2026 is not yet published
    yield boc_fx, "FXUSDCAD.json", fx_answer(MONTHS[0], date(2025, 12, 31), f"{CAD_PER_USD}")
    rates = {"answers": [answer("840", ["250410"], "2024")]}
    yield wits_trains, "trains-USA-2024.json", orjson.dumps(rates)
    stated = {
        "bgs_commodity_trans": "gallium, primary",
        "bgs_sub_commodity_trans": None,
        "bgs_statistic_type_trans": "Production",
        "country_trans": "China",
        "country_iso3_code": "CHN",
        "units": "Tonnes (metric)",
        "year": "2023-01-01T00:00:00Z",
        "quantity": 600,
        "concat_figure_notes_code": None,
        "data_precision_description": None,
    }
    yield bgs_wms, "gallium_primary.json", page(stated)


def put(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    source: SourceModule,
    name: str,
    content: bytes,
    *,
    vintage: date = VINTAGE,
) -> None:
    """Parse a publisher's file and load its rows and its refused rows."""
    path, archive_id = folder / name, sha256(content).hexdigest()
    path.write_bytes(content)
    partition = source.partition_of(name)  # type: ignore[attr-defined]
    frames = source.parse(path, FileFacts(name, partition, vintage))
    for table in source.SOURCE.tables:
        if table.name not in frames:
            continue
        accepted = accept(table, frames[table.name])
        parquet = folder / f"{name}.{table.name}.parquet"
        accepted.rows.with_columns(
            _archive_id=pl.lit(archive_id),
            _partition=pl.lit(partition),
            _vintage=pl.lit(vintage),
            _mode=pl.lit("live"),
        ).write_parquet(parquet)
        load_file(con, table.name, parquet, archive_id)
        if accepted.refused.height:
            load_refused(con, source.SOURCE.id, table.name, archive_id, accepted.refused)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Query the tables that dbt builds from the starter and the served files."""
    home = tmp_path_factory.mktemp("live")
    load_starter(home)
    with raw_layer.open_raw(home / "raw.duckdb", Engine()) as con:
        first = import_archive(MONTHS[0], as_first_stated)
        put(con, home, census_bulk, "IMDB2501.ZIP", first, vintage=FIRST_STATED)
        for source, name, content in served():
            put(con, home, source, name, content)
    upstream = [f"+{mart}" for mart in MARTS]
    built = dbt(
        home,
        "build",
        "--exclude-resource-type",
        "test",
        "unit_test",
        "--select",
        *upstream,
        "+fct_tariff_hs6",
    )
    assert built.returncode == 0, built.stdout + built.stderr
    with duckdb.connect(str(home / "build.duckdb"), read_only=True) as con:
        yield lambda question, *values: con.execute(question, list(values)).fetchall()


def total(records: Iterable[Import], measure: str, **keys: str | tuple[str, ...]) -> int:
    """Sum of a measure over the import records that have these keys."""
    return sum(
        record.measures[measure]
        for record in records
        if all(getattr(record, key).strip() in value for key, value in keys.items())
    )


def test_us_imports_equal_the_served_records_to_the_dollar(ask: Ask) -> None:
    found = ask(
        "select period, hs_code, rate_provision, district, sum(value_usd), sum(general_value_usd),"
        " sum(dutiable_usd), sum(calculated_duty_usd), sum(charges_usd), sum(quantity),"
        " sum(net_weight_kg) from core.fct_trade"
        " where source_id = 'census_bulk' and flow = 'import' group by all"
    )
    measures = ("con_val", "gen_val", "dut_val", "cal_dut", "con_cha", "con_qy1", "con_qy1")
    expected = {
        (month, code, provision, district): tuple(
            total(us_imports(month), measure, hts10=(code,), provision=(provision,), entry=(district,))
            for measure in measures
        )
        for month, code, provision, district in product(
            MONTHS, (GRAPHITE, GALLIUM, LITHIUM), ("18", "61"), ("20", "41")
        )
    }
    assert {row[:4]: row[4:] for row in found} == expected


def test_us_exports_contain_their_re_exports(ask: Ask) -> None:
    found = ask(
        "select period, flow, partner_iso3, sum(value_usd), sum(net_weight_kg) from core.fct_trade"
        " where source_id = 'census_bulk' and flow != 'import' group by all"
    )
    expected = {}
    for month, (country, iso3) in product(MONTHS[-2:], (("1220", "CAN"), ("5700", "CHN"))):
        graphite = [r for r in us_exports(month) if r.schedule_b == GRAPHITE and r.country == country]
        for flow, goods in (("export", "12"), ("re_export", "2")):
            records = [record for record in graphite if record.df in goods]
            value = sum(record.measures["all_val"] for record in records)
            expected[month, flow, iso3] = (value, 7000 * len(records))
    assert {row[:3]: row[3:] for row in found} == expected


def test_canadian_dollars_are_kept_and_converted(ask: Ask) -> None:
    found = ask(
        "select period, flow, partner_iso3, value_native, currency, value_usd, quality_flag"
        " from core.fct_trade where source_id = 'statcan_cimt'"
    )
    expected = set()
    for month, iso2, flow in product(MONTHS, ("US", "CN"), ("import", "export", "re_export")):
        if month == MONTHS[-1] and flow != "import":
            continue
        stated = {
            kind: sum(value for partner, _, value in canada(kind, month) if partner == iso2)
            for kind in ("Imp", "Dom_Exp", "Tot_Exp")
        }
        cad = {
            "import": stated["Imp"],
            "export": stated["Tot_Exp"],
            "re_export": stated["Tot_Exp"] - stated["Dom_Exp"],
        }[flow]
        dollars = None if month == MONTHS[-1] else int(cad / CAD_PER_USD + 0.5)
        flag = "fx_rate_missing" if dollars is None else "ok"
        expected.add((month, flow, {"US": "USA", "CN": "CHN"}[iso2], cad, "CAD", dollars, flag))
    assert set(found) == expected


def test_twelve_months_take_the_place_of_the_year(ask: Ask) -> None:
    found = ask(
        "select period, period_type, sum(value_usd), any_value(source_id) from marts.import_sources"
        " where area = 'USA' and basis = 'customs_value' and mineral_id = 'gallium'"
        " and period >= date '2025-01-01' group by all"
    )
    months = {month: total(us_imports(month), "con_val", hts10=(GALLIUM,)) for month in MONTHS}
    year = sum(value for month, value in months.items() if month.year == 2025)
    expected = {(month, "month", value, "census_bulk") for month, value in months.items()}
    assert set(found) == expected | {(date(2025, 1, 1), "year", year, "census_bulk")}


def test_the_year_before_is_still_the_annual_figure(ask: Ask) -> None:
    found = ask(
        "select period, source_ids from marts.tariff_exposure where period_type = 'year' group by all"
    )
    assert set(found) == {
        (date(2025, 1, 1), "census_bulk;usitc_hts"),
        (date(2024, 1, 1), "census_api;usitc_hts"),
    }


def test_duty_is_known_by_month(ask: Ask) -> None:
    found = ask(
        "select period, value_usd, calculated_duty_usd from marts.tariff_exposure"
        " where mineral_id = 'graphite_natural' and origin_iso3 = 'CHN' and period_type = 'month'"
    )
    of_china = partial(total, hts10=(GRAPHITE,), country=("5700",))
    assert set(found) == {
        (month, of_china(us_imports(month), "con_val"), of_china(us_imports(month), "cal_dut"))
        for month in MONTHS
    }


def test_usmca_claims_come_from_the_programme_of_each_record(ask: Ask) -> None:
    found = ask(
        "select period, value_usd, usmca_value_usd, source_ids from marts.usmca_utilization"
        " where mineral_id = 'gallium' and origin_iso3 = 'CAN'"
    )
    of_canada = partial(total, hts10=(GALLIUM,), country=("1220",))
    assert set(found) == {
        (
            month,
            of_canada(us_imports(month), "con_val"),
            of_canada(us_imports(month), "con_val", subco=("S", "S+")),
            "census_bulk;usitc_hts",
        )
        for month in MONTHS
    }


def test_us_imports_are_compared_with_canadian_exports(ask: Ask) -> None:
    found = ask(
        "select importer_value_usd, exporter_value_usd, source_ids from marts.mirror_gap"
        " where reporter_iso3 = 'USA' and partner_iso3 = 'CAN' and hs6 = '250410' and year = 2025"
    )
    bought = sum(
        total(us_imports(month), "con_val", hts10=(GRAPHITE,), country=("1220",)) for month in MONTHS[:12]
    )
    sold = 0
    for month in MONTHS[:12]:
        cad = sum(value for partner, _, value in canada("Tot_Exp", month) if partner == "US")
        sold += int(cad / CAD_PER_USD + 0.5)
    assert found == [(bought, sold, "census_bulk;statcan_cimt")]


def test_a_lost_control_total_fails_its_check_and_no_other(ask: Ask) -> None:
    found = ask(
        "select mineral_id, year, passed, reason_code, note from marts.reconciliation"
        " where check_id = 'census_control_totals'"
        " and mineral_id in ('gallium', 'graphite_natural', 'lithium')"
    )
    month, code = LOST_TOTAL
    assert set(found) == {
        ("gallium", 2025, True, "agrees", None),
        ("gallium", 2026, False, "control_total_missing", f"{code} of {month:%Y-%m}"),
        ("graphite_natural", 2025, True, "agrees", None),
        ("graphite_natural", 2026, True, "agrees", None),
        ("lithium", 2025, True, "agrees", None),
        ("lithium", 2026, True, "agrees", None),
    }


def test_the_second_opinion_on_output_is_compared(ask: Ask) -> None:
    found = ask(
        "select year, computed, published > 0, source_ids from marts.reconciliation"
        " where check_id like 'bgs_world_total%' and mineral_id = 'gallium'"
    )
    assert found == [(2023, 600.0, True, "bgs_wms;usgs_mcs")]


def test_duties_on_six_digits_are_by_partner(ask: Ask) -> None:
    found = ask(
        "select reporter_iso3, partner_iso3, hs6, year, tariff_type, average_rate_pct"
        " from core.fct_tariff_hs6"
    )
    assert set(found) == {
        ("USA", "WLD", "250410", 2024, "mfn", 2.5),
        ("USA", "MEX", "250410", 2024, "pref", 0.0),
    }


def test_a_revised_month_shows_both_values(ask: Ask) -> None:
    found = ask(
        "select period, measure, unit, vintage_from, vintage_to, new_value, old_value - new_value"
        " from marts.revisions where key like 'census_bulk|USA|CHN|import|2504101000|%'"
    )
    graphite = partial(total, us_imports(MONTHS[0]), "con_val", hts10=(GRAPHITE,), country=("5700",))
    records = sum(r.hts10 == GRAPHITE and r.country == "5700" for r in us_imports(MONTHS[0]))
    assert found == [(MONTHS[0], "value_usd", "USD", FIRST_STATED, VINTAGE, graphite(), ADDED * records)]


def test_a_revised_line_names_its_mineral(ask: Ask) -> None:
    found = ask(
        "select distinct split_part(key, '|', 5), mineral_id, mineral_ids from marts.revisions"
        " where source_id = 'census_bulk' and key like '%|import|%'"
    )
    assert ("2504101000", "graphite_natural", "graphite_natural") in found
    assert all(mineral_ids is not None for *_, mineral_ids in found), found


def test_canadian_vintages_are_held_in_their_own_currency(ask: Ask) -> None:
    (found,) = ask(
        "select value, unit from core.fct_vintage"
        " where key = 'statcan_cimt|CAN|CHN|import|2504101000|month|2025-01-01|value_native'"
    )
    assert found == (sum(value for who, _, value in canada("Imp", MONTHS[0]) if who == "CN"), "CAD")
