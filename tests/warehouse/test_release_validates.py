"""A release's descriptions, its calendar and the data in the sheets pass validators written by others."""

import json
import re
import shutil
import subprocess
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.brief import sheets
from orchestration.brief.page import environment
from warehouse.connect import connect
from warehouse.publications import FILE, MIRROR
from warehouse.release import release

TOOLS = "frictionless==5.21.0", "pyshacl==0.40.1", "mlcroissant==1.1.1", "ical==14.3.1"
CITATION_TOOL = "cffconvert==2.0.0"
"""Installed in a separate environment, since it needs an old jsonschema."""
SHAPES = Path(__file__).with_name("dcat.ttl")
VALIDATE = """
import json, pathlib, sys
import frictionless, ical.calendar_stream, mlcroissant, pyshacl

def package(file):
    report = frictionless.Package.validate_descriptor(json.loads(file.read_text()))
    return [error.note for error in report.errors]

def dcat(file):
    conforms, _, text = pyshacl.validate(
        str(file), shacl_graph=sys.argv[1], data_graph_format="json-ld", shacl_graph_format="turtle")
    return [] if conforms else [text]

def croissant(file):
    mlcroissant.Dataset(jsonld=str(file))
    return []

def calendar(file):
    events = ical.calendar_stream.IcsCalendarStream.calendar_from_ics(file.read_text()).events
    return [] if events else ["no event"]

CHECKS = {"datapackage.json": package, "dcat.jsonld": dcat, "croissant.json": croissant}
CHECKS["calendar.ics"] = calendar
problems = {}
for folder in sys.argv[2:]:
    for name, check in CHECKS.items():
        try:
            problems[f"{pathlib.Path(folder).name}/{name}"] = check(pathlib.Path(folder) / name)
        except Exception as refused:
            problems[f"{pathlib.Path(folder).name}/{name}"] = [f"{type(refused).__name__}: {refused}"]
print(json.dumps(problems))
"""
FAULTS: dict[str, Callable[[str], str]] = {
    "datapackage.json": lambda text: text.replace('"path"', '"where"'),
    "dcat.jsonld": lambda text: text.replace('"dcat:accessURL"', '"dcat:landingPage"'),
    "croissant.json": lambda text: text.replace('"cr:FileObject"', '"cr:Nothing"'),
    "calendar.ics": lambda text: text.replace("DTSTART;VALUE=DATE:", "DTSTART;VALUE=DATE:someday"),
    "CITATION.cff": lambda text: text.replace("authors:", "writers:", 1),
}
"""A mistake for each validator, which it must find."""


def installed(folder: Path, *tools: str) -> Path:
    """The programs installed in an environment with the given tools."""
    venv.create(folder, with_pip=True)
    install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", *tools]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip(f"{', '.join(tools)} cannot be installed here")
    return folder / "bin"


@pytest.fixture(scope="module")
def whole(published_starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a release, with the calendar of its publication, which is not part of a release."""
    folder = tmp_path_factory.mktemp("releases")
    frozen = release(published_starter, "v2026.02", folder)
    copy = shutil.copytree(frozen, folder / "whole", copy_function=shutil.copyfile)
    copy.chmod(0o755)
    shutil.copyfile((published_starter / MIRROR).resolve().parent / "calendar.ics", copy / "calendar.ics")
    return copy


@pytest.fixture(scope="module")
def broken(whole: Path) -> Path:
    folder = whole.parent / "broken"
    folder.mkdir()
    for name, break_it in FAULTS.items():
        text = (whole / name).read_bytes().decode()
        assert break_it(text) != text, name
        (folder / name).write_bytes(break_it(text).encode())
    return folder


@pytest.mark.long
def test_descriptions_are_valid(whole: Path, broken: Path, tmp_path: Path) -> None:
    programs = installed(tmp_path / "tools", *TOOLS)
    run = subprocess.run(
        [programs / "python", "-c", VALIDATE, SHAPES, whole, broken],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-4000:]
    problems = json.loads(run.stdout.splitlines()[-1])
    for name in FAULTS.keys() - {"CITATION.cff"}:
        assert problems[f"{whole.name}/{name}"] == [], name
        assert problems[f"{broken.name}/{name}"], name


@pytest.mark.long
def test_the_citation_is_valid(whole: Path, broken: Path, tmp_path: Path) -> None:
    program = installed(tmp_path / "tools", CITATION_TOOL) / "cffconvert"
    for folder, is_valid in ((whole, True), (broken, False)):
        found = subprocess.run(
            [program, "--validate", "-i", folder / "CITATION.cff"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (found.returncode == 0) == is_valid, found.stdout + found.stderr


@pytest.mark.long
def test_every_sheet_has_the_data_that_search_engines_ask_for(
    published_starter: Path, tmp_path: Path
) -> None:
    """Search engines require a name and 50 to 5,000 characters of description for a Dataset; the rest is
    recommended.
    """
    with connect(published_starter / FILE) as con:
        sheets.write(con, tmp_path, environment())
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 3 * 60
    for page in pages:
        (text,) = re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', page.read_text(encoding="utf-8"), re.S
        )
        data = json.loads(text)
        assert (data["@context"], data["@type"]) == ("https://schema.org", "Dataset"), page
        assert data["name"], page
        assert 50 <= len(data["description"]) <= 5000, (page, data["description"])
        assert data["license"], page
        assert data["isAccessibleForFree"] is True, page
    shutil.rmtree(tmp_path, ignore_errors=True)
