"""CEPII: its answers as documented."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime

from ingest.scope import hs6
from tests.ingest.servers import Reply, Routes


def baci_archive(years: Iterable[int] = (2023, 2024), version: str = "202601") -> bytes:
    """A version: one file per year and the country codes; product codes lack their leading zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zipped:
        for year in years:
            rows = [f"{year},156,842,{code.lstrip('0')},{10.5},{2.25}" for code in hs6()]
            rows += [
                f"{year},156,842,10121,     7.250,          NA",
                f"{year},36,842,250410,     7.250,          NA",
            ]
            content = "\n".join(["t,i,j,k,v,q", *rows, ""])
            zipped.writestr(
                zipfile.ZipInfo(f"BACI_HS92_Y{year}_V{version}.csv", (2026, 1, 22, 0, 0, 0)), content
            )
        zipped.writestr(
            zipfile.ZipInfo(f"country_codes_V{version}.csv", (2026, 1, 22, 0, 0, 0)), "country_code\n4\n"
        )
    return buffer.getvalue()


def routes(now: datetime) -> Routes:
    version = f"{now.year}01"
    return {
        f"/BACI_HS92_V{version}.zip": Reply(baci_archive(version=version), content_type="application/zip")
    }
