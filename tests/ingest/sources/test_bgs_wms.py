"""World Mineral Statistics: CSV exports with their columns in any order, pages of the API, damaged files."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources import bgs_wms
from ingest.sources.bgs_wms import PRODUCTION, parse
from tests.ingest.live import refresh, rows
from tests.ingest.servers import Asked, Reply, serve

COLUMNS = {
    "country_trans": "Canada",
    "country_iso3_code": "CAN",
    "bgs_commodity_trans": "cobalt, mine",
    "bgs_sub_commodity_trans": "",
    "bgs_statistic_type_trans": "Production",
    "units": "tonnes (metal content)",
    "year": "2023-01-01 00:00:00",
    "quantity": "1961",
    "concat_figure_notes_code": "",
    "data_precision_description": "",
}


def export(*changes: dict[str, str], columns: tuple[str, ...] = tuple(COLUMNS)) -> bytes:
    rows = [{**COLUMNS, **change} for change in changes]
    lines = [",".join(f'"{row[column]}"' for column in columns) for row in rows]
    return "\n".join([",".join(columns), *lines, ""]).encode()


def page(*properties: dict[str, Any] | None) -> bytes:
    features = [{"type": "Feature", "geometry": None, "properties": one} for one in properties]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def read(path: Path, content: bytes) -> pl.DataFrame:
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "cobalt", date(2025, 3, 1)))[PRODUCTION.name]


@pytest.mark.parametrize("columns", [tuple(COLUMNS), tuple(reversed(COLUMNS))])
def test_columns_are_found_by_name(tmp_path: Path, columns: tuple[str, ...]) -> None:
    frame = read(tmp_path / "f.csv", export({"concat_figure_notes_code": "*|d"}, columns=columns))
    assert frame.to_dicts() == [
        {
            "commodity": "cobalt, mine",
            "sub_commodity": None,
            "statistic": "Production",
            "country_iso3": "CAN",
            "country": "Canada",
            "year": 2023,
            "quantity": 1961,
            "qualifier": "=",
            "unit": "tonnes (metal content)",
            "is_estimated": True,
            "note_code": "*|d",
        }
    ]


def test_the_two_congos_are_distinct_whatever_code_is_printed(tmp_path: Path) -> None:
    columns = (*COLUMNS, "country_iso2_code")
    printed = [("Congo", "COD", "CG"), ("Congo, Democratic Republic", "COD", "CD"), ("Namibia", "NAM", "NA")]
    names = ("country_trans", "country_iso3_code", "country_iso2_code")
    content = export(*(dict(zip(names, one, strict=True)) for one in printed), columns=columns)
    assert read(tmp_path / "f.csv", content)["country_iso3"].to_list() == ["COG", "COD", "NAM"]


class Service:
    """Pages of a commodity; the first response to each page in ``cut`` is truncated within its JSON."""

    def __init__(self, features: int, cut: set[int]) -> None:
        self.features, self.cut, self.limits = features, cut, set[int]()

    def __call__(self, asked: Asked) -> Reply:
        offset, limit = int(asked.params["offset"]), int(asked.params["limit"])
        self.limits.add(limit)
        properties = COLUMNS | {"bgs_commodity_trans": asked.params["bgs_commodity_trans"]}
        found = [
            {"properties": properties | {"country_trans": f"Land {at}", "quantity": at}}
            for at in range(offset, min(offset + limit, self.features))
        ]
        body = json.dumps({"features": found, "numberMatched": self.features}).encode()
        if offset in self.cut:
            self.cut.remove(offset)
            body = body[: len(body) // 2]
        return Reply(body, validators=False)


def test_a_commodity_of_several_pages_is_complete_although_an_answer_breaks_off(tmp_path: Path) -> None:
    service = Service(6843, {0, 4000})
    with pytest.MonkeyPatch.context() as patch, serve({"/" + bgs_wms.ITEMS: service}) as server:
        patch.setattr(bgs_wms, "COMMODITIES", ("copper, mine", "graphite"))
        outcome = refresh(bgs_wms, tmp_path, server)
    assert outcome.problems == ()
    assert max(service.limits) <= 2000
    by_commodity = rows(outcome, PRODUCTION.name).group_by("commodity").agg(pl.col("quantity").sum())
    assert dict(by_commodity.rows()) == dict.fromkeys(("copper, mine", "graphite"), 6842 * 6843 / 2)


def test_nil_small_and_missing_are_three_things(tmp_path: Path) -> None:
    frame = read(
        tmp_path / "f.csv",
        export(
            {"year": "2020-01-01", "quantity": "0", "data_precision_description": "Nil (nothing produced)"},
            {
                "year": "2021-01-01",
                "quantity": "0",
                "data_precision_description": "Quantity is more than 0 but less than 0.5",
            },
            {"year": "2022-01-01", "quantity": "", "data_precision_description": "Figures not available"},
        ),
    )
    assert frame.select("qualifier", "quantity").rows() == [("=", 0), ("s", None), ("NA", None)]


def test_a_page_of_the_api_says_the_same_as_an_export(tmp_path: Path) -> None:
    properties = {
        **COLUMNS,
        "year": "2023-01-01T00:00:00Z",
        "quantity": 1961.0,
        "bgs_sub_commodity_trans": None,
    }
    exported = read(tmp_path / "f.csv", export({}))
    assert read(tmp_path / "f.json", page(properties)).equals(exported)


def test_a_feature_without_properties_is_quarantined_and_the_others_are_kept(tmp_path: Path) -> None:
    accepted = accept(PRODUCTION, read(tmp_path / "f.json", page(COLUMNS, None)))
    assert accepted.rows["country"].to_list() == ["Canada"]
    assert accepted.refused.height == 1


def test_contradictions_and_repeats_are_refused_row_by_row(tmp_path: Path) -> None:
    frame = read(
        tmp_path / "f.csv",
        export(
            {"country_trans": "Cuba"},
            {"year": "2022-06-01"},
            {"country_trans": "Peru", "quantity": ""},
            {"country_trans": "Mali", "data_precision_description": "Guessed"},
            {"country_trans": "Chad"},
            {"country_trans": "Chad", "quantity": "7"},
        ),
    )
    accepted = accept(PRODUCTION, frame)
    assert accepted.rows["country"].to_list() == ["Cuba"]
    assert accepted.refused.height == 5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        export({})[:-1],
        export({})[:-9] + b"\n",
        export(),
        export({}, columns=tuple(COLUMNS)[1:]),
        page(),
        page({**COLUMNS})[:-3],
        page({"year": "2020"}),
        b'{"features": [1]}',
        b'{"detail": "not found"}',
    ],
)
def test_damaged_files_are_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ParseError, match=r"f\.csv"):
        read(tmp_path / "f.csv", content)


@pytest.mark.parametrize("content", [b"[1]", b'{"features": 1}', page(COLUMNS)[:-3]])
def test_json_that_is_no_page_is_called_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ParseError, match=r"^f\.json: not a whole feature collection"):
        read(tmp_path / "f.json", content)


@pytest.fixture(scope="module")
def published(shared_data: Path) -> pl.DataFrame:
    frames = []
    for path in sorted((shared_data / "bgs_wms").glob("*.csv")):
        frame = parse(path, FileFacts(path.name, path.stem, date(2025, 3, 1)))[PRODUCTION.name]
        accepted = accept(PRODUCTION, frame)
        assert accepted.refused.is_empty(), path.name
        frames.append(accepted.rows)
    return pl.concat(frames)


def test_every_row_of_the_real_exports_is_there(published: pl.DataFrame) -> None:
    assert published.height == 25_153
    assert published["qualifier"].value_counts().sort("qualifier").rows() == [
        ("=", 24_960),
        ("NA", 188),
        ("s", 5),
    ]


def test_cobalt_mined_in_the_congo_by_the_survey_s_count(published: pl.DataFrame) -> None:
    found = published.filter(commodity="cobalt, mine", country_iso3="COD", year=2023)
    assert found.select("quantity", "unit").rows() == [(140_121, "tonnes (metal content)")]


def test_former_states_stay_in(published: pl.DataFrame) -> None:
    assert published.filter(country="Rhodesia")["country_iso3"].null_count() > 0
    assert published.filter(country="Soviet Union")["country_iso3"].unique().to_list() == ["SUN"]
