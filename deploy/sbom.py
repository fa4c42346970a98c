"""The bill of materials (CycloneDX, JSON): every library of the lock with licence and checksums.

What is in the lock counts, licences and what needs what come from the installed packages. The same
lock and packages give the same file: no time, no random number. It names no package registry.

    python deploy/sbom.py var/sbom.json
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from pip_requirements_parser import RequirementsFile

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = SchemaVersion.V1_6
APP = "lotsenwerk"
NOT_SAID = {"colorama": "BSD-3-Clause", "protobuf": "BSD-3-Clause"}
"""Licences of libraries that are not installed everywhere or do not name theirs."""
Part = dict[str, Any]


def plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def reference(name: str, version: str) -> str:
    """The package URL of a library; also its name within the file."""
    return f"pkg:pypi/{plain(name)}@{version}"


def locked(lock: Path) -> dict[str, list[str]]:
    """Package URL → SHA-256 checksums of its files, for each line of the lock."""
    found = {}
    for line in RequirementsFile.from_file(str(lock)).requirements:
        version = line.get_pinned_version
        found[reference(line.name, version)] = [h.partition(":")[2] for h in line.hash_options]
    return found


def installed() -> Part:
    """What the generator says about this environment and the application itself."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    # What is written is validated (`text_of`), not this on the way there: it takes ten seconds.
    command += ["--no-validate", "--short-PURLs", "--pyproject", str(ROOT / "pyproject.toml")]
    command += [sys.executable]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    content: Part = json.loads(said.stdout)
    return content


def split(url: str) -> tuple[str, str]:
    """Name and version of a package URL."""
    name, _, version = url.removeprefix("pkg:pypi/").partition("@")
    return name, version


def _library(url: str, hashes: list[str], known: Part) -> Part:
    name, version = split(url)
    licence = known.get("licenses") or [{"license": {"id": NOT_SAID[name]}}]
    files = {"type": "distribution", "url": url, "comment": "one checksum for each file"}
    sums = [{"alg": "SHA-256", "content": one} for one in hashes]
    return {
        "type": "library",
        "bom-ref": url,
        "name": name,
        "version": version,
        "purl": url,
        "licenses": licence,
        **{key: known[key] for key in ("description",) if key in known},
        "externalReferences": [files | {"hashes": sums}],
    }


def _needs(content: Part, names: dict[str, str]) -> list[Part]:
    graph = {one["ref"]: one.get("dependsOn", []) for one in content["dependencies"]}
    return [
        {"ref": url, "dependsOn": sorted({names[n] for n in graph.get(ref, []) if n in names})}
        for ref, url in sorted(names.items(), key=lambda pair: pair[1])
    ]


def bill(lock: Path) -> Part:
    """The whole bill of materials for a lock."""
    content, wanted = installed(), locked(lock)
    root, versions = content["metadata"]["component"], {split(url)[0]: url for url in wanted}
    known, names = {}, {root["bom-ref"]: APP}
    for library in content["components"]:
        name = plain(library["name"])
        known[name] = library
        if name in versions:
            exact = reference(name, library["version"])
            names[library["bom-ref"]] = exact if exact in wanted else versions[name]
    root["bom-ref"] = APP
    tools = [
        {key: tool[key] for key in ("type", "name", "version")}
        for tool in content["metadata"]["tools"]["components"]
    ]
    return {
        "$schema": content["$schema"],
        "bomFormat": "CycloneDX",
        "specVersion": SCHEMA.to_version(),
        "version": 1,
        "metadata": {"component": root, "tools": {"components": tools}},
        "components": [
            _library(url, wanted[url], known.get(split(url)[0], {})) for url in sorted(wanted)
        ],
        "dependencies": _needs(content, names),
    }


def text_of(content: Part) -> str:
    """The bill as it is written; raises `ValueError` when it breaks the rules of the format."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    fault = JsonStrictValidator(SCHEMA).validate_str(text)
    if fault is not None:
        raise ValueError(f"not a valid bill of materials: {fault}")
    return text


def main(target: Path) -> None:
    """Write the bill of the lock of this checkout."""
    text = text_of(bill(ROOT / "requirements.lock"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
