"""What `minerals find` shows: minerals, lines, questions, tables and macros, each with its command."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.finding import found


@pytest.fixture(scope="module")
def con(published_starter: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_starter / "minerals.duckdb"), read_only=True) as reader:
        yield reader


@pytest.mark.parametrize(
    ("words", "kind", "command"),
    [
        ("galio", "mineral", "minerals show gallium"),
        ("gallium price", "mineral", "minerals show gallium"),
        ("8505.11", "tariff line", "minerals duty 85051100"),
        ("duty paid", "question", "minerals ask 13"),
        ("spare smelters", "question", "minerals ask 37"),
        ("price floor", "table", 'minerals query "from marts.price_floor limit 20"'),
        ("recycling", "column", 'minerals query "from marts.scrap_balance limit 20"'),
        ("largest suppliers", "macro", "minerals query \"from top_suppliers('USA', 'fluorspar', 2024, 3)\""),
    ],
)
def test_everything_held_is_found_with_its_command(
    con: duckdb.DuckDBPyConnection, words: str, kind: str, command: str
) -> None:
    assert (kind, command) in [(one.kind, one.command) for one in found(con, words)]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("IEEPA", "programme of duties"),
        ("section 232", "programme of duties"),
        ("section 301", "programme of duties"),
        ("USMCA review", "measure"),
        ("Nutrien", "facility"),
        ("Project Vault", "public money"),
        ("Indonesia", "country"),
        ("Alemania", "country"),
        ("8505110070", "tariff line"),
        ("8507.60.00", "tariff line"),
        ("galium", "mineral"),
        ("aranceles", "table"),
        ("existencias", "table"),
        ("stockpyle", "table"),
    ],
)
def test_each_kind_is_found_in_three_languages_and_misspelt(
    con: duckdb.DuckDBPyConnection, words: str, kind: str
) -> None:
    hits = [one for one in found(con, words) if one.kind == kind]
    assert hits, [one.kind for one in found(con, words)]
    for one in hits:
        assert one.command.startswith("minerals ")
        if "query" in one.command:
            assert con.execute(shlex.split(one.command)[2]).fetchall(), one.command


def test_questions_come_before_tables(con: duckdb.DuckDBPyConnection) -> None:
    kinds = [one.kind for one in found(con, "price floor")]
    assert kinds.index("question") < kinds.index("table") < kinds.index("macro")


def test_each_command_of_a_table_or_macro_runs(con: duckdb.DuckDBPyConnection) -> None:
    for one in [*found(con, "imports"), *found(con, "floor"), *found(con, "price")]:
        if one.kind in ("table", "column", "macro"):
            con.execute(one.command.removeprefix('minerals query "').removesuffix('"')).fetchall()


def test_nothing_is_found_by_a_word_that_nothing_has(con: duckdb.DuckDBPyConnection) -> None:
    assert found(con, "unobtainium") == []
