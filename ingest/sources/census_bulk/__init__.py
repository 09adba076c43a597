"""US Census Bureau, merchandise trade by month: the bulk archives IMDB (imports) and EXDB (exports).

An archive holds one statistical month as fixed-width text: up to 3.5 million detail records, control totals
and a concordance. One core inflates it block by block, the other selects the records of `ingest.scope` by
their first digits; only these are decoded, and nothing is unpacked to disk. Source: U.S. Census Bureau,
https://www.census.gov/trade/downloads (layouts: the archives' own Documentation).
"""

from ingest.sources.census_bulk.facts import GATES, POLICY
from ingest.sources.census_bulk.fetching import partition_of, plan, probe
from ingest.sources.census_bulk.fixed_width import fixed_ints
from ingest.sources.census_bulk.parsing import parse
from ingest.sources.census_bulk.schemas import CONCORDANCE, CONTROL, EXPORTS, IMPORTS, SOURCE

__all__ = [
    "CONCORDANCE",
    "CONTROL",
    "EXPORTS",
    "GATES",
    "IMPORTS",
    "POLICY",
    "SOURCE",
    "fixed_ints",
    "parse",
    "partition_of",
    "plan",
    "probe",
]
