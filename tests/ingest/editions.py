"""A future edition of the Mineral Commodity Summaries: the long file of an edition with later years."""

import csv
import io
import re

PERIOD = re.compile(r"(\d{4})(\D)(\d\d)")


def moved_on(content: bytes, years: int = 1, critical: str | None = None) -> bytes:
    """The long file with every year shifted and every figure unchanged.

    Args:
        content: a long file (Windows-1252), whole or small.
        years: number of years to add.
        critical: new name of its column on critical minerals; by default the name stays.
    """
    header, *lines = csv.reader(io.StringIO(content.decode("cp1252"), newline=""))
    place = {name: n for n, name in enumerate(header)}
    year, label, kind = place["Year"], place["Statistics_detail"], place["Statistics"]
    for line in lines:
        if period := PERIOD.fullmatch(line[year]):
            line[year] = f"{int(period[1]) + years}{period[2]}{int(period[3]) + years:02d}"
            line[kind] = re.sub(r"\d{4}", lambda found: str(int(found[0]) + years), line[kind])
        else:
            later = str(int(line[year]) + years)
            line[label] = line[label].replace(f" in {line[year]}", f" in {later}")
            line[year] = later
    if critical:
        header = [critical if name.startswith("Is critical mineral") else name for name in header]
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([header, *lines])
    return text.getvalue().encode("cp1252")
