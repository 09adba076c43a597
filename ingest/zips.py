"""ZIP members read as a stream: inflated block by block with isa-l, nothing unpacked to disk."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from isal import igzip_lib, isal_zlib

BLOCK: Final = 4 << 20

# isal's stub declares its error class as an instance.
DAMAGED: Final[tuple[type[Exception], ...]] = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    igzip_lib.IsalError,  # type: ignore[assignment, unused-ignore]
)


def inflated(path: Path, info: zipfile.ZipInfo, block: int | None = None) -> Iterator[bytes]:
    """The bytes of a member in blocks, held against its checksum at the end.

    Raises:
        DAMAGED: One of these, where the archive is cut or its bytes are not those that were packed.
    """
    if info.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        raise zipfile.BadZipFile(f"compression method {info.compress_type} of {info.filename}")
    size = block or BLOCK
    inflate = isal_zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type == zipfile.ZIP_DEFLATED else None
    left, checksum = info.compress_size, 0
    with path.open("rb") as stream:
        stream.seek(info.header_offset)
        header = stream.read(30)
        stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        while left and (raw := stream.read(min(size, left))):
            left -= len(raw)
            content = inflate.decompress(raw, size) if inflate else raw
            while content:
                checksum = isal_zlib.crc32(content, checksum)
                yield content
                content = inflate.decompress(inflate.unconsumed_tail, size) if inflate else b""
    if left or checksum != info.CRC:
        raise zipfile.BadZipFile(f"{info.filename} does not match its checksum")


def whole_lines(blocks: Iterable[bytes], at_least: int = 4 * BLOCK) -> Iterator[bytes]:
    """The same bytes in larger blocks that end where a line ends."""
    rest: list[bytes] = []
    held = 0
    for block in blocks:
        rest.append(block)
        held += len(block)
        if held >= at_least and b"\n" in block:
            content = b"".join(rest)
            end = content.rfind(b"\n") + 1
            yield content[:end]
            rest, held = [content[end:]], len(content) - end
    if held:
        yield b"".join(rest)
