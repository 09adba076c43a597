"""Column names of USGS salient statistics: the kind of figure and the unit that they denote.

``Imports_Crude_kt`` begins with the kind and ends with the unit. A few names and units
contradict the figures under them; `COLUMNS_MEANT` and `WORLD_UNITS_MEANT` correct those, by edition.
"""

import re
from typing import Final

KINDS: Final = (
    "production",
    "import",
    "export",
    "consumption",
    "supply",
    "price",
    "stock",
    "employment",
    "shipment",
    "sales",
    "nir",
    "other",
)

# The first match decides: `Price_Imports` is a price, `Imports_consumption` an import.
_KIND_PATTERNS: Final = (
    ("nir", r"NIR"),
    ("price", r"Price"),
    ("employment", r"Employment"),
    ("stock", r"Stocks"),
    ("supply", r"^Supply"),
    ("import", r"Imports"),
    ("export", r"Exports"),
    ("consumption", r"Consump"),
    ("production", r"U[Ss]prod|Production|^Prod_|Bauxite_Mine|Alumina_Refinery|^Extracted|^Recycled"),
    ("shipment", r"^Shipments"),
    ("sales", r"Sold|Sales|^Products_"),
    # Shares of the steelmaking processes, and helium taken back out of storage.
    ("other", r"^(?:Furnace|Continuous|Withdrawn)_"),
)

_UNITS: Final = {
    "t": "metric tons",
    "kt": "thousand metric tons",
    "mmt": "million metric tons",
    "kg": "kilograms",
    "mct": "million carats",
    "mcm": "million cubic meters",
    "msqft": "million square feet",
    "mdol": "million dollars",
    "pct": "percent",
    "index": "index",
    "dt": "dollars per metric ton",
    "dst": "dollars per short ton",
    "dkg": "dollars per kilogram",
    "dg": "dollars per gram",
    "dlb": "dollars per pound",
    "dct": "dollars per carat",
    "dmtu": "dollars per metric ton unit",
    "dto": "dollars per troy ounce",
    "dtoz": "dollars per troy ounce",
    "ctslb": "cents per pound",
}

# The metadata of the files, or the same figures in the next edition, show what is meant. In the lead file,
# every column from the second on has the name of its neighbour.
COLUMNS_MEANT: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("2025", "Arsenic"): {"Price_Mtl_US_dkg": "Price_Mtl_US_dlb"},
    ("2025", "Bauxite and Alumina"): {
        "Alumina_Apparent_kt": "Alumina_Consump_Apprnt_kt",
        "Alumina_Price_kt": "Alumina_Price_dt",
    },
    ("2025", "Diamond (Industrial)"): {
        "Bort_Price_Imports_mct": "Bort_Price_Imports_dct",
        "Stones_Price_Imports_mct": "Stones_Price_Imports_dct",
    },
    ("2025", "Germanium"): {"Consump_g": "Consump_kg"},
    ("2025", "Helium"): {"Grade-A-Salescm": "Grade-A-Sales_mcm"},
    ("2025", "Iodine"): {"Consump_t": "Consump_Apparent_t", "Consump_t#2": "Consump_Reported_t"},
    ("2025", "Iron Ore"): {"Consump_Reported_kt": "Consump_Apparent_kt", "Price_Apparent_dt": "Price_dt"},
    ("2025", "Lead"): {
        "USprod_Mine_kt": "USprod_Mine_Concentrates_kt",
        "USprod_Refinery_Primary_kt": "USprod_Mine_Recoverable_kt",
        "USprod_Refinery_Secondary_kt": "USprod_Refinery_Primary_kt",
        "USprod_Concentrates_kt": "USprod_Refinery_Secondary_kt",
        "Imports_Metal_kt": "Imports_Concentrates_kt",
        "Imports_Concentrates_kt": "Imports_Metal_kt",
        "Exports_Metal_kt": "Exports_Concentrates_kt",
        "Exports_kt": "Exports_Metal_kt",
        "Consump_North_American_kt": "Consump_Apparent_kt",
        "Price_LME_ctslb": "Price_North_American_ctslb",
    },
    ("2025", "Manganese"): {"Price_CN_CIF_dt": "Price_CN_CIF_dmtu"},
    ("2025", "Mercury"): {"Imports_Secondary_t": "Imports_Metal_t", "Price_Imports_df": "Price_Imports_dkg"},
    ("2025", "Mica"): {
        "USprod_Flake_t": "USprod_Flake_Sold_t",
        "USprod_Flake_t#2": "USprod_Flake_Ground_t",
        "Price_Sheet-Block_dt": "Price_Sheet-Block_dkg",
        "Price_Sheet-Splittings_dt": "Price_Sheet-Splittings_dkg",
    },
    ("2025", "Titanium Mineral Concentrates"): {
        "Price_dt": "Price_Rutile_dt",
        "Price_dt#2": "Price_Ilmenite_Leucoxene_dt",
        "Price_dt#3": "Price_Ilmenite_dt",
        "Price_dt#4": "Price_Slag_dt",
    },
    ("2025", "Tungsten"): {"Price_WO3_dt": "Price_WO3_dmtu", "Stocks_": "Stocks_t"},
    ("2025", "Zirconium and Hafnium"): {
        "Price_Zircon_premium_CIF_CN_t": "Price_Zircon_premium_CIF_CN_dt",
        "Price_Zircon_imported_t": "Price_Zircon_imported_dt",
        "Price_Zircon_sponge_CN_t": "Price_Zirconium_sponge_CN_dkg",
        "Price_Hf_unwrought_t": "Price_Hf_unwrought_dkg",
    },
}

# World data whose unit is contradicted by notes on some rows or by the same figures in another edition. A
# newer edition is read like the last one reviewed.
WORLD_UNITS_MEANT: Final[dict[tuple[str, str, str], str]] = {
    ("2025", "Iron Ore", "reserves"): "million metric tons",
    ("2025", "Molybdenum", "reserves"): "thousand metric tons",
    ("2025", "Sand and gravel (industrial)", "production"): "thousand metric tons",
    ("2025", "Titanium Mineral Concentrates", "production"): "thousand metric tons",
    ("2025", "Titanium Mineral Concentrates", "reserves"): "thousand metric tons",
    ("2025", "Vanadium", "reserves"): "thousand metric tons",
    ("2026", "Vanadium", "reserves"): "thousand metric tons",
}
_LAST_JUDGED: Final = max(edition for edition, _, _ in WORLD_UNITS_MEANT)

# Tons per unit of mass.
TONS: Final[dict[str | None, float]] = {
    "metric tons": 1,
    "thousand metric tons": 1e3,
    "million metric tons": 1e6,
    "kilograms": 1e-3,
}


def kind_of(column: str) -> str | None:
    """Kind of figure for a column name; None if the name matches no known kind."""
    return next((kind for kind, pattern in _KIND_PATTERNS if re.search(pattern, column)), None)


def unit_of(column: str) -> str | None:
    """Unit in words, from the suffix; None if the suffix is unknown.

    Net import reliance is in percent and employment is a number, whatever the suffix: ``NIR_ct``,
    ``Employment_Dioxide_t``.
    """
    kind = kind_of(column)
    if kind == "nir":
        return "percent"
    if kind == "employment":
        return "number"
    return _UNITS.get(column.partition("#")[0].rpartition("_")[2])


def world_unit_meant(edition: str, commodity: str, measure: str, printed: str) -> str:
    """The unit of a figure in the world data, which is not always the printed one."""
    judged = min(edition, _LAST_JUDGED)
    return WORLD_UNITS_MEANT.get((judged, commodity, measure), printed)
