"""The policy tables: tables 4 to 6 and figure 13 of the 2026 edition, end uses and scrap of 2025.

Export controls and end uses are prose. The parser splits it into phrases as printed, and the models interpret
them.
"""

import re
from datetime import date, datetime
from typing import Final

from ingest.formats.csv import clean_text, records
from ingest.sources.usgs_mcs.policy_schemas import AGREEMENTS, END_USES, EXPORT_CONTROLS, SCRAP
from ingest.sources.usgs_mcs.schemas import Row, Rows

CONTROL_TYPES: Final = {
    "export ban": "ban",
    "temporary export ban": "temporary_ban",
    "export quota": "quota",
    "export licensing requirement": "licence",
    "export licensing requirement for materials and technologies": "licence",
}

_CONTROLS_HEADER: Final = "Country,Control_Type,Commodity_Year,Data_source,Notes"
_AGREEMENTS_HEADER: Final = "Country,Agreement,Signing_date,Signing_date,Focus_area,Source"
_END_USE_HEADER: Final = r"Source,Critical[ _]Mineral,Primary[ _]Applications,Category_Note"
_SCRAP_HEADER: Final = (
    r"Source,Scrap_type,Year,Scrap_value_mdol,Percent_domestic,Percent_imported,"
    r"Percent_exported(?:,Critical_List)?"
)
# Commodities and the year that follows them; brackets without a year belong to the commodities.
_SINCE = re.compile(r"((?:[^()]|\((?!\d{4}\))[^()]*\))+)\((\d{4})\)")
_LINK = re.compile(r"^(?:[,;.]|and\b|\s)+|[,;.\s]+$")
_THROUGH = re.compile(r"available through ([A-Z][a-z]+ \d{1,2}, \d{4})")
# A single item that contains "and".
_PAIRS: Final = (
    *("Oil and gas", "Research and development", "iron and steel"),
    *("Trinidad and Tobago", "Bosnia and Herzegovina", "Antigua and Barbuda", "Sao Tome and Principe"),
)
_PAIR = re.compile("|".join(_PAIRS), re.IGNORECASE)
_AND = re.compile(r",\s*and\s+|,\s*|\s+and\s+")
_SCRAP_MARKS = re.compile(r"\*|\s*\([\d,.]+\)")


def read(header: list[str], lines: list[list[str]], edition: str) -> Rows:
    """Rows of one of these tables, recognized by its header; none for another file.

    Args:
        header: the column names.
        lines: the cells below it.
        edition: the file's partition, for the tables that do not state their edition.
    """
    joined = ",".join(header)
    if joined == _CONTROLS_HEADER:
        return {EXPORT_CONTROLS.name: _read_controls(records(header, lines), edition)}
    if joined == _AGREEMENTS_HEADER:
        return {AGREEMENTS.name: _read_agreements(lines, edition)}
    if re.fullmatch(_END_USE_HEADER, joined):
        return {END_USES.name: _read_end_uses(lines)}
    if re.fullmatch(_SCRAP_HEADER, joined):
        return {SCRAP.name: _read_scrap(lines)}
    return {}


def split_list(text: str) -> list[str]:
    """The items of a list in words: ``A, B, and C.`` is A, B and C."""
    guarded = _PAIR.sub(lambda pair: pair[0].replace(" ", "\0"), text.rstrip(". "))
    return [item.replace("\0", " ") for item in _AND.split(guarded) if item.strip()]


def phrases(text: str) -> list[tuple[str, int | None]]:
    """Commodities with the year that follows them, or None if no year follows.

    ``Bauxite (2023), copper (refined and alloys) and nickel ore (2020).`` gives ("bauxite", 2023) and
    ("copper (refined and alloys) and nickel ore", 2020).
    """
    found: list[tuple[str, int | None]] = [
        (_LINK.sub("", match[1]).lower(), int(match[2])) for match in _SINCE.finditer(text)
    ]
    if rest := _LINK.sub("", _SINCE.sub("", text)).lower():
        found.append((rest, None))
    return found


def _read_controls(published: list[dict[str, str]], edition: str) -> list[Row]:
    rows = []
    for record in published:
        through = _THROUGH.search(record["Notes"])
        for phrase, since_year in phrases(record["Commodity_Year"]):
            rows.append(
                {
                    "edition": edition,
                    "country": record["Country"],
                    "control_type": record["Control_Type"],
                    "measure_type": CONTROL_TYPES.get(record["Control_Type"].lower()),
                    "phrase": phrase,
                    "since_year": since_year,
                    "stated_through": _day(through[1], "%B %d, %Y") if through else None,
                    "source_url": record["Data_source"] or None,
                    "notes": record["Notes"] or None,
                }
            )
    return rows


def _read_agreements(lines: list[list[str]], edition: str) -> list[Row]:
    """Read agreements; of the two date columns, ``20-Oct-25`` and ``2025-10-20``, the second is used."""
    rows: list[Row] = []
    for line in lines:
        parties, title, other, stated, focus, source = map(clean_text, line)
        signed, precision = _signed(stated)
        rows += [
            {
                "edition": edition,
                "title": title,
                "signed_text": stated,
                "party": party,
                "signed": signed,
                "signed_precision": precision,
                "other_signed_text": other or None,
                "dates_agree": signed is not None and _agrees(other, signed, precision),
                "focus_area": focus or None,
                "source_url": source or None,
            }
            for party in split_list(parties)
        ]
    return rows


def _signed(text: str) -> tuple[date | None, str | None]:
    """``2025-10-20`` is a day, ``2025-02`` a month."""
    if day := _day(text, "%Y-%m-%d"):
        return day, "day"
    month = _day(text, "%Y-%m")
    return month, "month" if month else None


def _agrees(other: str, signed: date, precision: str | None) -> bool:
    """Whether a date such as ``20-Oct-25``, or a month such as ``25-Feb``, agrees with the signing date."""
    if day := _day(other, "%d-%b-%y"):
        return precision == "day" and day == signed
    month = _day(other, "%y-%b")
    return month is not None and month == signed.replace(day=1)


def _day(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        return None


def _read_end_uses(lines: list[list[str]]) -> list[Row]:
    rows: list[Row] = []
    for source, mineral, applications, note in (map(clean_text, line) for line in lines):
        rows += [
            {
                "edition": source.removeprefix("MCS"),
                "mineral": mineral,
                "application": application,
                "applications_text": applications,
                "note": note or None,
            }
            for application in dict.fromkeys(map(str.lower, split_list(applications)))
        ]
    return rows


def _read_scrap(lines: list[list[str]]) -> list[Row]:
    """``Lead (2,530)`` with ``2024_estimate`` is lead in 2024, estimated; the value has its own column."""
    rows = []
    for source, scrap_type, year, value, domestic, imported, exported, *_ in (
        map(clean_text, line) for line in lines
    ):
        rows.append(
            {
                "edition": source.removeprefix("MCS"),
                "scrap_type": _SCRAP_MARKS.sub("", scrap_type).strip(),
                "year": int(year[:4]) if year[:4].isdigit() else None,
                "is_estimated": year.endswith("estimate"),
                "value_musd": _figure(value),
                "domestic_pct": _figure(domestic),
                "imported_pct": _figure(imported),
                "exported_pct": _figure(exported),
            }
        )
    return rows


def _figure(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
