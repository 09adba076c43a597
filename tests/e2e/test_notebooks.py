"""The worked notebooks, run from top to bottom on the starter; each asserts the figures in its text."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from warehouse.connect import connect
from warehouse.publications import FILE

NOTEBOOKS = sorted((REPOSITORY / "docs" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_is_kept(notebook: Path) -> None:
    cells = json.loads(notebook.read_bytes())["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not [cell for cell in code if cell["outputs"] or cell["execution_count"]]
    assert sum("assert " in "".join(cell["source"]) for cell in code) >= 3


def statements(notebook: Path) -> list[str]:
    """The SQL in the notebook's cells."""
    cells = json.loads(notebook.read_bytes())["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [
        node.args[0].value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sql"
        and isinstance(node.args[0], ast.Constant)
    ]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_its_sql_fits_the_tables(notebook: Path, published_starter: Path) -> None:
    """A renamed column is detected before the notebook is run."""
    found = statements(notebook)
    assert found
    with connect(published_starter / FILE) as con:
        for sql in found:
            con.sql(re.sub(r"\$\w+|\?", "null", sql))


@pytest.mark.long
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs(notebook: Path, published_starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="run `make .venv/.notebooks` first")
    nbformat = pytest.importorskip("nbformat", reason="run `make .venv/.notebooks` first")
    pytest.importorskip("ipykernel", reason="run `make .venv/.notebooks` first")
    monkeypatch.setenv("MINERALS_HOME", str(published_starter))
    book = nbformat.read(notebook, as_version=4)
    client = nbclient.NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(notebook.parent)}}
    )
    client.execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any(output.output_type == "stream" and output.name == "stdout" for output in outputs)
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert any("svg" in kind for kind in kinds), "a chart is drawn"
