"""USITC, Harmonized Tariff Schedule of the United States: releases, lines with rates, chapter 99 products.

Three kinds of file are read:

- the export of a whole release, a flat JSON list (may be gzipped) whose order and indents carry the tree:
  rates stand on the 8-digit line and hold for the lines below it;
- effective dates of releases: the publisher's release list (JSON) or a kept table (CSV);
- products of the chapter 99 programmes, which the export does not hold: lists (CSV) with one row a product.
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
