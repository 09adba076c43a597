"""The SQL page with and without its engine, and what npm may install."""

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.brief import browser_sql, build
from orchestration.brief.browser_sql import engine
from orchestration.brief.page import environment
from tests.orchestration.small_publication import TODAY, small_publication
from warehouse import book
from warehouse.mirror import PACKAGE

BUILD = "20260301T031502Z"


def with_mirror(home: Path, build_id: str = BUILD) -> Path:
    """A home whose publication has two Parquet files."""
    published = small_publication(home / "minerals.duckdb")
    mirror = home / "publications" / build_id / "parquet"
    resources = []
    with duckdb.connect(str(published)) as con:
        con.execute("update meta.build_info set build_id = ?", [build_id])
        for schema, table in (("marts", "price_floor"), ("meta", "build_info")):
            (mirror / schema).mkdir(parents=True)
            file = mirror / schema / f"{table}.parquet"
            con.execute(f"copy {schema}.{table} to '{file}' (format parquet)")
            resources.append(
                {
                    "name": f"{schema}.{table}",
                    "path": f"{schema}/{table}.parquet",
                    "bytes": file.stat().st_size,
                }
            )
    (mirror / PACKAGE).write_text(json.dumps({"resources": resources}))
    return published


def page(published: Path, out: Path) -> str:
    """The page alone, as the brief writes it."""
    out.mkdir(exist_ok=True)
    with duckdb.connect(str(published), read_only=True) as con:
        (build_id,) = con.execute("select build_id from meta.build_info").fetchone() or ("",)
        written = browser_sql.write(con, out, environment(), published.parent / "publications" / build_id)
    return written.read_text(encoding="utf-8")


def test_without_the_engine_the_page_says_how_to_add_it(tmp_path: Path) -> None:
    published, out = with_mirror(tmp_path), tmp_path / "brief"
    build(published, out, today=date.fromisoformat(TODAY))
    assert 'href="sql.html"' in (out / "index.html").read_text(encoding="utf-8")
    text = (out / browser_sql.PAGE).read_text(encoding="utf-8")
    assert "minerals brief --sql" in text
    assert "<script" not in text
    assert not (tmp_path / "brief" / browser_sql.FOLDER).exists()


def test_with_the_engine_the_folder_is_enough_for_any_server(tmp_path: Path) -> None:
    published, out = with_mirror(tmp_path), tmp_path / "brief"
    (out / browser_sql.FOLDER / engine.name()).mkdir(parents=True)
    text = page(published, out)
    found = re.search(r'id="facts">(.*?)</script>', text, re.DOTALL)
    assert found
    facts = json.loads(found[1])
    assert set(facts["tables"]) == {"marts.price_floor", "meta.build_info"}
    assert (
        facts["tables"]["marts.price_floor"]
        == (out / facts["data"] / "marts/price_floor.parquet").stat().st_size
    )
    assert set(facts["questions"]) == {str(one.number) for one in book.questions()}
    assert "nir" in facts["macros"]
    assert (out / facts["engine"]).is_dir()
    assert not re.search(r"https?://", text.replace(found[1], "")), "nothing is loaded from another host"


def test_the_files_of_the_newest_two_publications_stay(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        home = tmp_path / str(day)
        home.mkdir()
        out = tmp_path / "brief"
        (out / browser_sql.FOLDER / engine.name()).mkdir(parents=True, exist_ok=True)
        page(with_mirror(home, f"2026030{day}T031502Z"), out)
    kept = sorted(one.name for one in (tmp_path / "brief" / browser_sql.FOLDER).iterdir())
    assert kept == ["20260302T031502Z", "20260303T031502Z", engine.name()]


def test_the_lock_pins_every_package_and_names_no_host() -> None:
    lock = json.loads(engine.LOCK.read_bytes())
    packages = {name: one for name, one in lock["packages"].items() if name}
    asked = json.loads((engine.HERE / "package.json").read_bytes())["dependencies"]
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in asked} == asked
    assert not [name for name, one in packages.items() if one.get("hasInstallScript")]


def test_without_npm_a_sentence_explains_it_and_no_file_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(engine.EngineError, match="install Node"):
        engine.install(tmp_path / "sql")
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code E404' >&2\nexit 1\n")
    npm.chmod(0o755)
    with pytest.raises(engine.EngineError, match="code E404"):
        engine.install(tmp_path / "sql")
    assert list((tmp_path / "sql").iterdir()) == []
