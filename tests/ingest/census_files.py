"""Write Census archives record by record, in the positions of the publisher's record layouts."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

IMPORT_MEASURES = [
    "cards",
    "con_qy1",
    "con_qy2",
    "con_val",
    "dut_val",
    "cal_dut",
    "con_cha",
    "con_cif",
    "gen_qy1",
    "gen_qy2",
    "gen_val",
    "gen_cha",
    "gen_cif",
    "air_val",
    "air_wgt",
    "air_cha",
    "ves_val",
    "ves_wgt",
    "ves_cha",
    "cnt_val",
    "cnt_wgt",
    "cnt_cha",
]
EXPORT_MEASURES = [
    "cards",
    "qty_1",
    "qty_2",
    "all_val",
    "air_val",
    "air_wgt",
    "ves_val",
    "ves_wgt",
    "cnt_val",
    "cnt_wgt",
]


@dataclass(frozen=True)
class Import:
    """One import record of September 2026; measures are whole numbers, named as in the layout."""

    hts10: str = "2504101000"
    country: str = "5700"
    subco: str = "  "
    entry: str = "20"
    unlading: str = "20"
    provision: str = "61"
    month: str = "202609"
    measures: Mapping[str, int] = field(default_factory=lambda: {"con_val": 1000, "gen_val": 1000})

    def line(self) -> str:
        keys = (
            f"{self.hts10}{self.country}{self.subco}{self.entry}{self.unlading}{self.provision}{self.month}"
        )
        monthly = "".join(f"{self.measures.get(name, 0):015d}" for name in IMPORT_MEASURES)
        to_date = f"{99:015d}" * len(IMPORT_MEASURES)
        return keys + monthly + to_date


@dataclass(frozen=True)
class Export:
    """One export record of September 2026."""

    schedule_b: str = "2504101000"
    df: str = "1"
    country: str = "1220"
    district: str = "38"
    month: str = "202609"
    measures: Mapping[str, int] = field(default_factory=lambda: {"all_val": 500, "qty_1": 7})

    def line(self) -> str:
        keys = f"{self.df}{self.schedule_b}{self.country}{self.district}{self.month}"
        monthly = "".join(f"{self.measures.get(name, 0):015d}" for name in EXPORT_MEASURES)
        return keys + monthly + f"{99:015d}" * len(EXPORT_MEASURES)


def concord_line(code: str, unit1: str = "KG", unit2: str = "") -> str:
    return f"{code}{'Natural graphite':<150}{'GRAPHITE':<50}{unit1:<3}{unit2:<3}{'':<19}"


def country_line(code: str, con_val: int, gen_val: int, month: str = "202609") -> str:
    return f"{code}{'NAME':<30}{month}{1:015d}{con_val:015d}{0:060d}{gen_val:015d}{0:015d}"


def commodity_line(code: str, totals: Mapping[str, int], month: str = "202609") -> str:
    monthly = "".join(f"{totals.get(name, 0):015d}" for name in IMPORT_MEASURES[:13])
    return f"{code}{'NAME':<50}{'KG':<3}{'':<3}{month}{monthly}"


def members_of(imports: Sequence[Import]) -> dict[str, str]:
    """The members of an import archive with correct control totals."""
    countries: dict[str, list[int]] = {}
    codes: dict[str, dict[str, int]] = {}
    for record in imports:
        con, gen = record.measures.get("con_val", 0), record.measures.get("gen_val", 0)
        before = countries.get(record.country, [0, 0])
        countries[record.country] = [before[0] + con, before[1] + gen]
        totals = codes.setdefault(record.hts10, {})
        for name, value in record.measures.items():
            totals[name] = totals.get(name, 0) + value
    return {
        "IMP_DETL.TXT": lines(record.line() for record in imports),
        "IMP_CTY.TXT": lines(country_line(code, con, gen) for code, (con, gen) in countries.items()),
        "IMP_COMM.TXT": lines(commodity_line(code, totals) for code, totals in codes.items()),
        "CONCORD.TXT": lines(concord_line(code) for code in codes),
    }


def lines(records: object) -> str:
    return "".join(f"{line}\r\n" for line in records)  # type: ignore[attr-defined]


def archive(members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these members; the same members give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as zipped:
        for name, content in members.items():
            raw = content if isinstance(content, bytes) else content.encode("latin-1")
            zipped.writestr(zipfile.ZipInfo(name, (2026, 11, 5, 0, 0, 0)), raw, compression)
    return buffer.getvalue()
