"""dbt's page of the models, as readers get it."""

import json
from pathlib import Path

from orchestration.dbt.docs import without_folders


def test_the_page_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    home = tmp_path / 'a "home"'
    node = {
        "path": "marts/x.sql",
        "original_file_path": "models/marts/x.sql",
        "patch_path": "minerals://models/marts/_x.yml",
        "root_path": str(home / "dbt_project"),
        "build_path": str(home / "dbt/run/x.sql"),
        "compiled_path": None,
        "raw_code": "select 'root_path' as \"build_path\"",
    }
    page = "<script>manifest = " + json.dumps(
        {"nodes": {"x": node, "y": node | {"compiled_path": str(home)}}}
    )
    found = without_folders(page)
    assert str(tmp_path) not in found
    read = json.loads(found.removeprefix("<script>manifest = "))["nodes"]["x"]
    assert read == node | {"root_path": "", "build_path": ""}
