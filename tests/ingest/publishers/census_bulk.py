"""US Census Bureau, bulk archives: its answers as documented."""

from datetime import datetime

from tests.ingest.census_files import Export, Import, archive, lines, members_of
from tests.ingest.publishers.months import latest_months
from tests.ingest.servers import Reply, Routes


def routes(now: datetime, behind: int = 2) -> Routes:
    """Four months of both flows; the newest is ``behind`` months old."""
    routes: Routes = {}
    for month in latest_months(now, 4, behind):
        stamp = f"{month:%Y%m}"
        measures = {"con_val": 1_000_000, "gen_val": 1_100_000, "cal_dut": 25_000, "dut_val": 500_000}
        quantities = {"cards": 3, "con_qy1": 250_000, "gen_qy1": 275_000}
        records = [
            Import("2504101000", "5700", month=stamp, measures=measures | quantities),
            Import("2836910050", "3370", month=stamp, measures=measures | quantities),
            Import("8703230190", "1220", month=stamp, measures={"con_val": 9, "gen_val": 9}),
        ]
        imports = {name: text.replace("202609", stamp) for name, text in members_of(records).items()}
        exports = {"EXP_DETL.TXT": lines([Export(month=stamp).line()])}
        folder = f"/{month:%Y}/Merch"
        routes[f"{folder}/im_m/IMDB{month:%y%m}.ZIP"] = Reply(
            archive(imports), content_type="application/zip"
        )
        routes[f"{folder}/ex_m/EXDB{month:%y%m}.ZIP"] = Reply(
            archive(exports), content_type="application/zip"
        )
    return routes
