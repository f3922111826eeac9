# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings of Sphinx for the documentation of the collection alone; build_site.py runs it."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes

project = "tmi.tmi"
copyright = "TMI collection contributors"
title = html_short_title = "TMI for Ansible"

extensions = ["sphinx_antsibull_ext"]
default_role = "any"
nitpicky = True

html_theme = "sphinx_ansible_theme"
html_theme_options = {"display_version": False}
html_copy_source = False
html_show_sphinx = False
html_use_index = False
pygments_style = "ansible"
highlight_language = "YAML+Jinja"

ANSIBLE = "https://docs.ansible.com/ansible/latest/"
#: Labels of Ansible's own documentation that antsibull-docs refers to. Sphinx would fetch a list of all of them; a
#: build that needs no network knows these, and any other one stays an error.
LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}


def page_elsewhere(kind: str, target: str) -> str | None:
    """Return the address of what another documentation holds: core's settings, plugins of other collections."""
    if kind == "envvar":
        return f"{ANSIBLE}reference_appendices/config.html#envvar-{target}" if target.startswith("ANSIBLE_") else None
    plugin = re.fullmatch(r"ansible_collections\.(\w+)\.(\w+)\.(\w+_[a-z]+)(__.*)?", target)
    if plugin and plugin[1] != "tmi":
        return f"{ANSIBLE}collections/{plugin[1]}/{plugin[2]}/{plugin[3]}.html"
    return ANSIBLE + LABELS[target] if target in LABELS else None


def link_elsewhere(_app: Any, _env: Any, node: Any, content: nodes.Element) -> nodes.Element | None:
    """Return the link for a reference that is not to this documentation; nothing: it is broken."""
    address = page_elsewhere(node.get("reftype", ""), node.get("reftarget", ""))
    if address is None:
        return None
    link = nodes.reference("", "", internal=False, refuri=address)
    link += content
    return link


def setup(app: Any) -> None:
    app.connect("missing-reference", link_elsewhere)
