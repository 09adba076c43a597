"""Official lists of countries: Schedule C of the US Census Bureau and ISO 3166 with UN M49 codes.

The curated seed ``countries.csv`` is checked against both. The warehouse itself does not read them.
"""

from pathlib import Path
from typing import Final, TypeVar

import dataframely as dy
import polars as pl

from ingest.contracts import ParseError


class ScheduleC(dy.Schema):
    """A country, area or territory in US trade statistics."""

    census_code = dy.String(primary_key=True, regex=r"^\d{4}$")
    name = dy.String(min_length=1)


class IsoCountry(dy.Schema):
    """A country or area of ISO 3166-1 with its numeric code from the UN Statistics Division."""

    iso3 = dy.String(primary_key=True, regex=r"^[A-Z]{3}$")
    iso2 = dy.String(unique=True, regex=r"^[A-Z]{2}$")
    m49_code = dy.String(unique=True, regex=r"^\d{3}$")
    name = dy.String(min_length=1)


S = TypeVar("S", bound=dy.Schema)

_SCHEDULE_C: Final = {"Code": "census_code", "Name": "name"}
_ISO: Final = {"alpha-3": "iso3", "alpha-2": "iso2", "country-code": "m49_code", "name": "name"}


def schedule_c(path: Path) -> dy.DataFrame[ScheduleC]:
    """Codes and names in Schedule C, from a CSV with columns Code and Name.

    Raises:
        ParseError: the file has other columns, or rows that break the contract.
    """
    return _read(path, _SCHEDULE_C, ScheduleC)


def iso_m49(path: Path) -> dy.DataFrame[IsoCountry]:
    """ISO 3166-1 codes with M49 numbers, from a CSV with columns alpha-3, alpha-2, country-code and name.

    Raises:
        ParseError: the file has other columns, or rows that break the contract.
    """
    return _read(path, _ISO, IsoCountry)


def _read(path: Path, columns: dict[str, str], schema: type[S]) -> dy.DataFrame[S]:
    try:
        listed = pl.read_csv(path, infer_schema=False).select(
            pl.col(old).alias(new) for old, new in columns.items()
        )
        return schema.validate(listed)
    except (pl.exceptions.PolarsError, dy.exc.ValidationError) as error:
        raise ParseError(
            f"{path.name}: not such a list of countries ({str(error).splitlines()[0]})."
        ) from error
