"""Whatever its bytes, a file results in typed rows or in one sentence: no crash, hang or lost row."""

import contextlib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.contracts import FileFacts, ParseError
from ingest.parsed import parse_file
from tests.reliability.bad_bytes import (
    SOURCES,
    VINTAGE,
    Specimen,
    alone,
    line_without_end,
    module,
    outcome_of,
    run,
    specimens,
)
from tests.reliability.conftest import Count
from tests.reliability.report import CaseCount

COLUMNS = {"rows": "typed rows", "refused": "refused", "unforeseen": "refused, error not foreseen"}


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("source_id", SOURCES)
def test_spoilt_files(source_id: str, count: Count, tally: CaseCount) -> None:
    """Corrupt files, bombs and garbage through each parser: typed rows or a one-sentence refusal."""
    found = list(run(source_id, range(count(500, 10_000))))
    kinds = Counter(outcome.kind for outcome in found)
    harm = [outcome for outcome in found if outcome.kind not in {"rows", "refused", "unforeseen"}]
    tally.many(len(found) - len(harm))
    tally.cases += len(harm)
    tally.lost += [f"{source_id} {outcome.number}: {outcome.kind}" for outcome in harm]
    slowest = max(found, key=lambda outcome: outcome.seconds)
    for kind, column in COLUMNS.items():
        tally.cell("Corrupt files by source", source_id, column, f"{kinds[kind]:,}")
    tally.cell("Corrupt files by source", source_id, "harmful", f"{len(harm):,}")
    tally.cell("Corrupt files by source", source_id, "slowest, s", f"{slowest.seconds:.1f}")
    assert kinds["rows"], "every corrupt file is refused: they are too corrupt to test the parser"
    assert not harm, "\n".join(f"{one.number} {one.kind}: {one.message}" for one in harm[:20])


@pytest.mark.parametrize(
    ("source_id", "name", "partition", "member"),
    [
        ("census_bulk", "IMDB2609.ZIP", "imports-2026-09", "IMP_DETL.TXT"),
        ("cepii_baci", "BACI_HS92_V202601.zip", "HS92/V202601", "BACI_HS92_Y2024_V202601.csv"),
        ("statcan_cimt", "CIMT-CICM_Imp_2026.zip", "import-2026", "ODPFN014_202601N.csv"),
    ],
)
def test_a_line_of_a_gigabyte(source_id: str, name: str, partition: str, member: str, count: Count) -> None:
    """A line of a gigabyte in a bulk archive is refused within 3 GB of memory."""
    facts = FileFacts(name, partition, VINTAGE)
    content = line_without_end(member, count(1 << 28, 1 << 30))
    outcome = alone(source_id, Specimen(facts, content, is_live=True))
    assert outcome.kind == "refused"
    assert "bomb" not in outcome.message


@pytest.mark.parametrize("source_id", SOURCES)
def test_any_bytes(source_id: str, count: Count, tally: CaseCount, tmp_path: Path) -> None:
    """Arbitrary bytes and text through each parser: typed rows or a one-sentence refusal."""
    source, facts = module(source_id), specimens(source_id)[0].facts
    path = tmp_path / "wild"

    @settings(
        max_examples=count(100, 2000), deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(
        st.binary(max_size=400)
        | st.text(alphabet='{}[],"\n0123456789tijkvqCAM.', max_size=200).map(str.encode)
    )
    def reads(content: bytes) -> None:
        path.write_bytes(content)
        tally.cases += 1
        with contextlib.suppress(ParseError):
            parse_file(source, path, facts)
        tally.survived += 1

    reads()


@pytest.mark.parametrize("source_id", SOURCES)
def test_the_files_that_are_spoilt_are_good(source_id: str) -> None:
    """The files give rows before they are corrupted."""
    outcomes = [outcome_of(source_id, specimen) for specimen in specimens(source_id)]
    assert {outcome.kind for outcome in outcomes} == {"rows"}
