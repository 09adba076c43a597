"""UN Comtrade: trade of a reporter with a partner by HS code, annual and monthly, as stated by each reporter.

The parser reads downloads from the web site (CSV, xlsx) and JSON from the API. Downloads have 47 names for 48
fields per row, since every row ends in a comma; a tool that takes the first field for an index shifts every
value by one. The parser therefore finds the field of each name from the values.
Source: UN Statistics Division, https://comtradeplus.un.org.
"""

from ingest.sources.comtrade.facts import GATES, KEYED_POLICY, LAYOUT, POLICY
from ingest.sources.comtrade.fetching import (
    asked_codes,
    calls,
    fetch,
    joined,
    may_be_cut_off,
    partition_of,
    plan,
    probe,
)
from ingest.sources.comtrade.parsing import parse
from ingest.sources.comtrade.schemas import SOURCE, TRADE

__all__ = [
    "GATES",
    "KEYED_POLICY",
    "LAYOUT",
    "POLICY",
    "SOURCE",
    "TRADE",
    "asked_codes",
    "calls",
    "fetch",
    "joined",
    "may_be_cut_off",
    "parse",
    "partition_of",
    "plan",
    "probe",
]
