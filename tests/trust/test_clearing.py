# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `clear` promises, for every field that it takes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE

#: What makes an object, and what is cleared afterwards.
NEEDED: dict[Any, dict[str, Any]] = {
    THREAT_MODEL: {},
    THREAT: {"name": "Theft"},
    DOCUMENT: {"name": "Decision", "uri": "https://wiki.example.com/1"},
    SOURCE: {"uri": "https://git.example.com/1.git", "type": "git"},
    DIAGRAM: {"name": "Flow"},
    ASSET: {"name": "Ledger", "type": "data"},
    NOTE: {"name": "Sum", "content": "Two"},
}
VALUES: dict[str, Any] = {
    "description": "Long",
    "name": "Code",
    "issue_uri": "https://tracker.example.com/1",
    "status": "in_progress",
    "version": "1.0",
    "threat_type": ["Spoofing"],
    "mitigation": "Ask twice",
    "score": 5.5,
    "cwe": ["CWE-89"],
    "refs": ["https://wiki.example.com/2"],
    "likelihood": "high",
    "impact": "low",
    "accepted_by": "bob",
    "accepted_until": "2031-01-01",
    "accepted_reason": "Cheap",
    "criticality": "high",
    "sensitivity": "high",
    "classification": ["secret"],
}
#: What names other objects, or has a form of its own: other tests clear it.
ELSEWHERE = {"diagram", "cell", "asset", "project", "reviewer", "cvss", "color_palette"}
#: What only an account with the role security reviewer may set, and a person's account on a live server has not.
REVIEWED = {"status"}


@pytest.mark.promise(
    "A field that is cleared is empty or has its default, and clearing it again changes nothing",
    sample=3,
    guard="ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules:V1Rules.when_cleared",
    fails="v1-threat_model",
)
@pytest.mark.parametrize("resource", NEEDED, ids=lambda resource: resource.name)
def test_what_is_cleared_stays_cleared(site: Any, resource: Any, record_property: Any) -> None:
    if resource in (ASSET, NOTE) and site.api == "v0":
        pytest.skip("API v0 has no such objects")
    names = [name for name in resource.clearable if name not in ELSEWHERE]
    if not site.reviews:
        names = [name for name in names if name not in REVIEWED]
    model = {} if resource is THREAT_MODEL else {"threat_model": site.prefix + "Model"}
    needed = {"name": site.prefix + "Model"} if resource is THREAT_MODEL else NEEDED[resource]
    if model:
        changed(THREAT_MODEL, site, name=site.prefix + "Model")
    assert changed(resource, site, **model, **needed, **{name: VALUES[name] for name in names}), "made"
    named = {name: needed[name] for name in resource.identity[:1] if name in needed} or needed
    assert changed(resource, site, **model, **named, clear=names), "cleared"
    assert not changed(resource, site, **model, **named, clear=names), "cleared again"
    record_property("cases", len(names))


def changed(resource: Any, site: Any, **options: Any) -> bool:
    """Run the module of a kind; return whether it changed anything."""
    module = single_module(resource)
    given = {name: option.get("default") for name, option in module.argument_spec.items()}
    given.update(site.connection(timeout=PATIENCE, on_unsupported="metadata", **options))
    result = module.run(given, False)
    assert not result.get("failed"), result["msg"]
    return bool(result["changed"])
