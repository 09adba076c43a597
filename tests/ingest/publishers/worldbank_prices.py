"""World Bank, Pink Sheet: its answers as documented."""

import io
from datetime import datetime

import xlsxwriter

from tests.ingest.publishers.months import latest_months
from tests.ingest.servers import Asked, Reply, Routes

SERIES = {"Aluminum": 2400, "Copper": 9500, "Lead": 2000, "Nickel": 15500, "Tin": 33000, "Zinc": 2900}


def workbook(now: datetime, behind: int = 1) -> bytes:
    """The Pink Sheet up to ``behind`` months ago; the same months give the same bytes."""
    buffer = io.BytesIO()
    last = latest_months(now, 1, behind)[0]
    months = [(year, month) for year in range(1960, last.year + 1) for month in range(1, 13)]
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        sheet = book.add_worksheet("Monthly Prices")
        sheet.write_column(
            0, 0, ["World Bank Commodity Price Data", "monthly", "", f"Updated on {last:%B} 28, {last.year}"]
        )
        sheet.write_row(4, 1, list(SERIES))
        sheet.write_row(5, 1, ["($/mt)"] * len(SERIES))
        for at, (year, month) in enumerate(m for m in months if m <= (last.year, last.month)):
            sheet.write_row(6 + at, 0, [f"{year}M{month:02d}", *SERIES.values()])
    return buffer.getvalue()


def routes(now: datetime) -> Routes:
    """A page with a link to the year's edition, and the workbook behind the link."""
    content = workbook(now)
    path = (
        f"/en/doc/74e8be41ceb20fa0da750cda2f6b9e4e-005001{now.year}/related/CMO-Historical-Data-Monthly.xlsx"
    )

    def page(asked: Asked) -> Reply:
        link = f"http://{asked.headers['Host']}{path}"
        body = f'<!DOCTYPE html><html><body><a href="{link}">Monthly prices</a></body></html>'
        return Reply(body.encode(), content_type="text/html", validators=False)

    return {path: Reply(content, content_type="application/vnd.ms-excel"), "/": page, "": page}
