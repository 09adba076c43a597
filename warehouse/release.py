"""A release: one publication frozen in its own folder, with catalogue descriptions and a citation.

`DIR/vYYYY.MM/` holds the database, the Parquet tables, `SHA256SUMS`, `CITATION.cff`, `datapackage.json`, DCAT
and Croissant descriptions, `LICENCES.md`, and `CHANGELOG.md`: the changes of the data since the previous
release.
"""

import hashlib
import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from warehouse.connect import connect, fetch
from warehouse.diff import compare, markdown
from warehouse.files import sync_tree
from warehouse.mirror import PACKAGE
from warehouse.publications import FILE, MIRROR
from warehouse.units import period_name

NAME = re.compile(r"v\d{4}\.(0[1-9]|1[0-2])(\.[1-9]\d*)?")
SUMS = "SHA256SUMS"
TITLE = "North American critical minerals, on the record"
ABSTRACT = (
    "Public trade, production, price and tariff figures on critical minerals of the United States, Canada "
    "and Mexico, each traceable to its publisher's file."
)
LIMIT = "redistribution"
"""The word by which a licence of `meta.source_status` limits passing its figures on."""
PARQUET = "application/vnd.apache.parquet"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"

Json = dict[str, Any]


def release(home: Path, name: str, folder: Path) -> Path:
    """Freeze the current publication as a release and return its folder.

    Args:
        home: The warehouse's folder.
        name: ``vYYYY.MM``, or ``vYYYY.MM.N`` for another one in the month.
        folder: The folder of the releases; the changelog compares with the newest earlier one.

    Raises:
        ValueError: The name is not that of a release, of another month, or before a release that exists.
        FileExistsError: The release exists; releases are never overwritten.
        FileNotFoundError: Nothing is published yet.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"A release is named vYYYY.MM, such as v2026.11, not {name!r}.")
    target = folder / name
    if target.exists():
        raise FileExistsError(f"{target} exists already; releases are never overwritten.")
    if not (home / MIRROR).is_symlink():
        raise FileNotFoundError(f"There is no warehouse in {home} yet: run `minerals refresh` first.")
    publication = (home / MIRROR).resolve().parent
    _require_order(publication, folder, name)
    staged = folder / f".{name}.tmp"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    try:
        _copy(publication, staged)
        _describe(staged, name, before(folder, name))
        _sum(staged)
        for file in staged.rglob("*"):
            file.chmod(0o555 if file.is_dir() else 0o444)
        sync_tree(staged)
        staged.rename(target)
    except BaseException:
        _unlock(staged)
        shutil.rmtree(staged)
        raise
    return target


def _require_order(publication: Path, folder: Path, name: str) -> None:
    """Check that the name has the publication's month and comes after the releases that there are."""
    built = _built_on(json.loads((publication / MIRROR / PACKAGE).read_bytes()))
    if not name.startswith(f"v{built:%Y.%m}"):
        when = f"The publication {publication.name} was built in {built:%B %Y}"
        raise ValueError(f"{when}: its release is named v{built:%Y.%m}, not {name}.")
    later = [
        one.name for one in folder.glob("v*") if NAME.fullmatch(one.name) and _order(one.name) > _order(name)
    ]
    if later:
        newest = max(later, key=_order)
        raise ValueError(
            f"{newest} exists in {folder}, and its changelog does not know {name}: name a later one."
        )


def _built_on(package: Json) -> date:
    return date.fromisoformat(package["created"][:10])


def before(folder: Path, name: str) -> Path | None:
    """The newest release before the one with this name."""
    earlier = [
        one for one in folder.glob("v*") if NAME.fullmatch(one.name) and _order(one.name) < _order(name)
    ]
    return max(earlier, key=lambda one: _order(one.name), default=None)


def _order(name: str) -> list[int]:
    return [int(part) for part in name.removeprefix("v").split(".")]


def _copy(publication: Path, staged: Path) -> None:
    shutil.copyfile(publication / FILE, staged / FILE)
    for file in sorted((publication / MIRROR).rglob("*.parquet")):
        copy = staged / MIRROR / file.relative_to(publication / MIRROR)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    package = json.loads((publication / MIRROR / PACKAGE).read_bytes())
    for resource in package["resources"]:
        resource["path"] = f"{MIRROR}/{resource['path']}"
    _write_json(staged / PACKAGE, package)


def _describe(staged: Path, name: str, earlier: Path | None) -> None:
    package = json.loads((staged / PACKAGE).read_bytes())
    package["version"] = name
    _write_json(staged / PACKAGE, package)
    day = _built_on(package)
    _write_json(staged / "dcat.jsonld", _dcat(package, name, day))
    _write_json(staged / "croissant.json", _croissant(package, name, day))
    (staged / "CITATION.cff").write_text(_citation(package, name, day), encoding="utf-8")
    (staged / "LICENCES.md").write_text(_licences(package, name), encoding="utf-8")
    (staged / "CHANGELOG.md").write_text(_changelog(staged, package, name, day, earlier), encoding="utf-8")


def _citation(package: Json, name: str, day: date) -> str:
    facts = {
        "cff-version": "1.2.0",
        "message": (
            "Cite the publisher of a figure first (`minerals explain` names it), then this release with its "
            "build_id."
        ),
        "title": TITLE,
        "type": "dataset",
        # each publisher has a licence of its own, and CFF's field takes SPDX ids of the whole only
        "abstract": f"{ABSTRACT} Figures have their publishers' licences: see the notes of each reference.",
        "version": name,
        "date-released": day,
        "identifiers": [
            {"type": "other", "value": package["id"], "description": "build_id of the publication"}
        ],
        "authors": [{"name": "The critical minerals warehouse maintainers"}],
        "keywords": ["critical minerals", "trade statistics", "net import reliance", "tariffs", "USMCA"],
        "references": [
            {
                "type": "data",
                "title": source["citation"],
                "abbreviation": source["name"],
                "authors": [{"name": publisher} for publisher in source["title"].split("; ")],
                "notes": f"Licence of its figures: {source['licence'] or 'not stated'}",
            }
            for source in package["sources"]
        ],
    }
    text: str = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=100)
    return text


def restricted(package: Json) -> list[str]:
    """The sources whose licence limits redistribution."""
    return [one["name"] for one in package["sources"] if LIMIT in (one["licence"] or "")]


def _licences(package: Json, name: str) -> str:
    limits = restricted(package)
    head = f"# Licences of the figures in {name}\n\nEach figure has the licence of its publisher.\n"
    warning = (
        f"\nThese sources limit redistribution: {', '.join(limits)}. Ask their publishers before others can "
        "download the release.\n"
        if limits
        else ""
    )
    rows = "".join(
        f"| {one['name']} | {one['title']} | {one['licence'] or 'not stated'} |\n"
        for one in package["sources"]
    )
    return f"{head}{warning}\n| source | publisher | licence |\n| --- | --- | --- |\n{rows}"


def _changelog(staged: Path, package: Json, name: str, day: date, earlier: Path | None) -> str:
    head = f"# {name}, {day:%-d %B %Y}\n\nPublication {package['id']}.\n\n"
    was = {row[0]: row[2] for row in _sources_in_force(earlier)} if earlier else {}
    served = "".join(_source_line(source, was.get(source[0])) for source in _sources_in_force(staged))
    changed = (
        f"## Changes since {earlier.name}\n\n{markdown(compare(earlier / FILE, staged / FILE))}"
        if earlier
        else "The first release.\n"
    )
    return f"{head}{changed}\n## Sources in force\n\n{served}"


def _sources_in_force(folder: Path) -> list[tuple[Any, ...]]:
    with connect(folder / FILE) as con:
        return fetch(
            con,
            "select source_id, mode, vintage, newest_period, cadence from meta.source_status"
            " where vintage is not null order by source_id",
        )[1]


def _source_line(source: tuple[Any, ...], was: date | None) -> str:
    source_id, mode, vintage, newest, cadence = source
    since = f" (before: {was})" if was and was != vintage else ""
    reach = f", figures to {period_name(newest, cadence)}" if newest else ""
    return f"- {source_id}: vintage {vintage}{since}{reach}, {mode}\n"


def _dcat(package: Json, name: str, day: date) -> Json:
    """A `dcat:Dataset` for harvesting by government catalogues."""
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "spdx": "http://spdx.org/rdf/terms#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dcat:Dataset",
        "@id": f"urn:critical-minerals-warehouse:{name}",
        "dct:title": {"@value": package["title"], "@language": "en"},
        "dct:description": {"@value": ABSTRACT, "@language": "en"},
        "dct:identifier": package["id"],
        "dcat:version": name,
        "dct:issued": {"@value": day.isoformat(), "@type": "xsd:date"},
        "dct:accrualPeriodicity": {"@id": "http://publications.europa.eu/resource/authority/frequency/NEVER"},
        "dcat:keyword": ["critical minerals", "trade", "tariffs", "import reliance"],
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": "The critical minerals warehouse maintainers"},
        "dct:source": [
            {
                "@type": "dcat:Dataset",
                "dct:title": source["title"],
                "dct:description": source["citation"],
                "dct:bibliographicCitation": source["citation"],
            }
            for source in package["sources"]
        ],
        "dct:rights": [
            {"@type": "dct:RightsStatement", "rdfs:label": licence["title"]}
            for licence in package["licenses"]
        ],
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": resource["name"],
                "dct:description": resource["description"],
                "dcat:accessURL": {"@id": resource["path"]},
                "dcat:downloadURL": {"@id": resource["path"]},
                "dcat:mediaType": {"@id": f"{MEDIA_TYPES}{PARQUET}", "@type": "dct:MediaType"},
                "dcat:byteSize": {"@value": str(resource["bytes"]), "@type": "xsd:nonNegativeInteger"},
                "spdx:checksum": {
                    "@type": "spdx:Checksum",
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
                    "spdx:checksumValue": resource["hash"].removeprefix("sha256:"),
                },
            }
            for resource in package["resources"]
        ],
    }


_CROISSANT_TYPES = {
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "integer": "sc:Integer",
    "number": "sc:Float",
}


def _croissant(package: Json, name: str, day: date) -> Json:
    """A Croissant 1.0 description: a file object and a record set for each table."""
    return {
        "@context": {
            "@language": "en",
            "@vocab": "https://schema.org/",
            "citeAs": "cr:citeAs",
            "column": "cr:column",
            "conformsTo": "dct:conformsTo",
            "cr": "http://mlcommons.org/croissant/",
            "data": {"@id": "cr:data", "@type": "@json"},
            "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
            "dct": "http://purl.org/dc/terms/",
            "extract": "cr:extract",
            "field": "cr:field",
            "fileObject": "cr:fileObject",
            "fileProperty": "cr:fileProperty",
            "format": "cr:format",
            "includes": "cr:includes",
            "isLiveDataset": "cr:isLiveDataset",
            "key": "cr:key",
            "md5": "cr:md5",
            "recordSet": "cr:recordSet",
            "references": "cr:references",
            "repeated": "cr:repeated",
            "sc": "https://schema.org/",
            "source": "cr:source",
        },
        "@type": "sc:Dataset",
        "name": "critical-minerals-warehouse",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "description": ABSTRACT,
        "version": ".".join(str(part) for part in (*_order(name), 0)[:3]),
        "datePublished": day.isoformat(),
        "license": [licence["name"] for licence in package["licenses"]],
        "citeAs": f"{TITLE}, release {name}, publication {package['id']}",
        "url": f"urn:critical-minerals-warehouse:{name}",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": resource["path"],
                "name": resource["path"],
                "contentUrl": resource["path"],
                "contentSize": f"{resource['bytes']} B",
                "encodingFormat": "application/x-parquet",
                "sha256": resource["hash"].removeprefix("sha256:"),
            }
            for resource in package["resources"]
        ],
        "recordSet": [_record_set(resource) for resource in package["resources"]],
    }


def _record_set(resource: Json) -> Json:
    table = resource["name"]
    return {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": resource["description"],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table}/{field['name']}",
                "name": f"{table}/{field['name']}",
                "description": field["description"],
                "dataType": _CROISSANT_TYPES.get(field["type"], "sc:Text"),
                "source": {"fileObject": {"@id": resource["path"]}, "extract": {"column": field["name"]}},
            }
            for field in resource["schema"]["fields"]
        ],
    }


def _sum(staged: Path) -> None:
    lines = []
    for file in sorted(path for path in staged.rglob("*") if path.is_file()):
        with file.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {file.relative_to(staged)}\n")
    (staged / SUMS).write_text("".join(lines))


def _unlock(staged: Path) -> None:
    for folder in [staged, *(path for path in staged.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)


def _write_json(file: Path, content: Json) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
