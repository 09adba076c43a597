"""ZIP members read as a stream: inflated block by block with isa-l, nothing unpacked to disk."""

import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from isal import igzip_lib, isal_zlib

READ: Final = 256 << 10
BLOCK: Final = 1 << 20
LARGEST_WHOLE: Final = 256 << 20
"""Maximum bytes of a file or member that is read at once."""
LONGEST_LINE: Final = 64 << 20

Block = TypeVar("Block")
Found = TypeVar("Found")

# isal's stub declares its error class as an instance.
DAMAGED: Final[tuple[type[Exception], ...]] = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,  # the directory places a member before the file or far behind it
    UnicodeDecodeError,  # a name is not in the encoding that it declares
    RuntimeError,  # encrypted, or compressed in a way that Python does not support
    igzip_lib.IsalError,  # type: ignore[assignment, unused-ignore]
)


def inflated(path: Path, info: zipfile.ZipInfo, block: int | None = None) -> Iterator[bytes]:
    """The bytes of a member in blocks, compared with its checksum at the end.

    Raises:
        DAMAGED: One of these, if the archive is truncated or its bytes do not match the checksum.
    """
    if info.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        raise zipfile.BadZipFile(f"compression method {info.compress_type} of {info.filename}")
    size = block or BLOCK
    packed = info.compress_type == zipfile.ZIP_DEFLATED
    inflate = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_DEFLATE) if packed else None
    left, checksum, due = info.compress_size, 0, info.file_size
    with path.open("rb") as stream:
        stream.seek(info.header_offset)
        header = stream.read(30)
        stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
        while left if inflate is None else not inflate.eof:
            raw = b""
            if inflate is None or inflate.needs_input:
                raw = stream.read(min(READ, size, left))
                left -= len(raw)
                if not raw:
                    raise EOFError(f"{info.filename} is cut short")
            content = inflate.decompress(raw, size) if inflate else raw
            if content:
                due -= len(content)
                if due < 0:
                    raise zipfile.BadZipFile(f"{info.filename} is larger than its archive says")
                checksum = isal_zlib.crc32(content, checksum)
                yield content
    if left or checksum != info.CRC:
        raise zipfile.BadZipFile(f"{info.filename} does not match its checksum")


def map_blocks(work: Callable[[Block], Found], blocks: Iterable[Block], workers: int = 1) -> Iterator[Found]:
    """The results of ``work`` for each block, in order, while another core inflates the next blocks.

    ``work`` should spend its time in calls that release the interpreter lock, as numpy's and polars' do. At
    most a few blocks are in memory at once.
    """
    waiting: deque[Future[Found]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for block in blocks:
            waiting.append(pool.submit(work, block))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member that is small enough to be read at once.

    Raises:
        DAMAGED: It is too large, or its bytes do not match the checksum.
    """
    if info.file_size > LARGEST_WHOLE:
        raise zipfile.BadZipFile(f"{info.filename} inflates to {info.file_size:,} bytes")
    return archive.read(info)


def whole_lines(blocks: Iterable[bytes], at_least: int = 0) -> Iterator[bytes]:
    """The same bytes in blocks of at least a given size that end at the end of a line.

    Raises:
        DAMAGED: A line is longer than any table has.
    """
    rest: list[bytes] = []
    held = 0
    for block in blocks:
        end = block.rfind(b"\n") + 1
        held += len(block)
        if end and held >= at_least:
            yield b"".join([*rest, block[:end]])
            rest, held = [block[end:]], len(block) - end
        elif not end and held > LONGEST_LINE:
            raise zipfile.BadZipFile(f"a line of more than {LONGEST_LINE:,} bytes")
        else:
            rest.append(block)
    if held:
        yield b"".join(rest)
