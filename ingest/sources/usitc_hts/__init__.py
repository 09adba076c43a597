"""USITC, Harmonized Tariff Schedule of the United States: releases, lines with rates, chapter 99 products.

Three kinds of file are read:

- the export of a full release, a flat JSON list (may be gzipped) whose order and indents give the tree: rates
are on the 8-digit line and apply to the lines below it;
- effective dates of releases: the publisher's release list (JSON) or a stored table (CSV);
- products of the chapter 99 programmes, which are not in the export: lists (CSV) with one row per product.
"""

from ingest.sources.usitc_hts.facts import GATES, POLICY
from ingest.sources.usitc_hts.fetching import fetch, partition_of, plan, probe
from ingest.sources.usitc_hts.parsing import parse
from ingest.sources.usitc_hts.releases import release_id
from ingest.sources.usitc_hts.schedule import lines_of
from ingest.sources.usitc_hts.schemas import LINE, PRODUCT, RELEASE, SOURCE

__all__ = [
    "GATES",
    "LINE",
    "POLICY",
    "PRODUCT",
    "RELEASE",
    "SOURCE",
    "fetch",
    "lines_of",
    "parse",
    "partition_of",
    "plan",
    "probe",
    "release_id",
]
