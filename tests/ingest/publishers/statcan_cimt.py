"""Statistics Canada: its answers as documented."""

from collections.abc import Iterable
from datetime import datetime

from tests.ingest.census_files import archive
from tests.ingest.servers import Reply, Routes

CIMT_HEADER = (
    "YearMonth/AnnéeMois,HS10,Country/Pays,Province,State/État,Value/Valeur,Quantity/Quantité,"
    "Unit of Measure/Unité de Mesure"
)


def cimt_table(header: str, rows: Iterable[str], encoding: str = "latin-1") -> bytes:
    return "\r\n".join([header, *rows, ""]).encode(encoding)


def routes(now: datetime) -> Routes:
    """Three archives of this year and of the year before."""
    routes: Routes = {}
    exports = CIMT_HEADER.replace("HS10", "HS8")
    for year in (now.year, now.year - 1):
        month = f"{year}01"
        files = {
            "Imp": ("014", cimt_table(CIMT_HEADER, [f"{month},2504101000,CN,ON,,100,5,TNE"])),
            "Dom_Exp": ("016", cimt_table(exports, [f"{month},25041010,US,ON,NY,70,3,TNE"])),
            "Tot_Exp": (
                "017",
                cimt_table(exports.replace("Province,", ""), [f"{month},25041010,US,NY,90,4,TNE"]),
            ),
        }
        for kind, (number, content) in files.items():
            zipped = archive({f"ODPFN{number}_{month}N.csv": content})
            routes[f"/CIMT-CICM_{kind}_{year}.zip"] = Reply(zipped, content_type="application/zip")
    return routes
