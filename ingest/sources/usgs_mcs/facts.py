"""What the publisher may change: headers and size of a release, addresses and file names on ScienceBase."""

import re
from typing import Final

from ingest.gates import Gates
from ingest.http import Policy
from ingest.sources.usgs_mcs.policy_schemas import AGREEMENTS, END_USES, EXPORT_CONTROLS, SCRAP
from ingest.sources.usgs_mcs.schemas import IMPORT_RANKS, IMPORT_SOURCES, SALIENT, WORLD

LONG_HEADER: Final = (
    r"MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    r"Is critical mineral[^,]*,Other notes"
)
WORLD_HEADER: Final = (
    r"SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_(\d{4}),PROD_EST_ ?(\d{4}),PROD_NOTES,"
    r"CAP_\1,CAP_EST_ ?\2,CAP_NOTES,RESERVES_\2,RESERVE_NOTES"
)
FIGURE_2_HEADER: Final = (
    r"Source,Import_Share_Order,Commodity,Net_Import_Reliance_pct_\d{4},"
    r"Major_Import_Sources_(\d\d)(\d\d)_(?:\1)?(\d\d),Notes"
)
SALIENT_HEADER: Final = r"(?:Data)?Source,Commodity,Year,.+"

# The column that is counted in each table, and the minimum number of its values in a complete release: half
# of an edition is refused, one that drops a quarter is read. The fewest found in the editions of 2025 and
# 2026 are, in this order, 76, 97, 61, 85, 19, 9, 50 and 15.
FEWEST: Final = {
    WORLD.name: ("commodity", 50),
    IMPORT_SOURCES.name: ("commodity", 55),
    IMPORT_RANKS.name: ("commodity", 45),
    SALIENT.name: ("commodity", 62),
    EXPORT_CONTROLS.name: ("country", 12),
    AGREEMENTS.name: ("title", 6),
    END_USES.name: ("mineral", 35),
    SCRAP.name: ("scrap_type", 10),
}

_POLICY_FILES: Final = (
    r"MCS\d{4}_T\d+_(?:Country_Export_Control|Trade_Agreements|Critical_Minerals_End_Use)\.csv"
    r"|MCS\d{4}_Fig\d+_Scrap\.csv"
)
# The ScienceBase item that contains all editions, and the files that are read from them.
PARENT: Final = "5c8c03e4e4b0938824529f7d"
OLDEST_EDITION: Final = 2025
FILES: Final = re.compile(
    r"(?i)(MCS\d{4}_Commodities_Data\.csv|MCS\d{4}_World_Data\.csv|World_Data\.zip|Salient_Commodity\.zip"
    r"|MCS\d{4}_Fig2_Net_Import_Reliance\.csv|Industry_Trends\.zip"
    rf"|{_POLICY_FILES})"
)
MAIN_FILE: Final = re.compile(r"(?i)MCS\d{4}_Commodities_Data\.csv")
PROBED_BYTES: Final = 8 << 10
POLICY: Final = Policy(interval_s=1, read_s=180, max_bytes=128 << 20)
GATES: Final = Gates("table")
