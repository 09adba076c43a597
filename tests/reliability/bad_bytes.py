"""Valid files of every source, ways to corrupt them, and a sandbox process that reads corrupt files.

Input number n of a source is the same in every run: one of its files, corrupted with n and source as seed.
"""

import gzip
import importlib
import io
import json
import multiprocessing
import random
import re
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import polars as pl

from ingest.archive import Archive
from ingest.contracts import FileFacts, ParseError, SourceModule
from ingest.formats.zips import DAMAGED
from ingest.gates import RefusedError, check_bytes
from ingest.parsed import LONGEST_SENTENCE, parse_file
from tests.conftest import REPOSITORY
from tests.ingest.live import NOW, refresh
from tests.ingest.publishers import BY_HAND, KEYS, PUBLISHERS
from tests.ingest.servers import serve

SOURCES = sorted([*PUBLISHERS, *BY_HAND])
SECONDS = 30  # of CPU time; a busy machine may need much longer
PATIENCE_S = 300
MEMORY = 3 << 30
REAL_BYTES = 40_000
VINTAGE = date(2026, 2, 6)
REAL = {
    "bgs_wms": ("bgs_wms/*.csv", "cobalt"),
    "cepii_baci": ("cepii_baci/*.csv", "HS92/2024"),
    "comtrade": ("un_comtrade/**/*.[cxj]*", "own/2024/842"),
    "imf_pcps": ("imf_pcps/*.csv", "2026-03"),
    "inegi_eimm": ("inegi_eimm/*.csv", "monthly"),
    "usgs_mcs": ("usgs_mcs/mcs2025/**/*.csv", "2025"),
    "usitc_hts": ("usitc_hts/**/*.csv", "lists"),
    "worldbank_wgi": ("world_bank_wgi/*.xlsx", "all"),
}


@dataclass(frozen=True)
class Specimen:
    """A file as its publisher serves or served it."""

    facts: FileFacts
    content: bytes
    is_live: bool = False


@dataclass(frozen=True)
class Outcome:
    """The outcome of one input. ``kind`` is rows, refused, unforeseen, broken, hang or crash."""

    number: int
    kind: str
    message: str = ""
    seconds: float = 0.0


def module(source_id: str) -> SourceModule:
    """A source module. A tariff schedule needs fewer rows here: 10,000 full-size inputs would take a day."""
    found = importlib.import_module(f"ingest.sources.{source_id}")
    if source_id == "usitc_hts":
        found.lines_of.__defaults__ = (20,)
    return found  # type: ignore[return-value]


@cache
def specimens(source_id: str) -> tuple[Specimen, ...]:
    """Files of a source: from its test publisher, and real ones if the data folder is available."""
    made = _by_hand(source_id) if source_id in BY_HAND else _of_publisher(source_id)
    return (*made, *_real(source_id))


def _by_hand(source_id: str) -> Iterator[Specimen]:
    """The specimens of a drop-in source, from its tests."""
    own = importlib.import_module(f"tests.ingest.sources.test_{source_id}")
    return (Specimen(facts, content) for facts, content in own.SPECIMENS.items())


def _of_publisher(source_id: str) -> Iterator[Specimen]:
    with tempfile.TemporaryDirectory() as folder, serve(PUBLISHERS[source_id](NOW)) as server:
        home = Path(folder)
        refresh(module(source_id), home, server, key=KEYS.get(source_id))  # type: ignore[arg-type]
        archive = Archive(home / "archive")
        for record in archive.records(source_id)[-6:]:
            content = _shorter(archive.path(record).read_bytes(), source_id)
            yield Specimen(FileFacts(record.name, record.partition, record.vintage), content, is_live=True)


def _shorter(content: bytes, source_id: str) -> bytes:
    """The first elements of a long list, as a valid list."""
    if source_id == "usitc_hts" and len(content) > REAL_BYTES:
        return json.dumps(json.loads(content)[:80]).encode()
    if source_id == "comtrade":
        rows = json.loads(content)["data"][:40]
        return json.dumps({"count": len(rows), "data": rows, "error": ""}).encode()
    return content


def _real(source_id: str) -> Iterator[Specimen]:
    pattern, partition = REAL.get(source_id, ("", ""))
    folder = REPOSITORY.parent / "shared" / "data"
    if not pattern or not folder.is_dir():
        return
    for path in sorted(folder.glob(pattern))[:8]:
        content = path.read_bytes()
        if path.suffix == ".csv":
            content = b"".join(content.splitlines(keepends=True)[:60])
        specimen = Specimen(FileFacts(path.name, partition, VINTAGE), content)
        if len(content) <= 5 * REAL_BYTES and outcome_of(source_id, specimen).kind == "rows":
            yield specimen


# Ways to corrupt bytes. Each is given a random generator and the bytes.

HOSTILE = (
    b"NaN",
    b"nan",
    b"inf",
    b"-Infinity",
    b"1e309",
    b"1e-999",
    b"-1",
    b"-0",
    b"0x1F",
    b"1_000",
    b"1,000",
    b"",
    b" ",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'"',
    b"'",
    b"\\",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\r",
    b"\n",
    b"=cmd|' /C calc'!A0",
    b"<script>",
    b"../../../etc/passwd",
    b"9" * 5000,
    b"0." + b"3" * 5000,
    b"\xd9\xa3\xd9\xa4",
    b"\xc2\xb2",
    b"\xef\xbc\x91",
    b"9999-99-99",
    b"0000-00-00",
    b"2147483648",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"#REF!",
    b"W",
    b"E",
    b"A" * 70_000,
    b"$" * 3,
)
_TOKEN = re.compile(rb"-?\d+(?:\.\d+)?|[A-Za-z_]{2,}|\"[^\"]{0,60}\"")


def flip(rng: random.Random, content: bytes) -> bytes:
    corrupted = bytearray(content)
    for _ in range(rng.randint(1, 16)):
        corrupted[rng.randrange(len(corrupted))] ^= 1 << rng.randrange(8)
    return bytes(corrupted)


def cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content))]


def gap(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content))
    return content[:start] + content[start + rng.randint(1, 200) :]


def double(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content))
    piece = content[start : start + rng.randint(1, 400)]
    return content[:start] + piece * rng.choice([2, 2, 3, 50]) + content[start:]


def insert(rng: random.Random, content: bytes) -> bytes:
    start = rng.randrange(len(content))
    return (
        content[:start]
        + rng.choice([rng.randbytes(rng.randint(1, 64)), rng.choice(HOSTILE)])
        + content[start:]
    )


def exchange(rng: random.Random, content: bytes) -> bytes:
    """Replace a number, a word or a string by another value."""
    for _ in range(rng.choice([1, 1, 1, 3, 20])):
        near = rng.randrange(len(content) or 1)
        found = _TOKEN.search(content, near) or _TOKEN.search(content)
        if found is None:
            return insert(rng, content or b"x")
        content = content[: found.start()] + rng.choice(HOSTILE) + content[found.end() :]
    return content


def swap_tokens(rng: random.Random, content: bytes) -> bytes:
    """Swap two values, so that a type or a column is wrong."""
    found = list(_TOKEN.finditer(content[:100_000]))
    if len(found) < 2:
        return flip(rng, content)
    first, second = sorted(rng.sample(found, 2), key=lambda match: match.start())
    return (
        content[: first.start()]
        + second[0]
        + content[first.end() : second.start()]
        + first[0]
        + content[second.end() :]
    )


def lines(rng: random.Random, content: bytes) -> bytes:
    """Drop, repeat or reorder lines, including the header."""
    held = content.splitlines(keepends=True)
    if len(held) < 3:
        return double(rng, content)
    first, second = rng.randrange(len(held)), rng.randrange(len(held))
    way = rng.randrange(4)
    if way == 0:
        held[first], held[second] = held[second], held[first]
    elif way == 1:
        held.insert(second, held[first])
    elif way == 2:
        del held[first]
    else:
        held[first] = held[first].rstrip(b"\r\n") + held[second]
    return b"".join(held)


def column(rng: random.Random, content: bytes) -> bytes:
    """Drop, double or move a column in every line."""
    held = [line.split(b",") for line in content.split(b"\n")]
    width = len(held[0])
    if width < 2:
        return exchange(rng, content)
    at, to, way = rng.randrange(width), rng.randrange(width), rng.randrange(3)
    for line in held:
        if len(line) > max(at, to):
            moved = line[at] if way else line.pop(at)
            if way == 1:
                line.insert(to, moved)
            elif way == 2:
                line[at], line[to] = line[to], moved
    return b"\n".join(b",".join(line) for line in held)


def rebuilt(rng: random.Random, content: bytes) -> bytes:
    """Corrupt a member and repack it with a valid checksum, or corrupt the archive's directory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (*DAMAGED, ValueError):
        return flip(rng, content)
    at = rng.randrange(len(members))
    name, inside = members[at]
    way = rng.randrange(7) if rng.random() < 0.99 else 7
    if way <= 3 and inside:
        members[at] = (name, _corrupted(rng, inside, TEXT_WAYS))
    elif way == 4:
        members[at] = (
            rng.choice(["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", name.upper(), ""]),
            inside,
        )
    elif way == 5:
        members.append((rng.choice([name, "../" + name, "x/" * 500 + name]), inside))
    elif way == 6:
        members[at] = (
            name,
            re.sub(rb'r="[A-Z]+\d+"', b'r="XFD1048576"', inside, count=rng.choice([1, 1, 0])),
        )
    else:
        members[at] = (name, b"\x00" * (80 << 20))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), inside, zipfile.ZIP_DEFLATED)
    return flip(rng, buffer.getvalue()) if rng.random() < 0.1 else buffer.getvalue()


def regzipped(rng: random.Random, content: bytes) -> bytes:
    try:
        return gzip.compress(_corrupted(rng, gzip.decompress(content), TEXT_WAYS), 1)
    except DAMAGED:
        return flip(rng, content)


Way = Callable[[random.Random, bytes], bytes]
BYTE_WAYS: tuple[Way, ...] = (flip, cut, gap, double, insert)
TEXT_WAYS: tuple[Way, ...] = (*BYTE_WAYS, exchange, exchange, exchange, swap_tokens, lines, column)


def _corrupted(rng: random.Random, content: bytes, ways: tuple[Way, ...]) -> bytes:
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        if content:
            content = rng.choice(ways)(rng, content)
    return content


def corrupted(source_id: str, number: int) -> Specimen:
    """Make input ``number`` of a source."""
    rng = random.Random(f"{source_id} {number}")
    whole = specimens(source_id)
    if number < len(WHOLE):
        return replace(whole[number % len(whole)], content=WHOLE[number]())
    chosen = rng.choice(whole)
    if chosen.content.startswith(b"PK"):
        ways: tuple[Way, ...] = (*BYTE_WAYS, *[rebuilt] * 12)
    elif chosen.content.startswith(b"\x1f\x8b"):
        ways = (*BYTE_WAYS, *[regzipped] * 12)
    else:
        ways = TEXT_WAYS
    return replace(chosen, content=_corrupted(rng, chosen.content, ways))


def _zip(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(12)
)
WHOLE: tuple[Callable[[], bytes], ...] = (
    lambda: b"",
    lambda: b"\x00",
    lambda: b"\x00" * (1 << 20),
    lambda: b"<!DOCTYPE html><html><body>Sorry.</body></html>",
    lambda: b"a,b\n" + b"x" * (64 << 20),
    lambda: b"9" * (16 << 20),
    lambda: b'{"data": ' + b"9" * (16 << 20) + b"}",
    lambda: b"[" * 500_000,
    lambda: b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    lambda: b"[" + b"0," * 2_000_000 + b"0]",
    lambda: b"," * (8 << 20) + b"\n",
    lambda: gzip.compress(b"\x00" * (64 << 20), 1) * 20,
    lambda: gzip.compress(gzip.compress(b"\x00" * (64 << 20))),
    lambda: b"\x28\xb5\x2f\xfd" + b"\x00" * 100,
    lambda: _zip("xl/workbook.xml", b" " * (300 << 20)),
    lambda: _zip("data.csv", b"0," * (100 << 20)),
    lambda: _zip("xl/workbook.xml", ENTITIES + b"]><x>&m;</x>"),
    lambda: _zip("../../../tmp/evil.csv", b"a,b\n1,2\n"),
    lambda: b"PK\x03\x04" + b"\x00" * 200,
    lambda: b"PK\x05\x06" + b"\xff" * 18,
)
"""Files of another kind, and decompression bombs."""


# The sandbox process that reads them.


def run(source_id: str, numbers: range) -> Iterator[Outcome]:
    """Read inputs in a process with limited memory and time, which is replaced if it dies or hangs."""
    context = multiprocessing.get_context("spawn")
    left = numbers
    while left:
        ours, theirs = context.Pipe()
        worker = context.Process(target=_work, args=(source_id, left, theirs))
        worker.start()
        theirs.close()
        try:
            if not _is_ready(ours):
                raise RuntimeError(f"{source_id}: no complete file to corrupt could be read")
            for number in left:
                if not ours.poll(PATIENCE_S):
                    yield Outcome(number, "hang", f"no end within {PATIENCE_S} s")
                    break
                yield ours.recv()
        except EOFError:
            worker.join()
            yield Outcome(number, "crash", f"exit code {worker.exitcode}")
        finally:
            worker.kill()
            worker.join()
        left = range(number + 1, left.stop)


def _is_ready(pipe: Connection) -> bool:
    """Whether a worker has its complete files. One that ends before that has met no corrupt file yet."""
    try:
        return bool(pipe.poll(PATIENCE_S) and pipe.recv())
    except EOFError:
        return False


def _work(source_id: str, numbers: range, pipe: Connection) -> None:
    """Read inputs and report the outcome of each, after a first word that the complete files are there."""
    pipe.send(bool(specimens(source_id)))
    _limit_memory()
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:
            specimen = corrupted(source_id, number)
            began = time.process_time()
            outcome = outcome_of(source_id, specimen, number, Path(folder))
            seconds = time.process_time() - began
            kind = "hang" if seconds > SECONDS else outcome.kind
            pipe.send(replace(outcome, kind=kind, seconds=seconds))


def alone(source_id: str, specimen: Specimen) -> Outcome:
    """Read one file in a process with limited memory and time."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=_work_once, args=(source_id, specimen, theirs))
    worker.start()
    theirs.close()
    try:
        outcome: Outcome = ours.recv() if ours.poll(PATIENCE_S) else Outcome(0, "hang")
    except EOFError:
        worker.join()
        return Outcome(0, "crash", f"exit code {worker.exitcode}")
    finally:
        worker.kill()
        worker.join()
    return outcome


def _work_once(source_id: str, specimen: Specimen, pipe: Connection) -> None:
    module(source_id)
    _limit_memory()
    pipe.send(outcome_of(source_id, specimen))


def _limit_memory() -> None:
    """Limit memory to `MEMORY` more than the process has reserved so far."""
    reserved = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (reserved + MEMORY, resource.RLIM_INFINITY))


def line_without_end(member: str, size: int) -> bytes:
    """An archive with one line of ``size`` bytes, compressed too little to be recognized as a bomb."""
    block = bytes(random.Random(member).choices(b"0123456789abcdef", k=20_000))
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(member, "w", force_zip64=True) as line,
    ):
        for _ in range(size // len(block)):
            line.write(block)
    return buffer.getvalue()


def outcome_of(source_id: str, specimen: Specimen, number: int = 0, folder: Path | None = None) -> Outcome:
    """Read a file as a run does: gates if it is live, size limits, parser, schemas."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        path = (Path(own) / "input").with_suffix(Path(specimen.facts.name).suffix)
        path.write_bytes(specimen.content)
        outcome = _read(module(source_id), path, specimen, number)
        strays = [found.name for found in Path(own).rglob("*") if found != path]
    return Outcome(number, "broken", f"wrote {strays[0]}") if strays else outcome


def _read(source: SourceModule, path: Path, specimen: Specimen, number: int) -> Outcome:
    gates: Any = getattr(source, "GATES", None)
    try:
        if gates and specimen.is_live:
            check_bytes(path, gates)
        tables = parse_file(source, path, specimen.facts)
    except RefusedError as error:
        return Outcome(number, "refused", str(error))
    except ParseError as error:
        foreseen = error.__cause__ is None or isinstance(error.__cause__, ParseError)
        message = str(error)
        if "\n" in message or len(message) > LONGEST_SENTENCE + 1:
            return Outcome(number, "broken", f"no sentence: {message[:80]!r}")
        return Outcome(number, "refused" if foreseen else "unforeseen", message)
    except BaseException as error:
        return Outcome(number, "broken", f"{type(error).__name__}: {error}"[:200])
    for name, accepted in tables.items():
        floats = accepted.rows.select(pl.selectors.float())
        if floats.width and not floats.select(pl.all_horizontal(pl.all().is_finite()).all()).item():
            return Outcome(number, "broken", f"{name} holds a number that is none")
    return Outcome(number, "rows")
