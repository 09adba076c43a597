"""Policy tables of the Summaries: export controls, agreements, end uses and scrap."""

from typing import Final

import dataframely as dy
import polars as pl

from ingest.contracts import Table, about


class ExportControl(dy.Schema):
    """Goods under a country's export control, and since when."""

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
        nullable=True,
        metadata=about("Year in brackets after the commodities: the first year in force", "year"),
    )
    stated_through = dy.Date(nullable=True, metadata=about("Last day of the data behind the table"))
    source_url = dy.String(nullable=True, metadata=about("Address that the table cites"))
    notes = dy.String(nullable=True, metadata=about("Notes as printed"))

    # The names of these rules are the reasons given for refused rows.
    @dy.rule()
    def no_year_behind_the_commodity(cls) -> pl.Expr:  # noqa: N805
        """A control needs its year, or it cannot be placed in time."""
        return pl.col("since_year").is_not_null()

    @dy.rule()
    def kind_of_control_is_not_known(cls) -> pl.Expr:  # noqa: N805
        """An unknown kind of control is refused, so that a ban is not taken for a licence or vice versa."""
        return pl.col("measure_type").is_not_null()


class Agreement(dy.Schema):
    """A party to a US agreement on critical minerals."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    title = dy.String(primary_key=True, min_length=1, metadata=about("Agreement as printed"))
    signed_text = dy.String(
        primary_key=True, min_length=1, metadata=about("Signing date, year first, as printed")
    )
    party = dy.String(primary_key=True, min_length=1, metadata=about("Country in the publisher's words"))
    signed = dy.Date(
        nullable=True, metadata=about("Date of signing; the first of the month if no day is printed")
    )
    signed_precision = dy.String(
        nullable=True,
        check=lambda column: column.is_in(["day", "month"]),
        metadata=about("How exactly the date is printed: day or month"),
    )
    other_signed_text = dy.String(nullable=True, metadata=about("The date in the other date column"))
    dates_agree = dy.Bool(metadata=about("Both columns say the same day or month"))
    focus_area = dy.String(nullable=True, metadata=about("Subject, as printed"))
    source_url = dy.String(nullable=True, metadata=about("Address that the table cites"))

    @dy.rule()
    def signing_date_is_not_read(cls) -> pl.Expr:  # noqa: N805
        """An agreement needs its date, or it cannot be placed in time."""
        return pl.col("signed").is_not_null()


class EndUse(dy.Schema):
    """A use of a mineral, from the list of critical minerals."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    mineral = dy.String(primary_key=True, min_length=1, metadata=about("Mineral as printed"))
    application = dy.String(primary_key=True, min_length=1, metadata=about("One application, in lower case"))
    applications_text = dy.String(min_length=1, metadata=about("All applications as printed"))
    note = dy.String(nullable=True, metadata=about("Note as printed"))


class Scrap(dy.Schema):
    """Value of a metal's scrap in the United States, by origin and destination."""

    edition = dy.String(primary_key=True, regex=r"^\d{4}$", metadata=about("Year of the Summaries"))
    scrap_type = dy.String(primary_key=True, min_length=1, metadata=about("Metal as printed, without marks"))
    year = dy.Int16(primary_key=True, min=1900, max=2200, metadata=about("Calendar year", "year"))
    is_estimated = dy.Bool(metadata=about("Marked as an estimate by the publisher"))
    value_musd = dy.Float64(nullable=True, min=0, metadata=about("Value of the scrap", "million USD"))
    domestic_pct = dy.Float64(
        nullable=True,
        min=0,
        max=100,
        metadata=about("Part of the value collected and used in the United States", "percent"),
    )
    imported_pct = dy.Float64(nullable=True, min=0, max=100, metadata=about("Part imported", "percent"))
    exported_pct = dy.Float64(nullable=True, min=0, max=100, metadata=about("Part exported", "percent"))

    @dy.rule()
    def parts_make_no_whole(cls) -> pl.Expr:  # noqa: N805
        """The three parts sum to 100, except for rounding."""
        whole = pl.sum_horizontal("domestic_pct", "imported_pct", "exported_pct", ignore_nulls=False)
        return whole.is_between(99.5, 100.5).fill_null(value=True)


EXPORT_CONTROLS = Table("usgs_mcs__export_controls", ExportControl, "edition, country, control_type, phrase")
AGREEMENTS = Table("usgs_mcs__agreements", Agreement, "edition, title, signed_text, party")
END_USES = Table("usgs_mcs__end_uses", EndUse, "edition, mineral, application")
SCRAP = Table("usgs_mcs__scrap", Scrap, "edition, scrap_type, year")
TABLES: Final = (EXPORT_CONTROLS, AGREEMENTS, END_USES, SCRAP)
