"""Write ZIP archives fast: ISA-L deflates the members, and the same content gives the same bytes."""

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

from isal import igzip_lib

STAMP = (2026, 1, 1)
VERSION, DEFLATED = 20, 8


def write_zip(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    """Write an archive; members may be generated lazily, each below 4 GB."""
    day = (STAMP[0] - 1980) << 9 | STAMP[1] << 5 | STAMP[2]
    entries = []
    with path.open("wb") as out:
        for name, content in members:
            packed = igzip_lib.compress(content, 1, igzip_lib.COMP_DEFLATE)
            encoded = name.encode("ascii")
            facts = (zlib.crc32(content), len(packed), len(content), len(encoded))
            entries.append((facts, out.tell(), encoded))
            out.write(
                struct.pack("<IHHHHHIIIHH", 0x04034B50, VERSION, 0, DEFLATED, 0, day, *facts, 0) + encoded
            )
            out.write(packed)
        start = out.tell()
        for facts, offset, encoded in entries:
            out.write(
                struct.pack(
                    "<IHHHHHHIIIHHHHHII",
                    0x02014B50,
                    VERSION,
                    VERSION,
                    0,
                    DEFLATED,
                    0,
                    day,
                    *facts,
                    0,
                    0,
                    0,
                    0,
                    0,
                    offset,
                )
                + encoded
            )
        size = out.tell() - start
        out.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(entries), len(entries), size, start, 0))
    return path
