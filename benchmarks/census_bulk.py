"""A synthetic import month of any size, in the Census Bureau's own layout, and what taking it costs.

    PYTHONPATH=. python benchmarks/census_bulk.py 3500000

writes the archive to a temporary folder (deflated about 25 to 1) and takes it in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

WIDTH = 688
BLOCK = 50_000
PERIOD = "202609"
KEPT_HEADING = 2836
KEPT_SHARE = 0.04
ACTIVE_SHARE = 0.25
COUNTRIES = np.array([1220, 2010, 5700, 3370, 6021, 5880, 5800, 5830, 7660, 4280])


def digits(values: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.uint8]:
    """Numbers as zero-padded characters, one row each."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return ((values[:, None] // powers) % 10 + ord("0")).astype(np.uint8)


def blocks(records: int, seed: int = 1) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]]:
    """Record bytes with line ends, and per record country, heading and value."""
    random = np.random.default_rng(seed)
    for start in range(0, records, BLOCK):
        count = min(BLOCK, records - start)
        out = np.full((count, WIDTH + 2), ord("0"), dtype=np.uint8)
        out[:, WIDTH:] = np.frombuffer(b"\r\n", np.uint8)
        headings = np.where(
            random.random(count) < KEPT_SHARE, KEPT_HEADING, random.integers(6101, 6300, count)
        )
        # The running number in the code's tail and the district keep every record's key its own.
        serial = np.arange(start, start + count)
        countries = random.choice(COUNTRIES, count)
        values = random.integers(1, 10**7, count) * (random.random(count) < ACTIVE_SHARE)
        out[:, 0:4] = digits(headings, 4)
        out[:, 4:10] = digits(serial % 1_000_000, 6)
        out[:, 10:14] = digits(countries, 4)
        out[:, 14:16] = np.frombuffer(b"  ", np.uint8)
        out[:, 16:18] = digits(serial // 1_000_000, 2)
        out[:, 18:22] = np.frombuffer(b"1010", np.uint8)
        out[:, 22:28] = np.frombuffer(PERIOD.encode(), np.uint8)
        for measure in (0, 1, 3, 8, 10):
            out[:, 28 + 15 * measure : 43 + 15 * measure] = digits(values, 15)
        for measure in range(22):
            out[:, 358 + 15 * measure : 373 + 15 * measure] = digits(values * 9 + 1, 15)
        yield out, np.stack([countries, headings, values])


def write_month(target: Path, records: int) -> dict[str, int]:
    """Write an archive of so many records with its control totals; say what it holds."""
    by_country = np.zeros(10_000, dtype=np.int64)
    by_code: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("IMP_DETL.TXT", "w", force_zip64=True) as member:
            for raw, (countries, headings, values) in blocks(records):
                member.write(raw.tobytes())
                np.add.at(by_country, countries, values)
                for row in np.flatnonzero((headings == KEPT_HEADING) & (values > 0)):
                    code = raw[row, 0:10].tobytes().decode()
                    by_code[code] = by_code.get(code, 0) + int(values[row])
        archive.writestr("IMP_CTY.TXT", "\r\n".join(country_line(c, int(by_country[c])) for c in COUNTRIES))
        archive.writestr("IMP_COMM.TXT", "\r\n".join(commodity_line(c, v) for c, v in by_code.items()))
    return {"records": records, "kept_value_usd": sum(by_code.values())}


def country_line(code: int, value: int) -> str:
    return f"{code:04d}{'':30}{PERIOD}{0:015d}{value:015d}{0:060d}{value:015d}{0:030d}"


def commodity_line(code: str, value: int) -> str:
    measures = [value, value, 0, value, 0, 0, 0, 0, value, 0, value, 0, 0]
    return f"{code}{'':50}{'KG ':3}{'':3}{PERIOD}{''.join(f'{measure:015d}' for measure in measures)}"


def take(path: Path) -> dict[str, float | int]:
    """Parse an archive here; tell time, peak memory and what came out."""
    from ingest.contracts import FileFacts  # noqa: PLC0415 (counted in this process's memory only)
    from ingest.sources import census_bulk  # noqa: PLC0415

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    frames = census_bulk.parse(path, FileFacts(path.name, "imports-2026-09", date(2026, 11, 5)))
    imports, control = frames["census_bulk__imports"], frames["census_bulk__control"]
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "peak_before_mb": round(before / 1024),
        "kept_rows": imports.height,
        "kept_value_usd": int(imports["general_value_usd"].sum()),
        "controls": control.height,
        "controls_off": control.filter(control["published"] != control["summed"]).height,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=int, nargs="?", default=3_500_000)
    parser.add_argument("--take", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.take:
        print(json.dumps(take(arguments.take)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "IMDB2609.ZIP"
        written = write_month(path, arguments.records)
        print(json.dumps(written | {"zip_mb": round(path.stat().st_size / 2**20)}), flush=True)
        subprocess.run([sys.executable, __file__, "--take", path], check=True, env={"PYTHONPATH": "."})


if __name__ == "__main__":
    main()
