# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List what a tarball needs as an SBOM, and write the checksums of both, beside the tarball.

    sbom.py dist

Writes tmi-tmi-VERSION.cdx.json (CycloneDX 1.6) and tmi-tmi-VERSION.sha256, which `sha256sum --check` reads. Needs the
environment `supply` (noxfile.py). The same commit and locks give the same files.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import locks
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL


def root(tarball: Path) -> Component:
    """Return the collection, as its manifest describes it."""
    with tarfile.open(tarball) as tar:
        manifest = tar.extractfile("MANIFEST.json")
        assert manifest is not None
        told = json.load(manifest)["collection_info"]
    name, version = f"{told['namespace']}.{told['name']}", told["version"]
    licences = [DisjunctiveLicense(id=one, acknowledgement=LicenseAcknowledgement.DECLARED) for one in told["license"]]
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{version}",
        purl=PackageURL("generic", None, name, version),
        description=told["description"],
        licenses=licences,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest(tarball))],
    )


def components() -> Iterator[Component]:
    """Yield what the collection needs, and what its embedded server needs, which not everybody uses."""
    needed = dict.fromkeys(locks.pins(locks.LOCKED / "sandbox.txt"), ComponentScope.OPTIONAL)
    needed.update(dict.fromkeys(locks.pins(locks.LOCKED / "runtime.txt"), ComponentScope.REQUIRED))
    merged: dict[tuple[str, str], tuple[ComponentScope, str]] = {}
    for (name, version, marker), scope in sorted(needed.items(), key=lambda item: item[1] is ComponentScope.REQUIRED):
        merged[name, version] = scope, marker
    for (name, version), (scope, marker) in sorted(merged.items()):
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"{name}@{version}",
            purl=PackageURL("pypi", None, name, version),
            scope=scope,
            properties=[Property(name="tmi:marker", value=marker)] if marker else [],
        )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    tarball = max(folder.glob("tmi-tmi-*.tar.gz"), key=lambda path: path.stat().st_mtime_ns)
    stem = tarball.name.removesuffix(".tar.gz")
    bom = Bom()
    bom.metadata.component = root(tarball)
    for component in components():
        bom.components.add(component)
        bom.register_dependency(bom.metadata.component, [component])
    text = json.loads(JsonV1Dot6(bom).output_as_string())
    # What differs each time says nothing about the collection.
    text.pop("serialNumber", None)
    text["metadata"].pop("timestamp", None)
    listed = folder / f"{stem}.cdx.json"
    listed.write_text(json.dumps(text, indent=2, sort_keys=True) + "\n")
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(listed.read_text())
    if wrong:
        raise SystemExit(f"{listed.name} is no CycloneDX 1.6: {wrong}")
    sums = folder / f"{stem}.sha256"
    sums.write_text("".join(f"{digest(path)}  {path.name}\n" for path in (tarball, listed)))
    print(f"{listed.name}: {len(bom.components)} components; {sums.name}")


if __name__ == "__main__":
    main()
