"""The forms in which answers are sent: JSON, CSV and Parquet, compressed on request."""

import csv
import gzip
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.requests import Request
from starlette.responses import Response

from warehouse.serve.as_json import as_json

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
WORTH_COMPRESSING = 1 << 10
"""Bytes from which an answer is compressed."""
_COMPRESSED_ALREADY = (MEDIA_TYPES["parquet"], "application/wasm")


def json_response(
    content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response in JSON."""
    return Response(as_json(content), status, headers, MEDIA_TYPES["json"])


def csv_text(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows below their header, as CSV in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()


def parquet(found: pa.Table, build_id: str) -> bytes:
    """Rows as a Parquet file whose metadata names the publication."""
    sink = io.BytesIO()
    metadata = {**(found.schema.metadata or {}), b"build_id": build_id.encode()}
    pq.write_table(found.replace_schema_metadata(metadata), sink, compression="zstd")
    return sink.getvalue()


def attachment(content: bytes, form: str, name: str) -> Response:
    """A table in a form of `MEDIA_TYPES`, with the name of the file in which a browser saves it."""
    headers = {"Content-Disposition": f'inline; filename="{name}.{form}"'}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)


def compress(request: Request, response: Response) -> None:
    """Compress a complete answer with gzip, if the reader accepts it and it is worth it.

    This runs in the thread of the answer, because a middleware would block all other readers.
    """
    if response.headers.get("content-type") in _COMPRESSED_ALREADY:
        return
    response.headers["Vary"] = "Accept-Encoding"
    body = bytes(response.body)
    if len(body) < WORTH_COMPRESSING or not _takes_gzip(request):
        return
    response.body = gzip.compress(body, compresslevel=5, mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))
    tag = response.headers.get("etag")
    if tag and not tag.startswith("W/"):
        response.headers["ETag"] = f"W/{tag}"  # a strong tag would promise the same bytes as without gzip


def _takes_gzip(request: Request) -> bool:
    weights: dict[str, float] = {}
    for stated in ",".join(request.headers.getlist("accept-encoding")).split(","):
        coding, *parameters = (part.strip().lower() for part in stated.split(";"))
        weight = next((one[2:].strip() for one in parameters if one.startswith("q=")), "1")
        weights[coding] = float(weight) if re.fullmatch(r"[01](\.\d*)?", weight) else 0.0
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0
