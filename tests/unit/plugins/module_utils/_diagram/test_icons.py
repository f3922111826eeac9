# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Icons: names become the full form that the web editor needs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.icons.lookup import (
    MIDDLE,
    full_icon,
    short_icon,
)
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

EC2 = {"provider": "aws", "type": "services", "subcategory": "compute", "icon": "amazon-ec2"}
MARKET = {"provider": "oci", "type": "services", "subcategory": "services", "icon": "marketplace"}
OWN = {"provider": "aws", "type": "new", "subcategory": "newer", "icon": "newest"}
CORNER = {"vertical": "top", "horizontal": "left"}


@pytest.mark.parametrize(
    ("written", "full", "short"),
    [
        ("amazon-ec2", EC2, "amazon-ec2"),
        ("aws/amazon-ec2", EC2, "amazon-ec2"),
        ("aws/services/compute/amazon-ec2.svg", EC2, "amazon-ec2"),
        ({"icon": "amazon-ec2"}, EC2, "amazon-ec2"),
        ("oci/marketplace", MARKET, "oci/marketplace"),
        ({"icon": "marketplace", "provider": "oci"}, MARKET, "oci/marketplace"),
        (OWN, OWN, {**OWN, "placement": MIDDLE}),
    ],
)
def test_names_become_the_full_form(written: Any, full: dict[str, str], short: Any) -> None:
    found = full_icon(written, "icon")
    assert found == {**full, "placement": MIDDLE}
    assert short_icon(found) == short
    assert full_icon(short, "icon") == found


@pytest.mark.parametrize("placement", ["top-left", CORNER])
def test_an_icon_has_a_place(placement: Any) -> None:
    found = full_icon({"icon": "amazon-ec2", "placement": placement}, "icon")
    assert found == {**EC2, "placement": CORNER}
    assert full_icon(short_icon(found), "icon") == found


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("amazn-ec2", "no icon amazn-ec2 (did you mean amazon-ec2"),
        ("lambda", "did you mean aws-lambda"),
        ("marketplace", "write one of azure/marketplace, gcp/marketplace, oci/marketplace"),
        ("azur/marketplace", "must be one of aws, azure, gcp, oci, not 'azur' (did you mean azure?)"),
        ("aws/marketplace", "no icon aws/marketplace"),
        ("", "needs the name of the icon"),
        ({"provider": "aws"}, "icon.icon: needs the name of the icon"),
        ({"icon": "amazon-ec2", "place": "top"}, "unknown field"),
        ({"icon": "amazon-ec2", "placement": "over-there"}, "must be one of"),
        ({"icon": "amazon-ec2", "placement": 5}, "top-left"),
    ],
)
def test_other_names_are_refused(written: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        full_icon(written, "icon")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "arch", [{}, {"icon": "amazon-ec2"}, {**EC2, "placement": None}, {**EC2, "placement": {"vertical": 1}}]
)
def test_incomplete_forms_have_no_words(arch: dict[str, Any]) -> None:
    assert short_icon(arch) is None
