"""The page of the reliability runs: rows replaced, rows kept, failures reported."""

from pathlib import Path

import pytest

from tests.reliability.report import SUMMARY, CaseCount, Report, merged, of_today, read, render


def table(*rows: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {"": ("test", "cases")} | {row[0]: row for row in rows}


def test_a_run_replaces_its_rows_and_leaves_the_others() -> None:
    page = render({SUMMARY: table(("a", "1"), ("b | c", "2"))})
    after = merged(read(page), {SUMMARY: table(("b | c", "3")), "Other": table(("d", "4"))})
    assert read(render(after)) == {
        SUMMARY: table(("a", "1"), ("b | c", "3")),
        "Other": table(("d", "4")),
    }


def test_rows_of_removed_or_renamed_tests_are_dropped(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text('def test_kept() -> None:\n    """Kept, as it is.\n\n    More."""\n')
    row = {
        name: (name, f"`make reliability ARGS='{test}'`")
        for name, test in (
            ("Kept, as it is", "test_x.py::test_kept"),
            ("Kept, as it was", "test_x.py::test_kept"),
            ("Gone", "test_x.py::test_gone"),
            ("Its file gone", "test_y.py::test_kept"),
        )
    }
    head = {"": ("test", "command")}
    left = {"Kept, as it is": row["Kept, as it is"]}
    assert of_today({SUMMARY: head | row, "Other": head}, tmp_path) == {SUMMARY: head | left, "Other": head}


def test_a_failed_case_is_counted_and_reported() -> None:
    tally = CaseCount("kill", "make reliability")
    with tally.case():
        pass
    with pytest.raises(ValueError, match="gone"), tally.case("moment 2"):
        raise ValueError("gone")
    assert (tally.cases, tally.survived, tally.lost) == (2, 1, ["moment 2: ValueError gone"])


def test_tallies_of_one_test_are_one_row_and_cells_make_a_table() -> None:
    ledger = Report(None)
    for source, lost in (("a", ""), ("b", "a file")):
        report = pytest.TestReport("x", ("x", 0, "x"), {}, "passed", None, "teardown")
        report.user_properties = [
            ("reliability_row", ["faults", 2, 2 - bool(lost), lost, "make reliability"]),
            ("reliability_cell", ["Faults", "hangs", source, "archived"]),
        ]
        ledger.pytest_runtest_logreport(report)
    assert ledger.tables() == {
        SUMMARY: {
            "": ("test", "cases", "survived", "lost", "command"),
            "faults": ("faults", "4", "3", "a file", "`make reliability`"),
        },
        "Faults": {"": ("", "a", "b"), "hangs": ("hangs", "archived", "archived")},
    }
