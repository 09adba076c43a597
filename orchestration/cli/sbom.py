"""The software bill of materials, as CycloneDX 1.6: the pinned packages with hashes, and what requires them.

``python -m orchestration.cli.sbom > sbom.cdx.json`` writes it for a release. The same lock always gives the
same bytes.
"""

import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT_ROOT, VERSION

PROJECT = "critical-minerals-warehouse"
LOCK = PROJECT_ROOT / "requirements.lock"
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^ +# +(?:via +)?([A-Za-z0-9._-]+)", re.MULTILINE)


def bill(lock: Path = LOCK) -> dict[str, Any]:
    """The bill of a lock file.

    Raises:
        ValueError: A requirement is not pinned to one version, or has no hash.
    """
    text = lock.read_text()
    root = {"type": "application", "bom-ref": PROJECT, "name": PROJECT, "version": VERSION}
    components: list[dict[str, Any]] = []
    wanted: dict[str, set[str]] = {PROJECT: set()}
    for entry in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        pin, hashes = _PIN.match(entry), _HASH.findall(entry)
        if pin is None or not hashes:
            raise ValueError(f"{entry.splitlines()[0]} is not pinned to a version and its hashes")
        reference = f"pkg:pypi/{pin['name'].lower()}@{pin['version']}"
        components.append(
            {
                "type": "library",
                "bom-ref": reference,
                "name": pin["name"],
                "version": pin["version"],
                "purl": reference,
                "hashes": [{"alg": "SHA-256", "content": content} for content in hashes],
            }
        )
        for dependant in set(_VIA.findall(entry)) - {"via"}:
            wanted.setdefault(dependant.lower(), set()).add(reference)
    dependencies = [
        {"ref": one["bom-ref"], "dependsOn": sorted(wanted.get(one["name"].lower(), ()))}
        for one in [root, *components]
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {"component": root},
        "components": components,
        "dependencies": dependencies,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(bill(), indent=2) + "\n")
