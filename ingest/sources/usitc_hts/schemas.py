"""The three raw tables and the source."""

from datetime import date

import dataframely as dy

from ingest.contracts import Source, Table, about

_STATUSES = ("free", "ad_valorem", "specific", "compound", "text", "blank")


class Line(dy.Schema):
    """A line of one release that has its own number."""

    release = dy.String(primary_key=True, metadata=about("release, such as 2026_rev_5"))
    hts_code = dy.String(
        primary_key=True, regex=r"^\d{4}(\d{2}){0,3}$", metadata=about("number, digits only")
    )
    indent = dy.Int16(min=0, metadata=about("depth in the tree"))
    description = dy.String(
        nullable=True,
        metadata=about("description from the heading down to the line, separated by ' > '"),
    )
    units = dy.String(metadata=about("units of quantity, separated by semicolons; empty if none"))
    general_text = dy.String(nullable=True, metadata=about("column 1 general rate as printed, inherited"))
    special_text = dy.String(nullable=True, metadata=about("column 1 special rate as printed, inherited"))
    other_text = dy.String(nullable=True, metadata=about("column 2 rate as printed, inherited"))
    rates_from = dy.String(nullable=True, metadata=about("number of the line on which the rates are printed"))
    additional_duties_text = dy.String(
        nullable=True, metadata=about("additional duties as printed, inherited")
    )
    chapter99_codes = dy.String(
        nullable=True,
        metadata=about("chapter 99 numbers in the footnotes of the line and those above it"),
    )
    general_ad_valorem_pct = dy.Float64(
        nullable=True, min=0, metadata=about("ad valorem part, column 1", "%")
    )
    general_specific_usd_per_kg = dy.Float64(
        nullable=True, min=0, metadata=about("specific part by weight, column 1", "USD/kg")
    )
    general_parse_status = dy.Enum(_STATUSES, metadata=about("status of reading the column 1 text"))
    other_ad_valorem_pct = dy.Float64(nullable=True, min=0, metadata=about("ad valorem part, column 2", "%"))
    other_specific_usd_per_kg = dy.Float64(
        nullable=True, min=0, metadata=about("specific part by weight, column 2", "USD/kg")
    )
    other_parse_status = dy.Enum(_STATUSES, metadata=about("status of reading the column 2 text"))
    special_programs = dy.String(nullable=True, metadata=about("programme codes with a Free rate"))


class Release(dy.Schema):
    """A release and its first day in force."""

    release = dy.String(primary_key=True, regex=r"^\d{4}(_[a-z0-9]+)+$", metadata=about("release"))
    valid_from = dy.Date(min=date(2000, 1, 1), metadata=about("effective date"))


class Chapter99Product(dy.Schema):
    """A product, by full number or prefix, on a list of a chapter 99 programme."""

    programme = dy.String(
        primary_key=True,
        metadata=about("301, 232, ieepa, or an exemption: 122_exempt, ieepa_exempt, or one from a heading"),
    )
    list = dy.String(primary_key=True, metadata=about("list or annex within the programme"))
    hts_prefix = dy.String(
        primary_key=True, regex=r"^\d{4,10}$", metadata=about("number or its first digits")
    )
    chapter99_code = dy.String(
        nullable=True, regex=r"^99\d{6}$", metadata=about("chapter 99 number, digits only")
    )
    valid_from = dy.Date(nullable=True, metadata=about("first day on the list, if dated"))
    valid_to = dy.Date(nullable=True, metadata=about("last day on the list, if dated"))


LINE = Table("usitc_hts__line", Line, "one numbered line of one release")
RELEASE = Table("usitc_hts__release", Release, "one release")
PRODUCT = Table("usitc_hts__chapter99_product", Chapter99Product, "one product on one list of a programme")
SOURCE = Source(
    id="usitc_hts",
    title="Harmonized Tariff Schedule of the United States",
    publisher="U.S. International Trade Commission",
    homepage="https://hts.usitc.gov",
    licence="US government work, public domain; chapter 99 lists: MIT (Yale Budget Lab)",
    citation="U.S. International Trade Commission, Harmonized Tariff Schedule of the United States",
    subject="tariffs",
    cadence="irregular",
    lag_days=0,
    drop_in=(
        "the JSON export of a full schedule (hts_2026_rev_3.json, may be gzipped), "
        "releaseList.json, or a CSV of products"
    ),
    tables=(LINE, RELEASE, PRODUCT),
    base_url="https://hts.usitc.gov/reststop",
    note="The export serves only the current release; chapter 99 lists are derived by the Yale Budget Lab.",
)
