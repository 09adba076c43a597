"""The tables of the Summaries that speak of policy: export controls, agreements, end uses, scrap.

Tables 4 to 6 and figure 13 of the edition of 2026; that of 2025 has end uses and scrap only. Export controls
and end uses are prose: phrases are cut out of it as printed, and what each means is judged by the models.
"""

import re
from datetime import date, datetime
from typing import Any, Final

import dataframely as dy
import polars as pl

from ingest.contracts import Table, about
from ingest.formats.csv import clean_text, records

Row = dict[str, Any]

CONTROL_TYPES: Final = {
    "export ban": "ban",
    "temporary export ban": "temporary_ban",
    "export quota": "quota",
    "export licensing requirement": "licence",
    "export licensing requirement for materials and technologies": "licence",
}


class ExportControl(dy.Schema):
    """What a country controls the export of, and since when."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    country = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    control_type = dy.String(primary_key=True, min_length=1, metadata=about("Kind of control as printed"))
    measure_type = dy.String(
        nullable=True, metadata=about("ban, temporary_ban, quota or licence, from the kind as printed")
    )
    phrase = dy.String(
        primary_key=True, min_length=1, metadata=about("Commodities in the words of the table")
    )
    since_year = dy.Int16(
        nullable=True, metadata=about("Year in brackets behind the commodities: the first in force", "year")
    )
    stated_through = dy.Date(nullable=True, metadata=about("Last day of the data behind the table"))
    source_url = dy.String(nullable=True, metadata=about("Address that the table cites"))
    notes = dy.String(nullable=True, metadata=about("Notes as printed"))

    # The names of these rules are the reasons that refused rows carry.
    @dy.rule()
    def no_year_behind_the_commodity(cls) -> pl.Expr:  # noqa: N805
        """A control without its year can't be placed in time."""
        return pl.col("since_year").is_not_null()

    @dy.rule()
    def kind_of_control_is_not_known(cls) -> pl.Expr:  # noqa: N805
        """A ban is not taken for a licence, or the other way round."""
        return pl.col("measure_type").is_not_null()


class Agreement(dy.Schema):
    """A party to an agreement of the United States on critical minerals."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    title = dy.String(primary_key=True, min_length=1, metadata=about("Agreement as printed"))
    signed_text = dy.String(
        primary_key=True, min_length=1, metadata=about("Signing date, year first, as printed")
    )
    party = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    signed = dy.Date(
        nullable=True, metadata=about("Day of signing; the first of a month where no day is printed")
    )
    signed_precision = dy.String(
        nullable=True,
        check=lambda column: column.is_in(["day", "month"]),
        metadata=about("How exactly the date is printed: day or month"),
    )
    other_signed_text = dy.String(nullable=True, metadata=about("The date in the other column of that name"))
    dates_agree = dy.Bool(metadata=about("Both columns say the same day or month"))
    focus_area = dy.String(nullable=True, metadata=about("What it is about, as printed"))
    source_url = dy.String(nullable=True, metadata=about("Address that the table cites"))

    @dy.rule()
    def signing_date_is_not_read(cls) -> pl.Expr:  # noqa: N805
        """An agreement without its date can't be placed in time."""
        return pl.col("signed").is_not_null()


class EndUse(dy.Schema):
    """A use that the list of critical minerals names for one of them."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    mineral = dy.String(primary_key=True, min_length=1, metadata=about("Mineral as printed"))
    application = dy.String(
        primary_key=True, min_length=1, metadata=about("One application, in small letters")
    )
    applications_text = dy.String(min_length=1, metadata=about("All applications as printed"))
    note = dy.String(nullable=True, metadata=about("Note as printed"))


class Scrap(dy.Schema):
    """Value of a metal's scrap in the United States, and where it was collected or went."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    scrap_type = dy.String(primary_key=True, min_length=1, metadata=about("Metal as printed, marks left off"))
    year = dy.Int16(primary_key=True, min=1900, max=2200, metadata=about("Calendar year", "year"))
    is_estimated = dy.Bool(metadata=about("Marked as an estimate by the publisher"))
    value_musd = dy.Float64(nullable=True, min=0, metadata=about("Value of the scrap", "million USD"))
    domestic_pct = dy.Float64(
        nullable=True,
        min=0,
        max=100,
        metadata=about("Part of the value collected and used at home", "percent"),
    )
    imported_pct = dy.Float64(nullable=True, min=0, max=100, metadata=about("Part imported", "percent"))
    exported_pct = dy.Float64(nullable=True, min=0, max=100, metadata=about("Part exported", "percent"))

    @dy.rule()
    def parts_make_no_whole(cls) -> pl.Expr:  # noqa: N805
        """The three parts sum to 100, but for rounding."""
        whole = pl.sum_horizontal("domestic_pct", "imported_pct", "exported_pct", ignore_nulls=False)
        return whole.is_between(99.5, 100.5).fill_null(value=True)


EXPORT_CONTROLS = Table("usgs_mcs__export_controls", ExportControl, "edition, country, control_type, phrase")
AGREEMENTS = Table("usgs_mcs__agreements", Agreement, "edition, title, signed_text, party")
END_USES = Table("usgs_mcs__end_uses", EndUse, "edition, mineral, application")
SCRAP = Table("usgs_mcs__scrap", Scrap, "edition, scrap_type, year")
TABLES: Final = (EXPORT_CONTROLS, AGREEMENTS, END_USES, SCRAP)

FILES: Final = (
    r"MCS\d{4}_T\d+_(?:Country_Export_Control|Trade_Agreements|Critical_Minerals_End_Use)\.csv"
    r"|MCS\d{4}_Fig\d+_Scrap\.csv"
)
# Which column counts what a file is of, and the fewest of a whole one: 19, 9, 50 and 15 in 2025 and 2026.
FEWEST: Final = {
    EXPORT_CONTROLS.name: ("country", 12),
    AGREEMENTS.name: ("title", 6),
    END_USES.name: ("mineral", 40),
    SCRAP.name: ("scrap_type", 12),
}

_CONTROLS_HEADER: Final = "Country,Control_Type,Commodity_Year,Data_source,Notes"
_AGREEMENTS_HEADER: Final = "Country,Agreement,Signing_date,Signing_date,Focus_area,Source"
_END_USE_HEADER: Final = r"Source,Critical[ _]Mineral,Primary[ _]Applications,Category_Note"
_SCRAP_HEADER: Final = (
    r"Source,Scrap_type,Year,Scrap_value_mdol,Percent_domestic,Percent_imported,"
    r"Percent_exported(?:,Critical_List)?"
)
# Commodities and the year behind them; brackets that hold no year belong to the commodities.
_SINCE = re.compile(r"((?:[^()]|\((?!\d{4}\))[^()]*\))+)\((\d{4})\)")
_LINK = re.compile(r"^(?:[,;.]|and\b|\s)+|[,;.\s]+$")
_THROUGH = re.compile(r"available through ([A-Z][a-z]+ \d{1,2}, \d{4})")
# One thing with an "and" in it.
_PAIRS: Final = (
    *("Oil and gas", "Research and development", "iron and steel"),
    *("Trinidad and Tobago", "Bosnia and Herzegovina", "Antigua and Barbuda", "Sao Tome and Principe"),
)
_PAIR = re.compile("|".join(_PAIRS), re.IGNORECASE)
_AND = re.compile(r",\s*and\s+|,\s*|\s+and\s+")
_SCRAP_MARKS = re.compile(r"\*|\s*\([\d,.]+\)")


def read(header: list[str], lines: list[list[str]], edition: str) -> dict[str, list[Row]]:
    """Rows of one of these tables, recognized by its header; none for another file.

    Args:
        header: the column names.
        lines: the cells below it.
        edition: what the file is filed under, for the tables that do not state their edition.
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
    """Commodities with the year behind them; what has no year behind it stands with None.

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
    """Of two columns of dates, ``20-Oct-25`` and ``2025-10-20``, the one with the year first is read."""
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
    """Whether a date as ``20-Oct-25``, or a month as ``25-Feb``, is the one signed."""
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
    """``Lead (2,530)`` with ``2024_estimate`` is lead in 2024, estimated; the value is its own column's."""
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
