"""UNCTAD TRAINS through the World Bank's WITS: duties applied by USA, Canada and Mexico on six-digit codes.

The service is slow, limits the size of a call and truncates long answers, so a reporter's year is requested
in small SDMX-JSON calls and stored in one file. It declares the partner before the product but writes the
product first in series keys, so the parser identifies dimensions by their sizes, not by their order. If a
year fails, the last vintage stays in force.
Source: UNCTAD TRAINS via WITS, https://wits.worldbank.org (SDMX V2.1, dataflow DF_WITS_Tariff_TRAINS).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import dataframely as dy
import orjson
import polars as pl

from ingest.contracts import FileFacts, Frames, ParseError, Source, Table, about
from ingest.fetch import Download, FetchContext, RemoteFile
from ingest.formats.json_text import read_json
from ingest.gates import Gates
from ingest.gather import Drawer, Wanted, gather
from ingest.http import Answer, NotFoundError, Policy
from ingest.probe import Probe, first_found, newest_of, parsed
from ingest.scope import hs6

# The service: path, codes (ISO numeric; 000 is the World, with the MFN rates), names in answers.
PATH: Final = "SDMX/V21/rest/data/DF_WITS_Tariff_TRAINS/A.{reporter}.{partners}.{products}.reported"
ACCEPT: Final = "application/vnd.sdmx.data+json;version=1.0.0-wd"
REPORTERS: Final = {"USA": "840", "CAN": "124", "MEX": "484"}
WORLD: Final = "000"
PRODUCTS_A_CALL: Final = 20
YEARS_BACK: Final = 4  # rates appear one to three years late
RECHECK_DAYS: Final = 30
DIMENSIONS: Final = {
    "REPORTER": "reporter",
    "PARTNER": "partner",
    "PRODUCTCODE": "hs6",
    "TIME_PERIOD": "year",
}
ATTRIBUTES: Final = {
    "TARIFFTYPE": "tariff_type",
    "NOMENCODE": "nomenclature",
    "MIN_RATE": "min_rate_pct",
    "MAX_RATE": "max_rate_pct",
    "TOTALNOOFLINES": "lines",
    "NBR_MFN_LINES": "mfn_lines",
    "NBR_PREF_LINES": "preferential_lines",
    "NBR_NA_LINES": "non_ad_valorem_lines",
}


def _rate(description: str) -> dy.Float64:
    return dy.Float64(nullable=True, min=0, max=3000, metadata=about(description, "percent of value"))


def _lines(description: str) -> dy.Int32:
    return dy.Int32(nullable=True, min=0, metadata=about(description, "tariff lines"))


class Tariff(dy.Schema):
    """The duty that a reporter applied to a partner's goods under a six-digit code in a year."""

    reporter = dy.String(primary_key=True, regex=r"^\d{3}$", metadata=about("Importer, ISO numeric"))
    partner = dy.String(
        primary_key=True, min_length=1, metadata=about("Exporter, ISO numeric; 000 for all under MFN")
    )
    hs6 = dy.String(primary_key=True, regex=r"^\d{6}$", metadata=about("Six-digit code"))
    year = dy.Int16(primary_key=True, min=1988, max=2200, metadata=about("Year of the schedule", "year"))
    tariff_type = dy.String(primary_key=True, regex="^(MFN|PREF)$", metadata=about("MFN or preferential"))
    nomenclature = dy.String(nullable=True, metadata=about("Edition of the Harmonized System, H6 and others"))
    average_rate_pct = _rate("Simple average over the code's ad valorem lines")
    min_rate_pct = _rate("Lowest line")
    max_rate_pct = _rate("Highest line")
    lines = _lines("National lines within the code")
    mfn_lines = _lines("Of these, under MFN")
    preferential_lines = _lines("Of these, under a preference")
    non_ad_valorem_lines = _lines("Those without an ad valorem rate, which are not in the average")


TARIFF: Final = Table("wits_trains__tariff", Tariff, "reporter, partner, code, year, kind of rate")

SOURCE: Final = Source(
    id="wits_trains",
    title="Applied MFN and preferential duties by USA, Canada and Mexico on six-digit codes",
    publisher="UNCTAD TRAINS via World Bank WITS",
    homepage="https://wits.worldbank.org",
    licence="UNCTAD TRAINS terms of use, attribution",
    citation="UNCTAD TRAINS, via World Integrated Trade Solution (WITS), World Bank",
    cadence="annual",
    lag_days=730,
    drop_in="answers for one reporter and year in one file, such as trains-USA-2025.json",
    tables=(TARIFF,),
    base_url="https://wits.worldbank.org/API/V1",
    note="Best effort: the service is slow and often unavailable.",
)
POLICY: Final = Policy(interval_s=1, read_s=60, deadline_s=240, attempts=3, max_bytes=16 << 20, splits=True)
GATES: Final = Gates("json", min_rows={TARIFF.name: 1})
NO_RECORDS: Final = Answer("", 404, {})


def parse(path: Path, facts: FileFacts) -> Frames:
    """Read the SDMX-JSON answers stored for a reporter's year, or one answer as the service sends it.

    Raises:
        ParseError: Not such answers, answers for another reporter or year than the partition's, or the
            dimensions of the keys cannot be identified.
    """
    try:
        content = read_json(path.read_bytes())
        answers = content.get("answers", [content])
        places = _places(answers, facts.name)
        rows = [row for answer in answers for row in _observations(answer, places)]
    except ParseError:
        raise
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise ParseError(f"{facts.name}: is not a set of SDMX-JSON answers ({error})") from None
    names = ["average_rate_pct", *DIMENSIONS.values(), *ATTRIBUTES.values()]
    texts = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    kinds = TARIFF.schema.columns()
    numeric = [name for name in names if not isinstance(kinds[name], dy.String)]
    cast = [pl.col(name).cast(kinds[name].dtype, strict=False) for name in numeric]
    for name, due in _due(facts.partition).items():
        others = texts.filter(pl.col(name) != due)
        if not others.is_empty():
            raise ParseError(f"{facts.name}: states {name} {others[name][0]} instead of {due}")
    return {TARIFF.name: texts.with_columns(*cast, pl.col("hs6").str.zfill(6)).unique(maintain_order=True)}


def _due(partition: str) -> dict[str, str]:
    """The reporter and year of every row, if the partition names a reporter that is requested."""
    iso3, _, year = partition.partition("-")
    return {"reporter": REPORTERS[iso3], "year": year} if iso3 in REPORTERS else {}


def _places(answers: Sequence[Mapping[str, Any]], name: str) -> tuple[int, ...]:
    """For each declared dimension its place in the series keys, by the sizes of the dimensions.

    A position beyond the number of a dimension's values belongs to another dimension. All answers in a file
    have the same order, so the large ones reveal it for the small ones.

    Raises:
        ParseError: No order fits the keys, or two orders fit and read them differently.
    """
    shapes = [shape for answer in answers if (shape := _shape(answer))]
    width = max((len(sizes) for sizes, _ in shapes), default=0)
    fitting = [
        order
        for order in permutations(range(width))
        if all(
            len(sizes) == len(largest) == width
            and all(largest[at] < size for size, at in zip(sizes, order, strict=True))
            for sizes, largest in shapes
        )
    ]
    readings = {
        # if every key is 0, or a dimension has one value, the order makes no difference
        tuple(
            at if size > 1 and largest[at] else None
            for sizes, largest in shapes
            for size, at in zip(sizes, order, strict=True)
        )
        for order in fitting
    }
    if len(readings) != 1:
        fit = "several orders" if readings else "no order"
        raise ParseError(
            f"{name}: partner and product cannot be distinguished, the keys fit {fit} of dimensions"
        )
    return fitting[0]


def _shape(answer: Mapping[str, Any]) -> tuple[list[int], list[int]] | None:
    """The number of values of each series dimension, and the largest position at each place of a key."""
    sizes = [len(dimension["values"]) for dimension in answer["structure"]["dimensions"]["series"]]
    keys = [key.split(":") for data_set in answer["dataSets"] for key in data_set["series"]]
    return (sizes, [max(map(int, column)) for column in zip(*keys, strict=True)]) if keys else None


def _observations(answer: Mapping[str, Any], places: Sequence[int]) -> Iterator[dict[str, str | None]]:
    """Rows of one answer, whose dimensions and attributes are positions in lists of codes."""
    structure = answer["structure"]
    series_dimensions = structure["dimensions"]["series"]
    time_dimensions = structure["dimensions"]["observation"]
    attributes = structure["attributes"]["observation"]
    for data_set in answer["dataSets"]:
        for series_key, series in data_set["series"].items():
            key = series_key.split(":")
            of_series = _coded(series_dimensions, [key[at] for at in places])
            for time_key, observed in series["observations"].items():
                coded = (
                    of_series
                    | _coded(time_dimensions, time_key.split(":"))
                    | _coded(attributes, observed[1:])
                )
                row = {ours: coded.get(theirs) for theirs, ours in {**DIMENSIONS, **ATTRIBUTES}.items()}
                value = observed[0]
                yield row | {"average_rate_pct": None if value is None else str(value)}


def _coded(dimensions: Sequence[Mapping[str, Any]], positions: Sequence[Any]) -> dict[str, str | None]:
    """Codes by dimension for the given positions; an attribute may have none."""
    return {
        dimension["id"]: None if position is None else _code(dimension["values"][int(position)])
        for dimension, position in zip(dimensions, positions, strict=False)
    }


def _code(value: Mapping[str, Any]) -> str:
    return str(value["id"] if value.get("id") not in (None, "") else value["name"])


PLAN_FOLLOWS: Final = True  # an older year is requested only if a newer one is not published


def plan(context: FetchContext) -> Iterable[RemoteFile]:
    """For each reporter the newest year available, requested from the newest possible one downwards.

    Reporters with a year that failed the last time come last.
    """

    def failed(iso3: str) -> bool:
        return any(Drawer.of(context, remote).is_there for remote in _years(context, iso3))

    for iso3 in sorted(REPORTERS, key=failed):
        for remote in _years(context, iso3):
            if not context.is_recent(remote, RECHECK_DAYS):
                yield remote
            if context.has(remote):
                break


def _years(context: FetchContext, iso3: str) -> Iterable[RemoteFile]:
    reporter = REPORTERS[iso3]
    partners = "+".join([WORLD, *(code for code in REPORTERS.values() if code != reporter)])
    url = context.url(PATH.format(reporter=reporter, partners=partners, products="{}"))
    for year in range(context.now.year - 1, context.now.year - 1 - YEARS_BACK, -1):
        period = (("startperiod", f"{year}"), ("endperiod", f"{year}"), ("detail", "full"))
        yield RemoteFile(f"{iso3}-{year}", f"trains-{iso3}-{year}.json", url, period)


def fetch(context: FetchContext, remote: RemoteFile) -> Download | None:
    """Request the bridge's codes in small calls; a year without any is not published."""
    asked = hs6()
    calls = [asked[start : start + PRODUCTS_A_CALL] for start in range(0, len(asked), PRODUCTS_A_CALL)]

    def ask(wanted: Wanted) -> Answer:
        try:
            return context.get_json(remote.url.format("+".join(wanted)), remote.params, Accept=ACCEPT)
        except NotFoundError:
            if wanted == calls[0]:  # a year that has any rates has some for the first codes
                raise
            return NO_RECORDS

    answers = [answer for answer in gather(context, remote, calls, ask, _halves) if answer.content]
    return context.save_json(remote, {"answers": [_stable(answer.json()) for answer in answers]}, answers)


def _halves(wanted: Wanted, answer: Answer | None) -> Sequence[Wanted]:
    """Two smaller calls that replace one that the service did not finish."""
    half = len(wanted) // 2
    return (wanted[:half], wanted[half:]) if answer is None and half else ()


def _stable(answer: Any) -> Any:
    """An answer without its header, which states the time of the answer."""
    return {name: content for name, content in answer.items() if name != "header"}


def partition_of(name: str) -> str | None:
    """Reporter and year, from the file name of the answers."""
    found = re.match(r"^trains-([A-Z]{3}-\d{4})\.json$", name)
    return found[1] if found else None


def probe(context: FetchContext) -> Probe:
    """Request one code of one reporter in the newest year available."""
    reporter = next(iter(REPORTERS))
    parts = [remote for remote in plan(context) if remote.partition.startswith(reporter)]
    return first_found(partial(_looked_at, context), parts)


def _looked_at(context: FetchContext, remote: RemoteFile) -> Probe:
    answer = context.get(remote.url.format(hs6()[0]), remote.params, Accept=ACCEPT)
    return check_shape([_stable(answer.json())])


def check_shape(answers: list[Any]) -> Probe:
    """Check answers; raises `ParseError`."""
    kept = orjson.dumps({"answers": answers})
    frames = parsed(parse, kept, RemoteFile("probe", "trains-probe.json", ""), SOURCE)
    return Probe(newest_of(frames[TARIFF.name]["year"]))
