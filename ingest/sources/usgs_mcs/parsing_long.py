"""The long file, from 2026 on: one row per figure in salient statistics, world data and import sources."""

import re
from collections import Counter
from typing import Final

from ingest.formats.printed_values import read_value
from ingest.sources.usgs_mcs.cells import EXCLUDES_USA, NO_UNIT, printed_columns
from ingest.sources.usgs_mcs.columns import KINDS, world_unit_meant
from ingest.sources.usgs_mcs.labels import (
    ROUNDED,
    RepeatedLabels,
    correct_misprints,
    country_columns,
    country_name,
    label_of,
    year_of,
)
from ingest.sources.usgs_mcs.schemas import IMPORT_SOURCES, SALIENT, WORLD, Row, Rows

_LONG_KINDS: Final = {
    **{kind: kind for kind in KINDS},
    "sold": "sales",
    "sold or used": "sales",
    "net import reliance": "nir",
}
# If a label names its unit, the unit column may name another (wallboard, manganese ore).
_LABELLED_UNIT = re.compile(r"million square feet|dollars per (?:dry )?metric ton unit")


def read_long(published: list[dict[str, str]]) -> Rows:
    """Rows of three tables; a line's section decides which."""
    edition = str(1 + max((year_of(record["Year"]) or 0 for record in published), default=0))
    rows: Rows = {table.name: [] for table in (SALIENT, WORLD, IMPORT_SOURCES)}
    spellings: dict[tuple[str, str], str] = {}
    ranks: Counter[tuple[str, str]] = Counter()
    labels = RepeatedLabels()
    for record in published:
        commodity, detail = record["Commodity"], record["Statistics_detail"]
        key: Row = {"edition": edition, "commodity": commodity}
        if record["Section"] == "Import Sources":
            ranks[commodity, detail] += 1
            rows[IMPORT_SOURCES.name].append({**key, **_share(record), "rank": ranks[commodity, detail]})
            continue
        labelled = _LABELLED_UNIT.search(detail)
        unit = labelled[0] if labelled else record["Unit"]
        measure = record["Statistics"].lower()
        unit = world_unit_meant(edition, commodity, measure, unit) or NO_UNIT
        printed = printed_columns(record["Value"], unit, notes=record["Notes"])
        if printed is None:
            continue
        key |= {"unit": unit, "year": year_of(record["Year"]), **printed}
        if record["Section"].startswith("Salient"):
            # A label that names its own year ("net exporter in 2025") differs every year.
            label = re.sub(rf" in {record['Year']}\b", "", correct_misprints(detail))
            statistic = labels.number(label, commodity, unit, record["Year"])
            kind = _LONG_KINDS.get(measure)
            rows[SALIENT.name].append({**key, "kind": kind, "statistic": statistic})
        else:
            label = label_of(ROUNDED.sub("", detail))
            rows[WORLD.name].append(
                {
                    **key,
                    **country_columns(country_name(record["Country"])),
                    "measure": measure,
                    "statistic": spellings.setdefault((commodity, label.casefold()), label),
                    "excludes_usa": EXCLUDES_USA.search(record["Notes"]) is not None,
                }
            )
    return rows


def _share(record: dict[str, str]) -> Row:
    """A country's share of the imports in a period such as 2021 to 24."""
    start, end = record["Year"][:4], record["Year"][-2:]
    printed = read_value(record["Value"])
    return {
        "form": record["Statistics_detail"] or "All",
        "country": country_name(record["Country"]),
        "period_start": year_of(start),
        "period_end": year_of(start[:2] + end),
        "share_pct": printed.value if printed else None,
        "value_text": record["Value"],
    }
