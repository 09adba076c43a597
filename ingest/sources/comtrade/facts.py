"""What the publisher may change: addresses, row caps and the layout of its downloads."""

from dataclasses import replace
from typing import Final

from ingest.gates import Gates
from ingest.http import Policy

# With a key one call returns many rows; the preview returns 500 rows of one period.
PREVIEW: Final = "public/v1/preview"
KEYED: Final = "data/v1/get"
KEY_HEADER: Final = "Ocp-Apim-Subscription-Key"

# Maximum number of rows to request; an answer is cut off there without notice. Statements of the keyed
# service's own cap vary (100,000, 200,000, 250,000), so the lowest is requested.
PREVIEW_ROWS: Final = 500
KEYED_ROWS: Final = 100_000
CLASSIC: Final = (
    ("partner2Code", "0"),
    ("customsCode", "C00"),
    ("motCode", "0"),
    ("breakdownMode", "classic"),
    ("includeDesc", "true"),
)
MEXICO: Final = "484"
AREAS: Final = ("842", "124", MEXICO)
WORLD: Final = "0"
FLOWS: Final = "M,X,RM,RX"
MONTHS: Final = 6
FULL_MONTHS: Final = 36  # with a key; a month takes one or a few calls
FULL_MONTHS_KEYLESS: Final = 18  # a month takes some 20 calls
MONTHS_BEHIND: Final = 3
WORLD_SINCE: Final = 2002
YEARS: Final = 2
PROBED: Final = "250410"  # natural graphite in powder or flakes
MONTHS_PROBED: Final = 3
PREVIEW_CODES: Final = {
    "mexico": 16,
    "world": 40,
    "own": 8,
    "mirror": 8,
}  # codes per call; their rows mostly stay below the cap
RECHECK_DAYS: Final = {"mexico": 7, "world": 180, "own": 30, "mirror": 30}
_NAMES: Final = """
    typeCode freqCode refPeriodId refYear refMonth period reporterCode reporterISO reporterDesc
    flowCode flowDesc partnerCode partnerISO partnerDesc partner2Code partner2ISO partner2Desc
    classificationCode classificationSearchCode isOriginalClassification cmdCode cmdDesc aggrLevel
    isLeaf customsCode customsDesc mosCode motCode motDesc qtyUnitCode qtyUnitAbbr qty
    isQtyEstimated altQtyUnitCode altQtyUnitAbbr altQty isAltQtyEstimated netWgt isNetWgtEstimated
    grossWgt isGrossWgtEstimated cifvalue fobvalue primaryValue legacyEstimationFlag isReported
    isAggregate
"""
LAYOUT: Final = tuple(_NAMES.split())
POLICY: Final = Policy(interval_s=6, read_s=180, max_bytes=128 << 20, splits=True)
KEYED_POLICY: Final = replace(POLICY, interval_s=1.2)
GATES: Final = Gates("json")
