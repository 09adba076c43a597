"""USGS Mineral Commodity Summaries: salient US statistics, world production and reserves, import sources.

A data release has one of two forms, recognized by the header:

- from 2026 on: one long CSV (Windows-1252), one row per figure: salient statistics, world data and import
sources;
- 2025 and before: wide CSVs (UTF-8 with BOM), alone or zipped: salient statistics by commodity, and world
data.

Both include figure 2, the largest suppliers in order, and the policy tables.

Every edition restates earlier years and may change definitions, so editions are kept apart and never spliced.
Source: U.S. Geological Survey, National Minerals Information Center, doi:10.5066/P1WKQ63T (2026) and
doi:10.5066/P13XCP3R (2025).
"""

from ingest.sources.usgs_mcs.facts import FILES, GATES, POLICY
from ingest.sources.usgs_mcs.fetching import fetch, partition_of, plan, probe
from ingest.sources.usgs_mcs.parsing import parse, partition_in
from ingest.sources.usgs_mcs.schemas import IMPORT_RANKS, IMPORT_SOURCES, SALIENT, SOURCE, WORLD

__all__ = [
    "FILES",
    "GATES",
    "IMPORT_RANKS",
    "IMPORT_SOURCES",
    "POLICY",
    "SALIENT",
    "SOURCE",
    "WORLD",
    "fetch",
    "parse",
    "partition_in",
    "partition_of",
    "plan",
    "probe",
]
