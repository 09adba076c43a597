"""Releases are complete, have checksums and descriptions, and are never overwritten."""

import hashlib
import json
from pathlib import Path

import pytest
import yaml

from tests.warehouse.conftest import build, fill, publish_small
from warehouse.connect import connect
from warehouse.release import SUMS, before, release, restricted


@pytest.fixture
def first(home: Path, tmp_path: Path) -> Path:
    publish_small(home, build())
    return release(home, "v2026.02", tmp_path / "releases")


def test_every_file_has_its_sum(first: Path) -> None:
    stated = dict(reversed(line.split("  ")) for line in (first / SUMS).read_text().splitlines())
    found = {
        str(file.relative_to(first)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in first.rglob("*")
        if file.is_file() and file.name != SUMS
    }
    assert stated == found
    described = {"CITATION.cff", "datapackage.json", "dcat.jsonld", "croissant.json", "CHANGELOG.md"}
    assert (
        described | {"minerals.duckdb", "LICENCES.md", "parquet/marts/import_sources.parquet"} <= found.keys()
    )


def test_licences_that_limit_redistribution_are_named(first: Path) -> None:
    licences = {"a": "public domain", "b": "reuse with attribution, no bulk redistribution", "c": None}
    package = {"sources": [{"name": name, "licence": text} for name, text in licences.items()]}
    assert restricted(package) == ["b"]
    described = json.loads((first / "datapackage.json").read_bytes())
    written = (first / "LICENCES.md").read_text()
    for source in described["sources"]:
        assert f"| {source['name']} | {source['title']} | {source['licence'] or 'not stated'} |" in written
    assert ("limit redistribution:" in written) == bool(restricted(described))


def test_a_release_is_frozen_and_never_overwritten(first: Path, home: Path) -> None:
    assert all(file.stat().st_mode & 0o222 == 0 for file in first.rglob("*"))
    with pytest.raises(FileExistsError, match="never overwritten"):
        release(home, "v2026.02", first.parent)
    assert not list(first.parent.glob(".*"))


def test_the_same_publication_gives_the_same_bytes(first: Path, home: Path, tmp_path: Path) -> None:
    again = release(home, first.name, tmp_path / "elsewhere")
    assert (again / SUMS).read_text() == (first / SUMS).read_text()


def test_descriptions_name_files_that_are_there(first: Path) -> None:
    package = json.loads((first / "datapackage.json").read_bytes())
    for resource in package["resources"]:
        assert (first / resource["path"]).stat().st_size == resource["bytes"]
    croissant = json.loads((first / "croissant.json").read_bytes())
    files = {one["@id"]: one["sha256"] for one in croissant["distribution"]}
    for path, stated in files.items():
        assert hashlib.sha256((first / path).read_bytes()).hexdigest() == stated
    fields = {field["@id"] for one in croissant["recordSet"] for field in one["field"]}
    assert "marts.import_sources/value_usd" in fields
    dcat = json.loads((first / "dcat.jsonld").read_bytes())
    assert {one["dcat:downloadURL"]["@id"] for one in dcat["dcat:distribution"]} == files.keys()


def test_the_citation_names_release_publication_and_sources(first: Path) -> None:
    citation = yaml.safe_load((first / "CITATION.cff").read_text())
    assert citation["version"] == "v2026.02"
    assert citation["identifiers"][0]["value"] == build().build_id
    [reference] = citation["references"]
    assert reference["title"] == "USGS, MCS 2025"
    assert reference["authors"] == [{"name": "U.S. Geological Survey"}]
    assert reference["notes"] == "Licence of its figures: public domain"


def test_a_source_that_was_not_asked_is_not_credited(first: Path) -> None:
    for file in ("CITATION.cff", "datapackage.json", "dcat.jsonld", "croissant.json"):
        text = (first / file).read_text()
        assert "boc_fx" not in text, file
        assert "Bank of Canada" not in text, file
        assert "public domain" in text, file


@pytest.mark.parametrize("name", ["v2020.01", "v2026.03"])
def test_a_release_has_the_month_of_its_publication(home: Path, tmp_path: Path, name: str) -> None:
    publish_small(home, build())
    with pytest.raises(ValueError, match=r"February 2026: its release is named v2026\.02"):
        release(home, name, tmp_path)


def test_a_release_does_not_come_before_another(home: Path, tmp_path: Path) -> None:
    publish_small(home, build())
    release(home, "v2026.02.2", tmp_path)
    with pytest.raises(ValueError, match=r"v2026\.02\.2 exists"):
        release(home, "v2026.02", tmp_path)


def test_the_changelog_compares_with_the_release_before(first: Path, home: Path) -> None:
    assert "The first release." in (first / "CHANGELOG.md").read_text()
    fill(home, rows=5, value=20.0)
    publish_small(home, build(day=2))
    second = release(home, "v2026.02.1", first.parent)
    text = (second / "CHANGELOG.md").read_text()
    assert "- usgs_mcs: vintage 2025-01-31, figures to 2024, starter" in text
    assert "Changes since v2026.02" in text
    assert "| marts.import_sources | 2 | 0 | 3 |" in text
    with connect(first / "minerals.duckdb") as con:
        assert con.execute("select count(*) from marts.import_sources").fetchall() == [(3,)]


def test_the_release_before_is_by_number(tmp_path: Path) -> None:
    for name in ("v2026.02", "v2026.02.2", "v2026.02.10", "v2026.11", "other"):
        (tmp_path / name).mkdir()
    assert before(tmp_path, "v2026.03") == tmp_path / "v2026.02.10"
    assert before(tmp_path, "v2026.02") is None


@pytest.mark.parametrize("name", ["2026.02", "v2026", "v2026.13", "v2026.2", "../v2026.02", "v2026.02.0"])
def test_an_invalid_release_name_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"vYYYY\.MM"):
        release(home, name, tmp_path)


def test_without_a_publication_a_sentence_explains_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="minerals refresh"):
        release(tmp_path, "v2026.02", tmp_path / "releases")
