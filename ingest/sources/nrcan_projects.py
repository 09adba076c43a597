"""Natural Resources Canada: critical minerals projects, mines and plants in Canada, with location and status.

The map service returns GeoJSON, one layer per answer: advanced projects, processing projects, mines, plants.
An extract of all four as one list is also read. Failures have status 200 and contain ``error``.
Source: Natural Resources Canada, open.canada.ca 22b2db8a-dc12-47f2-9737-99d3da921751.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import orjson
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import FetchContext, RemoteFile
from ingest.formats.csv import clean_text
from ingest.formats.json_text import read_json
from ingest.gates import Gates
from ingest.http import Policy
from ingest.probe import Probe, parsed

LAYERS: Final = {
    "Advanced exploration project": "advanced_project",
    "Advanced processing project": "processing_project",
    "Mines and other primary producing sites": "mine",
    "Processing": "plant",
}
"""Layers of the map service in its order, by the service's name for their records."""


class _Place(dy.Schema):
    """A facility by name and province; a project keeps both when it moves to another layer."""

    layer = dy.String(
        primary_key=True,
        check=lambda column: column.is_in(list(LAYERS.values())),
        metadata=about("advanced_project, processing_project, mine or plant"),
    )
    name = dy.String(primary_key=True, min_length=1, metadata=about("Name of the property"))
    subdivision = dy.String(primary_key=True, min_length=1, metadata=about("Province or territory"))


class Facility(_Place):
    """A project, mine or plant."""

    operator = dy.String(nullable=True, metadata=about("Operator and owners as printed"))
    commodities = dy.String(min_length=1, metadata=about("Commodities as printed"))
    development_stage = dy.String(nullable=True, metadata=about("Development stage as printed"))
    activity_status = dy.String(
        min_length=1, metadata=about("Active, or On hold / suspended, in the publisher's words")
    )
    latitude = dy.Float64(min=41, max=84, metadata=about("Latitude, WGS 84", "degrees"))
    longitude = dy.Float64(min=-142, max=-52, metadata=about("Longitude, WGS 84", "degrees"))
    url = dy.String(nullable=True, metadata=about("Site of the operator"))


class Commodity(_Place):
    """A commodity listed for a facility."""

    phrase = dy.String(
        primary_key=True, min_length=1, metadata=about("Commodity in the publisher's words, in lower case")
    )


FACILITY: Final = Table("nrcan_projects__facility", Facility, "layer, name, subdivision")
COMMODITY: Final = Table("nrcan_projects__commodity", Commodity, "layer, name, subdivision, phrase")

SOURCE: Final = Source(
    id="nrcan_projects",
    title="Critical minerals projects, mines and plants of Canada",
    publisher="Natural Resources Canada",
    homepage="https://open.canada.ca/data/en/dataset/22b2db8a-dc12-47f2-9737-99d3da921751",
    licence="Open Government Licence - Canada",
    citation="Natural Resources Canada, Critical Minerals: advanced projects, mines and processing",
    cadence="irregular",
    lag_days=365,
    drop_in="one layer as GeoJSON (mine.json), or a list of all four",
    tables=(FACILITY, COMMODITY),
    base_url="https://maps-cartes.services.geo.ca/server_serveur/rest/services/NRCan/critical_minerals_en/MapServer",
    note="Existing and planned facilities in Canada, without amounts; other minerals are only partly listed.",
)
QUERY: Final = (
    ("where", "1=1"),
    ("outFields", "*"),
    ("returnGeometry", "true"),
    ("outSR", "4326"),
    ("f", "geojson"),
)
DAYS_BETWEEN: Final = 7
POLICY: Final = Policy(interval_s=1, read_s=60, max_bytes=32 << 20)
GATES: Final = Gates("json")

_OF_WIRE: Final = {
    "name": "PropertyNameEN",
    "subdivision": "ProvincesEN",
    "operator": "OperatorOwnersEN",
    "commodities": "CommoditiesEN",
    "development_stage": "DevelopmentStageEN",
    "activity_status": "ActivityStatusEN",
    "layer": "OperationGroupEN",
    "url": "Website",
}
_OF_EXTRACT: Final = {
    "name": "name",
    "subdivision": "province",
    "operator": "operator",
    "development_stage": "developmentStage",
    "activity_status": "status",
    "layer": "operationGroup",
    "url": "website",
    "latitude": "latitude",
    "longitude": "longitude",
}
# Commas outside brackets, and the last "and".
_BETWEEN = re.compile(r",(?![^()]*\))|\band\b(?![^()]*\))")


def parse(path: Path, facts: FileFacts) -> Frames:
    """One row per facility, and one row per commodity that it names; a file covers its layer in full.

    Raises:
        ParseError: The answer has another format, is an error or incomplete, or has an unknown layer.
    """
    try:
        content = read_json(path.read_bytes())
    except orjson.JSONDecodeError:
        raise ParseError(f"{facts.name}: is not JSON, or is cut off.") from None
    try:
        rows = _of_extract(content) if isinstance(content, list) else _of_wire(content, facts.name)
    except ParseError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ParseError(
            f"{facts.name}: a record lacks a name, a province, a place or its commodities."
        ) from None
    if not rows:
        raise ParseError(f"{facts.name}: holds no facility.")
    if strange := next((row["layer"] for row in rows if row["layer"] not in LAYERS), None):
        raise ParseError(f"{facts.name}: {strange!r} is not one of the four kinds of facility.")
    for row in rows:
        row["layer"] = LAYERS[row["layer"]]
    named = [
        {**{key: row[key] for key in ("layer", "name", "subdivision")}, "phrase": phrase}
        for row in rows
        for phrase in phrases(row["commodities"])
    ]
    return {
        FACILITY.name: pl.DataFrame(rows, schema=FACILITY.dtypes),
        COMMODITY.name: pl.DataFrame(named, schema=COMMODITY.dtypes),
    }


def phrases(commodities: str) -> list[str]:
    """Single commodities in lower case; text in brackets stays with its commodity."""
    found = (clean_text(phrase).casefold() for phrase in _BETWEEN.split(commodities))
    return list(dict.fromkeys(phrase for phrase in found if phrase))


def _of_wire(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    if "error" in content:
        raise ParseError(f"{name}: the service responded with an error: {_error_text(content['error'])}.")
    if content.get("exceededTransferLimit") or (content.get("properties") or {}).get("exceededTransferLimit"):
        raise ParseError(f"{name}: the service sent only part of the layer.")
    if not isinstance(content.get("features"), list):
        raise ParseError(f"{name}: is not GeoJSON with features.")
    rows = []
    for feature in content["features"]:
        stated = feature["properties"]
        longitude, latitude = feature["geometry"]["coordinates"][:2]
        cells = {column: _text(stated[field]) for column, field in _OF_WIRE.items()}
        rows.append({**cells, "latitude": float(latitude), "longitude": float(longitude)})
    return rows


def _of_extract(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for record in content:
        cells = {column: record[field] for column, field in _OF_EXTRACT.items()}
        rows.append({**cells, "commodities": ", ".join(record["minerals"])})
    return rows


def _text(cell: object) -> str | None:
    return clean_text(str(cell)) or None if cell is not None else None


def _error_text(error: object) -> str:
    """The message in an error from the service."""
    message = error.get("message") if isinstance(error, dict) else error
    return clean_text(str(message))[:120].rstrip(".")


def plan(context: FetchContext) -> Iterator[RemoteFile]:
    """The four layers, each requested once a week."""
    return (remote for remote in _layers(context) if not context.is_recent(remote, DAYS_BETWEEN))


def _layers(context: FetchContext) -> Iterator[RemoteFile]:
    for number, layer in enumerate(LAYERS.values()):
        yield RemoteFile(layer, f"{layer}.json", context.url(f"{number}", "query"), QUERY)


def partition_of(name: str) -> str | None:
    """The layer, if the name is one."""
    layer = name.rpartition(".")[0]
    return layer if layer in LAYERS.values() else None


def partition_in(path: Path) -> str | None:
    """The layer of the records, or ``all``."""
    layers = set(parse(path, FileFacts(path.name, "", date.min))[FACILITY.name]["layer"])
    return layers.pop() if len(layers) == 1 else "all"


def probe(context: FetchContext) -> Probe:
    """Request two mines from the service."""
    remote = next(remote for remote in _layers(context) if remote.partition == "mine")
    content = context.get(remote.url, (*remote.params, ("resultRecordCount", "2"))).content
    parsed(parse, _whole(content), remote, SOURCE)
    return Probe()


def _whole(content: bytes) -> bytes:
    """A partial answer without the service's flag that there is more."""
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        return content
    if isinstance(answer, dict):
        answer.pop("exceededTransferLimit", None)
        (answer.get("properties") or {}).pop("exceededTransferLimit", None)
    return orjson.dumps(answer)
