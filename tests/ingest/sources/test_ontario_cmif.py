"""Recipients of Ontario's fund: one line per project, amounts as printed, other responses refused."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ingest.contracts import FileFacts, ParseError, accept
from ingest.sources import ontario_cmif
from ingest.sources.ontario_cmif import RECIPIENT, parse
from tests.ingest import publishers
from tests.ingest.live import NOW, refresh, rows
from tests.ingest.publishers.ontario_cmif import CMIF_LIST, cmif_csv
from tests.ingest.servers import Reply, serve

LINES = (
    "1,Vale Canada Limited,Nickel of Vale\u00eds tailings,500000",
    '2,A Ltd. ,"Lithium, a test","$1,500"',
)
SPECIMENS = {FileFacts("cmif_recipients.csv", "recipients", date(2026, 3, 17)): cmif_csv(*LINES) + b"\n"}


def read(folder: Path, content: bytes) -> pl.DataFrame:
    path = folder / "cmif.csv"
    path.write_bytes(content)
    return parse(path, FileFacts(path.name, "recipients", date(2026, 3, 17)))[RECIPIENT.name]


def test_a_line_is_a_promise_in_canadian_dollars(tmp_path: Path) -> None:
    found = read(tmp_path, cmif_csv(*LINES))
    assert accept(RECIPIENT, found).refused.is_empty()
    assert found.rows() == [
        (1, "Vale Canada Limited", "Nickel of Vale\u00eds tailings", 500_000.0),
        (2, "A Ltd.", "Lithium, a test", 1_500.0),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (cmif_csv(), "has no recipient"),
        (cmif_csv("1,A,B,five"), "'five' was found instead of a number"),
        (cmif_csv("1,A,500"), "3 fields"),
        (b"a,b\n1,2\n", "columns are ['a', 'b']"),
        (b"\n" * 24_008, "columns are []"),
    ],
)
def test_another_answer_is_refused_in_one_sentence(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=re.escape(message)):
        read(tmp_path, content)


def test_an_empty_answer_leaves_the_list_in_force(tmp_path: Path) -> None:
    with serve(publishers.ontario_cmif.routes(NOW)) as server:
        before = refresh(ontario_cmif, tmp_path, server)
        server.routes = {CMIF_LIST: Reply(b"\n" * 24_008, content_type="text/csv", validators=False)}
        after = refresh(ontario_cmif, tmp_path, server, NOW.replace(month=12, day=20))
    assert (before.mode, before.problems) == ("live", ())
    assert after.problems
    assert rows(after, RECIPIENT.name).height == 12


def test_the_list_of_march_2026(shared_data: Path) -> None:
    """29 projects, 12,023,241 Canadian dollars."""
    path = shared_data / "ontario_cmif" / "cmif_recipients.csv"
    if not path.is_file():
        pytest.skip("the list is not among the real files beside this checkout")
    found = parse(path, FileFacts(path.name, "recipients", date(2026, 3, 17)))[RECIPIENT.name]
    assert (found.height, found["amount_cad"].sum()) == (29, 12_023_241)
